import Diagnostics

extension Value {
  /// How deep values may nest where they are compared, printed or converted.
  static let maxNesting = 200

  /// How many pairs of containers one comparison may look into.
  private static let maxContainers = 1_000_000

  /// Python's `==`. Values nested deeper than 200 levels, or with more than a million containers, count as different.
  public func isEqual(to other: Value) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)): return left.isSame(as: right)
    case (.int(let left), .int(let right)): return left == right
    default:
      var budget = Value.maxContainers
      return equals(other, depth: 0, &budget)
    }
  }

  func equals(_ other: Value, depth: Int, _ budget: inout Int) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)): return left.isSame(as: right)
    case (.int(let left), .int(let right)): return left == right
    case (.none, .none), (.undefined, .undefined): return true
    case (.list(let left), .list(let right)):
      return left === right || Value.equal(left.items, right.items, depth, &budget)
    case (.tuple(let left), .tuple(let right)): return Value.equal(left, right, depth, &budget)
    case (.dict(let left), .dict(let right)): return Value.equal(left, right, depth, &budget)
    case (.callable(let left), .callable(let right)): return left === right
    case (.object(let object), _):
      guard let group = object as? GroupObject else { return object.isEqual(to: other) }
      return Value.tuple(group.pair).equals(other, depth: depth + 1, &budget)
    case (_, .object(let object)):
      guard let group = object as? GroupObject else { return object.isEqual(to: self) }
      return equals(.tuple(group.pair), depth: depth + 1, &budget)
    case (.bool, _), (.int, _), (.float, _): return Value.equalNumbers(self, other)
    default: return false
    }
  }

  private static func equalNumbers(_ left: Value, _ right: Value) -> Bool {
    if let left = left.intValue {
      if let right = right.intValue { return left == right }
      if case .float(let right) = right { return Int(exactly: right) == left }
      return false
    }
    guard case .float(let left) = left else { return false }
    if let right = right.intValue { return Int(exactly: left) == right }
    if case .float(let right) = right { return left == right }
    return false
  }

  private static func equal(
    _ left: [Value], _ right: [Value], _ depth: Int, _ budget: inout Int
  ) -> Bool {
    budget -= 1
    guard left.count == right.count, depth < maxNesting, budget > 0 else { return false }
    for index in left.indices where !left[index].equals(right[index], depth: depth + 1, &budget) {
      return false
    }
    return true
  }

  private static func equal(
    _ left: DictObject, _ right: DictObject, _ depth: Int, _ budget: inout Int
  ) -> Bool {
    guard left !== right else { return true }
    budget -= 1
    guard left.count == right.count, depth < maxNesting, budget > 0 else { return false }
    for entry in left.entries {
      guard let other = right[entry.key], entry.value.equals(other, depth: depth + 1, &budget) else {
        return false
      }
    }
    return true
  }

  /// Python's `<`.
  func isLess(than other: Value) throws -> Bool {
    guard let order = try compare(to: other, symbol: "<") else { return false }
    return order < 0
  }

  /// Negative, zero or positive as this value comes before, with or after the other; nil where neither holds (NaN).
  /// `symbol` is the operator that a failure names.
  func compare(to other: Value, symbol: String, depth: Int = 0) throws -> Int? {
    switch (self, other) {
    case (.int(let left), .int(let right)): return left < right ? -1 : left == right ? 0 : 1
    case (.string(let left), .string(let right)): return Value.order(left, right)
    case (.undefined(let name), _), (_, .undefined(let name)): throw fault(name.message)
    case (.list(let left), .list(let right)):
      return try Value.order(left.items, right.items, symbol, depth)
    case (.tuple(let left), .tuple(let right)): return try Value.order(left, right, symbol, depth)
    default: break
    }
    if let left = intValue, let right = other.intValue { return left < right ? -1 : left == right ? 0 : 1 }
    if let left = doubleValue, let right = other.doubleValue {
      return left < right ? -1 : left > right ? 1 : left == right ? 0 : nil
    }
    if let left = stringValue, let right = other.stringValue { return Value.order(left, right) }
    if case .object(let object) = self, let order = object.order(to: other) { return order }
    throw fault("'\(symbol)' not supported between instances of '\(typeName)' and '\(other.typeName)'")
  }

  /// Order by code points, as Python has it.
  static func order(_ left: String, _ right: String) -> Int {
    let known: Int?? = left.utf8.withContiguousStorageIfAvailable { left in
      right.utf8.withContiguousStorageIfAvailable { order(left, $0) }
    }
    if let known = known ?? nil { return known }
    var (left, right) = (left, right)
    return left.withUTF8 { left in
      right.withUTF8 { order(left, $0) }
    }
  }

  private static func order(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
    for index in 0..<min(left.count, right.count) where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return left.count < right.count ? -1 : left.count == right.count ? 0 : 1
  }

  private static func order(_ left: [Value], _ right: [Value], _ symbol: String, _ depth: Int) throws -> Int?
  {
    guard depth < maxNesting else { throw excess("values nest too deeply to be compared") }
    for index in 0..<min(left.count, right.count) where !left[index].isEqual(to: right[index]) {
      return try left[index].compare(to: right[index], symbol: symbol, depth: depth + 1)
    }
    return left.count < right.count ? -1 : left.count == right.count ? 0 : 1
  }

  /// Python's `in`.
  func contains(_ item: Value, _ interpreter: Interpreter) throws -> Bool {
    switch self {
    case .list(let list): return Value.items(list.items, contain: item)
    case .tuple(let items): return Value.items(items, contain: item)
    case .dict(let dict):
      try DictObject.check(item)
      return dict.position(of: item) != nil
    case .undefined: return false
    case .string(let text): return try Value.text(text, contains: item)
    case .object(let object):
      if let range = object as? RangeObject { return range.contains(item) }
      if let text = stringValue { return try Value.text(text, contains: item) }
      if let items = try object.iterate(interpreter) { return items.contains { $0.isEqual(to: item) } }
    default: break
    }
    throw fault("argument of type '\(typeName)' is not iterable")
  }

  /// Whether one of `items` equals `item`.
  static func items(_ items: [Value], contain item: Value) -> Bool {
    guard case .string(let text) = item else { return items.contains { $0.isEqual(to: item) } }
    return items.withCells { Value.cells($0, contain: text) }
  }

  /// As `items(_:contain:)` for a text; nil where an object may equal it, which calls the host.
  static func items(_ items: [Value], containText text: String) -> Bool? {
    items.withCells { cells in
      var index = 0
      while index < cells.count {
        guard let isEqual = cells[index].isEqualQuickly(to: text) else { return nil }
        if isEqual { return true }
        index &+= 1
      }
      return false
    }
  }

  @inline(__always)
  private static func cells(_ cells: UnsafeBufferPointer<Cell>, contain text: String) -> Bool {
    var index = 0
    while index < cells.count {
      if cells[index].isEqual(to: text) { return true }
      index &+= 1
    }
    return false
  }

  private static func text(_ text: String, contains item: Value) throws -> Bool {
    guard let part = item.stringValue else {
      if case .undefined(let name) = item { throw fault(name.message) }
      throw fault("'in <string>' requires string as left operand, not \(item.typeName)")
    }
    return part.isEmpty || TextSearch.firstRange(of: part, in: text) != nil
  }
}

extension String {
  /// Whether the texts have the same code points: Python does not know that `é` can be written in two ways.
  @inline(__always)
  func isSame(as other: String) -> Bool { utf8.count == other.utf8.count && self == other }
}

extension Value: Equatable {
  /// Whether both are equal as Python compares them.
  public static func == (left: Value, right: Value) -> Bool { left.isEqual(to: right) }
}
