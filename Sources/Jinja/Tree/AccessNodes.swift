import Diagnostics

/// `a.b`
final class Attribute: Expression {
  let target: Expression
  let name: String
  /// Known in advance, so that running code compares no names.
  let loopField: LoopField?
  private let isDictMethod: Bool
  private let key: DictKey
  /// The target, where it is a name.
  private let variable: Name?
  /// What a dictionary without the key gives.
  private let missing: Value

  init(_ target: Expression, _ name: String, position: Int32) {
    self.target = target
    self.name = name
    variable = target as? Name
    key = DictKey(name)
    loopField = LoopField(rawValue: name)
    isDictMethod = DictMethod(rawValue: name) != nil
    missing = .undefined(UndefinedName(name, .attribute(of: "dict")))
    super.init(position: position, height: target.height + 1)
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    if let found = target.look(frame, { quickly($0) }) { return found }
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

  /// The attribute of a value that is borrowed, where that takes no call of the host.
  @inline(__always)
  private func quickly(_ value: Value) -> Value? {
    switch value {
    case .dict(let dict): return isDictMethod ? nil : dict[key] ?? missing
    case .object(let object):
      if let loopField, let loop = LoopObject.from(object) { return loop.value(loopField) }
      return NamespaceObject.from(object)?.attributes[key]
    default: return nil
    }
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    if let loopField, target.localSlot >= 0 {
      let number: Int?? = frame.slots[target.localSlot].look(atLoop: { $0.integer(loopField) })
      if let number = number ?? nil { return try output.append(number) }
    }
    if let value = target.look(frame, { quickly($0) }) { return try output.append(value) }
    try output.append(try evaluate(frame, interpreter))
  }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    if let loopField, let variable {
      let flag: Bool?? = variable.look(atLoop: frame) { $0.flag(loopField) }
      if let flag = flag ?? nil { return flag }
    }
    return try evaluate(frame, interpreter).isTruthy
  }

  override func isUndefined(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    let known: Bool? = target.look(frame) { value in
      guard case .dict(let dict) = value, !isDictMethod else { return nil }
      return dict.isUndefined(key)
    }
    return try known ?? evaluate(frame, interpreter).isUndefined
  }

  override var isRepeatable: Bool { target.isRepeatable }

  override func integer(_ frame: Frame) -> Int? {
    if let loopField, target.localSlot >= 0 {
      let number: Int?? = frame.slots[target.localSlot].look(atLoop: { $0.integer(loopField) })
      if let number { return number }
    }
    return target.look(frame) { value in
      if !isDictMethod, case .dict(let dict) = value, case .int(let number)? = dict[key] { return number }
      return nil
    }
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
      let found: Value? = target.look(frame) { value in
        guard case .dict(let dict) = value else { return nil }
        return dict[name]
      }
      if let found { return found }
    }
    try interpreter.guardStack()
    let value = try target.evaluate(frame, interpreter)
    let key = try key.evaluate(frame, interpreter)
    interpreter.position = position
    return try Access.item(of: value, key, interpreter)
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

/// The arguments of a call, a filter or a test, as written.
final class ArgumentList {
  let positional: NodeList<Expression>
  let keyword: [(name: String, value: Expression)]
  /// The names of `keyword`.
  let keywordKeys: [DictKey]
  /// The values of `keyword`.
  let keywordValues: NodeList<Expression>
  let extras: Expression?
  let keywords: Expression?
  /// The arguments, if they are the same every time.
  private let constant: Arguments?

  init(
    positional: [Expression] = [], keyword: [(name: String, value: Expression)] = [],
    extras: Expression? = nil, keywords: Expression? = nil
  ) {
    self.positional = NodeList(positional)
    self.keyword = keyword
    keywordKeys = keyword.map { DictKey($0.name) }
    keywordValues = NodeList(keyword.map(\.value))
    self.extras = extras
    self.keywords = keywords
    let values = positional.compactMap(\.constant)
    let named = keyword.compactMap { part in part.value.constant.map { (name: part.name, value: $0) } }
    let isConstant = values.count == positional.count && named.count == keyword.count
    constant =
      isConstant && extras == nil && keywords == nil ? Arguments(values, keyword: named) : nil
  }

  /// Whether the arguments are only those written out.
  var isPlain: Bool { extras == nil && keywords == nil }
  /// Whether the arguments are only those written out without a name.
  var isPositional: Bool { isPlain && keyword.isEmpty }

  var parts: [Expression] {
    positional.nodes + keyword.map(\.value) + [extras, keywords].compactMap { $0 }
  }

