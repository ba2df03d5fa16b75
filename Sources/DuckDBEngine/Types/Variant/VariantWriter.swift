import Diagnostics
import Tabular

/// Lays variants out as DuckDB does.
struct VariantWriter {
  private var keyRuns: [ListEntry] = []
  private var keys = ByteStrings()
  private var childRuns: [ListEntry] = []
  private var childKeys: [UInt32?] = []
  private var childValues: [UInt32] = []
  private var valueRuns: [ListEntry] = []
  private var kinds: [UInt8] = []
  private var offsets: [UInt32] = []
  private var data = ByteStrings()

  /// The values as a column of `VariantLayout.type`. Throws a `Diagnostic` for what no variant can hold.
  static func column(of values: some Collection<Scalar>) throws -> Column {
    var writer = VariantWriter()
    var validity = Validity(allPresent: values.count)
    for (row, value) in values.enumerated() {
      if value == .null { validity[row] = false }
      try writer.append(value)
    }
    return writer.column(validity)
  }

  private func column(_ validity: Validity) -> Column {
    var hasKey = Validity(allPresent: childKeys.count)
    for (index, key) in childKeys.enumerated() where key == nil { hasKey[index] = false }
    let children = Column.Storage.structure([
      Column(.uint32, .uint32(childKeys.map { $0 ?? 0 }), validity: hasKey),
      Column(.uint32, .uint32(childValues)),
    ])
    let values = Column.Storage.structure([
      Column(.uint8, .uint8(kinds)), Column(.uint32, .uint32(offsets)),
    ])
    // The types of the parts within stand in the layout's own.
    let parts: [Column.Storage] = [
      .list(keyRuns, elements: Column(.text, .bytes(keys))),
      .list(childRuns, elements: Column(children)), .list(valueRuns, elements: Column(values)), .bytes(data),
    ]
    return Column(
      VariantLayout.type, .structure(parts.map { Column(.null, $0, validity: validity) }), validity: validity)
  }

  private mutating func append(_ value: Scalar) throws {
    var row = VariantRow()
    if case .variant(let type, let inner) = value {
      try row.append(type, inner)
    } else if value != .null {
      throw Diagnostic(.engineType, "the value \(value) is no variant")
    }
    keyRuns.append(ListEntry(offset: UInt64(keys.count), length: UInt64(row.keys.count)))
    row.keys.forEach { keys.append($0) }
    childRuns.append(ListEntry(offset: UInt64(childValues.count), length: UInt64(row.childValues.count)))
    childKeys += row.childKeys
    childValues += row.childValues
    valueRuns.append(ListEntry(offset: UInt64(kinds.count), length: UInt64(row.kinds.count)))
    kinds += row.kinds.map(\.rawValue)
    offsets += row.offsets
    row.data.withUnsafeBufferPointer { data.append($0) }
  }
}

/// One variant, with all that it holds.
private struct VariantRow {
  /// One key a member, as DuckDB has them, also where several objects have the same.
  var keys: [String] = []
  var childKeys: [UInt32?] = []
  var childValues: [UInt32] = []
  var kinds: [VariantLayout.Kind] = []
  var offsets: [UInt32] = []
  var data: [UInt8] = []

  /// Adds a value; gives its index.
  @discardableResult
  mutating func append(_ type: LogicalType, _ value: Scalar) throws -> UInt32 {
    switch (type, value) {
    case (_, .variant(let type, let value)): return try append(type, value)
    case (_, .null): return add(.null)
    case (.list(let element), .list(let items)), (.array(let element, _), .list(let items)):
      return try nested(.array, items.map { (nil, element, $0) })
    case (.structure(let fields), .structure(let names, let values)):
      return try nested(.object, zip(fields, zip(names, values)).map { ($1.0, $0.type, $1.1) })
    case (.map(let key, let value), .map(let keys, let values)):
      let pair = LogicalType.structure([Field("key", key), Field("value", value)])
      return try nested(
        .array, zip(keys, values).map { (nil, pair, .structure(["key", "value"], [$0, $1])) })
    case (.union(let members), .union(let tag, let value)):
      return try append(members.first { $0.name == tag }?.type ?? .null, value)
    case (.boolean, .boolean(let value)): return add(value ? .true : .false)
    default:
      let storage = try Column(type, of: [value]).storage
      let index = add(try Self.kind(of: type))
      if case .decimal(let width, let scale) = type {
        varint(width)
        varint(scale)
      }
      try write(storage, type)
      return index
    }
  }

