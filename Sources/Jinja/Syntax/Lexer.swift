import Diagnostics

/// Cuts a template into tokens, on demand. Trims whitespace as the tags ask for.
struct Lexer {
  private enum Mode {
    case data, variable, block
  }

  let source: SourceText
  private let options: TemplateOptions
  private(set) var position = 0
  /// Whether any tag or comment began so far.
  private(set) var sawTag = false
  private var mode = Mode.data
  /// The closing brackets that are waited for.
  private var brackets: [TokenKind] = []
  /// The tag that begins where the data before it ended.
  private var pendingTag: Int?

  init(_ source: SourceText, options: TemplateOptions, isExpression: Bool = false) {
    self.source = source
    self.options = options
    if isExpression { mode = .variable }
  }

  private var bytes: UnsafeBufferPointer<UInt8> { source.bytes }

  /// Whether the text between tags is read now.
  var isBetweenTags: Bool { mode == .data }

  /// What comes before the last brace of the tag that is being read; nil between tags.
  var closingByte: UInt8? {
    switch mode {
    case .data: nil
    case .variable: 0x7D
    case .block: 0x25
    }
  }

  /// Forgets the tag that is being read and goes on with the text from `offset` on.
  mutating func continueAsData(at offset: Int) {
    position = offset
    mode = .data
    brackets = []
    pendingTag = nil
  }

  func byte(_ offset: Int) -> UInt8 { offset >= 0 && offset < bytes.count ? bytes[offset] : 0 }

  func fail(_ message: String, at offset: Int) -> Diagnostic {
    Diagnostic(.templateSyntax, message, at: source.span(at: offset))
  }

  /// The next token.
  mutating func next() throws(Diagnostic) -> Token {
    switch mode {
    case .data: try nextData()
    case .variable, .block: try nextInTag()
    }
  }

  // MARK: Data

  private mutating func nextData() throws(Diagnostic) -> Token {
    while true {
      if let tag = pendingTag {
        pendingTag = nil
        if let token = try begin(at: tag) { return token }
        continue
      }
      guard position < bytes.count else { return Token(kind: .end, start: position, end: position) }
      let start = position
      guard let tag = findTag(from: start) else {
        position = bytes.count
        return Token(kind: .data, start: start, end: position)
      }
      let end = trimmedEnd(start, tag)
      pendingTag = tag
      position = tag
      if end > start { return Token(kind: .data, start: start, end: end) }
    }
  }

  private func findTag(from start: Int) -> Int? {
    var index = start
    let last = bytes.count - 1
    while index < last {
      if bytes[index] == 0x7B {
        let kind = bytes[index + 1]
        if kind == 0x7B || kind == 0x25 || kind == 0x23 { return index }
      }
      index += 1
    }
    return nil
  }

  /// Where the data before the tag ends, after what the tag's sign and the options say about whitespace.
  private func trimmedEnd(_ start: Int, _ tag: Int) -> Int {
    let sign = byte(tag + 2)
    if sign == 0x2D { return Whitespace.trimEnd(bytes, start, tag) }
    guard sign != 0x2B, options.lstripBlocks, byte(tag + 1) != 0x7B else { return tag }
    var line = tag
    while line > start, bytes[line - 1] != 0x0A { line -= 1 }
    guard line > start || start == 0 || bytes[start - 1] == 0x0A else { return tag }
    return Whitespace.trimEnd(bytes, line, tag) == line ? line : tag
  }

  /// Enters the tag at `tag`; nil if it was a comment or held raw data of no length.
  private mutating func begin(at tag: Int) throws(Diagnostic) -> Token? {
    sawTag = true
    let kind = byte(tag + 1)
    let sign = byte(tag + 2)
    let hasSign = sign == 0x2D || sign == 0x2B
    if kind == 0x25, let body = rawBegin(tag) { return try raw(from: body, tag) }
    position = tag + (hasSign ? 3 : 2)
    switch kind {
    case 0x23:
      try skipComment(tag)
      return nil
    case 0x7B:
      mode = .variable
      return Token(kind: .variableBegin, start: tag, end: position)
    default:
      mode = .block
      return Token(kind: .blockBegin, start: tag, end: position)
    }
  }

  private mutating func skipComment(_ tag: Int) throws(Diagnostic) {
    var index = position
    while index + 1 < bytes.count {
      if bytes[index] == 0x23, bytes[index + 1] == 0x7D {
        let isSigned = index > position
        let sign = isSigned ? bytes[index - 1] : 0
        position = index + 2
        trimAfter(sign: sign)
        return
      }
      index += 1
    }
    position = bytes.count
    throw fail("Missing end of comment tag", at: tag)
  }

