import Diagnostics

/// The filters that work on sequences and mappings.
enum SequenceFilters {
  static func table() -> [String: BuiltinFilters.Entry] {
    [
      "join": .init(apply: join),
      "length": .init { value, _, interpreter in .int(try length(value, interpreter)) },
      "count": .init { value, _, interpreter in .int(try length(value, interpreter)) },
      "first": .init { value, _, interpreter in
        if case .list(let list) = value, let first = list.items.first { return first }
        return try Access.items(value, interpreter).first ?? empty("No first item, sequence was empty.")
      },
      "last": .init { value, _, interpreter in
        try Access.items(value, interpreter).last ?? empty("No last item, sequence was empty.")
      },
      "random": .init { value, _, interpreter in
        var random = SplitMix(seed: UInt64(truncatingIfNeeded: interpreter.position))
        return try Access.items(value, interpreter).randomElement(using: &random)
          ?? empty("No random item, sequence was empty.")
      },
      "list": .init { value, _, interpreter in Value(try Access.items(value, interpreter)) },
      "reverse": .init { value, _, interpreter in
        if let text = value.stringValue {
          return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
        }
        if value.itemsValue == nil, try Access.length(value, interpreter) == nil {
          throw fault("argument must be iterable")
        }
        return Value(try Access.items(value, interpreter).reversed())
      },
      "items": .init { value, _, _ in
        switch value {
        case .undefined: return Value([Value]())
        case .dict(let dict): return Value(dict.entries.map { .tuple([$0.key, $0.value]) })
        default: throw fault("Can only get item pairs from a mapping.")
        }
      },
      "sort": .init(apply: sort), "dictsort": .init(apply: dictSort), "unique": .init(apply: unique),
      "groupby": .init(apply: groupBy), "batch": .init(apply: batch),
      "slice": .init(apply: slice),
      "min": .init { try extreme($0, $1, $2, isMaximum: false) },
      "max": .init { try extreme($0, $1, $2, isMaximum: true) },
      "sum": .init(apply: sum), "map": .init(apply: map),
      "select": .init { try select($0, $1, $2, keeps: true, byAttribute: false) },
      "reject": .init { try select($0, $1, $2, keeps: false, byAttribute: false) },
      "selectattr": .init { try select($0, $1, $2, keeps: true, byAttribute: true) },
      "rejectattr": .init { try select($0, $1, $2, keeps: false, byAttribute: true) },
      "attr": .init { value, arguments, interpreter in
        let name = try arguments.filterBind(["name"], required: 1, "attr")[0]?.description ?? ""
        return try attribute(value, name, interpreter)
      },
      "default": .init(apply: fallback), "d": .init(apply: fallback),
    ]
  }

  private static func empty(_ message: String) -> Value { .undefined(UndefinedName("", message: message)) }

  static func length(_ value: Value, _ interpreter: Interpreter) throws -> Int {
    guard let length = try Access.length(value, interpreter) else {
      throw fault("object of type '\(value.typeName)' has no len()")
    }
    return length
  }

