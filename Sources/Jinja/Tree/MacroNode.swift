import Diagnostics

/// A macro, a `call` block's body, or one of dbt's blocks, as written.
final class MacroNode: Statement {
  struct Parameter {
    let name: String
    let variable: Name
    let fallback: Expression?
  }

  /// The name in messages.
  let name: String
  let parameters: [Parameter]
  /// The parameters' names.
  private let keys: [DictKey]
  /// The parameters' variables.
  let variables: NodeList<Name>
  /// The variables `caller`, `kwargs` and `varargs`, where the body uses them.
  let callerName: Name?
  let keywordsName: Name?
  let extrasName: Name?
  /// The variable that holds the macro itself; nil for a `call` block's body.
  let variable: Name?
  /// Whether `return()` ends here: not in a `call` block's body, which is part of the macro around it.
  let catchesReturn: Bool
  /// Whether `caller` is one of the parameters.
  let hasExplicitCaller: Bool
  /// Whether arguments can only go into the parameters.
  private let takesNoOthers: Bool
  private let body: Block
  private let entry = ScopeEntry()
  @exclusivity(unchecked) private(set) var slotCount = 0

  init(
    name: String, variable: Name?, parameters: [Parameter], body: Block, uses: Set<String>, position: Int32
  ) {
    self.name = name
    self.variable = variable
    self.parameters = parameters
    keys = parameters.map { DictKey($0.name) }
    variables = NodeList(parameters.map(\.variable))
    self.body = body
    catchesReturn = variable != nil
    let given = Set(parameters.map(\.name))
    func special(_ name: String) -> Name? {
      uses.contains(name) && !given.contains(name) ? Name(name, position: position) : nil
    }
    hasExplicitCaller = given.contains("caller")
    callerName = special("caller")
    keywordsName = special("kwargs")
    extrasName = special("varargs")
    takesNoOthers = keywordsName == nil && extrasName == nil && !hasExplicitCaller
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    variable?.assign(closure(frame), frame)
    interpreter.noteCycle(frame)
    return .next
  }

  /// The macro as a value that sees `frame`'s variables.
  func closure(_ frame: Frame) -> Value { .callable(MacroClosure(self, in: frame)) }

  override func analyze(_ scope: Scope) {
    if let variable { scope.storeMacro(variable) }
    scope.inner { [self] in analyzeBody(scope) }
  }

  func analyzeBody(_ scope: Scope) {
    let function = FunctionScope(program: scope.function.program, level: scope.function.level + 1)
    let inner = Scope(parent: scope, function: function)
    for parameter in parameters { inner.parameter(parameter.variable) }
    for name in [callerName, keywordsName, extrasName] { name.map(inner.parameter) }
    for parameter in parameters { parameter.fallback?.analyze(inner) }
    body.analyze(inner)
    inner.finish(entry)
    slotCount = function.slotCount
  }

  /// The number of the parameter of this name, not one of the first `count`.
  func parameter(_ key: DictKey, after count: Int) -> Int? {
    for index in count..<max(count, keys.count) where keys[index].fingerprint == key.fingerprint {
      if keys[index].text.isSame(as: key.text) { return index }
    }
    return nil
  }

  /// Whether a call's arguments can go straight into the parameters' variables.
  @inline(__always)
  private func takesDirectly(_ arguments: ArgumentList, hasCaller: Bool) -> Bool {
    guard takesNoOthers, arguments.isPlain, arguments.positional.count <= variables.count,
      !hasCaller || callerName != nil
    else { return false }
    return arguments.isPositional || takesKeywords(arguments)
  }

  private func takesKeywords(_ arguments: ArgumentList) -> Bool {
    let count = arguments.positional.count
    for index in arguments.keywordKeys.indices
    where parameter(arguments.keywordKeys[index], after: count) == nil { return false }
    return true
  }

  /// What `caller` is in a call without a block.
  var noCaller: Value { .undefined(UndefinedName("caller", message: "No caller defined")) }

  // MARK: Running

  /// Fills in what was not passed, and runs the body.
  func run(_ frame: Frame, _ interpreter: Interpreter) throws {
    try entry.enter(frame, interpreter)
    for index in 0..<variables.count {
      let isMissing = try variables.with(index) { !$0.isAssigned(frame) }
      if isMissing { try fillIn(index, frame, interpreter) }
    }
    _ = try body.execute(frame, interpreter)
  }

  /// Assigns a parameter that was not passed.
  private func fillIn(_ index: Int, _ frame: Frame, _ interpreter: Interpreter) throws {
    let parameter = parameters[index]
    if let fallback = parameter.fallback {
      parameter.variable.assign(try fallback.evaluate(frame, interpreter), frame)
    } else {
      let message = "parameter '\(parameter.name)' was not provided"
      parameter.variable.assign(.undefined(UndefinedName(parameter.name, message: message)), frame)
    }
  }

