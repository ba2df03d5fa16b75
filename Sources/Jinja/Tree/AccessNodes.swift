import Diagnostics

/// `a.b`
final class Attribute: Expression {
  let target: Expression
  let name: String
  /// Known in advance, so that running code compares no names.
  let loopField: LoopField?
  private let isDictMethod: Bool
  private let key: DictKey
  /// What a dictionary without the key gives.
  private let missing: Value

  init(_ target: Expression, _ name: String, position: Int32) {
    self.target = target
    self.name = name
    key = DictKey(name)
    loopField = LoopField(rawValue: name)
    isDictMethod = DictMethod(rawValue: name) != nil
    missing = .undefined(UndefinedName(name, .attribute(of: "dict")))
    super.init(position: position, height: target.height + 1)
  }

  /// The loop's field and the variable, where this may be something that a loop in the running frame offers.
  var loopPlace: (field: LoopField, slot: Int)? {
    guard let loopField, target.localSlot >= 0 else { return nil }
    return (loopField, target.localSlot)
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    if let found = quickly(frame) { return found }
    try interpreter.guardStack()
    let value = try target.evaluate(frame, interpreter)
    interpreter.position = position
    switch value {
    case .dict(let dict):
      if !isDictMethod { return dict[key] ?? missing }
    case .object(let object):
      if let loopField, let loop = LoopObject.from(object) { return loop.value(loopField) }
    default: break
    }
    return try Access.attribute(of: value, name, interpreter)
  }

  /// The attribute of a value that lies in memory, where that takes no call of the host.
  @inline(__always)
  private func quickly(_ frame: Frame) -> Value? {
    if let dict = owner(frame) { return dict._withUnsafeGuaranteedRef { $0[key] } ?? missing }
    if let attributes = target.memory(frame)?.pointee.namespaceAttributes() {
      return attributes._withUnsafeGuaranteedRef { $0[key] }
    }
    guard let loopField else { return nil }
    return target.look(frame) { value in
      guard case .object(let object) = value, let loop = LoopObject.from(object) else { return nil }
      return loop.value(loopField)
    }
  }

  /// The dictionary that has the attribute under its name.
  @inline(__always)
  private func owner(_ frame: Frame) -> Unmanaged<DictObject>? {
    isDictMethod ? nil : target.dictionary(frame)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    if let loopField, target.localSlot >= 0,
      let number = frame.slots[target.localSlot].loopNumber(loopField)
    {
      return try output.append(number)
    }
    if let dict = owner(frame),
      try dict._withUnsafeGuaranteedRef({ try $0.write(key, to: output) })
    {
      return
    }
    try output.append(try evaluate(frame, interpreter))
  }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    if let loopField, target.localSlot >= 0, let flag = frame.slots[target.localSlot].loopFlag(loopField) {
      return flag
    }
    return try evaluate(frame, interpreter).isTruthy
  }

  override func isUndefined(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    if let dict = owner(frame) { return dict._withUnsafeGuaranteedRef { $0.isUndefined(key) } }
    return try evaluate(frame, interpreter).isUndefined
  }

  override var isRepeatable: Bool { target.isRepeatable }

  /// Whether the attribute is a list that lies in memory and has the text `item`; nil where it must be evaluated.
  @inline(__always)
  func listContains(_ item: Value, _ frame: Frame) -> Bool? {
    guard case .string(let text) = item else { return nil }
    if let dict = owner(frame) {
      return dict._withUnsafeGuaranteedRef { $0.list(under: key, contains: text) }
    }
    return target.memory(frame)?.pointee.namespaceAttributes()?._withUnsafeGuaranteedRef {
      $0.list(under: key, contains: text)
    }
  }

  override func integer(_ frame: Frame) -> Int? {
    if let loopField, target.localSlot >= 0,
      let number = frame.slots[target.localSlot].loopNumber(loopField)
    {
      return number
    }
    return entryInteger(frame)
  }

  /// The integer in a dictionary or a namespace.
  private func entryInteger(_ frame: Frame) -> Int? {
    if let dict = owner(frame) { return dict._withUnsafeGuaranteedRef { $0.integer(key) } }
    return target.memory(frame)?.pointee.namespaceAttributes()?._withUnsafeGuaranteedRef { $0.integer(key) }
  }

  override func writeText(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    guard case .string(let text)? = quickly(frame) else { return false }
    try interpreter.output.append(text)
    return true
  }

  override func analyze(_ scope: Scope) { target.analyze(scope) }
  override var kindName: String { "getattr" }
}

/// `a[b]`
final class Subscript: Expression {
  private let target: Expression
  private let key: Expression
  /// The key, where it is a constant text.
  private let name: DictKey?

  init(_ target: Expression, _ key: Expression, position: Int32) {
    self.target = target
    self.key = key
    if case .string(let name)? = key.constant { self.name = DictKey(name) } else { name = nil }
    super.init(position: position, height: max(target.height, key.height) + 1)
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    if let name {
      if let dict = target.dictionary(frame), let found = dict._withUnsafeGuaranteedRef({ $0[name] }) {
        return found
      }
    } else if let found = target.look(frame, { owner in self.key.look(frame) { quickly(owner, $0) } }) {
      return found
    }
    try interpreter.guardStack()
    let value = try target.evaluate(frame, interpreter)
    let key = try key.evaluate(frame, interpreter)
    interpreter.position = position
    return try Access.item(of: value, key, interpreter)
  }

  /// The item, where both are borrowed and it takes no call of the host.
  @inline(__always)
  private func quickly(_ owner: Value, _ key: Value) -> Value? {
    switch (owner, key) {
    case (.dict(let dict), .string(let name)): dict.hasObjectKeys ? nil : dict[name]
    case (.dict(let dict), .int): dict.hasObjectKeys ? nil : dict[key]
    case (.list(let list), .int): Access.element(list.items, key)
    case (.tuple(let items), .int): Access.element(items, key)
    default: nil
    }
  }

  override func writeText(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    let found = target.look(frame, { owner in key.look(frame) { quickly(owner, $0) } })
    guard case .string(let text)? = found else { return false }
    try interpreter.output.append(text)
    return true
  }

  override func analyze(_ scope: Scope) {
    target.analyze(scope)
    key.analyze(scope)
  }

  override var kindName: String { "getitem" }
}

/// `a[b:c:d]`
final class Slice: Expression {
  private let target: Expression
  private let start: Expression?
  private let stop: Expression?
  private let step: Expression?

  init(_ target: Expression, _ start: Expression?, _ stop: Expression?, _ step: Expression?, position: Int32)
  {
    self.target = target
    self.start = start
    self.stop = stop
    self.step = step
    super.init(
      position: position, height: Expression.height(over: [target] + [start, stop, step].compactMap { $0 }))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try interpreter.guardStack()
    let value = try target.evaluate(frame, interpreter)
    let start = try start?.evaluate(frame, interpreter)
    let stop = try stop?.evaluate(frame, interpreter)
    let step = try step?.evaluate(frame, interpreter)
    interpreter.position = position
    return try Access.slice(value, start, stop, step, interpreter)
  }

  override func analyze(_ scope: Scope) {
    target.analyze(scope)
    for bound in [start, stop, step] { bound?.analyze(scope) }
  }

  override var kindName: String { "getitem" }
}
