import Diagnostics

/// Jinja's own tests.
enum BuiltinTests {
  /// A test in a box: a bare function in a dictionary is wrapped again at each use.
  struct Entry {
    let holds: Interpreter.Test
  }

  /// The tests by name.
  ///
  /// Unsafe only in name: the table is made once and never changes, and its functions hold no state.
  nonisolated(unsafe) static let table: [String: Entry] = {
    var table = kinds()
    for (names, operation) in comparisons {
      for name in names {
        table[name] = Entry { value, arguments, interpreter in
          let other = try arguments.bind(["b"], required: 1, function: name)[0] ?? .none
          return try operation.holds(value, other, interpreter)
        }
      }
    }
    return table
  }()

  private static let comparisons: [([String], ComparisonOperator)] = [
    (["==", "eq", "equalto"], .equal), (["!=", "ne"], .unequal), ([">", "gt", "greaterthan"], .greater),
    ([">=", "ge"], .greaterOrEqual), (["<", "lt", "lessthan"], .less), (["<=", "le"], .lessOrEqual),
    (["in"], .contained),
  ]

  private static func kinds() -> [String: Entry] {
    [
      "defined": .init { value, _, _ in !value.isUndefined },
      "undefined": .init { value, _, _ in value.isUndefined },
      "none": .init { value, _, _ in value.isNone },
      "boolean": .init { value, _, _ in
        if case .bool = value { return true }
        return false
      },
      "true": .init { value, _, _ in
        if case .bool(true) = value { return true }
        return false
      },
      "false": .init { value, _, _ in
        if case .bool(false) = value { return true }
        return false
      },
      "integer": .init { value, _, _ in
        if case .int = value { return true }
        return false
      },
      "float": .init { value, _, _ in
        if case .float = value { return true }
        return false
      },
      "number": .init { value, _, _ in value.doubleValue != nil },
      "string": .init { value, _, _ in value.stringValue != nil },
      "mapping": .init { value, _, _ in
        switch value {
        case .dict: true
        case .object(let object): object.isMapping
        default: false
        }
      },
      "sequence": .init { value, _, interpreter in
        switch value {
        case .string, .list, .tuple, .dict, .undefined: return true
        case .object(let object): return try object.iterate(interpreter) != nil
        default: return false
        }
      },
      "iterable": .init { value, _, interpreter in
        switch value {
        case .string, .list, .tuple, .dict, .undefined: return true
        case .object(let object):
          if object is RangeObject { return true }
          return try object.iterate(interpreter) != nil
        default: return false
        }
      },
      "callable": .init { value, _, _ in
        switch value {
        case .callable, .undefined: return true
        case .object(let object): return object.isCallable
        default: return false
        }
      },
      "lower": .init { value, _, _ in Classes.holds(.islower, value.description) },
      "upper": .init { value, _, _ in Classes.holds(.isupper, value.description) },
      "odd": .init { value, _, interpreter in try remainder(value, 2, interpreter).isEqual(to: 1) },
      "even": .init { value, _, interpreter in try remainder(value, 2, interpreter).isEqual(to: 0) },
      "divisibleby": .init { value, arguments, interpreter in
        let divisor = try arguments.bind(["num"], required: 1, function: "test_divisibleby")[0] ?? .none
        return try remainder(value, divisor, interpreter).isEqual(to: 0)
      },
      "sameas": .init { value, arguments, _ in
        isSame(value, try arguments.bind(["other"], required: 1, function: "test_sameas")[0] ?? .none)
      },
      "escaped": .init { value, _, _ in
        if case .object(let object) = value { return object is MarkupObject }
        return false
      },
      "filter": .init { value, _, interpreter in
        let name = value.description
        return interpreter.filters[name] != nil || BuiltinFilters.table[name] != nil
      },
      "test": .init { value, _, interpreter in
        let name = value.description
        return interpreter.tests[name] != nil || table[name] != nil
      },
    ]
  }

  private static func remainder(
    _ value: Value, _ divisor: Value, _ interpreter: Interpreter
  ) throws -> Value {
    try Arithmetic.apply(.modulo, value, divisor, interpreter)
  }

  /// Python's `is`, for values that have an identity; for others, equality within one type.
  private static func isSame(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.list(let left), .list(let right)): left === right
    case (.dict(let left), .dict(let right)): left === right
    case (.object(let left), .object(let right)): left === right
    case (.callable(let left), .callable(let right)): left === right
    default: left.typeName == right.typeName && left.isEqual(to: right)
    }
  }
}

/// The tests that ask what kind of value there is, to be answered where the value lies.
enum KindTest: String {
  case none, string, mapping, number

  /// Whether it holds; nil where an object has to be asked.
  @inline(__always)
  func holds(_ value: Value) -> Bool? {
    switch value {
    case .object: nil
    case .none: self == .none
    case .string: self == .string
    case .dict: self == .mapping
    case .int, .float, .bool: self == .number
    default: false
    }
  }
}
