/// What only writes (literal texts, `{{ }}`, and `if`s around nothing else) as one row of steps.
///
/// To go from step to step takes a few instructions; to call a node for each text, print, branch and test took some
/// fifty each.
final class OutputRun: Statement {
  /// A text, which may be empty, and what is done behind it.
  fileprivate struct Step {
    var text: UnsafeBufferPointer<UInt8>
    var action: Action
  }

  /// What is done behind a text. Slots and steps are numbered; the nodes are kept by `statements`.
  fileprivate enum Action {
    case nothing
    /// Prints a variable of the running frame.
    case variable(slot: Int32)
    /// Prints a number that a loop offers, where the variable is a loop; else the node.
    case loopNumber(LoopField, slot: Int32, Unmanaged<Expression>)
    /// Prints the integer that the node may give at once; else as `expression`.
    case integer(Unmanaged<Expression>)
    /// Prints what the node does.
    case expression(Unmanaged<Expression>)
    /// Goes on with another step, further down.
    case jump(Int32)
    /// Goes on with another step, further down, unless the test gives `expected`.
    case test(Unmanaged<Expression>, expected: Bool, otherwise: Int32)
    /// The same for something that a loop says of its round, where the variable is a loop.
    case loopTest(LoopField, slot: Int32, Unmanaged<Expression>, expected: Bool, otherwise: Int32)
  }

  /// Keep what `steps` refers to.
  private let statements: [Statement]
  private let constants: [PaddedText]
  private let steps: UnsafeMutablePointer<Step>
  private let count: Int

  private init(_ statements: [Statement]) {
    var builder = Builder()
    for statement in statements { builder.add(statement) }
    self.statements = statements
    constants = builder.constants
    count = builder.steps.count
    steps = .allocate(capacity: count)
    steps.initialize(from: builder.steps, count: count)
    super.init(position: statements.first?.position ?? 0)
  }

  deinit { steps.deallocate() }

  /// The statements, with each run of those that only write as one. Their names are resolved already.
  static func joining(_ statements: [Statement]) -> [Statement] {
    var result: [Statement] = []
    var run: [Statement] = []
    func finish() {
      let isRun = run.count > 1 || run.first?.hasBranches == true
      result += isRun ? [OutputRun(run)] : run
      run = []
    }
    for statement in statements {
      if statement.onlyWrites {
        run.append(statement)
      } else {
        finish()
        result.append(statement)
      }
    }
    finish()
    return result
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    let output = interpreter.output
    var cursor = output.cursor
    var index = 0
    while index < count {
      let step = steps + index
      index &+= 1
      try cursor.append(template: step.pointee.text, to: output)
      switch step.pointee.action {
      case .nothing: break
      case .variable(let slot): try frame.slots[Int(slot)].write(to: output, &cursor)
      case .jump(let next): index = Int(next)
      case .loopTest(let field, let slot, let node, let expected, let next):
        if let holds = frame.slots[Int(slot)].loopFlag(field) {
          if holds != expected { index = Int(next) }
          continue
        }
        cursor.finish(output)
        if try holds(node, frame, interpreter) != expected { index = Int(next) }
        cursor = output.cursor
      case .test(let node, let expected, let next):
        cursor.finish(output)
        if try holds(node, frame, interpreter) != expected { index = Int(next) }
        cursor = output.cursor
      case .loopNumber(let field, let slot, let node):
        if let number = frame.slots[Int(slot)].loopNumber(field) {
          try cursor.append(number, to: output)
        } else {
          cursor.finish(output)
          try write(node, frame, interpreter)
          cursor = output.cursor
        }
      case .integer(let node):
        if let number = node._withUnsafeGuaranteedRef({ $0.integer(frame) }) {
          try cursor.append(number, to: output)
        } else {
          cursor.finish(output)
          try write(node, frame, interpreter)
          cursor = output.cursor
        }
      case .expression(let node):
        cursor.finish(output)
        try write(node, frame, interpreter)
        cursor = output.cursor
      }
    }
    cursor.finish(output)
    return .next
  }

  @inline(__always)
  private func write(_ node: Unmanaged<Expression>, _ frame: Frame, _ interpreter: Interpreter) throws {
    try node._withUnsafeGuaranteedRef { try $0.write(frame, interpreter) }
  }

  @inline(__always)
  private func holds(
    _ node: Unmanaged<Expression>, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Bool {
    try node._withUnsafeGuaranteedRef { try $0.isTrue(frame, interpreter) }
  }
}

extension Statement {
  /// Whether the statement is made of branches, between which steps go quicker than calls.
  fileprivate var hasBranches: Bool {
    switch self {
    case is IfStatement: true
    case let print as PrintStatement: print.expression is Conditional
    default: false
    }
  }

