/// The values of one column: typed storage and, where values are missing, a mask.
public struct Column: Sendable {
  /// The storage; a missing value's slot holds anything.
  public enum Storage: Sendable {
    case scalars([Scalar])
  }

  /// The values.
  public let storage: Storage

  /// Makes a column.
  public init(_ storage: Storage) { self.storage = storage }

  /// The value at `row`.
  public func value(at row: Int) -> Scalar {
    switch storage {
    case .scalars(let values): values[row]
    }
  }
}
