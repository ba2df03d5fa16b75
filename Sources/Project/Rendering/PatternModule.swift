import Diagnostics
import Jinja

/// `modules.re`: Python's patterns.
enum PatternModule {
  static var value: Value {
    var members: [(String, Value)] = names.map { name in (name, function(name, pattern: nil)) }
    members.append(
      (
        "compile",
        .function("compile") { arguments, _ in
          let bound = try arguments.bind(["pattern", "flags"], required: 1, function: "compile")
          return .object(PatternObject(bound[0]?.description ?? "", try pattern(bound[0], bound[1])))
        }
      ))
    members.append(("escape", .function("escape") { arguments, _ in escaped(arguments) }))
    for (name, short, number) in flagNumbers {
      members += [(name, .int(number)), (short, .int(number))]
    }
    return Value(members)
  }

  static let names = ["match", "search", "fullmatch", "findall", "finditer", "sub", "split"]

  private static let flagNumbers = [
    ("IGNORECASE", "I", 2), ("MULTILINE", "M", 8), ("DOTALL", "S", 16), ("UNICODE", "U", 32),
    ("VERBOSE", "X", 64), ("ASCII", "A", 256),
  ]

  /// A function of the module, or, with a pattern, a method of it.
  static func function(_ name: String, pattern compiled: Pattern?) -> Value {
    .function(name) { arguments, interpreter in
      let own =
        name == "sub" ? ["repl", "string", "count"] : name == "split" ? ["string", "maxsplit"] : ["string"]
      let names = (compiled == nil ? ["pattern"] : []) + own + ["flags"]
      let required = (compiled == nil ? 2 : 1) + (name == "sub" ? 1 : 0)
      let bound = try arguments.bind(names, required: required, function: name)
      func argument(_ name: String) -> Value? { names.firstIndex(of: name).flatMap { bound[$0] } }
      let found = try compiled ?? pattern(argument("pattern"), argument("flags"))
      let text = Array((argument("string")?.description ?? "").unicodeScalars)
      switch name {
      case "match": return object(try found.match(in: text, .atStart), found)
      case "search": return object(try found.match(in: text), found)
      case "fullmatch": return object(try found.match(in: text, .whole), found)
      case "findall": return Value(try found.matches(in: text).map { taken($0, found.groups) })
      case "finditer": return Value(try found.matches(in: text).map { object($0, found) })
      case "sub":
        let count = argument("count")?.intValue ?? 0
        return .string(try replacing(found, in: text, argument("repl") ?? "", count, interpreter))
      default: return Value(try split(found, text, argument("maxsplit")?.intValue ?? 0))
      }
    }
  }

  private static func pattern(_ value: Value?, _ flags: Value?) throws -> Pattern {
    if case .object(let object)? = value, let compiled = object as? PatternObject { return compiled.pattern }
    let number = flags?.intValue ?? 0
    return try Pattern(
      value?.description ?? "",
      PatternParser.Flags(
        ignoresCase: number & 2 != 0, isMultiline: number & 8 != 0, dotTakesLineBreaks: number & 16 != 0,
        isVerbose: number & 64 != 0))
  }

  private static func object(_ match: PatternMatch?, _ pattern: Pattern) -> Value {
    match.map { .object(MatchObject($0, pattern)) } ?? .none
  }

  /// What `findall` gives for a match: all of it, its only group, or its groups.
  private static func taken(_ match: PatternMatch, _ groups: Int) -> Value {
    func text(_ group: Int) -> Value { .string(match.group(group) ?? "") }
    return groups > 1 ? .tuple((1...groups).map(text)) : text(groups)
  }

  private static func replacing(
    _ pattern: Pattern, in text: [Unicode.Scalar], _ replacement: Value, _ count: Int,
    _ interpreter: Interpreter
  ) throws -> String {
    var result = String.UnicodeScalarView()
    var end = 0
    for (number, match) in try pattern.matches(in: text).enumerated() where count == 0 || number < count {
      guard let range = match.range(0) else { continue }
      result += text[end..<range.lowerBound]
      result += try expanded(replacement.description, match, pattern).unicodeScalars
      end = range.upperBound
    }
    return String(result + text[end...])
  }

