import Diagnostics

/// The operators that compute.
public enum ArithmeticOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "**"

  /// How Python names the operator in messages.
  var symbol: String { self == .power ? "** or pow()" : rawValue }
}

/// Python's arithmetic. Integers have 64 bits: a result that does not fit is an error.
enum Arithmetic {
  static func apply(
    _ operation: ArithmeticOperator, _ left: Value, _ right: Value, _ interpreter: Interpreter
  ) throws -> Value {
    if case .int(let left) = left, case .int(let right) = right {
      return try integers(operation, left, right)
    }
    if case .undefined(let name) = left { throw fault(name.message) }
    if operation == .modulo, let format = left.stringValue {
      return .string(try PercentFormat.apply(format, right, interpreter))
    }
    if case .undefined(let name) = right { throw fault(name.message) }
    if operation == .add, let sum = try concatenate(left, right, interpreter) { return sum }
    if operation == .multiply, let product = try repeated(left, right, interpreter) { return product }
    if let leftInteger = left.intValue, let rightInteger = right.intValue {
      return try integers(operation, leftInteger, rightInteger)
    }
    guard let leftNumber = left.doubleValue, let rightNumber = right.doubleValue else {
      guard let result = try objects(operation, left, right) else { throw mismatch(operation, left, right) }
      return result
    }
    return try floats(operation, leftNumber, rightNumber)
  }

  private static func objects(
    _ operation: ArithmeticOperator, _ left: Value, _ right: Value
  ) throws -> Value? {
    if case .object(let object) = left, let result = try object.compute(operation, right, isLeft: true) {
      return result
    }
    guard case .object(let object) = right else { return nil }
    return try object.compute(operation, left, isLeft: false)
  }

  private static func mismatch(_ operation: ArithmeticOperator, _ left: Value, _ right: Value) -> Diagnostic {
    if operation == .add {
      switch left {
      case .string: return fault("can only concatenate str (not \"\(right.typeName)\") to str")
      case .list: return fault("can only concatenate list (not \"\(right.typeName)\") to list")
      case .tuple: return fault("can only concatenate tuple (not \"\(right.typeName)\") to tuple")
      default: break
      }
    }
    if operation == .multiply {
      if left.isSequence { return fault("can't multiply sequence by non-int of type '\(right.typeName)'") }
      if right.isSequence { return fault("can't multiply sequence by non-int of type '\(left.typeName)'") }
    }
    return fault(
      "unsupported operand type(s) for \(operation.symbol): '\(left.typeName)' and '\(right.typeName)'")
  }

  static func fitting(_ result: (partialValue: Int, overflow: Bool)) throws -> Value {
    guard !result.overflow else { throw overflow() }
    return .int(result.partialValue)
  }

  static func overflow() -> Diagnostic {
    fault("integer overflow: the result does not fit in 64 bits")
  }

  private static func integers(_ operation: ArithmeticOperator, _ left: Int, _ right: Int) throws -> Value {
    switch operation {
    case .add: return try fitting(left.addingReportingOverflow(right))
    case .subtract: return try fitting(left.subtractingReportingOverflow(right))
    case .multiply: return try fitting(left.multipliedReportingOverflow(by: right))
    case .divide:
      guard right != 0 else { throw fault("division by zero") }
      return .float(Double(left) / Double(right))
    case .floorDivide:
      guard right != 0 else { throw fault("integer division or modulo by zero") }
      guard right != -1 else { return try fitting(0.subtractingReportingOverflow(left)) }
      let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
      return .int(remainder != 0 && (remainder < 0) != (right < 0) ? quotient - 1 : quotient)
    case .modulo:
      guard right != 0 else { throw fault("integer modulo by zero") }
      guard right != -1 else { return .int(0) }
      let remainder = left % right
      return .int(remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder)
    case .power: return try power(left, right)
    }
  }

