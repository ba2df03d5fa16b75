internal import CDuckDB
import Diagnostics
import Tabular

/// One of DuckDB's values.
final class ValueHandle {
  private(set) var raw: duckdb_value?

  /// Owns `raw`. Throws a `Diagnostic` if DuckDB made none.
  init(_ raw: duckdb_value?) throws {
    guard let raw else { throw Diagnostic(.engineType, "the engine cannot hold a value") }
    self.raw = raw
  }

  deinit { duckdb_destroy_value(&raw) }

  /// Lends the handle, which lives at least until `body` ends.
  func lend<T>(_ body: (duckdb_value?) throws -> T) rethrows -> T {
    try withExtendedLifetime(self) { try body(raw) }
  }

  /// Makes a value. Throws a `Diagnostic` if DuckDB has no such value, as for elements of different types.
  convenience init(_ scalar: Scalar) throws {
    try self.init(scalar, as: try LogicalType(of: scalar))
  }

  /// Makes a value of a type; a missing one is NULL whatever the type.
  convenience init(_ scalar: Scalar, as type: LogicalType) throws {
    switch (scalar, type) {
    case (.null, _): try self.init(duckdb_create_null_value())
    case (.variant(_, let value), _): try self.init(value, as: type)
    case (.list(let items), .list(let element)):
      let handle = try TypeHandle(element)
      try self.init(
        handle.lend { type in
          try Self.lending(items, as: element) { duckdb_create_list_value(type, $0, idx_t(items.count)) }
        })
    case (.map(let keys, let values), .map(let key, let value)):
      let handle = try TypeHandle(type)
      try self.init(
        handle.lend { type in
          try Self.lending(keys, as: key) { keyValues in
            try Self.lending(values, as: value) {
              duckdb_create_map_value(type, keyValues, $0, idx_t(min(keys.count, values.count)))
            }
          }
        })
    case (.structure(_, let values), .structure(let fields)):
      let handle = try TypeHandle(type)
      let members = try zip(values, fields).map { try ValueHandle($0, as: $1.type) }
      try self.init(handle.lend { type in Self.lending(members) { duckdb_create_struct_value(type, $0) } })
    case (.union(let tag, let value), .union(let members)):
      let handle = try TypeHandle(type)
      guard let index = members.firstIndex(where: { $0.name == tag }) else {
        throw Diagnostic(.engineType, "a union has no member \(tag)")
      }
      let member = try ValueHandle(value, as: members[index].type)
      try self.init(
        handle.lend { type in member.lend { duckdb_create_union_value(type, idx_t(index), $0) } })
    default: try self.init(Self.simple(scalar))
    }
  }

  /// Makes the values, lends them to `body` as DuckDB wants them, and frees them.
  private static func lending<T>(
    _ scalars: [Scalar], as type: LogicalType, _ body: (UnsafeMutablePointer<duckdb_value?>?) throws -> T
  ) throws -> T {
    try lending(try scalars.map { try ValueHandle($0, as: type) }, body)
  }

  private static func lending<T>(
    _ values: [ValueHandle], _ body: (UnsafeMutablePointer<duckdb_value?>?) throws -> T
  ) rethrows -> T {
    try withExtendedLifetime(values) {
      // An empty array's address may be nil, which DuckDB takes for a mistake.
      var raw = values.map(\.raw) + [nil]
      return try raw.withUnsafeMutableBufferPointer { try body($0.baseAddress) }
    }
  }

  /// A value without parts.
  private static func simple(_ scalar: Scalar) throws -> duckdb_value? {
    switch scalar {
    case .boolean(let value): duckdb_create_bool(value)
    case .integer(let value): duckdb_create_int64(value)
    case .unsigned(let value): duckdb_create_uint64(value)
    case .huge(let value): duckdb_create_hugeint(duckdb_hugeint(value))
    case .unsignedHuge(let value): duckdb_create_uhugeint(duckdb_uhugeint(value))
    case .float32(let value): duckdb_create_float(value)
    case .float64(let value): duckdb_create_double(value)
    case .decimal(let unscaled, let width, let scale):
      duckdb_create_decimal(try duckdb_decimal(unscaled, width: width, scale: scale))
    case .bignum(let isNegative, let magnitude): bignum(isNegative, magnitude)
    case .text(let text): Self.text(text)
    case .blob(let bytes):
      bytes.withUnsafeBufferPointer { duckdb_create_blob($0.baseAddress, idx_t($0.count)) }
    case .bit(let text): bits(text)
    case .uuid(let value): duckdb_create_uuid(duckdb_uhugeint(value))
    default: temporal(scalar)
    }
  }

