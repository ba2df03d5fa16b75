extension LogicalType: CustomStringConvertible {
  /// The type in plain words that belong to no engine: `decimal(10, 2)`, `list of text`.
  public var description: String {
    switch self {
    case .boolean: "boolean"
    case .int8: "8-bit integer"
    case .int16: "16-bit integer"
    case .int32: "32-bit integer"
    case .int64: "64-bit integer"
    case .int128: "128-bit integer"
    case .uint8: "unsigned 8-bit integer"
    case .uint16: "unsigned 16-bit integer"
    case .uint32: "unsigned 32-bit integer"
    case .uint64: "unsigned 64-bit integer"
    case .uint128: "unsigned 128-bit integer"
    case .float32: "32-bit float"
    case .float64: "64-bit float"
    case .decimal(let width, let scale): "decimal(\(width), \(scale))"
    case .bignum: "integer of any size"
    default: longDescription
    }
  }

  private var longDescription: String {
    switch self {
    case .text: "text"
    case .json: "JSON"
    case .blob: "bytes"
    case .bit: "bits"
    case .uuid: "UUID"
    case .enumeration(let labels): "one of \(labels.joined(separator: ", "))"
    case .date: "date"
    case .time: "time"
    case .timeNanoseconds: "time in nanoseconds"
    case .timeWithZone: "time with zone"
    case .timestamp: "timestamp"
    case .timestampSeconds: "timestamp in seconds"
    case .timestampMilliseconds: "timestamp in milliseconds"
    case .timestampNanoseconds: "timestamp in nanoseconds"
    case .timestampWithZone: "timestamp with zone"
    case .interval: "interval"
    case .list(let element): "list of \(element)"
    case .array(let element, let count): "array of \(count) \(element)"
    case .map(let key, let value): "map of \(key) to \(value)"
    case .structure(let fields): "structure of \(Self.spelled(fields))"
    case .union(let members): "union of \(Self.spelled(members))"
    case .geometry: "geometry"
    case .variant: "variant"
    case .null: "null"
    case .unknown(let name): name
    default: ""
    }
  }

  private static func spelled(_ fields: [Field]) -> String {
    "(" + fields.map { "\($0.name) \($0.type)" }.joined(separator: ", ") + ")"
  }
}