  /// A replacement with `\1`, `\g<name>` and the like filled in.
  private static func expanded(_ replacement: String, _ match: PatternMatch, _ pattern: Pattern) throws
    -> String
  {
    var result = ""
    var rest = replacement[...]
    while let character = rest.popFirst() {
      guard character == "\\", let next = rest.popFirst() else {
        result.append(character)
        continue
      }
      var name: String?
      if let digit = next.wholeNumberValue {
        name = String(digit)
        if digit > 0, let second = rest.first, second.isASCII, second.isWholeNumber {
          name?.append(rest.removeFirst())
        }
      } else if next == "g", rest.first == "<", let close = rest.firstIndex(of: ">") {
        name = String(rest[rest.index(after: rest.startIndex)..<close])
        rest = rest[rest.index(after: close)...]
      }
      if let name {
        guard let group = Int(name) ?? pattern.names[name], group <= pattern.groups else {
          throw Diagnostic(.templateRuntime, "invalid group reference \(name)")
        }
        result += match.group(group) ?? ""
      } else {
        result += ["n": "\n", "t": "\t", "r": "\r", "\\": "\\"][next] ?? "\\\(next)"
      }
    }
    return result
  }

  private static func split(_ pattern: Pattern, _ text: [Unicode.Scalar], _ most: Int) throws -> [Value] {
    func part(_ range: Range<Int>) -> Value { .string(String(String.UnicodeScalarView(text[range]))) }
    var parts: [Value] = []
    var end = 0
    for (number, match) in try pattern.matches(in: text).enumerated() where most == 0 || number < most {
      guard let range = match.range(0) else { continue }
      parts.append(part(end..<range.lowerBound))
      for group in 0..<pattern.groups { parts.append(match.group(group + 1).map { .string($0) } ?? .none) }
      end = range.upperBound
    }
    return parts + [part(end..<text.count)]
  }

  private static func escaped(_ arguments: Arguments) -> Value {
    let special = Set("\\.^$*+?{}[]|()-&~# \t\n\r\u{0B}\u{0C}".unicodeScalars)
    var result = String.UnicodeScalarView()
    for scalar in (arguments.positional.first?.description ?? "").unicodeScalars {
      if special.contains(scalar) { result.append("\\") }
      result.append(scalar)
    }
    return .string(String(result))
  }
}

/// A pattern that was made once.
final class PatternObject: HostObject {
  let pattern: Pattern
  private let source: String
  let typeName = "re.Pattern"

  init(_ source: String, _ pattern: Pattern) {
    self.source = source
    self.pattern = pattern
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if name == "pattern" { return .string(source) }
    if name == "groups" { return .int(pattern.groups) }
    return PatternModule.names.contains(name) ? PatternModule.function(name, pattern: pattern) : nil
  }
}

/// What a pattern found.
final class MatchObject: HostObject {
  private let match: PatternMatch
  private let pattern: Pattern
  let typeName = "re.Match"

  init(_ match: PatternMatch, _ pattern: Pattern) {
    self.match = match
    self.pattern = pattern
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "group":
      .function(name) { arguments, _ in
        let values = try (arguments.positional.isEmpty ? [0] : arguments.positional).map(self.group)
        return values.count == 1 ? values[0] : .tuple(values)
      }
    case "groups":
      .function(name) { arguments, _ in
        let standard = arguments.value(0, "default") ?? Value.none
        return .tuple((0..<self.pattern.groups).map { self.text($0 + 1, standard) })
      }
    case "groupdict":
      .function(name) { arguments, _ in
        let standard = arguments.value(0, "default") ?? Value.none
        let names = self.pattern.names.sorted { $0.value < $1.value }
        return Value(names.map { ($0.key, self.text($0.value, standard)) })
      }
    case "start", "end", "span":
      .function(name) { arguments, _ in
        let range = self.match.range(try self.number(arguments.positional.first ?? 0))
        let (start, end) = (Value.int(range?.lowerBound ?? -1), Value.int(range?.upperBound ?? -1))
        return name == "start" ? start : name == "end" ? end : .tuple([start, end])
      }
    case "string": .string(String(String.UnicodeScalarView(match.text)))
    default: nil
    }
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? { try group(key) }

  private func number(_ key: Value) throws -> Int {
    guard let number = key.intValue ?? key.stringValue.flatMap({ pattern.names[$0] }),
      (0...pattern.groups).contains(number)
    else { throw Diagnostic(.templateRuntime, "no such group") }
    return number
  }

  private func group(_ key: Value) throws -> Value { text(try number(key), .none) }

  private func text(_ group: Int, _ standard: Value) -> Value {
    match.group(group).map { .string($0) } ?? standard
  }
}
