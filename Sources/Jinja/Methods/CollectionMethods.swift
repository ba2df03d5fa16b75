import Diagnostics

/// Python's methods of lists.
enum ListMethod: String {
  case append, clear, copy, count, extend, index, insert, pop, remove, reverse, sort

  /// Calls the method on `list`.
  func call(_ list: ListObject, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    switch self {
    case .append:
      list.items.append(try argument(arguments, "object"))
      return .none
    case .clear:
      _ = try arguments.bind([], function: rawValue)
      list.items = []
      return .none
    case .copy: return Value(list.items)
    case .count:
      let item = try argument(arguments, "value")
      return .int(list.items.count { $0.isEqual(to: item) })
    case .extend:
      let items = try Access.items(try argument(arguments, "iterable"), interpreter)
      try interpreter.reserve(items: list.items.count + items.count)
      list.items.append(contentsOf: items)
      return .none
    case .index: return try ListMethod.index(in: list.items, arguments, "list")
    case .insert: return try insert(list, arguments)
    case .pop: return try pop(list, arguments)
    case .remove:
      let item = try argument(arguments, "value")
      guard let index = list.items.firstIndex(where: { $0.isEqual(to: item) }) else {
        throw fault("list.remove(x): x not in list")
      }
      list.items.remove(at: index)
      return .none
    case .reverse:
      list.items.reverse()
      return .none
    case .sort: return try sort(list, arguments, interpreter)
    }
  }

  private func argument(_ arguments: Arguments, _ name: String) throws -> Value {
    guard arguments.positional.count == 1, arguments.keyword.isEmpty else {
      throw fault("list.\(rawValue)() takes exactly one argument (\(arguments.positional.count) given)")
    }
    return arguments.positional[0]
  }

  private func insert(_ list: ListObject, _ arguments: Arguments) throws -> Value {
    guard arguments.positional.count == 2 else {
      throw fault("insert expected 2 arguments, got \(arguments.positional.count)")
    }
    let number = try StringMethod.integer(arguments.positional[0])
    let count = list.items.count
    let index = number < 0 ? max(0, number &+ count) : min(number, count)
    list.items.insert(arguments.positional[1], at: min(max(index, 0), count))
    return .none
  }

  private func pop(_ list: ListObject, _ arguments: Arguments) throws -> Value {
    let number = try arguments.bind(["index"], function: rawValue)[0].map(StringMethod.integer) ?? -1
    guard !list.items.isEmpty else { throw fault("pop from empty list") }
    let index = number < 0 ? number &+ list.items.count : number
    guard list.items.indices.contains(index) else { throw fault("pop index out of range") }
    return list.items.remove(at: index)
  }

  private func sort(_ list: ListObject, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    var sorted = list.items
    if let key = arguments["key"], !key.isNone {
      let keys = try sorted.map { try Access.call(key, Arguments([$0]), interpreter) }
      sorted = try Sorting.sorted(sorted, by: keys, reverse: arguments["reverse"]?.isTruthy ?? false)
    } else {
      sorted = try Sorting.sorted(sorted, by: sorted, reverse: arguments["reverse"]?.isTruthy ?? false)
    }
    list.items = sorted
    return .none
  }

  static func index(in items: [Value], _ arguments: Arguments, _ type: String) throws -> Value {
    let bound = try arguments.bind(["value", "start", "stop"], required: 1, function: "index")
    let bounds = try SliceBounds(bound[1], bound[2], nil, length: items.count)
    let item = bound[0] ?? .none
    let range = bounds.start..<(bounds.start + bounds.count)
    guard let index = items[range].firstIndex(where: { $0.isEqual(to: item) }) else {
      throw fault(type == "list" ? "\(item.repr()) is not in list" : "tuple.index(x): x not in tuple")
    }
    return .int(index)
  }
}

/// Python's methods of tuples.
enum TupleMethod: String {
  case count, index

  /// Calls the method on `items`.
  func call(_ items: [Value], _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    switch self {
    case .index: return try ListMethod.index(in: items, arguments, "tuple")
    case .count:
      let item = try arguments.bind(["value"], required: 1, function: rawValue)[0] ?? .none
      return .int(items.count { $0.isEqual(to: item) })
    }
  }
}

/// Python's methods of dictionaries. What they give of keys, values and items is a list and not a view.
enum DictMethod: String {
  case clear, copy, fromkeys, get, items, keys, pop, popitem, setdefault, update, values

  /// Calls the method on `dict`.
  func call(_ dict: DictObject, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    switch self {
    case .get:
      let bound = try keyed(arguments)
      return dict[bound.key] ?? bound.fallback ?? .none
    case .items: return Value(dict.entries.map { .tuple([$0.key, $0.value]) })
    case .keys: return Value(dict.keys)
    case .values: return Value(dict.values)
    case .clear:
      dict.removeAll()
      return .none
    case .copy: return .dict(dict.copy())
    case .update:
      guard arguments.positional.count <= 1 else {
        throw fault("update expected at most 1 argument, got \(arguments.positional.count)")
      }
      if let source = arguments.positional.first { try DictMethod.merge(source, into: dict, interpreter) }
      for (name, value) in arguments.keyword { dict.set(string: name, to: value) }
      return .none
    case .setdefault:
      let bound = try keyed(arguments)
      if let value = dict[bound.key] { return value }
      dict.set(bound.key, to: bound.fallback ?? .none)
      return bound.fallback ?? .none
    case .pop:
      let bound = try keyed(arguments)
      if let value = dict.remove(bound.key) { return value }
      guard let fallback = bound.fallback else {
        throw fault("the dictionary has no key \(bound.key.repr())")
      }
      return fallback
    case .popitem:
      guard dict.count > 0 else { throw fault("popitem(): dictionary is empty") }
      let entry = dict.remove(at: dict.count - 1)
      return .tuple([entry.key, entry.value])
    case .fromkeys: return try fromKeys(arguments, interpreter)
    }
  }

