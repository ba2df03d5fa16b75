import Jinja

/// Reads the arguments of a call, which must be literals, as Python's `ast.literal_eval` takes them.
struct PythonLiteral {
  /// What a call was given.
  struct Arguments {
    var positional: [DataValue] = []
    var keyword: [(name: String, value: DataValue)] = []
  }

  /// Where something stands that is no literal.
  struct NotLiteral: Error {
    var token: PythonToken
  }

  private let tokens: [PythonToken]
  private var position: Int
  private var depth = 0

  private static let deepest = 100
  private static let end = PythonToken(kind: .newline, text: "", line: 0, column: 0)

  /// Reads from behind an opening bracket.
  init(_ tokens: [PythonToken], after opening: Int) {
    self.tokens = tokens
    position = opening + 1
  }

  private var token: PythonToken { position < tokens.count ? tokens[position] : tokens.last ?? Self.end }

  private mutating func take(_ symbol: String) -> Bool {
    guard position < tokens.count, token.isSymbol(symbol) else { return false }
    position += 1
    return true
  }

  private func failure() -> NotLiteral { NotLiteral(token: token) }

  /// The arguments up to the closing bracket.
  mutating func arguments() throws(NotLiteral) -> Arguments {
    var arguments = Arguments()
    while !take(")") {
      guard position < tokens.count else { throw failure() }
      let isNamed = token.kind == .name && position + 1 < tokens.count && tokens[position + 1].isSymbol("=")
      if isNamed {
        let name = token.text
        position += 2
        arguments.keyword.append((name, try value()))
      } else {
        arguments.positional.append(try value())
      }
      guard take(",") || token.isSymbol(")") else { throw failure() }
    }
    return arguments
  }

  private mutating func value() throws(NotLiteral) -> DataValue {
    guard depth < Self.deepest, position < tokens.count else { throw failure() }
    depth += 1
    defer { depth -= 1 }
    let first = token
    position += 1
    switch first.kind {
    case .text(var text):
      while position < tokens.count, case .text(let more) = token.kind {
        text += more
        position += 1
      }
      if case .formatted = token.kind, position < tokens.count { throw failure() }
      return .string(text)
    case .number:
      guard let number = Self.number(first.text) else { break }
      return number
    case .name:
      switch first.text {
      case "True": return .bool(true)
      case "False": return .bool(false)
      case "None": return .none
      case "set" where take("(") && take(")"): return .list([])
      default: break
      }
    case .symbol:
      switch first.text {
      case "-", "+": return try signed(isNegative: first.text == "-", first)
      case "(": return try tuple()
      case "[": return .list(try items(until: "]"))
      case "{": return try braces()
      default: break
      }
    default: break
    }
    throw NotLiteral(token: first)
  }

  private mutating func signed(isNegative: Bool, _ first: PythonToken) throws(NotLiteral) -> DataValue {
    switch try value() {
    case .int(let number): return .int(isNegative ? -number : number)
    case .float(let number): return .float(isNegative ? -number : number)
    default: throw NotLiteral(token: first)
    }
  }

  private mutating func items(until closing: String) throws(NotLiteral) -> [DataValue] {
    var items: [DataValue] = []
    while !take(closing) {
      items.append(try value())
      guard take(",") || token.isSymbol(closing) else { throw failure() }
    }
    return items
  }

  /// A value in brackets, or a tuple.
  private mutating func tuple() throws(NotLiteral) -> DataValue {
    if take(")") { return .list([]) }
    let first = try value()
    if take(")") { return first }
    guard take(",") else { throw failure() }
    return .list([first] + (try items(until: ")")))
  }

  /// A dictionary or a set.
  private mutating func braces() throws(NotLiteral) -> DataValue {
    if take("}") { return .emptyMapping }
    let first = try value()
    guard take(":") else {
      if take("}") { return .list([first]) }
      guard take(",") else { throw failure() }
      return .list([first] + (try items(until: "}")))
    }
    var entries = [(first.pythonText, try value())]
    while !take("}") {
      guard take(",") else { throw failure() }
      if take("}") { break }
      let key = try value()
      guard take(":") else { throw failure() }
      entries.append((key.pythonText, try value()))
    }
    return .mapping(entries)
  }

  /// A number; nil if it is none, or is more than 64 bits hold.
  private static func number(_ text: String) -> DataValue? {
    let plain = String(text.filter { $0 != "_" }).lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where plain.hasPrefix(prefix) {
      return Int(plain.dropFirst(2), radix: radix).map { .int($0) }
    }
    if let whole = Int(plain) { return .int(whole) }
    guard plain.contains(where: { $0 == "." || $0 == "e" }), !plain.hasSuffix("j") else { return nil }
    let padded = (plain.hasPrefix(".") ? "0" : "") + plain + (plain.hasSuffix(".") ? "0" : "")
    return Double(padded).map { .float($0) }
  }
}