  /// Evaluates arguments as written, in `outer`, into the macro's variables, or fails as Jinja does.
  func take(
    _ arguments: ArgumentList, _ caller: Value?, _ outer: Frame, _ frame: Frame, _ interpreter: Interpreter,
    at position: Int32
  ) throws {
    // The common case goes straight into the macro's variables.
    guard takesDirectly(arguments, hasCaller: caller != nil) else {
      return try takeSlowly(arguments, caller, outer, frame, interpreter, at: position)
    }
    for index in 0..<arguments.positional.count {
      let value = try arguments.positional.with(index) { try $0.evaluate(outer, interpreter) }
      try variables.with(index) { $0.assign(value, frame) }
    }
    if !arguments.isPositional { try takeKeywords(arguments, outer, frame, interpreter) }
    if let callerName { callerName.assign(caller ?? noCaller, frame) }
    interpreter.position = position
  }

  private func takeKeywords(
    _ arguments: ArgumentList, _ outer: Frame, _ frame: Frame, _ interpreter: Interpreter
  ) throws {
    let count = arguments.positional.count
    for number in 0..<arguments.keywordValues.count {
      let value = try arguments.keywordValues.with(number) { try $0.evaluate(outer, interpreter) }
      guard let index = parameter(arguments.keywordKeys[number], after: count) else { continue }
      try variables.with(index) { $0.assign(value, frame) }
    }
  }

  private func takeSlowly(
    _ arguments: ArgumentList, _ caller: Value?, _ outer: Frame, _ frame: Frame, _ interpreter: Interpreter,
    at position: Int32
  ) throws {
    let values = try arguments.evaluate(outer, interpreter)
    interpreter.position = position
    try bind(values, caller: caller, frame)
  }

  /// Puts evaluated arguments into the macro's variables, or fails as Jinja does.
  func bind(
    _ arguments: Arguments, from first: Int = 0, caller: Value? = nil, _ frame: Frame
  ) throws {
    let count = min(parameters.count, arguments.positional.count)
    for index in first..<max(first, count) {
      parameters[index].variable.assign(arguments.positional[index], frame)
    }
    try bind(keyword: arguments.keyword, positional: arguments.positional.count, caller: caller, frame)
    let extra = arguments.positional.dropFirst(parameters.count)
    if let extrasName {
      extrasName.assign(.tuple(Array(extra)), frame)
    } else if !extra.isEmpty {
      throw fault("macro '\(name)' takes not more than \(parameters.count) argument(s)")
    }
  }

  private func bind(
    keyword: [(name: String, value: Value)], positional: Int, caller: Value?, _ frame: Frame
  ) throws {
    var foundCaller = hasExplicitCaller && positional >= parameters.count
    var rest: [(name: String, value: Value)] = []
    for (name, value) in keyword {
      if let index = parameters.firstIndex(where: { $0.name == name }), index >= positional {
        parameters[index].variable.assign(value, frame)
        if name == "caller" { foundCaller = true }
      } else {
        rest.append((name, value))
      }
    }
    if let caller {
      if let parameter = parameters.dropFirst(positional).first(where: { $0.name == "caller" }) {
        parameter.variable.assign(caller, frame)
        foundCaller = true
      } else {
        rest.append(("caller", caller))
      }
    }
    if let callerName, !foundCaller {
      if let index = rest.firstIndex(where: { $0.name == "caller" }) {
        callerName.assign(rest.remove(at: index).value, frame)
      } else {
        callerName.assign(noCaller, frame)
      }
    }
    try takeRest(rest, frame)
  }

  private func takeRest(_ rest: [(name: String, value: Value)], _ frame: Frame) throws {
    if let keywordsName {
      keywordsName.assign(Value(rest.map { ($0.name, $0.value) }), frame)
    } else if let unknown = rest.first {
      guard !rest.contains(where: { $0.name == "caller" }) else {
        throw fault(
          "macro '\(name)' was invoked with two values for the special caller argument. "
            + "This is most likely a bug.")
      }
      throw fault("macro '\(name)' takes no keyword argument '\(unknown.name)'")
    }
  }
}

extension Name {
  /// Whether the variable has a value in `frame`.
  func isAssigned(_ frame: Frame) -> Bool {
    localSlot >= 0 && !frame.slots[localSlot].isEmpty
  }

  /// Takes the variable's value away.
  func clear(_ frame: Frame) {
    if localSlot >= 0 { frame.slots[localSlot].clear() }
  }
}

/// A macro together with the variables around it.
final class MacroClosure: Callable {
  let definition: MacroNode
  /// The frame that the macro was defined in; nil for one that the host asked for, until it is called.
  private let frame: Frame?
  /// The same, to be used without counting references.
  private let frameReference: Unmanaged<Frame>?
  private let program: Program?