  private mutating func add(_ kind: VariantLayout.Kind) -> UInt32 {
    kinds.append(kind)
    offsets.append(UInt32(data.count))
    return UInt32(kinds.count - 1)
  }

  private mutating func nested(
    _ kind: VariantLayout.Kind, _ children: [(key: String?, type: LogicalType, value: Scalar)]
  ) throws -> UInt32 {
    let index = add(kind)
    let first = childValues.count
    varint(children.count)
    if !children.isEmpty { varint(first) }
    for child in children {
      childKeys.append(child.key == nil ? nil : UInt32(keys.count))
      if let key = child.key { keys.append(key) }
      childValues.append(0)
    }
    for (place, child) in children.enumerated() {
      let value = try append(child.type, child.value)
      childValues[first + place] = value
    }
    return index
  }

  private static func kind(of type: LogicalType) throws -> VariantLayout.Kind {
    switch type {
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .int128: .int128
    case .uint8: .uint8
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .uint128: .uint128
    case .float32: .float32
    case .float64: .float64
    case .decimal: .decimal
    case .text: .text
    case .blob: .blob
    case .uuid: .uuid
    case .bignum: .bignum
    case .bit: .bit
    case .geometry: .geometry
    case .date: .date
    case .time: .time
    case .timeNanoseconds: .timeNanoseconds
    case .timeWithZone: .timeWithZone
    case .timestamp: .timestamp
    case .timestampSeconds: .timestampSeconds
    case .timestampMilliseconds: .timestampMilliseconds
    case .timestampNanoseconds: .timestampNanoseconds
    case .timestampWithZone: .timestampWithZone
    case .interval: .interval
    default: throw Diagnostic(.engineType, "a variant holds no \(type)")
    }
  }

  private mutating func write(_ storage: Column.Storage, _ type: LogicalType) throws {
    switch storage {
    case .int8(let values): values.forEach { number($0) }
    case .int16(let values): values.forEach { number($0) }
    case .int32(let values): values.forEach { number($0) }
    case .int64(let values): values.forEach { number($0) }
    case .int128(let values): values.forEach { number($0) }
    case .uint8(let values): values.forEach { number($0) }
    case .uint16(let values): values.forEach { number($0) }
    case .uint32(let values): values.forEach { number($0) }
    case .uint64(let values): values.forEach { number($0) }
    case .uint128(let values): values.forEach { number(type == .uuid ? $0 ^ (1 << 127) : $0) }
    case .float32(let values): values.forEach { number($0.bitPattern) }
    case .float64(let values): values.forEach { number($0.bitPattern) }
    case .timeWithZone(let values): values.forEach { number(VectorWriter.packed($0)) }
    case .interval(let values):
      values.forEach {
        number($0.months)
        number($0.days)
        number($0.microseconds)
      }
    case .bytes(let strings):
      let bytes: [UInt8] = strings.withBytes(at: 0) { string in
        switch type {
        case .bit: packedBits(string.map { Character(Unicode.Scalar($0)) })
        case .bignum: VectorWriter.packedBignum(string)
        default: Array(string)
        }
      }
      varint(bytes.count)
      data += bytes
    default: throw VariantLayout.mismatch
    }
  }

  /// The least significant byte first.
  private mutating func number<T: FixedWidthInteger>(_ value: T) {
    data += (0..<MemoryLayout<T>.size).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
  }

  private mutating func varint(_ value: Int) {
    var rest = value
    while rest >= 0x80 {
      data.append(UInt8(rest & 0x7F | 0x80))
      rest >>= 7
    }
    data.append(UInt8(rest))
  }
}
