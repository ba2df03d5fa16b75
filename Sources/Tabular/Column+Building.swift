import Diagnostics

extension Column {
  /// Makes a column of a type from values made one by one. Throws a `Diagnostic` naming the first value that
  /// is not of the type. Numbers fit wherever their value does.
  public init(_ type: LogicalType, of values: [Scalar]) throws {
    var builder = ColumnBuilder(type, values)
    let storage = try builder.storage()
    self.init(type, storage, validity: builder.validity)
  }

  /// The same values in the storage that `type` asks for; the column itself if it has that already.
  public func typed(as type: LogicalType) throws -> Column {
    guard case .scalars(let values) = storage else { return self }
    return try Column(type, of: values)
  }
}

/// Lays values out in a type's storage.
private struct ColumnBuilder {
  let type: LogicalType
  let values: [Scalar]
  let validity: Validity?

  init(_ type: LogicalType, _ values: [Scalar]) {
    self.type = type
    self.values = values
    var mask = Validity(allPresent: values.count)
    for (row, value) in values.enumerated() where value == .null { mask[row] = false }
    validity = mask.hasMissing(of: values.count) ? mask : nil
  }

  mutating func storage() throws -> Column.Storage {
    switch type {
    case .boolean:
      .boolean(try each(false) { if case .boolean(let value) = $0 { value } else { nil } })
    case .int8: .int8(try integers())
    case .int16: .int16(try integers())
    case .int32: .int32(try integers())
    case .int64: .int64(try integers())
    case .int128: .int128(try integers())
    case .uint8: .uint8(try integers())
    case .uint16: .uint16(try integers())
    case .uint32: .uint32(try integers())
    case .uint64: .uint64(try integers())
    case .uint128: .uint128(try integers())
    case .float32: .float32(try each(0) { Self.number($0).map(Float.init) })
    case .float64: .float64(try each(0, Self.number))
    case .decimal(let width, let scale): try decimals(width, scale)
    case .enumeration(let labels): try indexes(labels)
    case .text, .json, .blob, .geometry, .bit, .bignum: .bytes(try strings())
    case .uuid: .uint128(try each(0) { if case .uuid(let value) = $0 { value } else { nil } })
    case .interval:
      .interval(
        try each(IntervalValue(months: 0, days: 0, microseconds: 0)) {
          guard case .interval(let months, let days, let microseconds) = $0 else { return nil }
          return IntervalValue(months: months, days: days, microseconds: microseconds)
        })
    case .timeWithZone:
      .timeWithZone(
        try each(TimeWithZoneValue(microseconds: 0, offset: 0)) {
          guard case .timeWithZone(let microseconds, let offset) = $0 else { return nil }
          return TimeWithZoneValue(microseconds: microseconds, offset: offset)
        })
    case .list, .array, .map, .structure, .union: try nested()
    case .variant:
      .scalars(try each(.null) { if case .variant = $0 { $0 } else { nil } })
    case .null, .unknown:
      .missing(count: try each(0) { _ in nil }.count)
    default: try temporal()
    }
  }

  /// Every value through `convert`; a missing one becomes `missing`.
  private func each<T>(_ missing: T, _ convert: (Scalar) throws -> T?) throws -> [T] {
    try values.map { value in
      if value == .null { return missing }
      guard let converted = try convert(value) else { throw mismatch(value) }
      return converted
    }
  }

  private func mismatch(_ value: Scalar) -> Diagnostic {
    Diagnostic(.engineType, "the value \(value) is no \(type)")
  }

  private func integers<T: FixedWidthInteger>() throws -> [T] {
    try each(0) { value in
      switch value {
      case .integer(let number): T(exactly: number)
      case .unsigned(let number): T(exactly: number)
      case .huge(let number): T(exactly: number)
      case .unsignedHuge(let number): T(exactly: number)
      default: nil
      }
    }
  }

  private static func number(_ value: Scalar) -> Double? {
    switch value {
    case .float32(let number): Double(number)
    case .float64(let number): number
    case .integer(let number): Double(number)
    case .unsigned(let number): Double(number)
    default: nil
    }
  }

  private func decimals(_ width: Int, _ scale: Int) throws -> Column.Storage {
    let unscaled: [Int128] = try each(0) { value in
      switch value {
      case .decimal(let unscaled, _, scale): unscaled
      case .decimal(let unscaled, _, let other) where other < scale: Self.shifted(unscaled, by: scale - other)
      case .integer(let number): Self.shifted(Int128(number), by: scale)
      default: nil
      }
    }
    switch width {
    case ...4: return .int16(try narrowed(unscaled))
    case ...9: return .int32(try narrowed(unscaled))
    case ...18: return .int64(try narrowed(unscaled))
    default: return .int128(unscaled)
    }
  }

  private func narrowed<T: FixedWidthInteger>(_ numbers: [Int128]) throws -> [T] {
    try zip(numbers, values).map { number, value in
      guard let narrow = T(exactly: number) else { throw mismatch(value) }
      return narrow
    }
  }

