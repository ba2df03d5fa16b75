import Diagnostics
import Jinja

/// `modules`: the parts of Python's library that templates use for dates and patterns.
enum Modules {
  static func value(startedAt: Double) -> Value {
    Value([
      ("datetime", datetime(startedAt)), ("re", PatternModule.value), ("pytz", pytz),
      ("itertools", itertools),
    ])
  }

  // MARK: - datetime

  /// `now()` and `today()` are the moment at which the run started: the same input gives the same output.
  private static func datetime(_ startedAt: Double) -> Value {
    let start = DateTimeObject(secondsSince1970: startedAt, isAware: false)
    let now: Value = .function("now") { arguments, _ in
      try .object(TimeZoneObject.from(arguments.value(0, "tz")).map { start.shown(in: $0) } ?? start)
    }
    let today: Value = .function("today") { _, _ in
      .object(DateTimeObject(microseconds: start.parts.days * 86_400_000_000, isDate: true))
    }
    let moment = ModuleObject(
      "datetime",
      [
        "now": now, "utcnow": now, "today": now, "strptime": strptime,
        "fromisoformat": fromISO(isDate: false),
        "fromtimestamp": fromTimestamp, "utcfromtimestamp": fromTimestamp,
      ]
    ) { arguments, _ in try made(arguments) }
    let day = ModuleObject("date", ["today": today, "fromisoformat": fromISO(isDate: true)]) {
      arguments, _ in
      let bound = try arguments.bind(["year", "month", "day"], required: 3, function: "date")
      let numbers = bound.map { $0?.intValue ?? 0 } + [0, 0, 0, 0]
      return .object(DateTimeObject(microseconds: try CalendarParts.microseconds(of: numbers), isDate: true))
    }
    let zone = ModuleObject("timezone", ["utc": .object(TimeZoneObject.utc)]) { arguments, _ in
      try fixedZone(arguments)
    }
    return Value([
      ("datetime", .object(moment)), ("date", .object(day)), ("timedelta", timedelta),
      ("timezone", .object(zone)),
    ])
  }

  private static func made(_ arguments: Arguments) throws -> Value {
    let names = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"]
    let bound = try arguments.bind(names, required: 3, function: "datetime")
    let clock = try CalendarParts.microseconds(of: bound.prefix(7).map { $0?.intValue ?? 0 })
    return .object(DateTimeObject(clock: clock, zone: try TimeZoneObject.from(bound[7])))
  }

