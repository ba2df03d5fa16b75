import Diagnostics
import Tabular

/// How values travel as Arrow data where DuckDB's own way loses something: a union's member that is NULL, a
/// time's zone, a number beyond 38 digits, every bit string, and all of a variant.
extension LogicalType {
  /// The type that a column of this one travels as; what `importArrow` makes of that, `arrived` says.
  var carrier: LogicalType { carrier(isNested: false) }

  private func carrier(isNested: Bool) -> LogicalType {
    switch self {
    case .uint128, .timeWithZone, .bit: .text
    // In an array, DuckDB takes a dictionary for its numbers; in a list, it reads geometries through a buffer of
    // one vector's length, however many there are.
    case .enumeration, .geometry: isNested ? .text : self
    case .variant: VariantLayout.type
    case .list(let element): .list(element.carrier(isNested: true))
    case .array(let element, let count): .array(element.carrier(isNested: true), count: count)
    case .map(let key, let value):
      .map(key: key.carrier(isNested: true), value: value.carrier(isNested: true))
    case .structure(let fields):
      .structure(fields.map { Field($0.name, $0.type.carrier(isNested: true)) })
    case .union(let members):
      .structure(
        [Field(Self.tagName(members), .text)]
          + members.map { Field($0.name, $0.type.carrier(isNested: true)) })
    default: self
    }
  }

  /// A name that no member has.
  private static func tagName(_ members: [Field]) -> String {
    var name = "tag"
    while members.contains(where: { $0.name.lowercased() == name }) { name += "_" }
    return name
  }

  /// Whether DuckDB's vectors of this type must be looked at before they travel.
  var isCarried: Bool { carrier != self || holds { $0 == .interval } }

  /// Whether a column that arrives must be rebuilt; for any other, the table's own cast is enough.
  var isRebuilt: Bool {
    holds { type in
      switch type {
      case .variant, .union: true
      default: false
      }
    }
  }

  /// The type of what arrived as `self`, once rebuilt as far as `wanted` asks.
  func rebuilt(as wanted: LogicalType) -> LogicalType {
    switch (self, wanted) {
    case (_, .variant): .variant
    case (.structure(let fields), .union(let members)) where fields.count == members.count + 1:
      .union(zip(members, fields.dropFirst()).map { Field($0.name, $1.type.rebuilt(as: $0.type)) })
    case (.list(let element), .list(let other)): .list(element.rebuilt(as: other))
    case (.array(let element, let count), .array(let other, _)):
      .array(element.rebuilt(as: other), count: count)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      .map(key: key.rebuilt(as: otherKey), value: value.rebuilt(as: otherValue))
    case (.structure(let fields), .structure(let others)) where fields.count == others.count:
      .structure(zip(fields, others).map { Field($0.name, $0.type.rebuilt(as: $1.type)) })
    default: self
    }
  }

  /// The type with variants as the structures that they are laid out in.
  var opened: LogicalType {
    switch self {
    case .variant: VariantLayout.type
    case .list(let element): .list(element.opened)
    case .array(let element, let count): .array(element.opened, count: count)
    case .map(let key, let value): .map(key: key.opened, value: value.opened)
    case .structure(let fields): .structure(fields.map { Field($0.name, $0.type.opened) })
    case .union(let members): .union(members.map { Field($0.name, $0.type.opened) })
    default: self
    }
  }
}

extension Column {
  /// A column of an opened type as one of its carrier. Throws a `Diagnostic` for an interval that Arrow,
  /// which counts nanoseconds, has no room for.
  func carried() throws -> Column { try carried(isNested: false) }

  private func carried(isNested: Bool) throws -> Column {
    switch (type, storage) {
    case (.uint128, _), (.timeWithZone, _), (.bit, _): return asText
    case (.enumeration, _), (.geometry, _): return isNested ? asText : self
    case (.interval, .interval(let values)):
      let largest = UInt64(Int64.max / 1000)
      let isLost = values.indices.contains {
        isPresent(at: $0) && values[$0].microseconds.magnitude > largest
      }
      guard !isLost else {
        throw Diagnostic(
          .arrowExchange, "Arrow has no room for an interval of more than 292 years in hours",
          hint: "cast it in the query, for example to VARCHAR")
      }
      return self
    case (_, .list(let entries, let elements)):
      return with(.list(entries, elements: try elements.carried(isNested: true)))
    case (_, .array(let count, let elements)):
      return with(.array(count: count, elements: try elements.carried(isNested: true)))
    case (_, .map(let entries, let keys, let values)):
      return with(
        .map(entries, keys: try keys.carried(isNested: true), values: try values.carried(isNested: true)))
    case (_, .structure(let columns)):
      return with(.structure(try columns.map { try $0.carried(isNested: true) }))
    case (.union(let members), .union(let tags, let columns)):
      var names = ByteStrings(reserving: tags.count)
      for row in tags.indices {
        if isPresent(at: row) { names.append(members[Int(tags[row])].name) } else { names.appendEmpty() }
      }
      let tag = Column(.text, .bytes(names), validity: validity)
      return with(.structure([tag] + (try columns.map { try $0.carried(isNested: true) })))
    default: return self
    }
  }

  /// The same values laid out otherwise, as the carrier of the type.
  private func with(_ storage: Storage) -> Column { Column(type.carrier, storage, validity: validity) }

  private var asText: Column {
    var texts = ByteStrings(reserving: count)
    for row in 0..<count {
      let value = value(at: row)
      if value == .null { texts.appendEmpty() } else { texts.append(value.text(as: type)) }
    }
    return Column(.text, .bytes(texts), validity: validity)
  }

  /// A column of what arrived, rebuilt as far as `wanted` asks. Throws a `Diagnostic` if it does not fit.
  func rebuilt(as wanted: LogicalType) throws -> Column {
    let result = type.rebuilt(as: wanted)
    switch (wanted, storage) {
    case (.variant, _): return Column(.variant, storage, validity: validity)
    case (.union(let members), .structure(let columns)) where columns.count == members.count + 1:
      let tags = try (0..<count).map { row -> UInt8 in
        guard isPresent(at: row) else { return 0 }
        let tag = columns[0].value(at: row).textValue
        guard let index = members.firstIndex(where: { $0.name == tag }) else { throw Self.misfit(wanted) }
        return UInt8(index)
      }
      let values = try zip(columns.dropFirst(), members).map { try $0.rebuilt(as: $1.type) }
      return Column(result, .union(tags: tags, members: values), validity: validity)
    case (.list(let element), .list(let entries, let elements)):
      return Column(
        result, .list(entries, elements: try elements.rebuilt(as: element)), validity: validity)
    case (.array(let element, _), .array(let count, let elements)):
      return Column(
        result, .array(count: count, elements: try elements.rebuilt(as: element)), validity: validity)
    case (.map(let key, let value), .map(let entries, let keys, let values)):
      return Column(
        result,
        .map(entries, keys: try keys.rebuilt(as: key), values: try values.rebuilt(as: value)),
        validity: validity)
    case (.structure(let fields), .structure(let columns)) where fields.count == columns.count:
      return Column(
        result, .structure(try zip(columns, fields).map { try $0.rebuilt(as: $1.type) }), validity: validity)
    default:
      if wanted.isRebuilt { throw Self.misfit(wanted) }
      return self
    }
  }

  private static func misfit(_ wanted: LogicalType) -> Diagnostic {
    Diagnostic(.arrowExchange, "a stream's rows are not what its schema says: \(wanted.duckDBName)")
  }
}