  private static func join(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value
  {
    var path: AttributePath?
    var separator = ""
    if arguments.keyword.isEmpty, arguments.positional.count == 1 {
      separator = arguments.positional[0].description
    } else {
      let bound = try arguments.filterBind(["d", "attribute"], "join")
      separator = bound[0]?.description ?? ""
      path = try bound[1].map { try AttributePath($0) }
    }
    let output = interpreter.output
    let start = output.count
    var isFirst = true
    for item in try Access.items(value, interpreter) {
      if !isFirst { try output.append(separator) }
      isFirst = false
      try output.append(try path?.value(of: item, interpreter) ?? item)
    }
    try interpreter.reserve(output.count - start)
    return .string(output.take(from: start))
  }

  private static func fallback(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
    if arguments.keyword.isEmpty, arguments.positional.count == 1 {
      return value.isUndefined ? arguments.positional[0] : value
    }
    let bound = try arguments.filterBind(["default_value", "boolean"], "default")
    if value.isUndefined || ((bound[1]?.isTruthy ?? false) && !value.isTruthy) { return bound[0] ?? "" }
    return value
  }

  /// Jinja's `attr`: the attribute and never the item.
  private static func attribute(_ value: Value, _ name: String, _ interpreter: Interpreter) throws -> Value {
    if case .dict = value, DictMethod(rawValue: name) == nil {
      return .undefined(UndefinedName(name, .attribute(of: value.typeName)))
    }
    if case .object(let object) = value {
      return try object.attribute(name, interpreter)
        ?? .undefined(UndefinedName(name, .attribute(of: value.typeName)))
    }
    return try Access.attribute(of: value, name, interpreter)
  }

  // MARK: Order

  private static func sort(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value
  {
    let bound = try arguments.filterBind(["reverse", "case_sensitive", "attribute"], "sort")
    let isCaseSensitive = bound[1]?.isTruthy ?? false
    let paths = try AttributePath.several(bound[2])
    let items = try Access.items(value, interpreter)
    try interpreter.step(items.count)
    let keys = try items.map { item -> Value in
      let parts = try paths.map { path -> Value in
        let key = try path.value(of: item, interpreter)
        return isCaseSensitive ? key : key.ignoringCase
      }
      return parts.count == 1 ? parts[0] : .tuple(parts)
    }
    return Value(try Sorting.sorted(items, by: keys, reverse: bound[0]?.isTruthy ?? false))
  }

  private static func dictSort(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value {
    let bound: [Value?] =
      arguments.isEmpty
      ? [nil, nil, nil] : try arguments.filterBind(["case_sensitive", "by", "reverse"], "dictsort")
    guard case .dict(let dict) = value else {
      if case .undefined(let name) = value { throw fault(name.message) }
      throw fault("'\(value.typeName)' object has no attribute 'items'")
    }
    let by = bound[1]?.description ?? "key"
    guard by == "key" || by == "value" else {
      throw fault("You can only sort by either \"key\" or \"value\"")
    }
    let isCaseSensitive = bound[0]?.isTruthy ?? false
    let keys = dict.entries.map { entry -> Value in
      let key = by == "key" ? entry.key : entry.value
      return isCaseSensitive ? key : key.ignoringCase
    }
    let pairs = dict.entries.map { Value.tuple([$0.key, $0.value]) }
    return Value(try Sorting.sorted(pairs, by: keys, reverse: bound[2]?.isTruthy ?? false))
  }

  private static func unique(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value {
    let bound = try arguments.filterBind(["case_sensitive", "attribute"], "unique")
    let isCaseSensitive = bound[0]?.isTruthy ?? false
    let path = try AttributePath(bound[1])
    let seen = DictObject()
    var items: [Value] = []
    for item in try Access.items(value, interpreter) {
      let found = try path.value(of: item, interpreter)
      let key = isCaseSensitive ? found : found.ignoringCase
      try DictObject.check(key)
      guard seen[key] == nil else { continue }
      seen.set(key, to: true)
      items.append(item)
    }
    return Value(items)
  }

  private static func groupBy(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value {
    let bound = try arguments.filterBind(["attribute", "default", "case_sensitive"], required: 1, "groupby")
    let path = try AttributePath(bound[0])
    let isCaseSensitive = bound[2]?.isTruthy ?? false
    let fallback = bound[1].flatMap { $0.isNone ? nil : $0 }
    let items = try Access.items(value, interpreter)
    let originals = try items.map { try path.value(of: $0, fallback: fallback, interpreter) }
    let keys = isCaseSensitive ? originals : originals.map(\.ignoringCase)
    let numbers = try Sorting.sorted(items.indices.map { .int($0) }, by: keys, reverse: false)
    var groups: [(key: Value, original: Value, items: [Value])] = []
    for number in numbers {
      guard let index = number.intValue else { continue }
      if let last = groups.last, last.key.isEqual(to: keys[index]) {
        groups[groups.count - 1].items.append(items[index])
      } else {
        groups.append((keys[index], originals[index], [items[index]]))
      }
    }
    return Value(groups.map { .object(GroupObject($0.original, Value($0.items))) })
  }

  private static func extreme(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter, isMaximum: Bool
  ) throws -> Value {
    let bound = try arguments.filterBind(["case_sensitive", "attribute"], isMaximum ? "max" : "min")
    let isCaseSensitive = bound[0]?.isTruthy ?? false
    let path = try AttributePath(bound[1])
    var best: (item: Value, key: Value)?
    for item in try Access.items(value, interpreter) {
      let found = try path.value(of: item, interpreter)
      let key = isCaseSensitive ? found : found.ignoringCase
      if let current = best {
        let isBetter = isMaximum ? try current.key.isLess(than: key) : try key.isLess(than: current.key)
        if isBetter { best = (item, key) }
      } else {
        best = (item, key)
      }
    }
    return best?.item ?? empty("No aggregated item, sequence was empty.")
  }

  // MARK: Pieces

  private static func batch(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value {
    let bound = try arguments.filterBind(["linecount", "fill_with"], required: 1, "batch")
    let size = try StringMethod.integer(bound[0] ?? .none)
    let fill = bound[1].flatMap { $0.isNone ? nil : $0 }
    let items = try Access.items(value, interpreter)
    guard size > 0 else { return Value(items.isEmpty ? [] : [Value([Value]())] + items.map { Value([$0]) }) }
    if fill != nil { try interpreter.reserve(items: size) }
    var batches: [Value] = []
    var start = 0
    while start < items.count {
      var batch = Array(
        items[
          start..<min(items.count, start.addingReportingOverflow(size).overflow ? items.count : start + size)]
      )
      if let fill, batch.count < size {
        batch.append(contentsOf: repeatElement(fill, count: size - batch.count))
      }
      batches.append(Value(batch))
      start += batch.count
    }
    return Value(batches)
  }

  private static func slice(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value {
    let bound = try arguments.filterBind(["slices", "fill_with"], required: 1, "slice")
    let count = try StringMethod.integer(bound[0] ?? .none)
    let fill = bound[1].flatMap { $0.isNone ? nil : $0 }
    let items = try Access.items(value, interpreter)
    guard count != 0 else { throw fault("integer division or modulo by zero") }
    guard count > 0 else { return Value([Value]()) }
    try interpreter.step(count)
    try interpreter.reserve(items: count)
    let size = items.count / count
    let extra = items.count % count
    var start = 0
    let slices = (0..<count).map { number -> Value in
      let end = start + size + (number < extra ? 1 : 0)
      defer { start = end }
      var slice = Array(items[start..<end])
      if let fill, number >= extra { slice.append(fill) }
      return Value(slice)
    }
    return Value(slices)
  }

  // MARK: Each item

  private static func sum(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value
  {
    let bound = try arguments.filterBind(["attribute", "start"], "sum")
    let path = try AttributePath(bound[0])
    var total = bound[1] ?? 0
    for item in try Access.items(value, interpreter) {
      total = try Arithmetic.apply(.add, total, try path.value(of: item, interpreter), interpreter)
    }
    return total
  }

  private static func map(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value
  {
    // As in Jinja, whatever counts as false has no items: `none | map(…)` too.
    guard value.isTruthy else { return Value([Value]()) }
    let items = try Access.items(value, interpreter)
    try interpreter.step(items.count)
    if arguments.positional.isEmpty, let attribute = arguments["attribute"] {
      let path = try AttributePath(attribute)
      let fallback = arguments["default"].flatMap { $0.isNone ? nil : $0 }
      if let unknown = arguments.keyword.first(where: { $0.name != "attribute" && $0.name != "default" }) {
        throw fault("Unexpected keyword argument \(Repr.quoted(unknown.name))")
      }
      var values: [Value] = []
      values.reserveCapacity(items.count)
      for index in items.indices {
        values.append(
          try path.value(ofItem: index, in: items)
            ?? path.value(of: items[index], fallback: fallback, interpreter))
      }
      return Value(values)
    }
    guard let name = arguments.positional.first else { throw fault("map requires a filter argument") }
    let rest = arguments.dropFirst()
    guard !items.isEmpty else { return Value([Value]()) }
    let filter = try interpreter.filter(named: name.description)
    return Value(try items.map { try filter($0, rest, interpreter) })
  }

  private static func select(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter, keeps: Bool, byAttribute: Bool
  ) throws -> Value {
    var arguments = arguments
    var path: AttributePath?
    guard value.isTruthy else { return Value([Value]()) }
    if byAttribute {
      guard let attribute = arguments.positional.first else {
        throw fault("Missing parameter for attribute name")
      }
      path = try AttributePath(attribute)
      arguments = arguments.dropFirst()
    }
    let items = try Access.items(value, interpreter)
    try interpreter.step(items.count)
    let rest = arguments.dropFirst()
    guard !items.isEmpty else { return Value([Value]()) }
    let test = try arguments.positional.first.map { try interpreter.test(named: $0.description) }
    var kept: [Value] = []
    kept.reserveCapacity(min(items.count, 64))
    for index in items.indices {
      if test == nil, let flag = path?.flag(ofItem: index, in: items) {
        if flag == keeps { kept.append(items[index]) }
        continue
      }
      let subject = try path?.value(of: items[index], interpreter) ?? items[index]
      if try test?(subject, rest, interpreter) ?? subject.isTruthy == keeps { kept.append(items[index]) }
    }
    return Value(kept)
  }
}

/// One of `groupby`'s groups: a pair whose parts have names.
final class GroupObject: HostObject {
  /// The common value and the list of items.
  private(set) var pair: [Value]

  init(_ grouper: Value, _ list: Value) { pair = [grouper, list] }

  deinit { Unwinding.release(&pair) }

  var typeName: String { "tuple" }
  func text() -> String { Repr.text(of: .object(self)) }
  func iterate(_ interpreter: Interpreter) throws -> [Value]? { pair }
  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? { Access.element(pair, key) }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "grouper": pair[0]
    case "list": pair[1]
    default: nil
    }
  }

  func isEqual(to other: Value) -> Bool { Value.tuple(pair).isEqual(to: other) }
}