  /// Skips what the end of a block or comment takes with it.
  private mutating func trimAfter(sign: UInt8) {
    if sign == 0x2D {
      position = Whitespace.skip(bytes, position)
    } else if sign != 0x2B, options.trimBlocks, byte(position) == 0x0A {
      position += 1
    }
  }

  // MARK: Raw data

  /// Where the contents of a `{% raw %}` begin, if there is one at `tag`.
  private func rawBegin(_ tag: Int) -> Int? {
    guard let after = word("raw", in: tag) else { return nil }
    if byte(after) == 0x2D, byte(after + 1) == 0x25, byte(after + 2) == 0x7D {
      return Whitespace.skip(bytes, after + 3)
    }
    return byte(after) == 0x25 && byte(after + 1) == 0x7D ? after + 2 : nil
  }

  /// If the tag at `tag` begins with `word`: the offset after the word and the space behind it.
  private func word(_ word: String, in tag: Int) -> Int? {
    var index = tag + 2
    if byte(index) == 0x2D || byte(index) == 0x2B { index += 1 }
    index = Whitespace.skip(bytes, index)
    for expected in word.utf8 {
      guard byte(index) == expected else { return nil }
      index += 1
    }
    return Whitespace.skip(bytes, index)
  }

  private mutating func raw(from body: Int, _ tag: Int) throws(Diagnostic) -> Token? {
    guard let end = findEnd("endraw", from: body) else {
      position = bytes.count
      throw fail("Missing end of raw directive", at: tag)
    }
    let trimmed = trimmedEnd(body, end.tag)
    position = end.after
    trimAfter(sign: end.sign)
    return trimmed > body ? Token(kind: .data, start: body, end: trimmed) : nil
  }

  /// The tag `{% word %}` from `start` on: where it begins, where it ends, and the sign at its end.
  private func findEnd(_ word: String, from start: Int) -> (tag: Int, after: Int, sign: UInt8)? {
    var index = start
    while index + 1 < bytes.count {
      if bytes[index] == 0x7B, bytes[index + 1] == 0x25, var after = self.word(word, in: index) {
        var sign: UInt8 = 0
        if byte(after) == 0x2D || byte(after) == 0x2B {
          sign = byte(after)
          after += 1
        }
        if byte(after) == 0x25, byte(after + 1) == 0x7D { return (index, after + 2, sign) }
      }
      index += 1
    }
    return nil
  }

  /// Right after a block's opening tag: skips to behind `{% word %}` and says where the contents end. Nil if the tag is
  /// missing: all that follows is skipped then.
  mutating func skipBody(until word: String) -> Int? {
    guard let end = findEnd(word, from: position) else {
      continueAsData(at: bytes.count)
      return nil
    }
    position = end.after
    pendingTag = nil
    trimAfter(sign: end.sign)
    return end.tag
  }

  // MARK: Inside of tags

  private mutating func nextInTag() throws(Diagnostic) -> Token {
    position = Whitespace.skip(bytes, position)
    guard position < bytes.count else { return Token(kind: .end, start: position, end: position) }
    if brackets.isEmpty, let token = closeTag() { return token }
    let start = position
    let first = bytes[start]
    if first >= 0x30, first <= 0x39 { return number() }
    if let token = name() { return token }
    if first == 0x22 || first == 0x27, let token = try string(quote: first) { return token }
    return try symbol()
  }

  private mutating func closeTag() -> Token? {
    let start = position
    var index = position
    var sign: UInt8 = 0
    if bytes[index] == 0x2D || (bytes[index] == 0x2B && mode == .block) {
      sign = bytes[index]
      index += 1
    }
    if mode == .block, byte(index) == 0x25, byte(index + 1) == 0x7D {
      position = index + 2
      trimAfter(sign: sign)
      mode = .data
      return Token(kind: .blockEnd, start: start, end: index + 2)
    }
    guard mode == .variable, byte(index) == 0x7D, byte(index + 1) == 0x7D else { return nil }
    position = index + 2
    if sign == 0x2D { position = Whitespace.skip(bytes, position) }
    mode = .data
    return Token(kind: .variableEnd, start: start, end: index + 2)
  }

