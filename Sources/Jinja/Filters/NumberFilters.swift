import Diagnostics

/// The filters that make and change numbers.
enum NumberFilters {
  static func table() -> [String: Interpreter.Filter] {
    [
      "abs": { value, _, _ in
        switch value {
        case .int(let number):
          guard number != .min else { throw Arithmetic.overflow() }
          return .int(abs(number))
        case .bool(let flag): return .int(flag ? 1 : 0)
        case .float(let number): return .float(number.magnitude)
        case .undefined(let name): throw fault(name.message)
        default: throw fault("bad operand type for abs(): '\(value.typeName)'")
        }
      },
      "int": int,
      "float": { value, arguments, _ in
        let fallback = try arguments.filterBind(["default"], "float")[0] ?? .float(0)
        if case .undefined(let name) = value { throw fault(name.message) }
        if let text = value.stringValue { return FloatText.parse(text).map { .float($0) } ?? fallback }
        return value.doubleValue.map { .float($0) } ?? fallback
      },
      "round": round,
      "filesizeformat": fileSize,
    ]
  }

  private static func int(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
    let bound = try arguments.filterBind(["default", "base"], "int")
    let fallback = bound[0] ?? 0
    let base = try bound[1].map(StringMethod.integer) ?? 10
    switch value {
    case .undefined(let name): throw fault(name.message)
    case .int: return value
    case .bool(let flag): return .int(flag ? 1 : 0)
    case .float(let number): return try whole(number, fallback)
    default: break
    }
    guard let text = value.stringValue else { return fallback }
    if let number = try FloatText.parseInteger(text, base: base) { return .int(number) }
    guard let number = FloatText.parse(text) else { return fallback }
    return try whole(number, fallback)
  }

  private static func whole(_ number: Double, _ fallback: Value) throws -> Value {
    guard number.isFinite else {
      if number.isNaN { return fallback }
      return fallback
    }
    guard let whole = Int(exactly: number.rounded(.towardZero)) else { throw Arithmetic.overflow() }
    return .int(whole)
  }

  private static func round(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
    let bound = try arguments.filterBind(["precision", "method"], "round")
    let digits = try bound[0].map(StringMethod.integer) ?? 0
    let method = bound[1]?.description ?? "common"
    guard ["common", "ceil", "floor"].contains(method) else {
      throw fault("method must be common, ceil or floor")
    }
    if case .undefined(let name) = value { throw fault(name.message) }
    guard let number = value.doubleValue else {
      throw fault("type \(value.typeName) doesn't define __round__ method")
    }
    if method == "common" {
      if let integer = value.intValue { return .int(try rounded(integer, digits)) }
      return .float(FloatText.round(number, digits: digits))
    }
    let power = Mathematics.power(10, Double(digits))
    let scaled = (number * power).rounded(method == "ceil" ? .up : .down)
    guard scaled.isFinite else { throw fault("cannot convert float infinity to integer") }
    return .float(scaled / power)
  }

  /// An integer to a negative number of digits, ties to even.
  private static func rounded(_ number: Int, _ digits: Int) throws -> Int {
    guard digits < 0 else { return number }
    guard digits > -19 else { return 0 }
    let unit = (0..<(-digits)).reduce(1) { power, _ in power * 10 }
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: unit)
    let doubled = remainder.magnitude.multipliedReportingOverflow(by: 2)
    let roundsAway =
      doubled.overflow || doubled.partialValue > unit
      || (doubled.partialValue == unit && !quotient.isMultiple(of: 2))
    let result = (roundsAway ? quotient + number.signum() : quotient).multipliedReportingOverflow(by: unit)
    guard !result.overflow else { throw Arithmetic.overflow() }
    return result.partialValue
  }

  private static func fileSize(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
    let isBinary = try arguments.filterBind(["binary"], "filesizeformat")[0]?.isTruthy ?? false
    if case .undefined(let name) = value { throw fault(name.message) }
    guard let bytes = value.doubleValue ?? value.stringValue.flatMap(FloatText.parse) else {
      throw fault("could not convert \(value.repr()) to a number of bytes")
    }
    let base: Double = isBinary ? 1024 : 1000
    let units =
      isBinary
      ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
      : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    if bytes == 1 { return "1 Byte" }
    if bytes < base {
      guard let whole = Int(exactly: bytes.rounded(.towardZero)) else { throw Arithmetic.overflow() }
      return .string("\(whole) Bytes")
    }
    var unit = base
    for (index, name) in units.enumerated() {
      unit *= base
      if bytes < unit || index == units.count - 1 {
        return .string(Mathematics.format(base * bytes / unit, conversion: 0x66, precision: 1) + " " + name)
      }
    }
    return .none
  }
}
