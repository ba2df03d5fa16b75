import Diagnostics

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
    isPlain = extras == nil && keywords == nil
    isPositional = isPlain && keyword.isEmpty
    let values = positional.compactMap(\.constant)
    let named = keyword.compactMap { part in part.value.constant.map { (name: part.name, value: $0) } }
    let isConstant = values.count == positional.count && named.count == keyword.count
    constant =
      isConstant && extras == nil && keywords == nil ? Arguments(values, keyword: named) : nil
  }

  /// Whether the arguments are only those written out.
  let isPlain: Bool
  /// Whether the arguments are only those written out without a name.
  let isPositional: Bool

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
  /// The same, where it is a name.
  private let name: Name?
  private let arguments: ArgumentList

  init(_ target: Expression, _ arguments: ArgumentList, position: Int32) {
    self.target = target
    name = target as? Name
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
    if let callable = name?.callable(frame, interpreter) {
      guard let macro = callable.macroReference else {
        return try invoke(callable, frame, interpreter, caller)
      }
      return try withExtendedLifetime(callable) {
        try macro._withUnsafeGuaranteedRef {
          try $0.value(arguments, caller, frame, interpreter, at: position)
        }
      }
    }
    let callee = try target.evaluate(frame, interpreter)
    if name == nil, case .callable(let callable) = callee, let macro = callable.macro {
      return try macro.value(arguments, caller, frame, interpreter, at: position)
    }
    return try invoke(callee, frame, interpreter, caller)
  }

  /// As `call`, writing the result: a macro then writes straight into the output.
  func write(_ frame: Frame, _ interpreter: Interpreter, caller: Value?) throws {
    try interpreter.guardStack()
    if let callable = name?.callable(frame, interpreter) {
      guard let macro = callable.macroReference else {
        return try interpreter.output.append(try invoke(callable, frame, interpreter, caller))
      }
      return try withExtendedLifetime(callable) {
        try macro._withUnsafeGuaranteedRef {
          try $0.write(arguments, caller, frame, interpreter, at: position)
        }
      }
    }
    let callee = try target.evaluate(frame, interpreter)
    if name == nil, case .callable(let callable) = callee, let macro = callable.macro {
      return try macro.write(arguments, caller, frame, interpreter, at: position)
    }
    try interpreter.output.append(try invoke(callee, frame, interpreter, caller))
  }

  private func invoke(
    _ callee: Callable, _ frame: Frame, _ interpreter: Interpreter, _ caller: Value?
  ) throws -> Value {
    var values = try arguments.evaluate(frame, interpreter)
    if let caller { values.keyword.append(("caller", caller)) }
    interpreter.position = position
    try interpreter.step()
    try interpreter.guardStack()
    return try callee.call(values, interpreter)
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
