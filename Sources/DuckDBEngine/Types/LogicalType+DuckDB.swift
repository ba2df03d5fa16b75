import Tabular

extension LogicalType {
  /// The type as DuckDB spells it: `DECIMAL(10,2)`, `STRUCT(a INTEGER)`.
  public var duckDBName: String {
    switch self {
    case .boolean: "BOOLEAN"
    case .int8: "TINYINT"
    case .int16: "SMALLINT"
    case .int32: "INTEGER"
    case .int64: "BIGINT"
    case .int128: "HUGEINT"
    case .uint8: "UTINYINT"
    case .uint16: "USMALLINT"
    case .uint32: "UINTEGER"
    case .uint64: "UBIGINT"
    case .uint128: "UHUGEINT"
    case .float32: "FLOAT"
    case .float64: "DOUBLE"
    case .decimal(let width, let scale): "DECIMAL(\(width),\(scale))"
    case .bignum: "BIGNUM"
    case .text: "VARCHAR"
    case .json: "JSON"
    case .blob: "BLOB"
    case .bit: "BIT"
    case .uuid: "UUID"
    case .interval: "INTERVAL"
    case .geometry: "GEOMETRY"
    case .variant: "VARIANT"
    case .null: "\"NULL\""
    case .unknown(let name): name
    case .enumeration, .list, .array, .map, .structure, .union: nestedName
    default: temporalName
    }
  }

  /// Whether variants are somewhere in it.
  var holdsVariants: Bool { holds { $0 == .variant } }

  /// Whether the type, or one within it, is such as `isWanted` says.
  func holds(_ isWanted: (LogicalType) -> Bool) -> Bool {
    if isWanted(self) { return true }
    switch self {
    case .list(let element), .array(let element, _): return element.holds(isWanted)
    case .map(let key, let value): return key.holds(isWanted) || value.holds(isWanted)
    case .structure(let fields), .union(let fields): return fields.contains { $0.type.holds(isWanted) }
    default: return false
    }
  }

  private var temporalName: String {
    switch self {
    case .date: "DATE"
    case .time: "TIME"
    case .timeNanoseconds: "TIME_NS"
    case .timeWithZone: "TIME WITH TIME ZONE"
    case .timestampSeconds: "TIMESTAMP_S"
    case .timestampMilliseconds: "TIMESTAMP_MS"
    case .timestampNanoseconds: "TIMESTAMP_NS"
    case .timestampWithZone: "TIMESTAMP WITH TIME ZONE"
    default: "TIMESTAMP"
    }
  }

  private var nestedName: String {
    let dialect = DuckDBDialect()
    switch self {
    case .enumeration(let labels): return "ENUM(\(labels.map(dialect.literal).joined(separator: ", ")))"
    case .list(let element): return element.duckDBName + "[]"
    case .array(let element, let count): return "\(element.duckDBName)[\(count)]"
    case .map(let key, let value): return "MAP(\(key.duckDBName), \(value.duckDBName))"
    case .structure(let fields): return "STRUCT(\(Self.spelled(fields)))"
    case .union(let members): return "UNION(\(Self.spelled(members)))"
    default: return ""
    }
  }

  private static func spelled(_ fields: [Field]) -> String {
    fields.map { "\(DuckDBDialect().quoted($0.name)) \($0.type.duckDBName)" }.joined(separator: ", ")
  }
}
