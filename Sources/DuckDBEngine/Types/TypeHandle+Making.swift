internal import CDuckDB
import Diagnostics
import Tabular

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension TypeHandle {
  /// Makes one of DuckDB's types. Throws a `Diagnostic` if it has no such type. Variants are of the type
  /// `variant`, which DuckDB makes only as a column's.
  convenience init(_ type: LogicalType, variant: TypeHandle? = nil) throws {
    let raw: duckdb_logical_type?
    switch type {
    case .decimal(let width, let scale):
      let decimal = try duckdb_decimal(0, width: width, scale: scale)
      raw = duckdb_create_decimal_type(decimal.width, decimal.scale)
    case .enumeration(let labels):
      raw = Self.lending(labels) { duckdb_create_enum_type($0, idx_t(labels.count)) }
    case .list(let element):
      raw = try TypeHandle(element, variant: variant).lend { duckdb_create_list_type($0) }
    case .array(let element, let count):
      raw = try TypeHandle(element, variant: variant).lend { duckdb_create_array_type($0, idx_t(count)) }
    case .map(let key, let value):
      raw = try TypeHandle(key, variant: variant).lend { key in
        try TypeHandle(value, variant: variant).lend { value in duckdb_create_map_type(key, value) }
      }
    case .structure(let fields): raw = try Self.composed(fields, variant, duckdb_create_struct_type)
    case .union(let members): raw = try Self.composed(members, variant, duckdb_create_union_type)
    case .json:
      raw = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)
      if let raw { duckdb_logical_type_set_alias(raw, "JSON") }
    case .variant where variant != nil:
      // A type is copied only as part of another.
      raw = variant?.lend { variant in
        let list = TypeHandle(duckdb_create_list_type(variant))
        return list.lend { duckdb_list_type_child_type($0) }
      }
    case .variant, .unknown:
      throw Diagnostic(.engineType, "DuckDB cannot be given a column of type \(type.duckDBName)")
    default:
      guard let id = Self.simple.first(where: { $0.value == type })?.key else {
        throw Diagnostic(.engineType, "DuckDB has no type for \(type)")
      }
      raw = duckdb_create_logical_type(duckdb_type(id))
    }
    guard raw != nil else { throw Diagnostic(.engineType, "DuckDB has no type for \(type)") }
    self.init(raw)
  }

  private typealias Composer = (
    UnsafeMutablePointer<duckdb_logical_type?>?, UnsafeMutablePointer<UnsafePointer<CChar>?>?, idx_t
  ) -> duckdb_logical_type?

  private static func composed(_ fields: [Field], _ variant: TypeHandle?, _ make: Composer) throws
    -> duckdb_logical_type?
  {
    let types = try fields.map { try TypeHandle($0.type, variant: variant) }
    return withExtendedLifetime(types) {
      var raw = types.map(\.raw)
      return raw.withUnsafeMutableBufferPointer { types in
        lending(fields.map(\.name)) { make(types.baseAddress, $0, idx_t(fields.count)) }
      }
    }
  }

  /// Lends texts as C strings.
  private static func lending<T>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> T
  ) -> T {
    let copies = texts.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    var pointers = copies.map { UnsafePointer<CChar>($0) }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress) }
  }
}

extension LogicalType {
  /// The type that a value is of; what a list or map holds nothing of is of type `null`. Throws a
  /// `Diagnostic` if its elements are of different types.
  init(of scalar: Scalar) throws {
    switch scalar {
    case .null: self = .null
    case .boolean: self = .boolean
    case .integer: self = .int64
    case .unsigned: self = .uint64
    case .huge: self = .int128
    case .unsignedHuge: self = .uint128
    case .float32: self = .float32
    case .float64: self = .float64
    case .decimal(_, let width, let scale): self = .decimal(width: width, scale: scale)
    case .bignum: self = .bignum
    case .text: self = .text
    case .blob: self = .blob
    case .bit: self = .bit
    case .uuid: self = .uuid
    case .date: self = .date
    case .time: self = .time
    case .timeNanoseconds: self = .timeNanoseconds
    case .timeWithZone: self = .timeWithZone
    case .timestamp: self = .timestamp
    case .timestampNanoseconds: self = .timestampNanoseconds
    case .instant: self = .timestampWithZone
    case .interval: self = .interval
    case .list(let items): self = .list(try LogicalType(common: items))
    case .map(let keys, let values):
      self = .map(key: try LogicalType(common: keys), value: try LogicalType(common: values))
    case .structure(let names, let values):
      self = .structure(try zip(names, values).map { Field($0, try LogicalType(of: $1)) })
    case .union(let tag, let value): self = .union([Field(tag, try LogicalType(of: value))])
    case .variant(_, let value): self = try LogicalType(of: value)
    }
  }

  /// The one type of values.
  private init(common values: [Scalar]) throws {
    var common = LogicalType.null
    for value in values where value != .null {
      let type = try LogicalType(of: value)
      guard common == .null || common == type else {
        throw Diagnostic(.engineType, "a list holds values of different types: \(common) and \(type)")
      }
      common = type
    }
    self = common
  }
}
