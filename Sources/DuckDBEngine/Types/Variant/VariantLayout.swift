import Diagnostics
import Tabular

/// How DuckDB 1.5 lays a variant out: a structure that its C interface hands out like any other, without
/// saying what it means. A value is known by its index among the row's values, the first one being the
/// outermost: its kind and where its bytes begin in `data`. A nested value's bytes are how many children it
/// has and the index of the first, each by varint; a child is the index of its value and, in an object, of
/// its key.
enum VariantLayout {
  /// The structure.
  static let type = LogicalType.structure([
    Field("keys", .list(.text)),
    Field(
      "children", .list(.structure([Field("keys_index", .uint32), Field("values_index", .uint32)]))),
    Field("values", .list(.structure([Field("type_id", .uint8), Field("byte_offset", .uint32)]))),
    Field("data", .blob),
  ])

  /// What a value is, by DuckDB's number.
  enum Kind: UInt8 {
    case null = 0
    case `true`, `false`
    case int8, int16, int32, int64, int128, uint8, uint16, uint32, uint64, uint128
    case float32, float64, decimal, text, blob, uuid, date, time, timeNanoseconds
    case timestampSeconds, timestampMilliseconds, timestamp, timestampNanoseconds
    case timeWithZone, timestampWithZone, interval, object, array, bignum, bit, geometry
  }

  /// What is said of a layout of another version.
  static var mismatch: Diagnostic {
    Diagnostic(
      .engineType, "a variant is not laid out as expected", hint: "cast it in the query, for example to JSON")
  }
}

/// Reads numbers from a variant's bytes.
struct VariantBytes {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// Reads from `offset` on. Throws a `Diagnostic` if there is no such place.
  init(_ bytes: ArraySlice<UInt8>, from offset: Int) throws {
    guard offset <= bytes.count else { throw VariantLayout.mismatch }
    self.bytes = bytes
    position = bytes.startIndex + offset
  }

  /// The next bytes.
  mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= bytes.endIndex - position else { throw VariantLayout.mismatch }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The next number, the least significant byte first.
  mutating func number<T: FixedWidthInteger>() throws -> T {
    try take(MemoryLayout<T>.size).reversed().reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
  }

  /// The next number of as many bytes as it needs, seven bits in each.
  mutating func varint() throws -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 35, by: 7) {
      let byte: UInt8 = try number()
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return Int(value) }
    }
    throw VariantLayout.mismatch
  }
}