  private static func shifted(_ number: Int128, by places: Int) -> Int128? {
    var number = number
    for _ in 0..<places {
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      number = product
    }
    return number
  }

  private func indexes(_ labels: [String]) throws -> Column.Storage {
    let numbers = Dictionary(labels.enumerated().map { ($1, $0) }) { first, _ in first }
    let indexes: [Int] = try each(0) { if case .text(let text) = $0 { numbers[text] } else { nil } }
    switch labels.count {
    case ...0xFF: return .uint8(indexes.map { UInt8(truncatingIfNeeded: $0) })
    case ...0xFFFF: return .uint16(indexes.map { UInt16(truncatingIfNeeded: $0) })
    default: return .uint32(indexes.map { UInt32(truncatingIfNeeded: $0) })
    }
  }

  private func strings() throws -> ByteStrings {
    var strings = ByteStrings(reserving: values.count)
    for value in values {
      switch (value, type) {
      case (.null, _): strings.appendEmpty()
      case (.text(let text), .text), (.text(let text), .json), (.bit(let text), .bit): strings.append(text)
      case (.blob(let bytes), .blob), (.blob(let bytes), .geometry):
        bytes.withUnsafeBufferPointer { strings.append($0) }
      case (.bignum(let isNegative, let magnitude), .bignum):
        ([isNegative ? 1 : 0] + magnitude).withUnsafeBufferPointer { strings.append($0) }
      default: throw mismatch(value)
      }
    }
    return strings
  }

  private func temporal() throws -> Column.Storage {
    switch type {
    case .date: .int32(try each(0) { if case .date(let days) = $0 { days } else { nil } })
    case .time: .int64(try each(0) { if case .time(let value) = $0 { value } else { nil } })
    case .timeNanoseconds:
      .int64(try each(0) { if case .timeNanoseconds(let value) = $0 { value } else { nil } })
    case .timestampNanoseconds:
      .int64(try each(0) { if case .timestampNanoseconds(let value) = $0 { value } else { nil } })
    case .timestampWithZone: .int64(try each(0) { if case .instant(let value) = $0 { value } else { nil } })
    case .timestampSeconds: .int64(try timestamps(per: 1_000_000))
    case .timestampMilliseconds: .int64(try timestamps(per: 1000))
    default: .int64(try timestamps(per: 1))
    }
  }

  /// Timestamps in a coarser unit; the infinities are the same number in every unit.
  private func timestamps(per unit: Int64) throws -> [Int64] {
    try each(0) { value in
      guard case .timestamp(let time) = value else { return nil }
      if time == .max || time == -.max { return time }
      return time % unit == 0 ? time / unit : nil
    }
  }

  private func nested() throws -> Column.Storage {
    switch type {
    case .list(let element):
      let lists: [[Scalar]] = try each([]) { if case .list(let items) = $0 { items } else { nil } }
      return .list(Self.entries(lists), elements: try Column(element, of: lists.flatMap { $0 }))
    case .array(let element, let count):
      let missing = [Scalar](repeating: .null, count: count)
      let arrays: [[Scalar]] = try each(missing) {
        if case .list(let items) = $0, items.count == count { items } else { nil }
      }
      return .array(count: count, elements: try Column(element, of: arrays.flatMap { $0 }))
    case .map(let key, let value):
      let maps: [([Scalar], [Scalar])] = try each(([], [])) {
        if case .map(let keys, let values) = $0, keys.count == values.count { (keys, values) } else { nil }
      }
      return .map(
        Self.entries(maps.map(\.0)), keys: try Column(key, of: maps.flatMap(\.0)),
        values: try Column(value, of: maps.flatMap(\.1)))
    case .structure(let fields):
      let missing = [Scalar](repeating: .null, count: fields.count)
      let rows: [[Scalar]] = try each(missing) {
        if case .structure(_, let members) = $0, members.count == fields.count { members } else { nil }
      }
      return .structure(
        try fields.enumerated().map { index, field in try Column(field.type, of: rows.map { $0[index] }) })
    case .union(let members): return try unions(members)
    default: throw Diagnostic(.engineType, "values cannot be laid out as \(type)")
    }
  }

  private func unions(_ members: [Field]) throws -> Column.Storage {
    let rows: [(tag: Int, value: Scalar)] = try each((0, .null)) { value in
      guard case .union(let tag, let value) = value else { return nil }
      return members.firstIndex { $0.name == tag }.map { ($0, value) }
    }
    return .union(
      tags: rows.map { UInt8(truncatingIfNeeded: $0.tag) },
      members: try members.enumerated().map { index, member in
        try Column(member.type, of: rows.map { $0.tag == index ? $0.value : .null })
      })
  }

  private static func entries(_ lists: [[Scalar]]) -> [ListEntry] {
    var offset = 0
    return lists.map { list in
      defer { offset += list.count }
      return ListEntry(offset: UInt64(offset), length: UInt64(list.count))
    }
  }
}