  func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Arguments {
    if let constant { return constant }
    var arguments = Arguments()
    if positional.count > 0 {
      arguments.positional.reserveCapacity(positional.count)
      for index in 0..<positional.count {
        arguments.positional.append(try positional.with(index) { try $0.evaluate(frame, interpreter) })
      }
    }
    if !keyword.isEmpty {
      arguments.keyword.reserveCapacity(keyword.count)
      for (name, expression) in keyword {
        arguments.keyword.append((name, try expression.evaluate(frame, interpreter)))
      }
    }
    if let extras {
      let value = try extras.evaluate(frame, interpreter)
      arguments.positional += try Access.items(value, interpreter)
    }
    if let keywords { try spread(try keywords.evaluate(frame, interpreter), into: &arguments) }
    return arguments
  }

  private func spread(_ value: Value, into arguments: inout Arguments) throws {
    guard case .dict(let dict) = value else {
      if case .undefined(let name) = value { throw fault(name.message) }
      throw fault("argument after ** must be a mapping, not \(value.typeName)")
    }
    for entry in dict.entries {
      guard let name = entry.key.stringValue else { throw fault("keywords must be strings") }
      guard arguments[name] == nil else {
        throw fault("got multiple values for keyword argument '\(name)'")
      }
      arguments.keyword.append((name, entry.value))
    }
  }

  func analyze(_ scope: Scope) { for part in parts { part.analyze(scope) } }
}

/// `f(a, b=c)`
final class Call: Expression {
  private let target: Expression
  private let arguments: ArgumentList

  init(_ target: Expression, _ arguments: ArgumentList, position: Int32) {
    self.target = target
    self.arguments = arguments
    super.init(position: position, height: Expression.height(over: [target] + arguments.parts))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try call(frame, interpreter, caller: nil)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    try write(frame, interpreter, caller: nil)
  }

  /// Calls, with a caller block if there is one.
  func call(_ frame: Frame, _ interpreter: Interpreter, caller: Value?) throws -> Value {
    try interpreter.guardStack()
    let callee = try target.evaluate(frame, interpreter)
    if case .callable(let callable) = callee, let macro = callable.macroReference {
      return try withExtendedLifetime(callable) {
        try macro._withUnsafeGuaranteedRef {
          try $0.value(arguments, caller, frame, interpreter, at: position)
        }
      }
    }
    return try invoke(callee, frame, interpreter, caller)
  }

  /// As `call`, writing the result: a macro then writes straight into the output.
  func write(_ frame: Frame, _ interpreter: Interpreter, caller: Value?) throws {
    try interpreter.guardStack()
    let callee = try target.evaluate(frame, interpreter)
    if case .callable(let callable) = callee, let macro = callable.macroReference {
      return try withExtendedLifetime(callable) {
        try macro._withUnsafeGuaranteedRef {
          try $0.write(arguments, caller, frame, interpreter, at: position)
        }
      }
    }
    try interpreter.output.append(try invoke(callee, frame, interpreter, caller))
  }

  private func invoke(
    _ callee: Value, _ frame: Frame, _ interpreter: Interpreter, _ caller: Value?
  ) throws -> Value {
    var values = try arguments.evaluate(frame, interpreter)
    if let caller { values.keyword.append(("caller", caller)) }
    interpreter.position = position
    return try Access.call(callee, values, interpreter)
  }

  override func analyze(_ scope: Scope) {
    target.analyze(scope)
    arguments.analyze(scope)
  }

  override var kindName: String { "call" }
}

/// `a.b(c)`: a method called without making a value of it first.
final class MethodCall: Expression {
  let target: Expression
  let name: String
  let arguments: ArgumentList
  let dictMethod: DictMethod?
  private let stringMethod: StringMethod?
  private let listMethod: ListMethod?
  /// Whether this is `append` with one argument.
  private let isAppend: Bool

  init(_ target: Expression, _ name: String, _ arguments: ArgumentList, position: Int32) {
    self.target = target
    self.name = name
    self.arguments = arguments
    dictMethod = DictMethod(rawValue: name)
    stringMethod = StringMethod(rawValue: name)
    listMethod = ListMethod(rawValue: name)
    isAppend = name == "append" && arguments.isPositional && arguments.positional.count == 1
    super.init(position: position, height: Expression.height(over: [target] + arguments.parts))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try call(frame, interpreter, caller: nil)
  }

  /// Calls, with a caller block if there is one.
  func call(_ frame: Frame, _ interpreter: Interpreter, caller: Value?) throws -> Value {
    try interpreter.guardStack()
    if isAppend, caller == nil, let result = try appendQuickly(frame, interpreter) { return result }
    let value = try target.evaluate(frame, interpreter)
    interpreter.position = position
    switch value {
    case .string(let text):
      if let stringMethod {
        let values = try evaluateArguments(frame, interpreter, caller)
        return try stringMethod.call(text, values, interpreter)
      }
    case .list(let list):
      if let listMethod {
        return try listMethod.call(list, try evaluateArguments(frame, interpreter, caller), interpreter)
      }
    case .dict(let dict):
      if let dictMethod {
        return try dictMethod.call(dict, try evaluateArguments(frame, interpreter, caller), interpreter)
      }
    case .object(let object):
      let values = try evaluateArguments(frame, interpreter, caller)
      try interpreter.step()
      if let result = try object.callMethod(name, values, interpreter) { return result }
      let member = try Access.attribute(of: value, name, interpreter)
      return try Access.call(member, values, interpreter)
    default: break
    }
    let member = try Access.attribute(of: value, name, interpreter)
    return try Access.call(member, try evaluateArguments(frame, interpreter, caller), interpreter)
  }

