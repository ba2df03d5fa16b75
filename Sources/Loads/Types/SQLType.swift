/// A type of the engine, taken apart as far as a load must compare and widen it.
public indirect enum SQLType: Sendable, Hashable {
  /// What a column of nothing but NULLs has.
  case null
  case boolean
  case integer(bits: Int, isSigned: Bool)
  case decimal(precision: Int, scale: Int)
  case float, double
  case text, json, blob, uuid
  case date, time, interval
  /// Without a zone; the parts of a second that it holds: 1, 1000, 1 000 000 or 1 000 000 000.
  case timestamp(partsPerSecond: Int)
  /// An instant.
  case timestampWithZone
  case list(SQLType)
  case structure([StructureField])
  case map(SQLType, SQLType)
  /// Any other, in the engine's spelling.
  case other(String)

  /// A field of a structure.
  public struct StructureField: Sendable, Hashable {
    /// The field's name.
    public var name: String
    /// Its type.
    public var type: SQLType

    /// Makes a field.
    public init(_ name: String, _ type: SQLType) {
      self.name = name
      self.type = type
    }
  }

  /// The type of timestamps unless something else is said.
  public static let timestamp = SQLType.timestamp(partsPerSecond: 1_000_000)
  /// A whole number of 64 bits.
  public static let bigint = SQLType.integer(bits: 64, isSigned: true)

  /// The engine's spelling.
  public var sql: String {
    switch self {
    case .null: "\"NULL\""
    case .boolean: "BOOLEAN"
    case .integer(let bits, let isSigned): (isSigned ? "" : "U") + (Self.integerNames[bits] ?? "HUGEINT")
    case .decimal(let precision, let scale): "DECIMAL(\(precision),\(scale))"
    case .float: "FLOAT"
    case .double: "DOUBLE"
    case .text: "VARCHAR"
    case .json: "JSON"
    case .blob: "BLOB"
    case .uuid: "UUID"
    case .date: "DATE"
    case .time: "TIME"
    case .interval: "INTERVAL"
    case .timestamp(1): "TIMESTAMP_S"
    case .timestamp(1000): "TIMESTAMP_MS"
    case .timestamp(1_000_000_000): "TIMESTAMP_NS"
    case .timestamp: "TIMESTAMP"
    case .timestampWithZone: "TIMESTAMP WITH TIME ZONE"
    case .list(let item): item.sql + "[]"
    case .structure(let fields):
      "STRUCT(" + fields.map { "\(Self.quoted($0.name)) \($0.type.sql)" }.joined(separator: ", ") + ")"
    case .map(let key, let value): "MAP(\(key.sql), \(value.sql))"
    case .other(let text): text
    }
  }

  static let integerNames = [8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT", 128: "HUGEINT"]

  private static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// Whether values have parts.
  public var isNested: Bool {
    switch self {
    case .list, .structure, .map: true
    default: false
    }
  }

  /// Whether values have an order that a cursor can follow.
  public var isOrdered: Bool {
    switch self {
    case .integer, .decimal, .float, .double, .text, .date, .timestamp, .timestampWithZone, .uuid: true
    default: false
    }
  }

  /// Whether values are points in time.
  public var isTime: Bool {
    switch self {
    case .date, .timestamp, .timestampWithZone: true
    default: false
    }
  }
}
