internal import CDuckDB
import Diagnostics
import Tabular

/// One of DuckDB's logical types.
final class TypeHandle {
  private(set) var raw: duckdb_logical_type?

  /// Owns `raw`.
  init(_ raw: duckdb_logical_type?) { self.raw = raw }

  deinit { duckdb_destroy_logical_type(&raw) }

  /// Lends the handle, which lives at least until `body` ends.
  func lend<T>(_ body: (duckdb_logical_type?) throws -> T) rethrows -> T {
    try withExtendedLifetime(self) { try body(raw) }
  }

  /// The type in neutral terms. Throws a `Diagnostic` if DuckDB gives none.
  func logicalType() throws -> LogicalType {
    guard let raw else { throw Diagnostic(.engineType, "the engine does not say of what type a column is") }
    let id = duckdb_get_type_id(raw)
    if let simple = Self.simple[id.rawValue] { return id == DUCKDB_TYPE_VARCHAR ? text(raw) : simple }
    switch id {
    case DUCKDB_TYPE_DECIMAL:
      return .decimal(width: Int(duckdb_decimal_width(raw)), scale: Int(duckdb_decimal_scale(raw)))
    case DUCKDB_TYPE_ENUM:
      return .enumeration(
        (0..<duckdb_enum_dictionary_size(raw)).map {
          Self.taking(duckdb_enum_dictionary_value(raw, idx_t($0)))
        })
    case DUCKDB_TYPE_LIST: return .list(try child(duckdb_list_type_child_type(raw)))
    case DUCKDB_TYPE_ARRAY:
      return .array(
        try child(duckdb_array_type_child_type(raw)), count: Int(duckdb_array_type_array_size(raw)))
    case DUCKDB_TYPE_MAP:
      return .map(
        key: try child(duckdb_map_type_key_type(raw)), value: try child(duckdb_map_type_value_type(raw)))
    case DUCKDB_TYPE_STRUCT:
      return .structure(
        try (0..<duckdb_struct_type_child_count(raw)).map {
          Field(
            Self.taking(duckdb_struct_type_child_name(raw, $0)),
            try child(duckdb_struct_type_child_type(raw, $0)))
        })
    case DUCKDB_TYPE_UNION:
      return .union(
        try (0..<duckdb_union_type_member_count(raw)).map {
          Field(
            Self.taking(duckdb_union_type_member_name(raw, $0)),
            try child(duckdb_union_type_member_type(raw, $0)))
        })
    case DUCKDB_TYPE_VARIANT: return .variant
    default: return .unknown(id == DUCKDB_TYPE_INVALID ? "TYPE" : "type \(id.rawValue)")
    }
  }

  /// JSON is text with another name.
  private func text(_ raw: duckdb_logical_type) -> LogicalType {
    guard let alias = duckdb_logical_type_get_alias(raw) else { return .text }
    return Self.taking(alias) == "JSON" ? .json : .text
  }

  private func child(_ raw: duckdb_logical_type?) throws -> LogicalType { try TypeHandle(raw).logicalType() }

  /// A string of DuckDB's, freed once read.
  static func taking(_ text: UnsafeMutablePointer<CChar>?) -> String {
    defer { duckdb_free(text) }
    return text.map { String(cString: $0) } ?? ""
  }

  /// The types that have no parts, by DuckDB's number.
  static let simple: [UInt32: LogicalType] = [
    DUCKDB_TYPE_BOOLEAN.rawValue: .boolean, DUCKDB_TYPE_TINYINT.rawValue: .int8,
    DUCKDB_TYPE_SMALLINT.rawValue: .int16, DUCKDB_TYPE_INTEGER.rawValue: .int32,
    DUCKDB_TYPE_BIGINT.rawValue: .int64, DUCKDB_TYPE_HUGEINT.rawValue: .int128,
    DUCKDB_TYPE_UTINYINT.rawValue: .uint8, DUCKDB_TYPE_USMALLINT.rawValue: .uint16,
    DUCKDB_TYPE_UINTEGER.rawValue: .uint32, DUCKDB_TYPE_UBIGINT.rawValue: .uint64,
    DUCKDB_TYPE_UHUGEINT.rawValue: .uint128, DUCKDB_TYPE_FLOAT.rawValue: .float32,
    DUCKDB_TYPE_DOUBLE.rawValue: .float64, DUCKDB_TYPE_BIGNUM.rawValue: .bignum,
    DUCKDB_TYPE_VARCHAR.rawValue: .text, DUCKDB_TYPE_BLOB.rawValue: .blob, DUCKDB_TYPE_BIT.rawValue: .bit,
    DUCKDB_TYPE_UUID.rawValue: .uuid, DUCKDB_TYPE_DATE.rawValue: .date, DUCKDB_TYPE_TIME.rawValue: .time,
    DUCKDB_TYPE_TIME_NS.rawValue: .timeNanoseconds, DUCKDB_TYPE_TIME_TZ.rawValue: .timeWithZone,
    DUCKDB_TYPE_TIMESTAMP.rawValue: .timestamp, DUCKDB_TYPE_TIMESTAMP_S.rawValue: .timestampSeconds,
    DUCKDB_TYPE_TIMESTAMP_MS.rawValue: .timestampMilliseconds,
    DUCKDB_TYPE_TIMESTAMP_NS.rawValue: .timestampNanoseconds,
    DUCKDB_TYPE_TIMESTAMP_TZ.rawValue: .timestampWithZone, DUCKDB_TYPE_INTERVAL.rawValue: .interval,
    DUCKDB_TYPE_GEOMETRY.rawValue: .geometry, DUCKDB_TYPE_SQLNULL.rawValue: .null,
  ]
}