  private static func temporal(_ scalar: Scalar) -> duckdb_value? {
    switch scalar {
    case .date(let days): duckdb_create_date(duckdb_date(days: days))
    case .time(let microseconds): duckdb_create_time(duckdb_time(micros: microseconds))
    case .timeNanoseconds(let nanoseconds): duckdb_create_time_ns(duckdb_time_ns(nanos: nanoseconds))
    case .timeWithZone(let microseconds, let offset):
      duckdb_create_time_tz_value(duckdb_create_time_tz(microseconds, offset))
    case .timestamp(let microseconds): duckdb_create_timestamp(duckdb_timestamp(micros: microseconds))
    case .timestampNanoseconds(let nanoseconds):
      duckdb_create_timestamp_ns(duckdb_timestamp_ns(nanos: nanoseconds))
    case .instant(let microseconds): duckdb_create_timestamp_tz(duckdb_timestamp(micros: microseconds))
    case .interval(let months, let days, let microseconds):
      duckdb_create_interval(duckdb_interval(months: months, days: days, micros: microseconds))
    default: nil
    }
  }

  /// The text's length goes along, so that a NUL within it survives.
  private static func text(_ text: String) -> duckdb_value? {
    text.utf8CString.withUnsafeBufferPointer {
      duckdb_create_varchar_length($0.baseAddress, idx_t($0.count - 1))
    }
  }

  private static func bignum(_ isNegative: Bool, _ magnitude: [UInt8]) -> duckdb_value? {
    var magnitude = magnitude.isEmpty ? [0] : magnitude
    return magnitude.withUnsafeMutableBufferPointer {
      duckdb_create_bignum(
        duckdb_bignum(data: $0.baseAddress, size: idx_t($0.count), is_negative: isNegative))
    }
  }

  /// One byte counts the padding, then the bits follow, padded with ones in front.
  private static func bits(_ text: String) -> duckdb_value? {
    var bytes = packedBits(text)
    return bytes.withUnsafeMutableBufferPointer {
      duckdb_create_bit(duckdb_bit(data: $0.baseAddress, size: idx_t($0.count)))
    }
  }
}

/// Bits in DuckDB's own form.
func packedBits(_ text: some Sequence<Character>) -> [UInt8] {
  let bits = text.map { $0 == "1" }
  let padding = (8 - bits.count % 8) % 8
  var bytes = [UInt8(padding)]
  var current: UInt8 = 0
  for (index, bit) in (Array(repeating: true, count: padding) + bits).enumerated() {
    current = current << 1 | (bit ? 1 : 0)
    if index % 8 == 7 { bytes.append(current) }
  }
  return bytes
}

extension PreparedHandle {
  /// Binds a value to the parameter at `position`, from 1. Throws a `Diagnostic`.
  func bind(_ scalar: Scalar, at position: Int) throws {
    let count = Int(duckdb_nparams(raw))
    guard (1...max(count, 1)).contains(position), count > 0 else {
      throw Diagnostic(.sqlBinding, "the statement has no parameter \(position); it has \(count)")
    }
    let value = try ValueHandle(scalar)
    guard value.lend({ duckdb_bind_value(raw, idx_t(position), $0) }) == DuckDBSuccess else {
      throw Diagnostic.engine(duckdb_prepare_error(raw).map { String(cString: $0) } ?? "", sql: nil)
    }
  }
}

extension duckdb_hugeint {
  init(_ value: Int128) {
    self.init(lower: UInt64(truncatingIfNeeded: value), upper: Int64(truncatingIfNeeded: value >> 64))
  }
}

extension duckdb_uhugeint {
  init(_ value: UInt128) {
    self.init(lower: UInt64(truncatingIfNeeded: value), upper: UInt64(truncatingIfNeeded: value >> 64))
  }
}

extension duckdb_decimal {
  init(_ unscaled: Int128, width: Int, scale: Int) throws {
    guard (1...38).contains(width), (0...width).contains(scale) else {
      throw Diagnostic(.engineType, "DuckDB has no DECIMAL(\(width),\(scale)): the width goes to 38")
    }
    self.init(width: UInt8(width), scale: UInt8(scale), value: duckdb_hugeint(unscaled))
  }
}
