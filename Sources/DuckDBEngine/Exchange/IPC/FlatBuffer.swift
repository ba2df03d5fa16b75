import Diagnostics

/// Reads the tables of a FlatBuffers message. Every access is checked against the message: bytes of anybody's are safe
/// to read.
struct FlatTable {
  private let bytes: ArraySlice<UInt8>
  private let position: Int
  private let fields: Int
  private let fieldCount: Int

  /// The table that a message begins with. Throws a `Diagnostic` if there is none.
  init(root bytes: ArraySlice<UInt8>) throws {
    try self.init(bytes, at: Int(Self.number(bytes, 0, as: UInt32.self)))
  }

  private init(_ bytes: ArraySlice<UInt8>, at position: Int) throws {
    self.bytes = bytes
    self.position = position
    fields = position - Int(try Self.number(bytes, position, as: Int32.self))
    let size = Int(try Self.number(bytes, fields, as: UInt16.self))
    guard size >= 4 else { throw Self.broken }
    fieldCount = (size - 4) / 2
  }

  /// What is said of bytes that are no such table.
  static let broken = Diagnostic(.arrowExchange, "a message's metadata is damaged")

  /// A number of a field, or what stands for it where the field is left out.
  func number<T: FixedWidthInteger & BitwiseCopyable>(_ field: Int, or absent: T) throws -> T {
    try place(of: field).map { try Self.number(bytes, $0, as: T.self) } ?? absent
  }

  /// A truth value; false where the field is left out.
  func flag(_ field: Int) throws -> Bool { try number(field, or: UInt8(0)) != 0 }

  /// A text; nil where the field is left out.
  func text(_ field: Int) throws -> String? {
    guard let (start, count) = try vector(field, stride: 1) else { return nil }
    guard let text = String(validating: slice(start, count), as: UTF8.self) else { throw Self.broken }
    return text
  }

  /// A table; nil where the field is left out.
  func table(_ field: Int) throws -> FlatTable? {
    try place(of: field).map { try FlatTable(bytes, at: try Self.target(bytes, $0)) }
  }

  /// The tables of a vector; none where the field is left out.
  func tables(_ field: Int) throws -> [FlatTable] {
    guard let (start, count) = try vector(field, stride: 4) else { return [] }
    return try (0..<count).map { try FlatTable(bytes, at: try Self.target(bytes, start + $0 * 4)) }
  }

  /// The numbers of a vector, `width` of them an element; none where the field is left out.
  func numbers<T: FixedWidthInteger & BitwiseCopyable>(_ field: Int, width: Int = 1, as type: T.Type) throws
    -> [T]
  {
    let size = MemoryLayout<T>.size
    guard let (start, count) = try vector(field, stride: size * width) else { return [] }
    return try (0..<count * width).map { try Self.number(bytes, start + $0 * size, as: T.self) }
  }

  private func place(of field: Int) throws -> Int? {
    guard field < fieldCount else { return nil }
    let offset = Int(try Self.number(bytes, fields + 4 + field * 2, as: UInt16.self))
    return offset == 0 ? nil : position + offset
  }

  /// Where a vector's elements begin, and how many there are.
  private func vector(_ field: Int, stride: Int) throws -> (start: Int, count: Int)? {
    guard let place = try place(of: field) else { return nil }
    let start = try Self.target(bytes, place)
    let count = Int(try Self.number(bytes, start, as: UInt32.self))
    guard count <= (bytes.count - start - 4) / stride else { throw Self.broken }
    return (start + 4, count)
  }

  private func slice(_ start: Int, _ count: Int) -> ArraySlice<UInt8> {
    bytes[bytes.startIndex + start..<bytes.startIndex + start + count]
  }

  /// Where an offset leads that stands at a place.
  private static func target(_ bytes: ArraySlice<UInt8>, _ place: Int) throws -> Int {
    place + Int(try number(bytes, place, as: UInt32.self))
  }

  private static func number<T: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: ArraySlice<UInt8>, _ place: Int, as type: T.Type
  ) throws -> T {
    guard place >= 0, place <= bytes.count - MemoryLayout<T>.size else { throw broken }
    return T(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: T.self) })
  }
}
