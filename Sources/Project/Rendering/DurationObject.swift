import Diagnostics
import Jinja

/// A span of time, as Python's `timedelta` computes with it. It reaches some 290,000 years either way.
final class DurationObject: HostObject {
  let microseconds: Int
  let typeName = "timedelta"

  init(microseconds: Int) { self.microseconds = microseconds }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    let parts = CalendarParts(microseconds: microseconds)
    return switch name {
    case "days": .int(parts.days)
    case "seconds": .int(parts.hour * 3600 + parts.minute * 60 + parts.second)
    case "microseconds": .int(parts.microsecond)
    case "total_seconds": .function(name) { _, _ in .float(Double(self.microseconds) / 1_000_000) }
    default: nil
    }
  }

  var isTruthy: Bool { microseconds != 0 }

  func text() -> String {
    let parts = CalendarParts(microseconds: microseconds)
    let days = parts.days == 0 ? "" : "\(parts.days) day\(abs(parts.days) == 1 ? "" : "s"), "
    let clock = "\(parts.hour):\(parts.padded(parts.minute)):\(parts.padded(parts.second))"
    return days + clock + (parts.microsecond == 0 ? "" : "." + parts.padded(parts.microsecond, 6))
  }

  func isEqual(to other: Value) -> Bool { order(to: other) == 0 }

  func order(to other: Value) -> Int? {
    guard case .object(let object) = other, let other = object as? DurationObject else { return nil }
    return microseconds < other.microseconds ? -1 : microseconds == other.microseconds ? 0 : 1
  }

  func compute(_ operation: ArithmeticOperator, _ other: Value, isLeft: Bool) throws -> Value? {
    if operation == .multiply, other.intValue != nil || other.isFloat {
      return .object(DurationObject(microseconds: try Self.product(other, microseconds)))
    }
    guard isLeft, case .object(let object) = other, let other = object as? DurationObject else { return nil }
    switch operation {
    case .add:
      return .object(DurationObject(microseconds: try Self.sum(microseconds, other.microseconds)))
    case .subtract:
      return .object(DurationObject(microseconds: try Self.difference(microseconds, other.microseconds)))
    case .divide where other.microseconds != 0:
      return .float(Double(microseconds) / Double(other.microseconds))
    default: return nil
    }
  }

  static func sum(_ left: Int, _ right: Int) throws -> Int {
    try fitting(left.addingReportingOverflow(right))
  }

  static func difference(_ left: Int, _ right: Int) throws -> Int {
    try fitting(left.subtractingReportingOverflow(right))
  }

  /// A number of units, which may have a fraction.
  static func product(_ count: Value, _ unit: Int) throws -> Int {
    if let count = count.intValue { return try fitting(count.multipliedReportingOverflow(by: unit)) }
    guard case .float(let count) = count else {
      throw Diagnostic(.templateRuntime, "a span of time is counted in numbers, not in '\(count.typeName)'")
    }
    let product = (count * Double(unit)).rounded(.toNearestOrEven)
    return try fitting((Int(exactly: product) ?? 0, Int(exactly: product) == nil))
  }

  private static func fitting(_ result: (partialValue: Int, overflow: Bool)) throws -> Int {
    guard !result.overflow, result.partialValue != .min else {
      throw Diagnostic(.templateRuntime, "the span of time is too long")
    }
    return result.partialValue
  }
}

extension Value {
  fileprivate var isFloat: Bool {
    if case .float = self { return true }
    return false
  }
}

extension DateTimeObject {
  func order(to other: Value) -> Int? {
    guard case .object(let object) = other, let other = object as? DateTimeObject, other.isDate == isDate,
      other.isAware == isAware
    else { return nil }
    return microseconds < other.microseconds ? -1 : microseconds == other.microseconds ? 0 : 1
  }

  func compute(_ operation: ArithmeticOperator, _ other: Value, isLeft: Bool) throws -> Value? {
    guard case .object(let object) = other else { return nil }
    if let span = object as? DurationObject {
      if operation == .add { return try moved(DurationObject.sum(microseconds, span.microseconds)) }
      guard operation == .subtract, isLeft else { return nil }
      return try moved(DurationObject.difference(microseconds, span.microseconds))
    }
    guard operation == .subtract, isLeft, let other = object as? DateTimeObject, other.isDate == isDate else {
      return nil
    }
    guard other.isAware == isAware else {
      throw Diagnostic(.templateRuntime, "can't subtract offset-naive and offset-aware datetimes")
    }
    return .object(DurationObject(microseconds: microseconds - other.microseconds))
  }

  private func moved(_ moment: Int) throws -> Value {
    guard Self.range.contains(moment) else { throw Diagnostic(.templateRuntime, "date value out of range") }
    let day = CalendarParts(microseconds: moment).days
    return .object(
      isDate
        ? DateTimeObject(daysSince1970: day) : DateTimeObject(microseconds: moment, zone: zone))
  }
}