  /// Appends to a list that a variable of this frame holds, which is most of what `do` is used for.
  private func appendQuickly(_ frame: Frame, _ interpreter: Interpreter) throws -> Value? {
    guard target.localSlot >= 0, let list = frame.slots[target.localSlot].list else { return nil }
    let item = try arguments.positional.with(0) { try $0.evaluate(frame, interpreter) }
    list.items.append(item)
    return Value.none
  }

  private func evaluateArguments(
    _ frame: Frame, _ interpreter: Interpreter, _ caller: Value?
  ) throws -> Arguments {
    var values = try arguments.evaluate(frame, interpreter)
    if let caller { values.keyword.append(("caller", caller)) }
    interpreter.position = position
    return values
  }

  override func analyze(_ scope: Scope) {
    target.analyze(scope)
    arguments.analyze(scope)
  }

  override var kindName: String { "call" }
}

/// `a | name(b)`. Without a left side it stands in a `filter` block or a block `set`, which gives it the text.
final class FilterCall: Expression {
  private let target: Expression?
  let name: String
  private let arguments: ArgumentList
  private let builtin: BuiltinFilters.Entry?
  private let printer: FilterPrinter?
  /// The same, to be used without counting references.
  private let printerReference: Unmanaged<FilterPrinter>?

  init(_ target: Expression?, _ name: String, _ arguments: ArgumentList, position: Int32) {
    self.target = target
    self.name = name
    self.arguments = arguments
    builtin = BuiltinFilters.table[name]
    printer = FilterPrinter.find(name, on: target, arguments, position)
    printerReference = printer.map { .passUnretained($0) }
    super.init(
      position: position, height: Expression.height(over: (target.map { [$0] } ?? []) + arguments.parts))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try interpreter.guardStack()
    return try apply(to: try target?.evaluate(frame, interpreter) ?? .string(""), frame, interpreter)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    if let printerReference, !interpreter.overridesFilters {
      try interpreter.guardStack()
      return try printerReference._withUnsafeGuaranteedRef { try $0.write(frame, interpreter) }
    }
    try interpreter.output.append(try evaluate(frame, interpreter))
  }

  /// The filters that stand in a row before this one, applied to `text`, and then this one.
  func evaluate(on text: Value, _ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    var value = text
    if let inner = target as? FilterCall { value = try inner.evaluate(on: text, frame, interpreter) }
    return try apply(to: value, frame, interpreter)
  }

  private func apply(to value: Value, _ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    let values = try arguments.evaluate(frame, interpreter)
    interpreter.position = position
    if builtin == nil || interpreter.overridesFilters, let filter = interpreter.filters[name] {
      return try filter(value, values, interpreter)
    }
    guard let builtin else { throw fault("No filter named '\(name)'.") }
    return try builtin.apply(value, values, interpreter)
  }

  override func analyze(_ scope: Scope) {
    target?.analyze(scope)
    arguments.analyze(scope)
  }

  override var kindName: String { "filter" }
}

/// `a is name(b)`
final class TestCall: Expression {
  private let target: Expression
  private let name: String
  private let arguments: ArgumentList
  private let isNegated: Bool
  private let builtin: BuiltinTests.Entry?
  private let isDefinedTest: Bool

  init(
    _ target: Expression, _ name: String, _ arguments: ArgumentList, isNegated: Bool, position: Int32
  ) {
    self.target = target
    self.name = name
    self.arguments = arguments
    self.isNegated = isNegated
    builtin = BuiltinTests.table[name]
    isDefinedTest = name == "defined"
    super.init(position: position, height: Expression.height(over: [target] + arguments.parts))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    .bool(try isTrue(frame, interpreter))
  }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    try interpreter.guardStack()
    if isDefinedTest, !interpreter.overridesTests {
      return try target.isUndefined(frame, interpreter) == isNegated
    }
    let value = try target.evaluate(frame, interpreter)
    let values = try arguments.evaluate(frame, interpreter)
    interpreter.position = position
    if builtin == nil || interpreter.overridesTests, let test = interpreter.tests[name] {
      return try test(value, values, interpreter) != isNegated
    }
    guard let builtin else { throw fault("No test named '\(name)'.") }
    return try builtin.holds(value, values, interpreter) != isNegated
  }

  override func analyze(_ scope: Scope) {
    target.analyze(scope)
    arguments.analyze(scope)
  }

  override var kindName: String { "test" }
}
