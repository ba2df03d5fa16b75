/// What a node of a project is, by dbt's names.
public enum ResourceType: String, Sendable, Codable, Hashable, CaseIterable {
  case model, seed, snapshot, source, exposure, macro, analysis, operation, group
  /// A check on data. dbt's artifacts and selectors call it a test.
  case check = "test"
  /// A transfer of tables from a source: Weir's own.
  case load
  case unitTest = "unit_test"
  case semanticModel = "semantic_model"
  case metric
  case savedQuery = "saved_query"
  /// A function of the warehouse that the project defines.
  case function
  case documentation = "doc"
}

/// The unique name of a node, as in dbt's manifest: `model.shop.orders`.
public struct NodeID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// The whole name.
  public let rawValue: String

  /// Takes a whole name.
  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// Joins a name from its parts.
  public init(_ type: ResourceType, _ package: String, _ name: String) {
    rawValue = "\(type.rawValue).\(package).\(name)"
  }

  /// The whole name.
  public var description: String { rawValue }

  /// Compares the whole names.
  public static func < (left: NodeID, right: NodeID) -> Bool { left.rawValue < right.rawValue }

  /// Reads the whole name.
  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes the whole name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
