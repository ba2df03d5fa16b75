extension Column {
  /// The value at `row`, as the column's type has it. Convenient; use the storage where speed counts.
  public func value(at row: Int) -> Scalar {
    if let validity, !validity[row] { return .null }
    switch storage {
    case .boolean(let values): return .boolean(values[row])
    case .int8(let values): return .integer(Int64(values[row]))
    case .int16(let values): return number(Int128(values[row]))
    case .int32(let values): return number(Int128(values[row]))
    case .int64(let values): return number(Int128(values[row]))
    case .int128(let values): return number(values[row])
    case .uint8(let values): return unsigned(UInt64(values[row]))
    case .uint16(let values): return unsigned(UInt64(values[row]))
    case .uint32(let values): return unsigned(UInt64(values[row]))
    case .uint64(let values): return .unsigned(values[row])
    case .uint128(let values): return type == .uuid ? .uuid(values[row]) : .unsignedHuge(values[row])
    case .float32(let values): return .float32(values[row])
    case .float64(let values): return .float64(values[row])
    case .bytes(let values): return string(values, row)
    case .interval(let values):
      let value = values[row]
      return .interval(months: value.months, days: value.days, microseconds: value.microseconds)
    case .timeWithZone(let values):
      return .timeWithZone(microseconds: values[row].microseconds, offset: values[row].offset)
    case .scalars(let values): return values[row]
    case .missing: return .null
    case .list, .array, .map, .structure, .union: return nested(row)
    }
  }

  /// A signed number as the type says.
  private func number(_ value: Int128) -> Scalar {
    switch type {
    case .decimal(let width, let scale): .decimal(unscaled: value, width: width, scale: scale)
    case .int128: .huge(value)
    case .date: .date(days: Int32(truncatingIfNeeded: value))
    case .time: .time(microseconds: Int64(truncatingIfNeeded: value))
    case .timeNanoseconds: .timeNanoseconds(Int64(truncatingIfNeeded: value))
    case .timestamp: .timestamp(microseconds: Int64(truncatingIfNeeded: value))
    case .timestampSeconds: .timestamp(microseconds: Self.scaled(value, by: 1_000_000))
    case .timestampMilliseconds: .timestamp(microseconds: Self.scaled(value, by: 1_000))
    case .timestampNanoseconds: .timestampNanoseconds(Int64(truncatingIfNeeded: value))
    case .timestampWithZone: .instant(microseconds: Int64(truncatingIfNeeded: value))
    default: .integer(Int64(truncatingIfNeeded: value))
    }
  }

  /// A time in a finer unit. The infinities are the same number in every unit.
  private static func scaled(_ value: Int128, by factor: Int128) -> Int64 {
    if value == Int128(Int64.max) || value == -Int128(Int64.max) { return Int64(value) }
    return Int64(clamping: value * factor)
  }

  /// An unsigned number, or the label that it stands for.
  private func unsigned(_ value: UInt64) -> Scalar {
    guard case .enumeration(let labels) = type else { return .unsigned(value) }
    return .text(labels[Int(value)])
  }

  /// Bytes as the type says.
  private func string(_ values: ByteStrings, _ row: Int) -> Scalar {
    switch type {
    case .blob, .geometry: .blob(Array(values.bytes[values.range(at: row)]))
    case .bit: .bit(values.text(at: row))
    case .bignum:
      values.withBytes(at: row) { bytes in
        .bignum(isNegative: bytes.first == 1, magnitude: Array(bytes.dropFirst()))
      }
    default: .text(values.text(at: row))
    }
  }

  /// A value made of values.
  private func nested(_ row: Int) -> Scalar {
    switch storage {
    case .list(let entries, let elements): return .list(entries[row].range.map(elements.value(at:)))
    case .array(let count, let elements):
      return .list((row * count..<(row + 1) * count).map(elements.value(at:)))
    case .map(let entries, let keys, let values):
      let range = entries[row].range
      return .map(range.map(keys.value(at:)), range.map(values.value(at:)))
    case .structure(let columns):
      return .structure(memberNames, columns.map { $0.value(at: row) })
    case .union(let tags, let members):
      let tag = Int(tags[row])
      return .union(tag: memberNames[tag], members[tag].value(at: row))
    default: return .null
    }
  }

  /// The names of a structure's fields or of a union's members.
  private var memberNames: [String] {
    switch type {
    case .structure(let fields), .union(let fields): fields.map(\.name)
    default: []
    }
  }
}

extension Column {
  /// The first values alone.
  func prefix(_ count: Int) -> Column {
    Column(type, storage.prefix(count), validity: validity)
  }
}

extension Column.Storage {
  fileprivate func prefix(_ count: Int) -> Column.Storage {
    switch self {
    case .boolean(let values): .boolean(Array(values.prefix(count)))
    case .int8(let values): .int8(Array(values.prefix(count)))
    case .int16(let values): .int16(Array(values.prefix(count)))
    case .int32(let values): .int32(Array(values.prefix(count)))
    case .int64(let values): .int64(Array(values.prefix(count)))
    case .int128(let values): .int128(Array(values.prefix(count)))
    case .uint8(let values): .uint8(Array(values.prefix(count)))
    case .uint16(let values): .uint16(Array(values.prefix(count)))
    case .uint32(let values): .uint32(Array(values.prefix(count)))
    case .uint64(let values): .uint64(Array(values.prefix(count)))
    case .uint128(let values): .uint128(Array(values.prefix(count)))
    case .float32(let values): .float32(Array(values.prefix(count)))
    case .float64(let values): .float64(Array(values.prefix(count)))
    case .bytes(let values): .bytes(values.prefix(count))
    case .interval(let values): .interval(Array(values.prefix(count)))
    case .timeWithZone(let values): .timeWithZone(Array(values.prefix(count)))
    case .list(let entries, let elements): .list(Array(entries.prefix(count)), elements: elements)
    case .array(let size, let elements): .array(count: size, elements: elements.prefix(count * size))
    case .map(let entries, let keys, let values):
      .map(Array(entries.prefix(count)), keys: keys, values: values)
    case .structure(let columns): .structure(columns.map { $0.prefix(count) })
    case .union(let tags, let members):
      .union(tags: Array(tags.prefix(count)), members: members.map { $0.prefix(count) })
    case .scalars(let values): .scalars(Array(values.prefix(count)))
    case .missing(let present): .missing(count: min(count, present))
    }
  }
}
