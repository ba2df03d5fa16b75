/// A value of the template language: what Python's objects are to Jinja.
///
/// Lists and dictionaries are references, as in Python, so values stay on the thread that made them; `DataValue`
/// is the twin that travels.
public enum Value {
  /// A name, attribute or item that does not exist. Prints as nothing, is false, fails when used otherwise.
  case undefined(UndefinedName)
  /// Python's `None`.
  case none
  /// `True` or `False`; counts as 1 or 0 in arithmetic.
  case bool(Bool)
  /// An integer of 64 bits. Arithmetic that leaves them is an error, not a larger number.
  case int(Int)
  /// A floating-point number.
  case float(Double)
  /// Text; indexed by Unicode scalars.
  case string(String)
  /// A mutable list.
  case list(ListObject)
  /// An immutable sequence.
  case tuple([Value])
  /// A mutable mapping that keeps the order of insertion.
  case dict(DictObject)
  /// Something to call: a macro, a method bound to its value, a function of the host.
  case callable(Callable)
  /// An object of the embedding program, or one of the language's own (`loop`, `namespace`, `range`).
  case object(any HostObject)
}

extension Value {
  /// A new list of `items`.
  public init(_ items: [Value]) { self = .list(ListObject(items)) }

  /// A new dictionary with these entries, in this order; a repeated key keeps its first place and last value.
  public init(_ entries: [(String, Value)]) {
    let dict = DictObject()
    for (key, value) in entries { dict.set(string: key, to: value) }
    self = .dict(dict)
  }

  /// A native function as a value.
  public static func function(
    _ name: String, _ body: @escaping (Arguments, Interpreter) throws -> Value
  ) -> Value {
    .callable(Callable(name, body))
  }

  /// The undefined value that stands for the unknown name `name`.
  public static func undefined(named name: String) -> Value { .undefined(UndefinedName(name)) }

  /// Python's truth: false for nothing, zero and everything empty.
  public var isTruthy: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .float(let value): value != 0
    case .string(let value): !value.isEmpty
    case .list(let list): !list.items.isEmpty
    case .tuple(let items): !items.isEmpty
    case .dict(let dict): dict.count != 0
    case .callable: true
    case .object(let object): object.isTruthy
    }
  }

  /// As `isTruthy`; nil where that asks an object.
  @inline(__always)
  var quickTruth: Bool? {
    switch self {
    case .object: nil
    default: isTruthy
    }
  }

  /// The name of the value's type, as Python would call it.
  public var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .string: "str"
    case .list: "list"
    case .tuple: "tuple"
    case .dict: "dict"
    case .callable(let callable): callable.macro == nil ? "function" : "Macro"
    case .object(let object): object.typeName
    }
  }

  /// Whether this is the undefined value.
  public var isUndefined: Bool {
    if case .undefined = self { return true }
    return false
  }

  /// Whether this is `none`.
  public var isNone: Bool {
    if case .none = self { return true }
    return false
  }

  /// The text, if the value is text (marked safe for HTML or not).
  public var stringValue: String? {
    switch self {
    case .string(let text): return text
    case .object(let object): return (object as? MarkupObject)?.content
    default: return nil
    }
  }

  /// The integer, if the value is an integer; `true` and `false` count as 1 and 0.
  public var intValue: Int? {
    switch self {
    case .int(let value): return value
    case .bool(let value): return value ? 1 : 0
    default: return nil
    }
  }

  /// The items, if the value is a list or a tuple.
  public var itemsValue: [Value]? {
    switch self {
    case .list(let list): return list.items
    case .tuple(let items): return items
    default: return nil
    }
  }

  /// The dictionary, if the value is one.
  public var dictValue: DictObject? {
    if case .dict(let dict) = self { return dict }
    return nil
  }

  /// A number as a `Double`, for arithmetic that mixes kinds.
  var doubleValue: Double? {
    switch self {
    case .int(let value): return Double(value)
    case .bool(let value): return value ? 1 : 0
    case .float(let value): return value
    default: return nil
    }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A number with a fraction.
  public init(floatLiteral value: Double) { self = .float(value) }
}