  private static func fixedZone(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["offset", "name"], required: 1, function: "timezone")
    guard case .object(let object) = bound[0], let span = object as? DurationObject,
      abs(span.microseconds) < 86_400_000_000
    else {
      throw Diagnostic(
        .templateRuntime, "timezone() needs a timedelta of less than a day",
        hint: "timezone(timedelta(hours=2))")
    }
    return .object(TimeZoneObject.fixed(seconds: span.microseconds / 1_000_000, name: bound[1]?.stringValue))
  }

  private static func fromISO(isDate: Bool) -> Value {
    .function("fromisoformat") { arguments, _ in
      let text = arguments.positional.first?.description ?? ""
      guard let moment = ISODate.moment(text), !isDate || text.utf8.count == 10 else {
        throw Diagnostic(.templateRuntime, "Invalid isoformat string: '\(text)'")
      }
      return .object(isDate ? DateTimeObject(microseconds: moment.clock, isDate: true) : moment)
    }
  }

  private static var fromTimestamp: Value {
    .function("fromtimestamp") { arguments, _ in
      let value = arguments.value(0, "timestamp")
      let seconds = value?.intValue.map(Double.init) ?? value.flatMap { Double($0.description) }
      guard let seconds, abs(seconds) < 1e12 else {
        throw Diagnostic(.templateRuntime, "fromtimestamp() needs a number of seconds since 1970")
      }
      let moment = DateTimeObject(secondsSince1970: seconds, isAware: false)
      return .object(try TimeZoneObject.from(arguments.value(1, "tz")).map { moment.shown(in: $0) } ?? moment)
    }
  }

  private static var strptime: Value {
    .function("strptime") { arguments, _ in
      let bound = try arguments.bind(["date_string", "format"], required: 2, function: "strptime")
      let (text, format) = (bound[0]?.description ?? "", bound[1]?.description ?? "")
      guard let microseconds = try DateParser.microseconds(text, format: format) else {
        throw Diagnostic(.templateRuntime, "time data '\(text)' does not match format '\(format)'")
      }
      return .object(DateTimeObject(microseconds: microseconds))
    }
  }

  private static var timedelta: Value {
    .function("timedelta") { arguments, _ in
      let names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"]
      let bound = try arguments.bind(names, function: "timedelta")
      let units = [86_400_000_000, 1_000_000, 1, 1000, 60_000_000, 3_600_000_000, 604_800_000_000]
      var total = 0
      for (value, unit) in zip(bound, units) {
        total = try DurationObject.sum(total, try DurationObject.product(value ?? 0, unit))
      }
      return .object(DurationObject(microseconds: total))
    }
  }

  // MARK: - pytz, itertools

  private static var pytz: Value {
    Value([
      (
        "timezone",
        .function("timezone") { arguments, _ in
          .object(try TimeZoneObject.named(arguments.value(0, "zone")?.description ?? ""))
        }
      ),
      ("utc", .object(TimeZoneObject.utc)), ("UTC", .object(TimeZoneObject.utc)),
    ])
  }

  private static var itertools: Value {
    Value([
      (
        "chain",
        .function("chain") { arguments, interpreter in
          Value(try arguments.positional.flatMap { try DataFunctions.elements($0, interpreter) ?? [] })
        }
      ),
      (
        "product",
        .function("product") { arguments, interpreter in
          var rows: [[Value]] = [[]]
          for argument in arguments.positional {
            let items = try DataFunctions.elements(argument, interpreter) ?? []
            guard rows.count * max(items.count, 1) <= 1_000_000 else {
              throw Diagnostic(.templateLimit, "product() gives too many items")
            }
            rows = rows.flatMap { row in items.map { row + [$0] } }
          }
          return Value(rows.map { .tuple($0) })
        }
      ),
    ])
  }
}

/// A module or class of Python: attributes, and what calling it makes.
final class ModuleObject: HostObject {
  let typeName: String
  private let attributes: [String: Value]
  private let construct: ((Arguments, Interpreter) throws -> Value)?

  init(
    _ typeName: String, _ attributes: [String: Value],
    construct: ((Arguments, Interpreter) throws -> Value)? = nil
  ) {
    self.typeName = typeName
    self.attributes = attributes
    self.construct = construct
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? { attributes[name] }

  func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    guard let construct else {
      throw Diagnostic(.templateRuntime, "'\(typeName)' object is not callable")
    }
    return try construct(arguments, interpreter)
  }
}

/// Reads moments by a pattern of `strptime`.
enum DateParser {
  static func microseconds(_ text: String, format: String) throws -> Int? {
    var values: [Unicode.Scalar: Int] = ["Y": 1900, "m": 1, "d": 1]
    var rest = Array(text.unicodeScalars)[...]
    var isDirective = false
    for scalar in format.unicodeScalars {
      if isDirective {
        isDirective = false
        guard let width = ["Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "f": 6][scalar] else { return nil }
        let digits = rest.prefix(width).prefix { ("0"..."9").contains($0) }
        guard let number = Int(String(String.UnicodeScalarView(digits))) else { return nil }
        values[scalar] = number
        rest = rest.dropFirst(digits.count)
      } else if scalar == "%" {
        isDirective = true
      } else {
        guard rest.first == scalar else { return nil }
        rest = rest.dropFirst()
      }
    }
    guard rest.isEmpty, let year = values["Y"], let month = values["m"], let day = values["d"],
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    return try CalendarParts.microseconds(of: [
      year, month, day, values["H"] ?? 0, values["M"] ?? 0, values["S"] ?? 0, values["f"] ?? 0,
    ])
  }
}
