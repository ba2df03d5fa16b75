internal import CDuckDB
import Diagnostics
import Tabular

/// Takes a vector of variants apart.
struct VariantReader {
  private let vector: duckdb_vector?
  private let count: Int

  /// Reads `count` values of `vector`, which must be of variants.
  init(_ vector: duckdb_vector?, count: Int) {
    self.vector = vector
    self.count = count
  }

  /// The values, each with its own type. Throws a `Diagnostic` if they are laid out in an unknown way.
  func values() throws -> [Scalar] {
    let column = try VectorReader(vector, VariantLayout.type, count: count).column()
    let rows = try VariantRows(column)
    return try (0..<count).map { row in
      guard column.isPresent(at: row) else { return .null }
      let (type, value) = try rows.value(row: row, index: 0)
      return value == .null ? .null : .variant(type, value)
    }
  }
}

/// The parts of a column of variants.
private struct VariantRows {
  /// Who reads, compares or prints a value recurses as deep as it is.
  private static let maximumDepth = 200

  private let keyRuns: [ListEntry]
  private let keys: ByteStrings
  private let childRuns: [ListEntry]
  private let childKeys: [UInt32]
  private let childValues: [UInt32]
  private let valueRuns: [ListEntry]
  private let kinds: [UInt8]
  private let offsets: [UInt32]
  private let data: ByteStrings

  init(_ column: Column) throws {
    guard case .structure(let parts) = column.storage, parts.count == 4,
      case .list(let keyRuns, let keys) = parts[0].storage, case .bytes(let keys) = keys.storage,
      case .list(let childRuns, let children) = parts[1].storage,
      case .structure(let children) = children.storage, children.count == 2,
      case .uint32(let childKeys) = children[0].storage,
      case .uint32(let childValues) = children[1].storage,
      case .list(let valueRuns, let values) = parts[2].storage,
      case .structure(let values) = values.storage, values.count == 2,
      case .uint8(let kinds) = values[0].storage, case .uint32(let offsets) = values[1].storage,
      case .bytes(let data) = parts[3].storage
    else { throw VariantLayout.mismatch }
    self.keyRuns = keyRuns
    self.keys = keys
    self.childRuns = childRuns
    self.childKeys = childKeys
    self.childValues = childValues
    self.valueRuns = valueRuns
    self.kinds = kinds
    self.offsets = offsets
    self.data = data
  }

  /// One of a row's values, with all that it holds. As in DuckDB, the elements of a list have one type, or are
  /// variants.
  func value(row: Int, index: Int, depth: Int = 0) throws -> (type: LogicalType, value: Scalar) {
    guard depth <= Self.maximumDepth else {
      throw Diagnostic(
        .engineType, "a variant is nested more than \(Self.maximumDepth) levels deep",
        hint: "cast it in the query, for example to JSON")
    }
    let place = try Self.element(index, of: valueRuns[row], count: kinds.count)
    guard let kind = VariantLayout.Kind(rawValue: kinds[place]) else { throw VariantLayout.mismatch }
    var bytes = try VariantBytes(data.bytes[data.range(at: row)], from: Int(offsets[place]))
    switch kind {
    case .null: return (.null, .null)
    case .array:
      let items = try children(&bytes, row).map {
        try value(row: row, index: Int(childValues[$0]), depth: depth + 1)
      }
      if let first = items.first?.type, first != .null, items.allSatisfy({ $0.type == first }) {
        return (.list(first), .list(items.map(\.value)))
      }
      return (.list(.variant), .list(items.map { $0 == .null ? .null : .variant($0, $1) }))
    case .object:
      let places = try children(&bytes, row)
      let names = try places.map { place in
        keys.text(at: try Self.element(Int(childKeys[place]), of: keyRuns[row], count: keys.count))
      }
      let members = try places.map { try value(row: row, index: Int(childValues[$0]), depth: depth + 1) }
      let fields = zip(names, members).map { Field($0, $1.type) }
      return (.structure(fields), .structure(names, members.map(\.value)))
    default:
      let (type, storage) = try Self.simple(kind, &bytes)
      return (type, Column(type, storage).value(at: 0))
    }
  }

  /// Where the children of a nested value are.
  private func children(_ bytes: inout VariantBytes, _ row: Int) throws -> [Int] {
    let count = try bytes.varint()
    let first = count == 0 ? 0 : try bytes.varint()
    return try (0..<count).map {
      try Self.element(first + $0, of: childRuns[row], count: childValues.count)
    }
  }