  init(_ definition: MacroNode, in frame: Frame) {
    self.definition = definition
    self.frame = frame
    frameReference = .passUnretained(frame)
    program = nil
    super.init(macro: definition.name)
    macroReference = .passUnretained(self)
    frame.capture()
  }

  init(_ definition: MacroNode, program: Program) {
    self.definition = definition
    self.program = program
    frame = nil
    frameReference = nil
    super.init(macro: definition.name)
    macroReference = .passUnretained(self)
  }

  /// A frame for one call, to be given back.
  @inline(__always)
  private func activate(_ interpreter: Interpreter) throws -> Unmanaged<Frame> {
    guard let frameReference else { return try activateInLibrary(interpreter) }
    return frameReference._withUnsafeGuaranteedRef {
      interpreter.takeFrame(size: definition.slotCount, inside: $0)
    }
  }

  @inline(never)
  private func activateInLibrary(_ interpreter: Interpreter) throws -> Unmanaged<Frame> {
    guard let program else { throw fault("macro '\(definition.name)' outlived its template") }
    let module = try interpreter.library(program)
    return interpreter.takeFrame(module, size: definition.slotCount, parent: module.root)
  }

  /// Calls with evaluated arguments.
  func invoke(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let frame = try activate(interpreter)
    defer { interpreter.giveBack(frame) }
    return try frame._withUnsafeGuaranteedRef { frame in
      try definition.bind(arguments, frame)
      return try value(frame, interpreter)
    }
  }

  /// Calls with arguments as written, for the value.
  func value(
    _ arguments: ArgumentList, _ caller: Value?, _ outer: Frame, _ interpreter: Interpreter,
    at position: Int32
  ) throws -> Value {
    let frame = try activate(interpreter)
    defer { interpreter.giveBack(frame) }
    return try frame._withUnsafeGuaranteedRef { frame in
      try definition.take(arguments, caller, outer, frame, interpreter, at: position)
      return try value(frame, interpreter)
    }
  }

  /// Calls with arguments as written, writing into the output.
  func write(
    _ arguments: ArgumentList, _ caller: Value?, _ outer: Frame, _ interpreter: Interpreter,
    at position: Int32
  ) throws {
    let frame = try activate(interpreter)
    defer { interpreter.giveBack(frame) }
    try frame._withUnsafeGuaranteedRef { frame in
      try definition.take(arguments, caller, outer, frame, interpreter, at: position)
      if let value = try run(frame, interpreter) { try interpreter.output.append(value) }
    }
  }

  private func value(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    let start = interpreter.output.count
    if let value = try run(frame, interpreter) { return value }
    return .string(interpreter.output.take(from: start))
  }

  /// Runs the body, which writes into the output; gives the value that `return()` was called with, if it was.
  private func run(_ frame: Frame, _ interpreter: Interpreter) throws -> Value? {
    let position = interpreter.position
    let start = interpreter.output.count
    try interpreter.descend()
    let isForeign = !interpreter.isRunning(frame)
    let module = isForeign ? interpreter.enter(frame.module) : nil
    frame.moduleReference._withUnsafeGuaranteedRef { $0.refresh(interpreter) }
    do {
      try definition.run(frame, interpreter)
    } catch {
      interpreter.depth -= 1
      interpreter.output.truncate(to: start)
      let around = isForeign ? module?.takeRetainedValue() : frame.module
      return try returned(error, interpreter, around, position)
    }
    interpreter.depth -= 1
    if isForeign { interpreter.leave(to: module) }
    interpreter.position = position
    return nil
  }

  private func returned(
    _ error: any Error, _ interpreter: Interpreter, _ module: Module?, _ position: Int32
  ) throws -> Value {
    if let signal = error as? ReturnSignal {
      interpreter.module = module
      interpreter.position = position
      guard definition.catchesReturn else { throw signal }
      return signal.value
    }
    let located = interpreter.located(error)
    interpreter.module = module
    interpreter.position = position
    throw interpreter.located(located, in: definition.name, from: interpreter.location)
  }
}

/// `{% call f() %}`
final class CallStatement: Statement {
  private let call: Expression
  private let caller: MacroNode

  /// `call` is a `Call` or a `MethodCall`.
  init(_ call: Expression, caller: MacroNode, position: Int32) {
    self.call = call
    self.caller = caller
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.guardStack()
    let wasCaptured = frame.isCaptured
    var closure = MacroClosure(caller, in: frame)
    if let call = call as? Call {
      try call.write(frame, interpreter, caller: .callable(closure))
    } else if let call = call as? MethodCall {
      try interpreter.output.append(try call.call(frame, interpreter, caller: .callable(closure)))
    }
    if !wasCaptured, isKnownUniquelyReferenced(&closure) { frame.uncapture() }
    return .next
  }

  override func analyze(_ scope: Scope) {
    call.analyze(scope)
    scope.inner { [self] in caller.analyzeBody(scope) }
  }
}