  private func keyed(_ arguments: Arguments) throws -> (key: Value, fallback: Value?) {
    guard let key = arguments.positional.first else {
      throw fault("\(rawValue) expected at least 1 argument, got 0")
    }
    guard arguments.positional.count <= 2 else {
      throw fault("\(rawValue) expected at most 2 arguments, got \(arguments.positional.count)")
    }
    guard arguments.keyword.isEmpty else { throw fault("dict.\(rawValue)() takes no keyword arguments") }
    try DictObject.check(key)
    return (key, arguments.positional.count == 2 ? arguments.positional[1] : nil)
  }

  private func fromKeys(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let bound = try arguments.bind(["iterable", "value"], required: 1, function: rawValue)
    let dict = DictObject()
    for key in try Access.items(bound[0] ?? .none, interpreter) {
      try DictObject.check(key)
      dict.set(key, to: bound[1] ?? .none)
    }
    return .dict(dict)
  }

  /// Adds a mapping's entries, or pairs, to `dict`.
  static func merge(_ source: Value, into dict: DictObject, _ interpreter: Interpreter) throws {
    if case .dict(let other) = source {
      for entry in other.entries { dict.set(entry.key, to: entry.value) }
      return
    }
    if case .object(let object) = source, let namespace = object as? NamespaceObject {
      for entry in namespace.attributes.entries { dict.set(entry.key, to: entry.value) }
      return
    }
    for (index, pair) in try Access.items(source, interpreter).enumerated() {
      let parts: [Value]
      if case .string = pair {
        parts = try Access.items(pair, interpreter)
      } else if let items = pair.itemsValue {
        parts = items
      } else {
        throw fault("cannot convert dictionary update sequence element #\(index) to a sequence")
      }
      guard parts.count == 2 else {
        throw fault("dictionary update sequence element #\(index) has length \(parts.count); 2 is required")
      }
      try DictObject.check(parts[0])
      dict.set(parts[0], to: parts[1])
    }
  }
}

/// The few attributes of numbers that templates use.
enum NumberAttributes {
  static func attribute(of value: Value, _ name: String) -> Value? {
    switch (name, value) {
    case ("real", .int), ("real", .float): return value
    case ("imag", .int): return 0
    case ("imag", .float): return .float(0)
    case ("numerator", .int): return value
    case ("denominator", .int): return 1
    case ("bit_length", .int(let number)):
      return .function(name) { _, _ in .int(Int.bitWidth - number.magnitude.leadingZeroBitCount) }
    case ("is_integer", .float(let number)):
      return .function(name) { _, _ in .bool(number.isFinite && number == number.rounded()) }
    default: return nil
    }
  }
}

/// Sorting by keys that may not compare.
enum Sorting {
  /// `items` in the order of `keys`, which stand beside them; equal ones keep their order.
  static func sorted(_ items: [Value], by keys: [Value], reverse: Bool) throws -> [Value] {
    let texts = keys.compactMap { if case .string(let text) = $0 { text } else { nil } }
    if texts.count == keys.count { return sorted(items, by: texts, reverse: reverse) }
    var failure: (any Error)?
    let order = items.indices.sorted { left, right in
      guard failure == nil else { return false }
      do {
        if reverse { return try keys[right].isLess(than: keys[left]) }
        return try keys[left].isLess(than: keys[right])
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    return order.map { items[$0] }
  }
}

extension Sorting {
  private static func sorted(_ items: [Value], by texts: [String], reverse: Bool) -> [Value] {
    func precedes(_ left: Int, _ right: Int) -> Bool {
      reverse ? Value.order(texts[right], texts[left]) < 0 : Value.order(texts[left], texts[right]) < 0
    }
    guard items.count <= 12 else { return items.indices.sorted(by: precedes).map { items[$0] } }
    // The few of most lists and dictionaries are put in their places one by one.
    var order: [Int] = []
    order.reserveCapacity(items.count)
    for index in items.indices {
      var place = index
      while place > 0, precedes(index, order[place - 1]) { place -= 1 }
      order.insert(index, at: place)
    }
    return order.map { items[$0] }
  }

  /// `keys`, which are all text or all numbers, in order.
  static func sortedComparable(_ keys: [Value]) -> [Value] {
    keys.sorted { left, right in
      if let left = left.stringValue, let right = right.stringValue {
        return left.utf8.lexicographicallyPrecedes(right.utf8)
      }
      return (left.doubleValue ?? 0) < (right.doubleValue ?? 0)
    }
  }
}
