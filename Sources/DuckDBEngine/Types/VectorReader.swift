internal import CDuckDB
import Diagnostics
import Tabular

/// One column of a chunk, about to be copied out. Valid while the chunk lives.
struct VectorReader {
  private let vector: duckdb_vector?
  private let type: LogicalType
  private let count: Int

  /// Reads `count` values of `vector`, which must be of `type`.
  init(_ vector: duckdb_vector?, _ type: LogicalType, count: Int) {
    self.vector = vector
    self.type = type
    self.count = count
  }

  /// The values as an owned column. Throws a `Diagnostic` for a type that DuckDB's C interface does not hand
  /// out.
  func column() throws -> Column {
    if case .unknown(let name) = type {
      throw Diagnostic(
        .engineType, "a column of type \(name) cannot be read as it is",
        hint: "cast it in the query, for example to VARCHAR or JSON")
    }
    return Column(type, try storage(), validity: validity())
  }

  private func validity() -> Validity? {
    guard let mask = duckdb_vector_get_validity(vector) else { return nil }
    let validity = Validity(words: Array(UnsafeBufferPointer(start: mask, count: (count + 63) / 64)))
    return validity.hasMissing(of: count) ? validity : nil
  }

  private func storage() throws -> Column.Storage {
    switch type {
    case .boolean: .boolean(values())
    case .int8: .int8(values())
    case .int16: .int16(values())
    case .int32, .date: .int32(values())
    case .int64, .time, .timeNanoseconds, .timestamp, .timestampSeconds, .timestampMilliseconds,
      .timestampNanoseconds, .timestampWithZone:
      .int64(values())
    case .int128: .int128(values())
    case .uint8: .uint8(values())
    case .uint16: .uint16(values())
    case .uint32: .uint32(values())
    case .uint64: .uint64(values())
    case .uint128: .uint128(values())
    case .float32: .float32(values())
    case .float64: .float64(values())
    case .decimal(let width, _): decimals(width)
    case .enumeration(let labels): indexes(labels.count)
    // The top bit is flipped so that comparing signed numbers orders UUIDs.
    case .uuid: .uint128(values().map { (value: UInt128) in value ^ (1 << 127) })
    case .interval:
      .interval(
        values().map { (value: duckdb_interval) in
          IntervalValue(months: value.months, days: value.days, microseconds: value.micros)
        })
    case .timeWithZone: .timeWithZone(values().map(Self.timeWithZone))
    case .text, .json, .blob, .geometry: .bytes(strings { $0.append($1) })
    case .bit: .bytes(strings { $0.append(Self.bits($1)) })
    case .bignum: .bytes(strings { Self.appendBignum(&$0, $1) })
    case .list, .array, .map, .structure, .union: try nested()
    case .variant: .scalars(try VariantReader(vector, count: count).values())
    case .null, .unknown: .missing(count: count)
    }
  }

