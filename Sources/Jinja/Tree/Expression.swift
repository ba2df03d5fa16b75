import Diagnostics

/// A part of a template that has a value.
///
/// Nodes are made by the parser and never change afterwards, so threads share them.
class Expression {
  /// The byte of the source that errors point to.
  final let position: Int32
  /// How many levels of nodes there are from here down; the parser bounds it.
  final let height: Int32
  /// The slot of a name that is a variable of the running frame, else -1. Set once, by the scope's analysis.
  @exclusivity(unchecked) fileprivate(set) final var localSlot = -1
  /// The number of a name that comes from outside, else -1. Set once, by the scope's analysis.
  @exclusivity(unchecked) fileprivate final var outsideNumber = -1
  /// The memory of a constant's value.
  @exclusivity(unchecked) fileprivate final var constantMemory: UnsafeMutablePointer<Slot>?
  /// Whether the value is the same integer every time, and which.
  @exclusivity(unchecked) fileprivate final var isConstantInteger = false
  @exclusivity(unchecked) fileprivate final var constantInteger = 0

  init(position: Int32, height: Int32) {
    self.position = position
    self.height = height
  }

  /// The value.
  func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    throw fault("this expression has no value")
  }

  /// Writes what printing the value gives.
  func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    try interpreter.output.append(try evaluate(frame, interpreter))
  }

  /// Writes the value, if it is text that can be had at once: without calling anyone, and without any harm in being
  /// evaluated again where this gives false and has written nothing. Text made of texts is so put together where it is
  /// printed, and not piece by piece.
  func writeText(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    let isText: Bool? = try look(frame) { value in
      guard case .string(let text) = value else { return nil }
      try interpreter.output.append(text)
      return true
    }
    return isText ?? false
  }

  /// Whether the value counts as true.
  func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    try evaluate(frame, interpreter).isTruthy
  }

  /// Whether the value is the undefined one.
  func isUndefined(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    try evaluate(frame, interpreter).isUndefined
  }

  /// Whether it does no harm to evaluate this twice: it does nothing else, and is quick.
  var isRepeatable: Bool { isConstant }

  /// The value, if it is an integer that can be had at once: without calling anyone, and without any harm in being
  /// evaluated again where this gives nil.
  func integer(_ frame: Frame) -> Int? { nil }

  /// As `integer`, without a call for what lies in memory.
  @inline(__always)
  final func quickInteger(_ frame: Frame) -> Int? {
    if localSlot >= 0 { return frame.slots[localSlot].integer }
    return isConstantInteger ? constantInteger : integer(frame)
  }

  /// Whether the value is the same every time.
  final var isConstant: Bool { constantMemory != nil }

  /// The value, if it is the same every time.
  var constant: Value? { nil }

  /// The memory where the value lies already, if it does. It is empty for a name that nobody asked for yet.
  @inline(__always)
  final func memory(_ frame: Frame) -> UnsafeMutablePointer<Slot>? {
    if localSlot >= 0 { return frame.slots + localSlot }
    return outsideNumber >= 0 ? frame.context + outsideNumber : constantMemory
  }

  /// Calls `body` with the value where it lies, without counting a reference; nil where it must be evaluated. `body`
  /// must neither evaluate anything nor call the host: that might free the value.
  @inline(__always)
  final func look<Result>(_ frame: Frame, _ body: (Value) throws -> Result?) rethrows -> Result? {
    guard let memory = memory(frame) else { return nil }
    return try memory.pointee.look(body)
  }

  /// The dictionary that lies in memory already, if it does: see `Slot.dictionary`.
  @inline(__always)
  final func dictionary(_ frame: Frame) -> Unmanaged<DictObject>? { memory(frame)?.pointee.dictionary() }

  /// Tells `scope` about the names in here.
  func analyze(_ scope: Scope) {}

  /// Jinja's name for this kind of node, for messages.
  var kindName: String { "expression" }

  /// The height of a node above `parts`.
  static func height(over parts: [Expression]) -> Int32 {
    (parts.lazy.map(\.height).max() ?? 0) + 1
  }
}

/// A literal or a folded expression.
final class Constant: Expression {
  private let value: Value

