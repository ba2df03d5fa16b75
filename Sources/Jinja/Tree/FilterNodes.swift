import Diagnostics

/// `a | name(b)`. Without a left side it stands in a `filter` block or a block `set`, which gives it the text.
final class FilterCall: Expression {
  private let target: Expression?
  let name: String
  private let arguments: ArgumentList
  private let builtin: BuiltinFilters.Entry?
  private let printer: FilterPrinter?
  /// The same, to be used without counting references.
  private let printerReference: Unmanaged<FilterPrinter>?
  /// The same, where it makes text of text.
  let textPrinter: TextPrinter?
  private let givesText: Bool

  init(_ target: Expression?, _ name: String, _ arguments: ArgumentList, position: Int32) {
    self.target = target
    self.name = name
    self.arguments = arguments
    builtin = BuiltinFilters.table[name]
    printer = FilterPrinter.find(name, on: target, arguments, position)
    printerReference = printer.map { .passUnretained($0) }
    textPrinter = printer as? TextPrinter
    givesText = printer?.givesText ?? false
    super.init(
      position: position, height: Expression.height(over: (target.map { [$0] } ?? []) + arguments.parts))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    try interpreter.guardStack()
    if givesText, !interpreter.overridesFilters {
      let start = interpreter.output.count
      try write(frame, interpreter)
      try interpreter.reserve(interpreter.output.count - start)
      return .string(interpreter.output.take(from: start))
    }
    return try apply(to: try target?.evaluate(frame, interpreter) ?? .string(""), frame, interpreter)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    if let printerReference, !interpreter.overridesFilters {
      try interpreter.guardStack()
      return try printerReference._withUnsafeGuaranteedRef { try $0.write(frame, interpreter) }
    }
    try interpreter.output.append(try evaluate(frame, interpreter))
  }

  override func writeText(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    guard let textPrinter, !interpreter.overridesFilters else { return false }
    try interpreter.guardStack()
    return try textPrinter.writeText(frame, interpreter)
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
  /// Whether this is `defined` or `undefined`.
  private let isDefinedTest: Bool
  private let holdsForUndefined: Bool
  /// The test, where it only asks what kind of value there is.
  private let kind: KindTest?

  init(
    _ target: Expression, _ name: String, _ arguments: ArgumentList, isNegated: Bool, position: Int32
  ) {
    self.target = target
    self.name = name
    self.arguments = arguments
    self.isNegated = isNegated
    builtin = BuiltinTests.table[name]
    isDefinedTest = name == "defined" || name == "undefined"
    holdsForUndefined = name == "undefined"
    kind = KindTest(rawValue: name)
    super.init(position: position, height: Expression.height(over: [target] + arguments.parts))
  }

  override func evaluate(_ frame: Frame, _ interpreter: Interpreter) throws -> Value {
    .bool(try isTrue(frame, interpreter))
  }

  override func isTrue(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    try interpreter.guardStack()
    if isDefinedTest, !interpreter.overridesTests {
      return try (target.isUndefined(frame, interpreter) == holdsForUndefined) != isNegated
    }
    if let kind, !interpreter.overridesTests, let holds = target.look(frame, { kind.holds($0) }) {
      return holds != isNegated
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
