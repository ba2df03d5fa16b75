/// The type of a column, whatever engine it came from.
public indirect enum LogicalType: Sendable, Hashable, Codable {
  case boolean
  case int8, int16, int32, int64, int128
  case uint8, uint16, uint32, uint64, uint128
  case float32, float64
  case decimal(width: Int, scale: Int)
  /// An integer of any size, exact.
  case bignum
  case text, json, blob, bit, uuid
  case enumeration([String])
  case date, time, timeNanoseconds, timeWithZone
  case timestamp, timestampSeconds, timestampMilliseconds, timestampNanoseconds, timestampWithZone
  case interval
  case list(LogicalType)
  case array(LogicalType, count: Int)
  case map(key: LogicalType, value: LogicalType)
  case structure([Field])
  case union([Field])
  case geometry
  /// Each value has a type of its own.
  case variant
  case null
  /// A type that this version does not know, by the engine's own name.
  case unknown(String)
}

/// A named, typed column, or a member of a structure.
public struct Field: Sendable, Hashable, Codable {
  /// The name.
  public var name: String
  /// The type.
  public var type: LogicalType

  /// Makes a field.
  public init(_ name: String, _ type: LogicalType) {
    self.name = name
    self.type = type
  }
}

/// The columns of a table, in order.
public struct Schema: Sendable, Hashable, Codable {
  /// The columns.
  public var fields: [Field]

  /// Makes a schema.
  public init(_ fields: [Field]) { self.fields = fields }
}
