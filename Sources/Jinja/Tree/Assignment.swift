import Diagnostics

/// What can be assigned: a name, an attribute of a namespace, or several of them.
enum Target {
  case name(Name)
  case attribute(Name, DictKey, position: Int32)
  indirect case several([Target], position: Int32)

  /// Assigns `value`.
  func assign(_ value: Value, _ frame: Frame, _ interpreter: Interpreter) throws {
    switch self {
    case .name(let name): name.assign(value, frame)
    case .attribute(let name, let attribute, let position):
      let owner = try name.evaluate(frame, interpreter)
      interpreter.position = position
      guard case .object(let object) = owner, let namespace = NamespaceObject.from(object) else {
        throw fault("cannot assign attribute on non-namespace object")
      }
      namespace.attributes.set(attribute, to: value)
    case .several(let targets, let position):
      interpreter.position = position
      let items = try Target.unpack(value, count: targets.count, interpreter)
      for index in targets.indices { try targets[index].assign(items[index], frame, interpreter) }
    }
  }

  private static func unpack(_ value: Value, count: Int, _ interpreter: Interpreter) throws -> [Value] {
    let items: [Value]
    switch value {
    case .tuple(let tuple): items = tuple
    case .list(let list): items = list.items
    case .none, .bool, .int, .float, .callable:
      throw fault("cannot unpack non-iterable \(value.typeName) object")
    default: items = try Access.items(value, interpreter)
    }
    guard items.count >= count else {
      throw fault("not enough values to unpack (expected \(count), got \(items.count))")
    }
    guard items.count == count else { throw fault("too many values to unpack (expected \(count))") }
    return items
  }

  /// The name, or the several names, where it is nothing else.
  var plainNames: [Name] {
    switch self {
    case .name(let name): return [name]
    case .attribute: return []
    case .several(let targets, _):
      let names = targets.compactMap { if case .name(let name) = $0 { name } else { nil } }
      return names.count == targets.count && names.count > 1 ? names : []
    }
  }

  /// Notes the names as assigned.
  func analyze(_ scope: Scope) {
    switch self {
    case .name(let name): scope.store(name)
    case .attribute(let name, _, _): scope.load(name)
    case .several(let targets, _): for target in targets { target.analyze(scope) }
    }
  }

  /// Notes the names as given on entry.
  func parameters(_ scope: Scope) {
    switch self {
    case .name(let name): scope.parameter(name)
    case .attribute(let name, _, _): scope.load(name)
    case .several(let targets, _): for target in targets { target.parameters(scope) }
    }
  }
}

/// `{% set a = b %}`
final class SetStatement: Statement {
  private let target: Target
  private let value: Expression

  init(_ target: Target, _ value: Expression, position: Int32) {
    self.target = target
    self.value = value
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    let value = try value.evaluate(frame, interpreter)
    try target.assign(value, frame, interpreter)
    return .next
  }

  override func analyze(_ scope: Scope) {
    value.analyze(scope)
    target.analyze(scope)
  }
}

/// `{% set a %}…{% endset %}`
final class SetBlockStatement: Statement {
  private let target: Target
  private let filter: FilterCall?
  private let body: Block
  private let entry = ScopeEntry()

  init(_ target: Target, filter: FilterCall?, body: Block, position: Int32) {
    self.target = target
    self.filter = filter
    self.body = body
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.guardStack()
    let start = interpreter.output.count
    try entry.enter(frame, interpreter)
    let flow = try body.execute(frame, interpreter)
    var value = Value.string(interpreter.output.take(from: start))
    if let filter { value = try filter.evaluate(on: value, frame, interpreter) }
    try target.assign(value, frame, interpreter)
    return flow
  }

  override func analyze(_ scope: Scope) {
    target.analyze(scope)
    scope.inner { [self] in
      let inner = Scope(parent: scope, function: scope.function)
      filter?.analyze(inner)
      body.analyze(inner)
      inner.finish(entry)
    }
  }
}
