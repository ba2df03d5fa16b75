import Diagnostics

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
  /// Whether this may be a dictionary's `get` with one or two arguments.
  private let isGet: Bool
  /// How the result is printed, where the method makes text of text.
  private let printer: TextPrinter?
  /// How the result is printed, where this is `'…{}…'.format(…)`.
  private let format: BracePrinter?
  /// Whether this may be `startswith` or `endswith` with one argument.
  private let isAffix: Bool

  init(_ target: Expression, _ name: String, _ arguments: ArgumentList, position: Int32) {
    self.target = target
    self.name = name
    self.arguments = arguments
    dictMethod = DictMethod(rawValue: name)
    stringMethod = StringMethod(rawValue: name)
    listMethod = ListMethod(rawValue: name)
    let count = arguments.isPositional ? arguments.positional.count : 0
    isAppend = name == "append" && count == 1
    isGet = name == "get" && (count == 1 || count == 2)
    isAffix = count == 1 && (stringMethod == .startswith || stringMethod == .endswith)
    printer = TextPrinter.find(method: name, on: target, arguments, position)
    format = stringMethod == .format ? BracePrinter(target, arguments, position) : nil
    super.init(position: position, height: Expression.height(over: [target] + arguments.parts))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    let start = interpreter.output.count
    if try writeQuickly(frame, interpreter) {
      try interpreter.reserve(interpreter.output.count - start)
      return .string(interpreter.output.take(from: start))
    }
    return try call(frame, interpreter, caller: nil)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    if try writeQuickly(frame, interpreter) { return }
    try interpreter.output.append(try call(frame, interpreter, caller: nil))
  }

  override func writeText(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    guard let printer else { return false }
    try interpreter.guardStack()
    return try printer.writeText(frame, interpreter)
  }

  /// Writes the result, where a printer can; false where nothing was done.
  private func writeQuickly(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    if printer != nil { return try writeText(frame, interpreter) }
    guard let format else { return false }
    try interpreter.guardStack()
    try format.write(frame, interpreter)
    return true
  }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    if isAffix {
      let known: Bool? = try arguments.positional.with(0) { part in
        target.look(frame) { text in part.look(frame) { holdsQuickly(text, $0) } }
      }
      if let known { return known }
    }
    return try evaluate(frame, interpreter).isTruthy
  }

  /// Whether a text begins or ends with another one; nil for other values.
  @inline(__always)
  private func holdsQuickly(_ text: Value, _ part: Value) -> Bool? {
    guard case .string(let text) = text, case .string(let part) = part else { return nil }
    return stringMethod == .startswith ? Searching.begins(text, part) : Searching.ends(text, part)
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
      if isGet, caller == nil { return try get(dict, frame, interpreter) }
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

  /// A dictionary's `get`, without an array of arguments.
  private func get(_ dict: DictObject, _ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    let key = try arguments.positional.with(0) { try $0.evaluate(frame, interpreter) }
    let hasFallback = arguments.positional.count == 2
    let fallback =
      hasFallback ? try arguments.positional.with(1) { try $0.evaluate(frame, interpreter) } : .none
    interpreter.position = position
    try DictObject.check(key)
    return dict[key] ?? fallback
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