  /// Whether the statement does nothing but write, in the scope that it stands in.
  fileprivate var onlyWrites: Bool {
    switch self {
    case is TextStatement, is PrintStatement: true
    case let branch as IfStatement: branch.blocks.allSatisfy { $0.statements.allSatisfy(\.onlyWrites) }
    default: false
    }
  }
}

// MARK: - Building

/// Puts the steps of an `OutputRun` together.
private struct Builder {
  var steps: [OutputRun.Step] = []
  var constants: [PaddedText] = []
  /// Whether the last step is a text that still lacks its action; not where a jump may lead behind it.
  private var isOpen = false

  mutating func add(_ statement: Statement) {
    switch statement {
    case let text as TextStatement: add(text: text.bytes)
    case let print as PrintStatement: add(print.expression)
    case let branch as IfStatement: add(branch)
    default: break
    }
  }

  private mutating func add(text: UnsafeBufferPointer<UInt8>) {
    steps.append(OutputRun.Step(text: text, action: .nothing))
    isOpen = true
  }

  /// Adds an action; the number of its step.
  @discardableResult
  private mutating func add(_ action: OutputRun.Action) -> Int {
    if isOpen {
      steps[steps.count - 1].action = action
    } else {
      steps.append(OutputRun.Step(text: UnsafeBufferPointer(start: nil, count: 0), action: action))
    }
    isOpen = false
    return steps.count - 1
  }

  /// The number of the next step, to which a jump may lead.
  private mutating func label() -> Int32 {
    isOpen = false
    return Int32(truncatingIfNeeded: steps.count)
  }

  private mutating func add(_ expression: Expression) {
    if let value = expression.constant {
      let text = PaddedText(value.isUndefined ? "" : value.description)
      constants.append(text)
      add(text: text.bytes)
    } else if expression.localSlot >= 0 {
      add(.variable(slot: Int32(truncatingIfNeeded: expression.localSlot)))
    } else if let choice = expression as? Conditional {
      add(choice)
    } else if let (field, slot) = (expression as? Attribute)?.loopPlace {
      add(.loopNumber(field, slot: Int32(truncatingIfNeeded: slot), .passUnretained(expression)))
    } else if expression is Binary {
      add(.integer(.passUnretained(expression)))
    } else {
      add(.expression(.passUnretained(expression)))
    }
  }

  private mutating func add(_ branch: IfStatement) {
    var ends: [Int] = []
    for block in branch.blocks { block.isPartOfRun = true }
    for (test, body) in branch.branches {
      let step = add(test: test, expected: true)
      for statement in body.statements { add(statement) }
      ends.append(add(.jump(0)))
      lead(step, to: label())
    }
    for statement in branch.otherwise?.statements ?? [] { add(statement) }
    let end = label()
    for step in ends { lead(step, to: end) }
  }

  private mutating func add(_ choice: Conditional) {
    let step = add(test: choice.test, expected: true)
    add(choice.then)
    guard let otherwise = choice.otherwise else { return lead(step, to: label()) }
    let jump = add(.jump(0))
    lead(step, to: label())
    add(otherwise)
    lead(jump, to: label())
  }

  /// Adds a test that skips what follows unless it gives `expected`; the number of its step.
  private mutating func add(test: Expression, expected: Bool) -> Int {
    if let not = test as? Not { return add(test: not.operand, expected: !expected) }
    guard let (field, slot) = (test as? Attribute)?.loopPlace else {
      return add(.test(.passUnretained(test), expected: expected, otherwise: 0))
    }
    return add(
      .loopTest(
        field, slot: Int32(truncatingIfNeeded: slot), .passUnretained(test), expected: expected, otherwise: 0)
    )
  }

  /// Makes the jump or the test at `step` go on at `target`.
  private mutating func lead(_ step: Int, to target: Int32) {
    switch steps[step].action {
    case .jump: steps[step].action = .jump(target)
    case .test(let node, let expected, _):
      steps[step].action = .test(node, expected: expected, otherwise: target)
    case .loopTest(let field, let slot, let node, let expected, _):
      steps[step].action = .loopTest(field, slot: slot, node, expected: expected, otherwise: target)
    default: break
    }
  }
}

/// A constant's text, behind which as many bytes can be read as behind a template's own.
private final class PaddedText {
  let bytes: UnsafeBufferPointer<UInt8>

  init(_ text: String) {
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count + Output.slack)
    memory.initialize(repeating: 0)
    _ = memory.update(fromContentsOf: text.utf8)
    bytes = UnsafeBufferPointer(start: memory.baseAddress, count: text.utf8.count)
  }

  deinit { bytes.deallocate() }
}
