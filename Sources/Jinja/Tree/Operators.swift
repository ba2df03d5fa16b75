import Diagnostics

/// `a + b` and the like.
final class Binary: Expression {
  private let operation: ArithmeticOperator
  private let left: Expression
  private let right: Expression
  /// Whether the result may be an integer that is computed without any values in between. Trying that costs something
  /// where it fails, so it is not tried over long rows of operators.
  private let isQuick: Bool
  /// Whether the result may be a text that is put together in the output. Tried over rows of few operators only, too.
  private let mayBeText: Bool

  init(_ operation: ArithmeticOperator, _ left: Expression, _ right: Expression, position: Int32) {
    self.operation = operation
    self.left = left
    self.right = right
    isQuick = left.height <= 3 && right.height <= 3
    mayBeText = operation == .add && left.height <= 8 && right.height <= 8
    super.init(position: position, height: max(left.height, right.height) + 1)
  }

  override func integer(_ frame: Frame) -> Int? {
    guard isQuick, let left = left.quickInteger(frame), let right = right.quickInteger(frame) else {
      return nil
    }
    let result: (partialValue: Int, overflow: Bool)
    switch operation {
    case .add: result = left.addingReportingOverflow(right)
    case .subtract: result = left.subtractingReportingOverflow(right)
    case .multiply: result = left.multipliedReportingOverflow(by: right)
    case .floorDivide where left >= 0 && right > 0: return left / right
    case .modulo where left >= 0 && right > 0: return left % right
    default: return nil
    }
    // What does not fit takes the long way, and fails there.
    return result.overflow ? nil : result.partialValue
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    if let number = integer(frame) { return try interpreter.output.append(number) }
    if try writeText(frame, interpreter) { return }
    try interpreter.output.append(try compute(frame, interpreter))
  }

  override func writeText(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    guard mayBeText else { return false }
    let start = interpreter.output.count
    guard try left.writeText(frame, interpreter) else { return false }
    if try right.writeText(frame, interpreter) { return true }
    interpreter.output.truncate(to: start)
    return false
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    if let number = integer(frame) { return .int(number) }
    let start = interpreter.output.count
    if try writeText(frame, interpreter) {
      try interpreter.reserve(interpreter.output.count - start)
      return .string(interpreter.output.take(from: start))
    }
    return try compute(frame, interpreter)
  }

  private func compute(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try interpreter.guardStack()
    let left = try left.evaluate(frame, interpreter)
    let right = try right.evaluate(frame, interpreter)
    interpreter.position = position
    return try Arithmetic.apply(operation, left, right, interpreter)
  }

  override func analyze(_ scope: Scope) {
    left.analyze(scope)
    right.analyze(scope)
  }
}

/// `-a`, `+a`
final class Sign: Expression {
  private let isNegative: Bool
  private let operand: Expression

  init(isNegative: Bool, _ operand: Expression, position: Int32) {
    self.isNegative = isNegative
    self.operand = operand
    super.init(position: position, height: operand.height + 1)
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try interpreter.guardStack()
    let value = try operand.evaluate(frame, interpreter)
    interpreter.position = position
    return isNegative ? try Arithmetic.negate(value) : try Arithmetic.plus(value)
  }

  override func analyze(_ scope: Scope) { operand.analyze(scope) }
}

/// `not a`
final class Not: Expression {
  let operand: Expression

  init(_ operand: Expression, position: Int32) {
    self.operand = operand
    super.init(position: position, height: operand.height + 1)
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    .bool(try isTrue(frame, interpreter))
  }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    try interpreter.guardStack()
    return try !operand.isTrue(frame, interpreter)
  }

  override func analyze(_ scope: Scope) { operand.analyze(scope) }
}

/// `a and b`, `a or b`: the operand that decided.
final class Logical: Expression {
  private let isAnd: Bool
  private let left: Expression
  private let right: Expression

  init(isAnd: Bool, _ left: Expression, _ right: Expression, position: Int32) {
    self.isAnd = isAnd
    self.left = left
    self.right = right
    super.init(position: position, height: max(left.height, right.height) + 1)
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try interpreter.guardStack()
    let first = try left.evaluate(frame, interpreter)
    return first.isTruthy == isAnd ? try right.evaluate(frame, interpreter) : first
  }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    try interpreter.guardStack()
    let first = try left.isTrue(frame, interpreter)
    return first == isAnd ? try right.isTrue(frame, interpreter) : first
  }

  override func analyze(_ scope: Scope) {
    left.analyze(scope)
    right.analyze(scope)
  }
}

/// The operators that compare.
enum ComparisonOperator: Sendable {
  case equal, unequal, less, lessOrEqual, greater, greaterOrEqual, contained, notContained

  /// Whether it holds; nil for `in`.
  @inline(__always)
  func holds(_ left: Int, _ right: Int) -> Bool? {
    switch self {
    case .equal: left == right
    case .unequal: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    case .contained, .notContained: nil
    }
  }

  /// Whether it holds, for integers and texts; nil for other values and other operators.
  @inline(__always)
  func holdsQuickly(_ left: Value, _ right: Value) -> Bool? {
    switch (left, right) {
    case (.int(let left), .int(let right)): return holds(left, right)
    case (.string(let left), .string(let right)):
      switch self {
      case .equal: return left.isSame(as: right)
      case .unequal: return !left.isSame(as: right)
      default: return nil
      }
    case (.string, .list(let list)):
      switch self {
      case .contained: return Value.items(list.items, contain: left)
      case .notContained: return !Value.items(list.items, contain: left)
      default: return nil
      }
    default: return nil
    }
  }