  init(_ value: Value, position: Int32) {
    self.value = value
    super.init(position: position, height: 1)
    let memory = Slot.allocate(1)
    memory.pointee.assign(value)
    constantMemory = memory
    if case .int(let number) = value {
      isConstantInteger = true
      constantInteger = number
    }
  }

  deinit {
    constantMemory?.deinitialize(count: 1)
    constantMemory?.deallocate()
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value { value }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    try interpreter.output.append(value)
  }

  override func integer(_ frame: Frame) -> Int? {
    if case .int(let number) = value { return number }
    return nil
  }

  override var constant: Value? { value }
  override var kindName: String { "const" }
}

/// A name, read or assigned.
final class Name: Expression {
  /// Where a name's value is found.
  enum Place {
    /// In the running frame.
    case local(Int)
    /// In the frame this many levels out.
    case enclosing(Int, Int)
    /// With the host: the number of the name.
    case outside(Int)
    /// A macro of this template that the host may override: number, level, slot.
    case macro(Int, Int, Int)
    /// Not resolved; has no value.
    case nowhere

    /// The value at this place, if there is one.
    func value(_ frame: Frame, _ interpreter: Interpreter) -> Value? {
      switch self {
      case .local(let slot): return frame.slots[slot].value
      case .enclosing(let depth, let slot): return frame.slot(depth, slot).pointee.value
      case .outside(let number):
        return frame.context[number].value ?? frame.module.lookUp(number, interpreter)
      case .macro(let number, let depth, let slot):
        if frame.context[number].isEmpty { _ = frame.module.lookUp(number, interpreter) }
        if !frame.context[number].isUndefined { return frame.context[number].value }
        return frame.slot(depth, slot).pointee.value
      case .nowhere: return nil
      }
    }
  }

  let name: String
  /// Set once, by the scope's analysis.
  @exclusivity(unchecked) var place = Place.nowhere {
    didSet {
      if case .local(let slot) = place { localSlot = slot }
      if case .outside(let number) = place { outsideNumber = number }
    }
  }
  private let undefined: UndefinedName

  init(_ name: String, position: Int32) {
    self.name = name
    undefined = UndefinedName(name)
    super.init(position: position, height: 1)
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    if localSlot >= 0 {
      if let value = frame.slots[localSlot].value { return value }
    } else if outsideNumber >= 0 {
      if let value = frame.context[outsideNumber].value { return value }
      if let value = frame.module.lookUp(outsideNumber, interpreter) { return value }
    } else if let value = place.value(frame, interpreter) {
      return value
    }
    return .undefined(undefined)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    if localSlot >= 0 { return try frame.slots[localSlot].write(to: interpreter.output) }
    try interpreter.output.append(try evaluate(frame, interpreter))
  }

  override var isRepeatable: Bool { true }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    if let flag = look(frame, { $0.quickTruth }) { return flag }
    return try evaluate(frame, interpreter).isTruthy
  }

  override func isUndefined(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    if localSlot >= 0 { return frame.slots[localSlot].isUndefined }
    return try evaluate(frame, interpreter).isUndefined
  }

  override func integer(_ frame: Frame) -> Int? {
    memory(frame)?.pointee.integer
  }

  /// What the name stands for, if that can be called, taken from where it lies.
  @inline(__always)
  func callable(_ frame: Frame, _ interpreter: Interpreter) -> Callable? {
    memory(frame)?.pointee.callable ?? placedCallable(frame, interpreter)
  }

  private func placedCallable(_ frame: Frame, _ interpreter: Interpreter) -> Callable? {
    switch place {
    case .local: return nil
    case .outside(let number):
      guard frame.context[number].isEmpty else { return nil }
      _ = frame.module.lookUp(number, interpreter)
      return frame.context[number].callable
    case .enclosing(let depth, let slot): return frame.slot(depth, slot).pointee.callable
    case .macro(let number, let depth, let slot):
      if frame.context[number].isEmpty { _ = frame.module.lookUp(number, interpreter) }
      if !frame.context[number].isUndefined { return frame.context[number].callable }
      return frame.slot(depth, slot).pointee.callable
    case .nowhere: return nil
    }
  }

  /// Assigns the name; names are only ever assigned in their own scope.
  @inline(__always)
  func assign(_ value: Value, _ frame: Frame) {
    if localSlot >= 0 {
      frame.slots[localSlot].assign(value)
    } else {
      assignElsewhere(value, frame)
    }
  }

  private func assignElsewhere(_ value: Value, _ frame: Frame) {
    switch place {
    case .local(let slot): frame.slots[slot].assign(value)
    case .enclosing(let depth, let slot), .macro(_, let depth, let slot):
      frame.slot(depth, slot).pointee.assign(value)
    case .outside, .nowhere: break
    }
  }

  override func analyze(_ scope: Scope) { scope.load(self) }
  override var kindName: String { "name" }
}