  /// The vector's values, copied in one go; DuckDB aligns wide integers less than Swift does.
  private func values<T: BitwiseCopyable>() -> [T] {
    guard count > 0, let data = duckdb_vector_get_data(vector) else { return [] }
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(start: data, count: count * MemoryLayout<T>.stride))
      initialized = count
    }
  }

  private func decimals(_ width: Int) -> Column.Storage {
    switch width {
    case ...4: .int16(values())
    case ...9: .int32(values())
    case ...18: .int64(values())
    default: .int128(values())
    }
  }

  private func indexes(_ labelCount: Int) -> Column.Storage {
    switch labelCount {
    case ...0xFF: .uint8(values())
    case ...0xFFFF: .uint16(values())
    default: .uint32(values())
    }
  }

  /// Forty bits of microseconds, then twenty-four of the offset, counted down from the largest one.
  static func timeWithZone(_ packed: UInt64) -> TimeWithZoneValue {
    TimeWithZoneValue(microseconds: Int64(packed >> 24), offset: 57_599 - Int32(packed & 0xFF_FFFF))
  }

  /// Copies the strings, each through `append`; the slot of a missing value stays empty.
  private func strings(
    _ append: (inout ByteStrings, UnsafeBufferPointer<UInt8>) -> Void
  ) -> ByteStrings {
    var strings = ByteStrings(reserving: count, byteCount: count * 12)
    guard let data = duckdb_vector_get_data(vector) else { return strings }
    let mask = duckdb_vector_get_validity(vector)
    for row in 0..<count {
      if let mask, mask[row >> 6] >> UInt64(row & 63) & 1 == 0 {
        strings.appendEmpty()
      } else {
        append(&strings, StringReference.bytes(data + row * StringReference.size))
      }
    }
    return strings
  }

  /// The first byte counts the bits of the second that are padding.
  static func bits(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard let padding = bytes.first else { return "" }
    var text = ""
    for (index, byte) in bytes.dropFirst().enumerated() {
      for bit in (index == 0 ? Int(padding) : 0)..<8 {
        text.append(byte >> UInt8(7 - bit) & 1 == 1 ? "1" : "0")
      }
    }
    return text
  }

  /// Three bytes of header whose top bit says "not negative"; a negative number has every bit flipped.
  static func appendBignum(_ strings: inout ByteStrings, _ bytes: UnsafeBufferPointer<UInt8>) {
    let isNegative = (bytes.first ?? 0x80) & 0x80 == 0
    let magnitude = bytes.dropFirst(3).map { isNegative ? ~$0 : $0 }
    let value = [isNegative ? 1 : 0] + magnitude
    value.withUnsafeBufferPointer { strings.append($0) }
  }

  private func nested() throws -> Column.Storage {
    switch type {
    case .list(let element):
      let elements = VectorReader(duckdb_list_vector_get_child(vector), element, count: elementCount)
      return .list(values(), elements: try elements.column())
    case .map(let key, let value):
      let pairs = duckdb_list_vector_get_child(vector)
      return .map(
        values(),
        keys: try VectorReader(duckdb_struct_vector_get_child(pairs, 0), key, count: elementCount).column(),
        values: try VectorReader(duckdb_struct_vector_get_child(pairs, 1), value, count: elementCount)
          .column())
    case .array(let element, let size):
      let elements = VectorReader(duckdb_array_vector_get_child(vector), element, count: count * size)
      return .array(count: size, elements: try elements.column())
    case .structure(let fields):
      return .structure(try children(fields, from: 0))
    case .union(let members):
      let tags = VectorReader(duckdb_struct_vector_get_child(vector, 0), .uint8, count: count)
      return .union(tags: tags.values(), members: try children(members, from: 1))
    default: return .missing(count: count)
    }
  }

  private var elementCount: Int { Int(duckdb_list_vector_get_size(vector)) }

  private func children(_ fields: [Field], from first: Int) throws -> [Column] {
    try fields.enumerated().map { index, field in
      let child = duckdb_struct_vector_get_child(vector, idx_t(first + index))
      return try VectorReader(child, field.type, count: count).column()
    }
  }
}

/// DuckDB's string of sixteen bytes: the length, then the bytes themselves if they are twelve or fewer, else
/// four of them and a pointer. The imported C union is slower to take apart.
enum StringReference {
  static let size = 16

  /// The string's bytes, which lie in the vector itself or where it points.
  @inline(__always)
  static func bytes(_ string: UnsafeMutableRawPointer) -> UnsafeBufferPointer<UInt8> {
    let length = Int(string.load(as: UInt32.self))
    let start = UnsafeRawPointer(string)
    if length <= 12 {
      return UnsafeBufferPointer(start: (start + 4).assumingMemoryBound(to: UInt8.self), count: length)
    }
    return UnsafeBufferPointer(start: (start + 8).load(as: UnsafePointer<UInt8>?.self), count: length)
  }
}