  private static func power(_ base: Int, _ exponent: Int) throws -> Value {
    guard exponent >= 0 else { return try floats(.power, Double(base), Double(exponent)) }
    var result = 1
    var factor = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 {
        let product = result.multipliedReportingOverflow(by: factor)
        guard !product.overflow else { throw overflow() }
        result = product.partialValue
      }
      rest >>= 1
      guard rest > 0 else { break }
      let square = factor.multipliedReportingOverflow(by: factor)
      guard !square.overflow else { throw overflow() }
      factor = square.partialValue
    }
    return .int(result)
  }

  private static func floats(_ operation: ArithmeticOperator, _ left: Double, _ right: Double) throws -> Value
  {
    switch operation {
    case .add: return .float(left + right)
    case .subtract: return .float(left - right)
    case .multiply: return .float(left * right)
    case .divide:
      guard right != 0 else { throw fault("float division by zero") }
      return .float(left / right)
    case .floorDivide:
      guard right != 0 else { throw fault("float floor division by zero") }
      return .float(((left - floorModulo(left, right)) / right).rounded())
    case .modulo:
      guard right != 0 else { throw fault("float modulo") }
      return .float(floorModulo(left, right))
    case .power:
      guard left != 0 || right >= 0 else { throw fault("0.0 cannot be raised to a negative power") }
      guard left >= 0 || right == right.rounded() || right.isInfinite else {
        throw fault("a negative number cannot be raised to a fractional power")
      }
      let result = Mathematics.power(left, right)
      if result.isInfinite, left.isFinite, right.isFinite {
        throw fault("(34, 'Numerical result out of range')")
      }
      return .float(result)
    }
  }

  private static func floorModulo(_ left: Double, _ right: Double) -> Double {
    let remainder = left.truncatingRemainder(dividingBy: right)
    if remainder == 0 { return Double(signOf: right, magnitudeOf: 0) }
    return (remainder < 0) != (right < 0) ? remainder + right : remainder
  }

  private static func concatenate(
    _ left: Value, _ right: Value, _ interpreter: Interpreter
  ) throws -> Value? {
    switch (left, right) {
    case (.string(let left), .string(let right)):
      try interpreter.reserve(left.utf8.count + right.utf8.count)
      let start = interpreter.output.count
      try interpreter.output.append(left)
      try interpreter.output.append(right)
      return .string(interpreter.output.take(from: start))
    case (.list(let left), .list(let right)):
      try interpreter.reserve(items: left.items.count + right.items.count)
      return Value(left.items + right.items)
    case (.tuple(let left), .tuple(let right)):
      try interpreter.reserve(items: left.count + right.count)
      return try .sequence(left + right)
    case (.object(let object), _):
      guard let markup = object as? MarkupObject, let other = right.stringValue else { return nil }
      return .object(MarkupObject(markup.content + HTML.escaped(right, text: other)))
    case (.string(let text), .object(let object)):
      guard let markup = object as? MarkupObject else { return nil }
      return .object(MarkupObject(HTML.escape(text) + markup.content))
    default: return nil
    }
  }

  private static func repeated(_ left: Value, _ right: Value, _ interpreter: Interpreter) throws -> Value? {
    guard let times = right.intValue else {
      guard right.isSequence, let times = left.intValue else { return nil }
      return try repeated(right, times: times, interpreter)
    }
    return left.isSequence ? try repeated(left, times: times, interpreter) : nil
  }

  private static func repeated(_ value: Value, times: Int, _ interpreter: Interpreter) throws -> Value {
    let times = max(times, 0)
    switch value {
    case .list(let list):
      return Value(try repeated(list.items, times, interpreter))
    case .tuple(let items):
      return try .sequence(try repeated(items, times, interpreter))
    default:
      guard let text = value.stringValue else { return .none }
      try interpreter.reserve(product: text.utf8.count, times)
      let repeated = String(repeating: text, count: text.isEmpty ? 0 : times)
      if case .object = value { return .object(MarkupObject(repeated)) }
      return .string(repeated)
    }
  }

  private static func repeated(_ items: [Value], _ times: Int, _ interpreter: Interpreter) throws -> [Value] {
    guard !items.isEmpty, times > 0 else { return [] }
    try interpreter.reserve(product: items.count * MemoryLayout<Value>.stride, times)
    var result: [Value] = []
    result.reserveCapacity(items.count * times)
    for _ in 0..<times { result.append(contentsOf: items) }
    return result
  }

  static func negate(_ value: Value) throws -> Value {
    switch value {
    case .int(let value): return try fitting(0.subtractingReportingOverflow(value))
    case .float(let value): return .float(-value)
    case .bool(let value): return .int(value ? -1 : 0)
    case .undefined(let name): throw fault(name.message)
    default: throw fault("bad operand type for unary -: '\(value.typeName)'")
    }
  }

  static func plus(_ value: Value) throws -> Value {
    switch value {
    case .int, .float: return value
    case .bool(let value): return .int(value ? 1 : 0)
    case .undefined(let name): throw fault(name.message)
    default: throw fault("bad operand type for unary +: '\(value.typeName)'")
    }
  }
}

extension Value {
  /// Whether the value is text, a list or a tuple: what `*` repeats.
  var isSequence: Bool {
    switch self {
    case .list, .tuple, .string: true
    default: stringValue != nil
    }
  }

  /// A tuple. Tuples that nest too deeply are refused: freeing them would overflow the stack.
  static func sequence(_ items: [Value]) throws -> Value {
    for item in items {
      if case .tuple(let inner) = item, nesting(inner, atMost: maxNesting) >= maxNesting {
        throw excess("tuples nest too deeply")
      }
    }
    return .tuple(items)
  }

  private static func nesting(_ items: [Value], atMost limit: Int) -> Int {
    guard limit > 0 else { return 1 }
    var deepest = 0
    for item in items {
      if case .tuple(let inner) = item { deepest = max(deepest, nesting(inner, atMost: limit - 1)) }
    }
    return deepest + 1
  }
}
