/// What the embedding program puts into templates: an adapter, a relation, a configuration.
public protocol HostObject: AnyObject {
  /// The type's name in messages.
  var typeName: String { get }
  /// The attribute `name`. Nil makes Jinja try `item` and then give an undefined value.
  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value?
  /// The item under `key`; nil if there is none.
  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value?
  /// Calls the object.
  func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value
  /// Calls the method `name` without making a value of it first. Nil makes the template take `attribute` and call that;
  /// an object that is called often can spare itself the detour.
  func callMethod(_ name: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value?
  /// What a loop over the object sees; nil if it cannot be iterated.
  func iterate(_ interpreter: Interpreter) throws -> [Value]?
  /// Whether templates may call the object: what `is callable` says.
  var isCallable: Bool { get }
  /// Whether the object has keys: what `is mapping` says.
  var isMapping: Bool { get }
  /// Whether the object counts as true.
  var isTruthy: Bool { get }
  /// What printing the object gives.
  func text() -> String
  /// Whether the object equals another value.
  func isEqual(to other: Value) -> Bool
  /// What the operator gives for the object and another value, which stands on its right if `isLeft`. Nil if the
  /// two do not go together.
  func compute(_ operation: ArithmeticOperator, _ other: Value, isLeft: Bool) throws -> Value?
  /// Negative, zero or positive as the object comes before, with or after another value; nil if the two have no
  /// order.
  func order(to other: Value) -> Int?
}

extension HostObject {
  /// By default there are no attributes.
  public func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? { nil }
  /// By default there are no items.
  public func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? { nil }
  /// By default throws that it cannot be called.
  public func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    throw fault("'\(typeName)' object is not callable")
  }
  /// By default nil: then the attribute of that name is called.
  public func callMethod(
    _ name: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value? { nil }
  /// By default it cannot be iterated over.
  public func iterate(_ interpreter: Interpreter) throws -> [Value]? { nil }
  /// By default it cannot be called.
  public var isCallable: Bool { false }
  /// By default it is no mapping.
  public var isMapping: Bool { false }
  /// By default it counts as true.
  public var isTruthy: Bool { true }
  /// By default the type's name in angle brackets.
  public func text() -> String { "<\(typeName) object>" }
  /// By default it equals itself alone.
  public func isEqual(to other: Value) -> Bool {
    if case .object(let object) = other { return object === self }
    return false
  }
  /// By default it takes part in no arithmetic.
  public func compute(_ operation: ArithmeticOperator, _ other: Value, isLeft: Bool) throws -> Value? { nil }
  /// By default it has no order.
  public func order(to other: Value) -> Int? { nil }
}

/// Something to call. The host makes them from closures; the language makes them from macros.
public class Callable {
  /// The name in messages.
  public final let name: String
  private final let body: ((Arguments, Interpreter) throws -> Value)?
  /// The value whose method this is, if it is one.
  @exclusivity(unchecked) private final var receiver: [Value] = []
  /// The same as a macro, if it is one, to be used without counting references while it lives: a macro is entered without
  /// the detour through `Arguments`. Set once, by the macro's initializer.
  @exclusivity(unchecked) final var macroReference: Unmanaged<MacroClosure>?

  /// A native function as a value.
  public init(_ name: String, _ body: @escaping (Arguments, Interpreter) throws -> Value) {
    self.name = name
    self.body = body
  }

  /// A macro.
  init(macro name: String) {
    self.name = name
    body = nil
  }

  /// The method `name` of `receiver`.
  init(_ name: String, of receiver: Value) {
    self.name = name
    self.receiver = [receiver]
    body = nil
  }

  deinit {
    if !receiver.isEmpty { Unwinding.release(&receiver) }
  }

  /// The same as a macro, if it is one.
  final var macro: MacroClosure? { macroReference?.takeUnretainedValue() }

  /// Calls it.
  final func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    if let body { return try body(arguments, interpreter) }
    if let macro { return try macro.invoke(arguments, interpreter) }
    guard let receiver = receiver.first else { return .none }
    return try Access.call(name, of: receiver, arguments, interpreter)
  }
}
