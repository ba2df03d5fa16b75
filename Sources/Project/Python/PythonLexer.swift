/// Cuts Python source into words: enough of the language to find calls and their literal arguments.
struct PythonLexer {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lineStart = 0
  private var brackets: [PythonToken] = []
  private var indents = [0]
  private var tokens: [PythonToken] = []
  /// How many formatted texts stand within each other here.
  private var depth = 0

  /// Formatted texts within formatted texts: nobody writes more, and each costs a stack frame.
  private static let deepest = 50

  /// The words of a file. Throws what is wrong first.
  static func tokens(of text: String) throws(PythonProblem) -> [PythonToken] {
    var lexer = PythonLexer(text)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ text: String) {
    bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      position = 3
      lineStart = 3
    }
  }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func peek(_ count: Int) -> UInt8? {
    position + count < bytes.count ? bytes[position + count] : nil
  }

  private var column: Int { position - lineStart + 1 }

  private func problem(_ message: String, at token: PythonToken? = nil) -> PythonProblem {
    PythonProblem(message: message, line: token?.line ?? line, column: token?.column ?? column)
  }

  // MARK: - Lines

  private mutating func run() throws(PythonProblem) {
    while byte != nil {
      if brackets.isEmpty, tokens.last.map({ $0.kind == .newline || $0.kind == .dedent }) ?? true {
        try beginLine()
      }
      try step()
    }
    if let open = brackets.last { throw problem("'\(open.text)' was never closed", at: open) }
    endLine()
    for _ in indents.dropFirst() { append(.dedent, "") }
  }

  /// Reads the space at a line's start, where that means something.
  private mutating func beginLine() throws(PythonProblem) {
    var width = 0
    while let next = byte {
      switch next {
      case 0x20: width += 1
      case 0x09: width = (width / 8 + 1) * 8
      case 0x0C: width = 0
      default: return try takeIndent(width, next)
      }
      position += 1
    }
  }

  private mutating func takeIndent(_ width: Int, _ next: UInt8) throws(PythonProblem) {
    // A line without words says nothing.
    if next == 0x0A || next == 0x0D || next == UInt8(ascii: "#") { return }
    let current = indents.last ?? 0
    if width > current {
      indents.append(width)
      append(.indent, "")
    } else if width < current {
      while let last = indents.last, last > width {
        indents.removeLast()
        append(.dedent, "")
      }
      guard indents.last == width else {
        throw problem("unindent does not match any outer indentation level")
      }
    }
  }

  private mutating func endLine() {
    guard let last = tokens.last, ![.newline, .indent, .dedent].contains(last.kind) else { return }
    append(.newline, "")
  }

  private mutating func newline() {
    position += 1
    line += 1
    lineStart = position
  }

  private mutating func append(_ kind: PythonToken.Kind, _ text: String) {
    tokens.append(PythonToken(kind: kind, text: text, line: line, column: column))
  }

  // MARK: - Words

  private mutating func step() throws(PythonProblem) {
    guard let next = byte else { return }
    switch next {
    case 0x0A:
      if brackets.isEmpty { endLine() }
      newline()
    case 0x20, 0x09, 0x0C, 0x0D: position += 1
    case UInt8(ascii: "#"): while let next = byte, next != 0x0A { position += 1 }
    case UInt8(ascii: "\\"): try joinLines()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): try string(prefix: "", at: position)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    case UInt8(ascii: ".") where peek(1).map(Self.isDigit) ?? false: number()
    case _ where Self.isName(next): try name()
    default: try symbol(next)
    }
  }

  private mutating func joinLines() throws(PythonProblem) {
    let start = problem("unexpected character after line continuation character")
    position += 1
    if byte == 0x0D { position += 1 }
    guard byte == 0x0A else { throw start }
    newline()
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isName(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 0x80 || isLetter(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

  private mutating func add(_ kind: PythonToken.Kind, from start: Int) {
    tokens.append(
      PythonToken(kind: kind, text: text(from: start), line: line, column: start - lineStart + 1))
  }

  private mutating func name() throws(PythonProblem) {
    let start = position
    while let next = byte, Self.isName(next) || Self.isDigit(next) { position += 1 }
    let length = position - start
    if let next = byte, next == UInt8(ascii: "\"") || next == UInt8(ascii: "'"), length <= 2 {
      let prefix = text(from: start).lowercased()
      if ["r", "b", "u", "f", "t", "rb", "br", "rf", "fr", "rt", "tr"].contains(prefix) {
        return try string(prefix: prefix, at: start)
      }
    }
    add(.name, from: start)
  }

  private mutating func number() {
    let start = position
    let isHex = byte == UInt8(ascii: "0") && peek(1).map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
    while let next = byte {
      let isExponent = !isHex && next | 0x20 == UInt8(ascii: "e")
      guard
        Self.isDigit(next) || Self.isLetter(next) || next == UInt8(ascii: ".") || next == UInt8(ascii: "_")
      else { break }
      position += 1
      if isExponent, let sign = byte, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
    }
    add(.number, from: start)
  }

  private static let symbols: [[UInt8]] = [
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", ":=", "+=", "-=",
    "*=", "/=", "%=", "&=", "|=", "^=", "@=",
  ].map { Array($0.utf8) }
  private static let single = Set("+-*/%@&|^~<>()[]{},:.;=".utf8)

  private mutating func symbol(_ next: UInt8) throws(PythonProblem) {
    let start = position
    if let long = Self.symbols.first(where: { bytes[position...].starts(with: $0) }) {
      position += long.count
      return add(.symbol, from: start)
    }
    guard Self.single.contains(next) else { throw problem("invalid syntax") }
    position += 1
    add(.symbol, from: start)
    guard let token = tokens.last else { return }
    if token.isOpening { brackets.append(token) }
    if token.isClosing { try close(token) }
  }

  private mutating func close(_ token: PythonToken) throws(PythonProblem) {
    let pairs = ["(": ")", "[": "]", "{": "}"]
    guard let open = brackets.popLast() else { throw problem("unmatched '\(token.text)'", at: token) }
    guard pairs[open.text] == token.text else {
      throw problem("closing parenthesis '\(token.text)' does not match '\(open.text)'", at: token)
    }
  }

  // MARK: - Texts

  /// Reads a text; its prefix was read.
  private mutating func string(prefix: String, at start: Int) throws(PythonProblem) {
    let begin = PythonToken(kind: .newline, text: "", line: line, column: start - lineStart + 1)
    guard let quote = byte else { return }
    let isLong = peek(1) == quote && peek(2) == quote
    position += isLong ? 3 : 1
    var form = PythonString(
      quote: quote, isLong: isLong, isRaw: prefix.contains("r"),
      isFormatted: prefix.contains("f") || prefix.contains("t"))
    try body(&form, begin)
    let kind: PythonToken.Kind =
      form.isFormatted ? .formatted(form.words) : prefix.contains("b") ? .bytes : .text(form.value)
    tokens.append(PythonToken(kind: kind, text: "", line: begin.line, column: begin.column))
  }

  private mutating func body(_ form: inout PythonString, _ begin: PythonToken) throws(PythonProblem) {
    let unterminated =
      "unterminated \(form.isLong ? "triple-quoted " : "")\(form.isFormatted ? "f-string" : "string") literal"
    while true {
      guard let next = byte else { throw problem(unterminated, at: begin) }
      if next == form.quote, !form.isLong || (peek(1) == next && peek(2) == next) {
        position += form.isLong ? 3 : 1
        return
      }
      switch next {
      case 0x0A:
        guard form.isLong else { throw problem(unterminated, at: begin) }
        form.bytes.append(next)
        newline()
      case UInt8(ascii: "\\"): try escape(&form)
      case UInt8(ascii: "{") where form.isFormatted: try field(&form, begin)
      default:
        form.bytes.append(next)
        position += 1
      }
    }
  }

  private mutating func escape(_ form: inout PythonString) throws(PythonProblem) {
    let start = position
    position += 1
    // Windows ends lines with two bytes.
    if byte == 0x0D, peek(1) == 0x0A { position += 1 }
    guard let next = byte else { return }
    if next == 0x0A { newline() } else { position += 1 }
    if form.isRaw || form.isFormatted {
      form.bytes += bytes[start..<position]
    } else if let problem = form.unescape(next, bytes, &position) {
      throw self.problem(problem)
    }
  }

  /// An expression within a formatted text, with its format.
  private mutating func field(_ form: inout PythonString, _ begin: PythonToken) throws(PythonProblem) {
    position += 1
    if byte == UInt8(ascii: "{") {
      position += 1
      return
    }
    guard depth < Self.deepest else { throw problem("f-string: expressions nested too deeply") }
    depth += 1
    defer { depth -= 1 }
    let outer = (tokens: tokens, brackets: brackets)
    let opening = PythonToken(kind: .symbol, text: "{", line: line, column: column - 1)
    // The brace keeps lines from ending within the expression.
    (tokens, brackets) = ([], [opening])
    defer { (tokens, brackets) = outer }
    while true {
      guard let next = byte else { throw problem("f-string: expecting '}'", at: begin) }
      if brackets.count == 1 {
        if next == UInt8(ascii: "}") {
          position += 1
          break
        }
        if next == UInt8(ascii: ":") {
          position += 1
          form.words += tokens
          tokens = []
          try format(&form, begin)
          break
        }
        if next == UInt8(ascii: "!"), peek(1) != UInt8(ascii: "=") {
          position += 1
          continue
        }
      }
      try step()
    }
    form.words += tokens
    // What comes next is another expression.
    form.words.append(PythonToken(kind: .symbol, text: ";", line: line, column: column))
  }

  /// What stands behind the colon of an expression in a formatted text; it may hold expressions itself.
  private mutating func format(_ form: inout PythonString, _ begin: PythonToken) throws(PythonProblem) {
    while true {
      guard let next = byte, next != 0x0A || form.isLong, next != form.quote || form.isLong else {
        throw problem("f-string: expecting '}'", at: begin)
      }
      switch next {
      case UInt8(ascii: "}"):
        position += 1
        return
      case UInt8(ascii: "{"): try field(&form, begin)
      case 0x0A: newline()
      default: position += 1
      }
    }
  }
}