  private mutating func name() -> Token? {
    let start = position
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        guard Self.isWord(byte) else { break }
        index += 1
        continue
      }
      let (scalar, length) = Whitespace.decode(bytes, index)
      guard index == start ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue else { break }
      index += length
    }
    guard index > start else { return nil }
    position = index
    return Token(kind: .name, start: start, end: index, text: source.text(start, index))
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x5F
      || (byte >= 0x30 && byte <= 0x39)
  }

  private mutating func symbol() throws(Diagnostic) -> Token {
    let start = position
    let first = String(UnicodeScalar(bytes[start]))
    let second = start + 1 < bytes.count ? first + String(UnicodeScalar(bytes[start + 1])) : first
    guard let kind = Self.symbols[second] ?? Self.symbols[first] else { throw unexpected(start) }
    try balance(kind, start)
    position = start + (Self.symbols[second] != nil && second != first ? 2 : 1)
    return Token(kind: kind, start: start, end: position)
  }

  private func unexpected(_ offset: Int) -> Diagnostic {
    let (scalar, _) = Whitespace.decode(bytes, offset)
    let place = source.text(0, offset).unicodeScalars.count
    return fail("unexpected char \(Repr.quoted(String(scalar))) at \(place)", at: offset)
  }

  private mutating func balance(_ kind: TokenKind, _ offset: Int) throws(Diagnostic) {
    switch kind {
    case .leftBrace: brackets.append(.rightBrace)
    case .leftBracket: brackets.append(.rightBracket)
    case .leftParenthesis: brackets.append(.rightParenthesis)
    case .rightBrace, .rightBracket, .rightParenthesis:
      guard let expected = brackets.popLast() else { throw fail("unexpected '\(kind.rawValue)'", at: offset) }
      guard expected == kind else {
        throw fail("unexpected '\(kind.rawValue)', expected '\(expected.rawValue)'", at: offset)
      }
    default: break
    }
  }

  private static let symbols: [String: TokenKind] = {
    let kinds: [TokenKind] = [
      .add, .assign, .colon, .comma, .divide, .dot, .equal, .floorDivide, .greater, .greaterOrEqual,
      .leftBrace,
      .leftBracket, .leftParenthesis, .less, .lessOrEqual, .modulo, .multiply, .unequal, .pipe, .power,
      .rightBrace, .rightBracket, .rightParenthesis, .semicolon, .subtract, .tilde,
    ]
    return Dictionary(uniqueKeysWithValues: kinds.map { ($0.rawValue, $0) })
  }()
}

// MARK: - Literals

extension Lexer {
  private mutating func number() -> Token {
    let start = position
    if let end = prefixedInteger(start) { return finish(.integer, start, end) }
    let digits = scanDigits(start)
    let afterDot = start > 0 && bytes[start - 1] == 0x2E
    if !afterDot {
      var end = digits
      if byte(end) == 0x2E, isDigit(end + 1) { end = scanDigits(end + 1) }
      if let exponent = scanExponent(end) { end = exponent }
      if end > digits { return finish(.float, start, end) }
    }
    // A leading zero is followed by zeros only.
    guard bytes[start] == 0x30 else { return finish(.integer, start, digits) }
    var end = start + 1
    while byte(end) == 0x30 || (byte(end) == 0x5F && byte(end + 1) == 0x30) { end += 1 }
    return finish(.integer, start, end)
  }

  private mutating func finish(_ kind: TokenKind, _ start: Int, _ end: Int) -> Token {
    position = end
    return Token(kind: kind, start: start, end: end, text: source.text(start, end).filter { $0 != "_" })
  }

  private func isDigit(_ offset: Int) -> Bool { byte(offset) >= 0x30 && byte(offset) <= 0x39 }

  private func scanDigits(_ start: Int) -> Int {
    var index = start
    while isDigit(index) || (byte(index) == 0x5F && index > start && isDigit(index + 1)) { index += 1 }
    return index
  }

  private func scanExponent(_ start: Int) -> Int? {
    guard byte(start) | 0x20 == 0x65 else { return nil }
    var index = start + 1
    if byte(index) == 0x2B || byte(index) == 0x2D { index += 1 }
    return isDigit(index) ? scanDigits(index) : nil
  }

  private func prefixedInteger(_ start: Int) -> Int? {
    guard byte(start) == 0x30 else { return nil }
    let radix: Int
    switch byte(start + 1) | 0x20 {
    case 0x78: radix = 16
    case 0x6F: radix = 8
    case 0x62: radix = 2
    default: return nil
    }
    var index = start + 2
    while true {
      let digit = byte(index) == 0x5F ? index + 1 : index
      guard let value = Character(UnicodeScalar(byte(digit))).hexDigitOrLetterValue, value < radix else {
        break
      }
      index = digit + 1
    }
    return index > start + 2 ? index : nil
  }

