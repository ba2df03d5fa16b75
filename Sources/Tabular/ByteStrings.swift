/// Byte strings of any length, end to end in one buffer.
public struct ByteStrings: Sendable {
  /// Where each string ends in `bytes`; it begins where the one before it ends.
  public private(set) var ends: [Int] = []
  /// The strings' bytes, one after the other.
  public private(set) var bytes: [UInt8] = []

  /// Makes an empty run of strings with room for `count` of them and `byteCount` bytes.
  public init(reserving count: Int = 0, byteCount: Int = 0) {
    ends.reserveCapacity(count)
    bytes.reserveCapacity(byteCount)
  }

  /// How many strings.
  public var count: Int { ends.count }

  /// Adds a string at the end.
  @inlinable
  public mutating func append(_ string: UnsafeBufferPointer<UInt8>) {
    appendBytes(string)
  }

  /// Adds an empty string, as the slot of a missing value.
  public mutating func appendEmpty() { ends.append(bytes.count) }

  /// Adds a text's UTF-8 bytes at the end.
  public mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    ends.append(bytes.count)
  }

  @usableFromInline
  mutating func appendBytes(_ string: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(bytes.count)
  }

  /// Where the string at `index` lies in `bytes`.
  public func range(at index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// The string at `index` as text; bytes that are not UTF-8 are replaced.
  public func text(at index: Int) -> String {
    String(decoding: bytes[range(at: index)], as: UTF8.self)
  }

  /// Lends the bytes of the string at `index`.
  public func withBytes<T>(at index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> T) rethrows -> T {
    try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range(at: index)])) }
  }

  /// The first strings alone.
  func prefix(_ count: Int) -> ByteStrings {
    var copy = ByteStrings()
    copy.ends = Array(ends.prefix(count))
    copy.bytes = Array(bytes.prefix(copy.ends.last ?? 0))
    return copy
  }
}