  /// Where an element of a run lies among all elements.
  private static func element(_ index: Int, of run: ListEntry, count: Int) throws -> Int {
    guard index < Int(run.length), Int(run.offset) + index < count else { throw VariantLayout.mismatch }
    return Int(run.offset) + index
  }

  /// A value without parts, as a column of it alone.
  private static func simple(
    _ kind: VariantLayout.Kind, _ bytes: inout VariantBytes
  ) throws -> (LogicalType, Column.Storage) {
    switch kind {
    case .true: (.boolean, .boolean([true]))
    case .false: (.boolean, .boolean([false]))
    case .int8: (.int8, .int8([try bytes.number()]))
    case .int16: (.int16, .int16([try bytes.number()]))
    case .int32: (.int32, .int32([try bytes.number()]))
    case .int64: (.int64, .int64([try bytes.number()]))
    case .int128: (.int128, .int128([try bytes.number()]))
    case .uint8: (.uint8, .uint8([try bytes.number()]))
    case .uint16: (.uint16, .uint16([try bytes.number()]))
    case .uint32: (.uint32, .uint32([try bytes.number()]))
    case .uint64: (.uint64, .uint64([try bytes.number()]))
    case .uint128: (.uint128, .uint128([try bytes.number()]))
    case .float32: (.float32, .float32([Float(bitPattern: try bytes.number())]))
    case .float64: (.float64, .float64([Double(bitPattern: try bytes.number())]))
    case .decimal: try decimal(&bytes)
    case .uuid: (.uuid, .uint128([try bytes.number() ^ (1 << 127)]))
    case .text, .blob, .bignum, .bit, .geometry: try string(kind, &bytes)
    default: try temporal(kind, &bytes)
    }
  }

  private static func decimal(_ bytes: inout VariantBytes) throws -> (LogicalType, Column.Storage) {
    let width = try bytes.varint()
    let type = LogicalType.decimal(width: width, scale: try bytes.varint())
    switch width {
    case ...4: return (type, .int16([try bytes.number()]))
    case ...9: return (type, .int32([try bytes.number()]))
    case ...18: return (type, .int64([try bytes.number()]))
    default: return (type, .int128([try bytes.number()]))
    }
  }

  private static func string(
    _ kind: VariantLayout.Kind, _ bytes: inout VariantBytes
  ) throws -> (LogicalType, Column.Storage) {
    var strings = ByteStrings()
    try bytes.take(try bytes.varint()).withUnsafeBufferPointer { string in
      switch kind {
      case .bit: strings.append(VectorReader.bits(string))
      case .bignum: VectorReader.appendBignum(&strings, string)
      default: strings.append(string)
      }
    }
    switch kind {
    case .text: return (.text, .bytes(strings))
    case .bit: return (.bit, .bytes(strings))
    case .bignum: return (.bignum, .bytes(strings))
    case .geometry: return (.geometry, .bytes(strings))
    default: return (.blob, .bytes(strings))
    }
  }

  private static func temporal(
    _ kind: VariantLayout.Kind, _ bytes: inout VariantBytes
  ) throws -> (LogicalType, Column.Storage) {
    switch kind {
    case .date: (.date, .int32([try bytes.number()]))
    case .time: (.time, .int64([try bytes.number()]))
    case .timeNanoseconds: (.timeNanoseconds, .int64([try bytes.number()]))
    case .timestampSeconds: (.timestampSeconds, .int64([try bytes.number()]))
    case .timestampMilliseconds: (.timestampMilliseconds, .int64([try bytes.number()]))
    case .timestamp: (.timestamp, .int64([try bytes.number()]))
    case .timestampNanoseconds: (.timestampNanoseconds, .int64([try bytes.number()]))
    case .timestampWithZone: (.timestampWithZone, .int64([try bytes.number()]))
    case .timeWithZone:
      (.timeWithZone, .timeWithZone([VectorReader.timeWithZone(try bytes.number())]))
    case .interval:
      (
        .interval,
        .interval([
          IntervalValue(
            months: try bytes.number(), days: try bytes.number(), microseconds: try bytes.number())
        ])
      )
    default: throw VariantLayout.mismatch
    }
  }
}