  private mutating func string(quote: UInt8) throws(Diagnostic) -> Token? {
    let start = position
    var index = start + 1
    var hasEscape = false
    while index < bytes.count, bytes[index] != quote {
      if bytes[index] == 0x5C {
        hasEscape = true
        index += 1
      }
      index += 1
    }
    guard index < bytes.count else { return nil }
    position = index + 1
    let raw = source.text(start + 1, index)
    guard hasEscape else { return Token(kind: .string, start: start, end: position, text: raw) }
    guard let text = Escapes.decode(raw) else { throw fail(Escapes.complaint(raw), at: start) }
    return Token(kind: .string, start: start, end: position, text: text)
  }
}

/// Python's backslash escapes.
enum Escapes {
  /// The text that `raw` stands for; nil if an escape is broken.
  static func decode(_ raw: String) -> String? {
    var result = String.UnicodeScalarView()
    var rest = Substring(raw).unicodeScalars
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        result.append(scalar)
        continue
      }
      guard let code = rest.popFirst() else { return nil }
      guard append(code, &rest, to: &result) else { return nil }
    }
    return String(result)
  }

  /// What Python says of `raw`, which has a broken escape.
  static func complaint(_ raw: String) -> String {
    for (code, digits) in [("x", 2), ("u", 4), ("U", 8)] {
      let pieces = Splitting.split(raw, "\\" + code, .max, fromEnd: false).dropFirst()
      let isBroken = pieces.contains { piece in
        let number = piece.unicodeScalars.prefix(digits)
        return number.count < digits || !number.allSatisfy(\.properties.isASCIIHexDigit)
      }
      if isBroken { return "truncated \\\(code)\(String(repeating: "X", count: digits)) escape" }
    }
    return "a text has an escape that stands for no character"
  }

  private static func append(
    _ code: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView,
    to result: inout String.UnicodeScalarView
  ) -> Bool {
    if let simple = simple[code] {
      if let simple { result.append(simple) }
      return true
    }
    switch code {
    case "x": return appendCode(&rest, digits: 2, to: &result)
    case "u": return appendCode(&rest, digits: 4, to: &result)
    case "U": return appendCode(&rest, digits: 8, to: &result)
    case "0"..."7":
      var value = code.value - 48
      for _ in 0..<2 {
        guard let next = rest.first, ("0"..."7").contains(next) else { break }
        value = value * 8 + next.value - 48
        rest.removeFirst()
      }
      guard let scalar = Unicode.Scalar(value) else { return false }
      result.append(scalar)
    default:
      result.append("\\")
      result.append(code)
    }
    return true
  }

  /// What stands for itself or one other character; nil inside: for nothing (a line that continues).
  private static let simple: [Unicode.Scalar: Unicode.Scalar?] = [
    "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{07}", "b": "\u{08}",
    "f": "\u{0C}", "v": "\u{0B}", "\n": nil,
  ]

  private static func appendCode(
    _ rest: inout Substring.UnicodeScalarView, digits: Int, to result: inout String.UnicodeScalarView
  ) -> Bool {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = rest.popFirst(), let number = Character(digit).hexDigitOrLetterValue, number < 16
      else {
        return false
      }
      value = value &* 16 &+ UInt32(number)
    }
    guard let scalar = Unicode.Scalar(value) else { return false }
    result.append(scalar)
    return true
  }
}

/// Whitespace in bytes of UTF-8.
enum Whitespace {
  /// The first offset from `start` on that is no whitespace.
  static func skip(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        guard (byte >= 9 && byte <= 13) || (byte >= 28 && byte <= 32) else { return index }
        index += 1
        continue
      }
      let (scalar, length) = decode(bytes, index)
      guard TextSearch.isSpace(scalar) else { return index }
      index += length
    }
    return index
  }

  /// Where the bytes from `start` to `end` end without the whitespace behind.
  static func trimEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start {
      var first = end - 1
      while first > start, bytes[first] & 0xC0 == 0x80 { first -= 1 }
      guard TextSearch.isSpace(decode(bytes, first).scalar) else { break }
      end = first
    }
    return end
  }

  /// The scalar at `offset` of valid UTF-8.
  static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int
  ) -> (scalar: Unicode.Scalar, length: Int) {
    let first = bytes[offset]
    guard first >= 0xC0 else { return (Unicode.Scalar(first), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard offset + length <= bytes.count else { return ("\u{FFFD}", 1) }
    var value = UInt32(first) & (length == 4 ? 0x07 : length == 3 ? 0x0F : 0x1F)
    for index in 1..<length { value = value << 6 | UInt32(bytes[offset + index] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }
}
