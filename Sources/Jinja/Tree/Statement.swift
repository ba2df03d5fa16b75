import Diagnostics

/// What follows a statement.
enum Flow {
  case next, leaveLoop, nextRound
}

/// A part of a template that does something. Immutable once parsed, as expressions are.
class Statement {
  final let position: Int32

  init(position: Int32) { self.position = position }

  /// Does it.
  func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow { .next }

  /// Tells `scope` about the names in here.
  func analyze(_ scope: Scope) {}
}

/// Statements in a row.
final class Block {
  /// The statements as an array.
  let statements: [Statement]
  /// The same, with an `OutputRun` for those that only write. Set once, when the names in here are resolved.
  @exclusivity(unchecked) private var list = NodeList<Statement>([])
  /// Those of `list`: to take them from there counts a reference, since the list is a variable.
  @exclusivity(unchecked) private var references: UnsafeMutableBufferPointer<Unmanaged<Statement>>
  /// Whether a run of the block around does what this one says.
  @exclusivity(unchecked) var isPartOfRun = false

  init(_ statements: [Statement]) {
    self.statements = statements
    references = list.references
  }

  @inline(__always)
  func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    let references = references
    for index in 0..<references.count {
      let flow = try references[index]._withUnsafeGuaranteedRef { try $0.execute(frame, interpreter) }
      if flow != .next { return flow }
    }
    return .next
  }

  func analyze(_ scope: Scope) {
    // Before the blocks in here, which may become part of a run of this one.
    scope.inner { [self] in
      if isPartOfRun { return }
      list = NodeList(OutputRun.joining(statements))
      references = list.references
    }
    for statement in statements { statement.analyze(scope) }
  }
}

/// Literal text.
final class TextStatement: Statement {
  let bytes: UnsafeBufferPointer<UInt8>

  /// `bytes` belongs to the program's source, which outlives its nodes.
  init(_ bytes: UnsafeBufferPointer<UInt8>, position: Int32) {
    self.bytes = bytes
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.output.append(template: bytes)
    return .next
  }
}

/// `{{ a }}`
final class PrintStatement: Statement {
  let expression: Expression

  init(_ expression: Expression, position: Int32) {
    self.expression = expression
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try expression.write(frame, interpreter)
    return .next
  }

  override func analyze(_ scope: Scope) { expression.analyze(scope) }
}

/// `{% do a %}`
final class DoStatement: Statement {
  private let expression: Expression

  init(_ expression: Expression, position: Int32) {
    self.expression = expression
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    _ = try expression.evaluate(frame, interpreter)
    return .next
  }

  override func analyze(_ scope: Scope) { expression.analyze(scope) }
}

/// `{% if %}`
final class IfStatement: Statement {
  let branches: [(test: Expression, body: Block)]
  let otherwise: Block?
  private let tests: NodeList<Expression>
  private let bodies: NodeList<Block>

  init(_ branches: [(test: Expression, body: Block)], otherwise: Block?, position: Int32) {
    self.branches = branches
    tests = NodeList(branches.map(\.test))
    bodies = NodeList(branches.map(\.body))
    self.otherwise = otherwise
    super.init(position: position)
  }

  /// The bodies of all branches.
  var blocks: [Block] { bodies.nodes + (otherwise.map { [$0] } ?? []) }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.guardStack()
    for index in 0..<tests.count {
      guard try tests.with(index, { try $0.isTrue(frame, interpreter) }) else { continue }
      return try bodies.with(index) { try $0.execute(frame, interpreter) }
    }
    return try otherwise?.execute(frame, interpreter) ?? .next
  }

  override func analyze(_ scope: Scope) {
    for test in tests.nodes { test.analyze(scope) }
    let branches = bodies.nodes.map { body in { body.analyze(scope) } }
    scope.branches(branches + [{ self.otherwise?.analyze(scope) }])
  }
}

/// `{% break %}`, `{% continue %}`
final class LoopControl: Statement {
  private let flow: Flow

  init(_ flow: Flow, position: Int32) {
    self.flow = flow
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow { flow }
}

/// `{% with a = b %}`
final class WithStatement: Statement {
  private let targets: [(target: Target, value: Expression)]
  private let body: Block
  private let entry = ScopeEntry()

  init(_ targets: [(target: Target, value: Expression)], body: Block, position: Int32) {
    self.targets = targets
    self.body = body
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.guardStack()
    let values = try targets.map { try $0.value.evaluate(frame, interpreter) }
    try entry.enter(frame, interpreter)
    for (index, value) in values.enumerated() { try targets[index].target.assign(value, frame, interpreter) }
    return try body.execute(frame, interpreter)
  }

  override func analyze(_ scope: Scope) {
    for (_, value) in targets { value.analyze(scope) }
    scope.inner { [self] in
      let inner = Scope(parent: scope, function: scope.function)
      for (target, _) in targets { target.parameters(inner) }
      body.analyze(inner)
      inner.finish(entry)
    }
  }
}

/// `{% filter a %}`
final class FilterStatement: Statement {
  private let filter: FilterCall
  private let body: Block
  private let entry = ScopeEntry()

  init(_ filter: FilterCall, body: Block, position: Int32) {
    self.filter = filter
    self.body = body
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.guardStack()
    let start = interpreter.output.count
    try entry.enter(frame, interpreter)
    let flow = try body.execute(frame, interpreter)
    let text = interpreter.output.take(from: start)
    try interpreter.output.append(try filter.evaluate(on: .string(text), frame, interpreter))
    return flow
  }

  override func analyze(_ scope: Scope) {
    filter.analyze(scope)
    scope.inner { [self] in
      let inner = Scope(parent: scope, function: scope.function)
      body.analyze(inner)
      inner.finish(entry)
    }
  }
}
