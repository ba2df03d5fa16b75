import Diagnostics
import Jinja

/// `modules`: the parts of Python's library that templates use for dates and patterns.
enum Modules {
  static func value(startedAt: Double) -> Value {
    Value([
      ("datetime", datetime(startedAt)), ("re", RegexModule.value), ("pytz", pytz),
      ("itertools", itertools),
    ])
  }

  // MARK: - datetime

  /// `now()` and `today()` are the moment at which the run started: the same input gives the same output.
  private static func datetime(_ startedAt: Double) -> Value {
    let now: Value = .function("now") { arguments, _ in
      .object(DateTimeObject(secondsSince1970: startedAt, isAware: arguments.positional.isEmpty == false))
    }
    let today: Value = .function("today") { _, _ in
      let parts = CalendarParts(microseconds: Int(startedAt * 1_000_000))
      return .object(DateTimeObject(microseconds: parts.days * 86_400_000_000, isDate: true))
    }
    let moment = ModuleObject("datetime", ["now": now, "utcnow": now, "today": now, "strptime": strptime]) {
      arguments, _ in try made(arguments, isDate: false)
    }
    let day = ModuleObject("date", ["today": today]) { arguments, _ in try made(arguments, isDate: true) }
    return Value([
      ("datetime", .object(moment)), ("date", .object(day)), ("timedelta", timedelta),
      ("timezone", Value([("utc", "UTC")])),
    ])
  }

  private static func made(_ arguments: Arguments, isDate: Bool) throws -> Value {
    let names = ["year", "month", "day", "hour", "minute", "second", "microsecond"]
    let bound = try arguments.bind(names, required: 3, function: isDate ? "date" : "datetime")
    let numbers = bound.map { $0?.intValue ?? 0 }
    return .object(DateTimeObject(microseconds: try CalendarParts.microseconds(of: numbers), isDate: isDate))
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
      ("timezone", .function("timezone") { arguments, _ in arguments.positional.first ?? "UTC" }),
      ("utc", "UTC"),
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

/// `modules.re` on Swift's own patterns, whose syntax covers Python's but for named groups' references.
enum RegexModule {
  static var value: Value {
    Value([
      ("match", search("match") { text, pattern in try pattern.prefixMatch(in: text) }),
      ("search", search("search") { text, pattern in try pattern.firstMatch(in: text) }),
      ("fullmatch", search("fullmatch") { text, pattern in try pattern.wholeMatch(in: text) }),
      (
        "findall",
        .function("findall") { arguments, _ in
          let (pattern, text) = try parts(arguments, "findall")
          return Value(text.matches(of: pattern).map { match in found(match) })
        }
      ),
      (
        "sub",
        .function("sub") { arguments, _ in
          let bound = try arguments.bind(["pattern", "repl", "string"], required: 3, function: "sub")
          let pattern = try compiled(bound[0])
          let replacement = bound[1]?.description ?? ""
          return .string(
            (bound[2]?.description ?? "").replacing(pattern) { match in expanded(replacement, match) })
        }
      ),
      (
        "split",
        .function("split") { arguments, _ in
          let (pattern, text) = try parts(arguments, "split")
          return Value(
            text.split(separator: pattern, omittingEmptySubsequences: false).map { .string(String($0)) })
        }
      ),
      (
        "escape",
        .function("escape") { arguments, _ in
          let special = Set("\\.^$*+?{}[]|()-&~# \t\n")
          return .string(
            (arguments.positional.first?.description ?? "").reduce(into: "") { text, character in
              if special.contains(character) { text += "\\" }
              text.append(character)
            })
        }
      ),
    ])
  }

  private static func search(
    _ name: String, _ find: @escaping (String, Regex<AnyRegexOutput>) throws -> Regex<AnyRegexOutput>.Match?
  ) -> Value {
    .function(name) { arguments, _ in
      let (pattern, text) = try parts(arguments, name)
      guard let match = try find(text, pattern) else { return .none }
      return .object(MatchObject(match))
    }
  }

  private static func parts(_ arguments: Arguments, _ name: String) throws -> (Regex<AnyRegexOutput>, String)
  {
    let bound = try arguments.bind(["pattern", "string", "flags"], required: 2, function: name)
    return (try compiled(bound[0]), bound[1]?.description ?? "")
  }

  private static func compiled(_ value: Value?) throws -> Regex<AnyRegexOutput> {
    let pattern = value?.description ?? ""
    do {
      return try Regex(pattern)
    } catch {
      throw Diagnostic(.templateRuntime, "the pattern '\(pattern)' does not parse", cause: "\(error)")
    }
  }

  private static func found(_ match: Regex<AnyRegexOutput>.Match) -> Value {
    let groups = match.output.map { $0.substring.map { Value.string(String($0)) } ?? "" }
    switch groups.count {
    case 0, 1: return groups.first ?? ""
    case 2: return groups[1]
    default: return .tuple(Array(groups.dropFirst()))
    }
  }

  /// A replacement with `\1`, `\g<1>`, `\g<name>` and the like filled in.
  private static func expanded(_ replacement: String, _ match: Regex<AnyRegexOutput>.Match) -> String {
    var result = ""
    var rest = replacement[...]
    while let character = rest.popFirst() {
      guard character == "\\", let next = rest.popFirst() else {
        result.append(character)
        continue
      }
      if next == "g", rest.first == "<", let end = rest.firstIndex(of: ">") {
        let name = String(rest[..<end].dropFirst())
        rest = rest[rest.index(after: end)...]
        result += group(name, of: match)
      } else if let number = next.wholeNumberValue, number < match.output.count {
        result += group(String(number), of: match)
      } else {
        result += next == "n" ? "\n" : next == "t" ? "\t" : String(next)
      }
    }
    return result
  }

  private static func group(_ name: String, of match: Regex<AnyRegexOutput>.Match) -> Substring {
    if let number = Int(name) {
      return match.output.indices.contains(number) ? match.output[number].substring ?? "" : ""
    }
    return match.output.first { $0.name == name }?.substring ?? ""
  }
}

/// What a pattern found.
final class MatchObject: HostObject {
  private let groups: [String?]
  private let names: [String: Int]
  let typeName = "re.Match"

  init(_ match: Regex<AnyRegexOutput>.Match) {
    groups = match.output.map { $0.substring.map(String.init) }
    var names: [String: Int] = [:]
    for (index, element) in match.output.enumerated() {
      if let name = element.name { names[name] = index }
    }
    self.names = names
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "group":
      return .function(name) { arguments, _ in self.group(arguments.positional.first ?? 0) }
    case "groups":
      return .function(name) { _, _ in
        .tuple(self.groups.dropFirst().map { $0.map { .string($0) } ?? Value.none })
      }
    default: return nil
    }
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? { group(key) }

  private func group(_ key: Value) -> Value {
    let index = key.intValue ?? key.stringValue.flatMap { names[$0] } ?? -1
    guard groups.indices.contains(index), let text = groups[index] else { return .none }
    return .string(text)
  }
}