/// `[a, b]`
final class ListLiteral: Expression {
  private let list: NodeList<Expression>
  /// The items, if they are the same every time; each list then shares their storage until it is changed.
  let constants: [Value]?

  init(_ items: [Expression], position: Int32) {
    list = NodeList(items)
    let values = items.compactMap(\.constant)
    constants = values.count == items.count ? values : nil
    super.init(position: position, height: Expression.height(over: items))
  }

  var items: [Expression] { list.nodes }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    if let constants { return Value(constants) }
    try interpreter.guardStack()
    var values: [Value] = []
    values.reserveCapacity(list.count)
    for index in 0..<list.count {
      values.append(try list.with(index) { try $0.evaluate(frame, interpreter) })
    }
    return Value(values)
  }

  override func analyze(_ scope: Scope) { for item in items { item.analyze(scope) } }
  override var kindName: String { "list" }
}

/// `a, b`
final class TupleLiteral: Expression {
  let items: [Expression]
  /// The items, if they are the same every time; no tuple can be changed.
  let constants: [Value]?

  init(_ items: [Expression], position: Int32) {
    self.items = items
    let values = items.compactMap(\.constant)
    constants = values.count == items.count ? values : nil
    super.init(position: position, height: Expression.height(over: items))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    if let constants { return .tuple(constants) }
    try interpreter.guardStack()
    var values: [Value] = []
    values.reserveCapacity(items.count)
    for item in items { values.append(try item.evaluate(frame, interpreter)) }
    return try .sequence(values)
  }

  override func analyze(_ scope: Scope) { for item in items { item.analyze(scope) } }
  override var kindName: String { "tuple" }
}

/// `{a: b}`
final class DictLiteral: Expression {
  private let entries: [(key: Expression, value: Expression)]
  /// The dictionary with the values that are the same every time, if all keys are; each one made shares its storage
  /// until it is changed.
  private let prototype: DictObject?
  /// The places of the other values, and those.
  private let places: [Int]
  private let values: NodeList<Expression>

  init(_ entries: [(key: Expression, value: Expression)], position: Int32) {
    self.entries = entries
    let prototype = DictObject()
    var places: [Int] = []
    var isConstant = true
    for (index, entry) in entries.enumerated() {
      guard let key = entry.key.constant, key.isHashable, prototype[key] == nil else {
        isConstant = false
        break
      }
      prototype.set(key, to: entry.value.constant ?? .none)
      if entry.value.constant == nil { places.append(index) }
    }
    self.prototype = isConstant ? prototype : nil
    self.places = places
    values = NodeList(places.map { entries[$0].value })
    super.init(
      position: position, height: Expression.height(over: entries.flatMap { [$0.key, $0.value] }))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    if let prototype {
      let dict = prototype.copy()
      guard values.count > 0 else { return .dict(dict) }
      try interpreter.guardStack()
      for index in 0..<values.count {
        let value = try values.with(index) { try $0.evaluate(frame, interpreter) }
        dict.replaceValue(at: places[index], with: value)
      }
      return .dict(dict)
    }
    try interpreter.guardStack()
    let dict = DictObject()
    for (key, value) in entries {
      let key = try key.evaluate(frame, interpreter)
      let value = try value.evaluate(frame, interpreter)
      interpreter.position = position
      try DictObject.check(key)
      dict.set(key, to: value)
    }
    return .dict(dict)
  }

  override func analyze(_ scope: Scope) {
    for (key, value) in entries {
      key.analyze(scope)
      value.analyze(scope)
    }
  }

  override var kindName: String { "dict" }
}