  func holds(_ left: Value, _ right: Value, _ interpreter: Interpreter) throws -> Bool {
    switch self {
    case .equal: left.isEqual(to: right)
    case .unequal: !left.isEqual(to: right)
    case .less: (try left.compare(to: right, symbol: "<")).map { $0 < 0 } ?? false
    case .greater: (try left.compare(to: right, symbol: ">")).map { $0 > 0 } ?? false
    case .lessOrEqual: (try left.compare(to: right, symbol: "<=")).map { $0 <= 0 } ?? false
    case .greaterOrEqual: (try left.compare(to: right, symbol: ">=")).map { $0 >= 0 } ?? false
    case .contained: try right.contains(left, interpreter)
    case .notContained: try !right.contains(left, interpreter)
    }
  }
}

/// `a < b <= c`
final class Comparison: Expression {
  private let first: Expression
  private let rest: [(operation: ComparisonOperator, operand: Expression)]
  private let operation: ComparisonOperator
  private let second: Expression
  private let isChain: Bool
  /// The items, where the operator is `in` or `not in` a list that is the same every time.
  private let members: [Value]?
  /// The list, where the operator is `in` or `not in` and the list an attribute.
  private let listOwner: Attribute?
  /// Whether both sides may be integers that are computed: no values are made of them then.
  private let mayBeNumbers: Bool

  /// A chain; the parser makes none that is empty.
  init(
    _ first: Expression, _ operation: ComparisonOperator, _ second: Expression,
    rest: [(operation: ComparisonOperator, operand: Expression)], position: Int32
  ) {
    self.first = first
    self.operation = operation
    self.second = second
    self.rest = rest
    isChain = !rest.isEmpty
    let isComputed = first is Binary || (first as? Attribute)?.loopField != nil
    mayBeNumbers = rest.isEmpty && isComputed && second.height <= 3
    let isMembership = rest.isEmpty && (operation == .contained || operation == .notContained)
    members =
      isMembership ? (second as? ListLiteral)?.constants ?? (second as? TupleLiteral)?.constants : nil
    listOwner = isMembership ? second as? Attribute : nil
    super.init(
      position: position, height: Expression.height(over: [first, second] + rest.map(\.operand)))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    .bool(try isTrue(frame, interpreter))
  }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    if let listOwner {
      let known = first.look(frame) { listOwner.listContains($0, frame) }
      if let known { return known == (operation == .contained) }
    } else if !isChain {
      // Two names, or a name and a constant.
      let known = first.look(frame) { left in
        second.look(frame) { right in operation.holdsQuickly(left, right) }
      }
      if let known { return known }
    }
    if mayBeNumbers, let left = first.integer(frame), let right = second.quickInteger(frame),
      let known = operation.holds(left, right)
    {
      return known
    }
    try interpreter.guardStack()
    if let members {
      let known = first.look(frame) { Value.items(members, contain: $0) }
      let isMember = try known ?? Value.items(members, contain: first.evaluate(frame, interpreter))
      return isMember == (operation == .contained)
    }
    let left = try first.evaluate(frame, interpreter)
    var right = try second.evaluate(frame, interpreter)
    interpreter.position = position
    if !isChain {
      if let known = operation.holdsQuickly(left, right) { return known }
      return try operation.holds(left, right, interpreter)
    }
    guard try operation.holds(left, right, interpreter) else { return false }
    for (operation, operand) in rest {
      let next = try operand.evaluate(frame, interpreter)
      interpreter.position = position
      guard try operation.holds(right, next, interpreter) else { return false }
      right = next
    }
    return true
  }

  override func analyze(_ scope: Scope) {
    first.analyze(scope)
    second.analyze(scope)
    for (_, operand) in rest { operand.analyze(scope) }
  }
}

/// `a ~ b ~ c`: the printed values in a row.
final class Concatenation: Expression {
  private let parts: NodeList<Expression>

  init(_ parts: [Expression], position: Int32) {
    self.parts = NodeList(parts)
    super.init(position: position, height: Expression.height(over: parts))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    let start = interpreter.output.count
    try write(frame, interpreter)
    try interpreter.reserve(interpreter.output.count - start)
    return .string(interpreter.output.take(from: start))
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    try interpreter.guardStack()
    for index in 0..<parts.count { try parts.with(index) { try $0.write(frame, interpreter) } }
  }

  override func analyze(_ scope: Scope) { for part in parts.nodes { part.analyze(scope) } }
}

/// `a if b else c`
final class Conditional: Expression {
  let test: Expression
  let then: Expression
  let otherwise: Expression?
  private let line: Int

  init(_ test: Expression, then: Expression, otherwise: Expression?, position: Int32, line: Int) {
    self.test = test
    self.then = then
    self.otherwise = otherwise
    self.line = line
    super.init(
      position: position, height: Expression.height(over: [test, then] + (otherwise.map { [$0] } ?? [])))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try interpreter.guardStack()
    if try test.isTrue(frame, interpreter) { return try then.evaluate(frame, interpreter) }
    if let otherwise { return try otherwise.evaluate(frame, interpreter) }
    return .undefined(
      UndefinedName(
        "",
        message:
          "the inline if-expression on line \(line) evaluated to false and no else section was defined."))
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    try interpreter.guardStack()
    if try test.isTrue(frame, interpreter) {
      try then.write(frame, interpreter)
    } else if let otherwise {
      try otherwise.write(frame, interpreter)
    }
  }

  override func analyze(_ scope: Scope) {
    then.analyze(scope)
    test.analyze(scope)
    otherwise?.analyze(scope)
  }
}
