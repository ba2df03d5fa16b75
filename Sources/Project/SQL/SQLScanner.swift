/// Splits SQL into tokens, as far as telling words from strings, quoted names and comments needs.
struct SQLScanner {
  enum Kind {
    /// An unquoted name, keyword or number.
    case word
    /// A name in double quotes.
    case quotedName
    /// A text literal.
    case literal
    /// One character of anything else.
    case symbol
  }

  struct Token {
    var kind: Kind
    /// Where it stands, in UTF-8 bytes.
    var range: Range<Int>
  }

  let bytes: [UInt8]
  private(set) var position: Int

  /// Starts at a byte of the text.
  init(_ sql: String, from position: Int = 0) {
    bytes = Array(sql.utf8)
    self.position = position
  }

  /// The next token that is neither space nor comment; nil at the end.
  mutating func next() -> Token? {
    skipSpaceAndComments()
    guard position < bytes.count else { return nil }
    let start = position
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "'"): return token(.literal, start, quote: byte)
    case UInt8(ascii: "\""): return token(.quotedName, start, quote: byte)
    case UInt8(ascii: "$"):
      if skipDollarQuote() { return Token(kind: .literal, range: start..<position) }
      position += 1
      return Token(kind: .symbol, range: start..<position)
    case _ where Self.isWord(byte):
      while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
      if isEscapePrefix(start), position < bytes.count, bytes[position] == UInt8(ascii: "'") {
        skipEscapedLiteral()
        return Token(kind: .literal, range: start..<position)
      }
      return Token(kind: .word, range: start..<position)
    default:
      position += 1
      return Token(kind: .symbol, range: start..<position)
    }
  }

  /// The token's text.
  func text(_ token: Token) -> String { String(decoding: bytes[token.range], as: UTF8.self) }

  /// A name as it is in the warehouse: without its quotes.
  func name(_ token: Token) -> String {
    guard token.kind == .quotedName, token.range.count >= 2 else { return text(token) }
    let inner = String(
      decoding: bytes[token.range.lowerBound + 1..<token.range.upperBound - 1], as: UTF8.self)
    return inner.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
  }

  /// Whether the token is this keyword, in any case.
  func isKeyword(_ token: Token, _ keyword: String) -> Bool {
    token.kind == .word && token.range.count == keyword.utf8.count
      && zip(bytes[token.range], keyword.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 | 0x20 }
  }

  static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
      true
    default: false
    }
  }

  private func isEscapePrefix(_ start: Int) -> Bool {
    position - start == 1 && bytes[start] | 0x20 == UInt8(ascii: "e")
  }

  /// A quoted token; a doubled quote inside it stands for itself.
  private mutating func token(_ kind: Kind, _ start: Int, quote: UInt8) -> Token {
    position += 1
    while position < bytes.count {
      if bytes[position] == quote {
        position += 1
        guard position < bytes.count, bytes[position] == quote else { break }
      }
      position += 1
    }
    return Token(kind: kind, range: start..<position)
  }

  private mutating func skipEscapedLiteral() {
    position += 1
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\\") {
        position = min(position + 2, bytes.count)
        continue
      }
      let isQuote = bytes[position] == UInt8(ascii: "'")
      position += 1
      guard isQuote else { continue }
      guard position < bytes.count, bytes[position] == UInt8(ascii: "'") else { return }
      position += 1
    }
  }

  /// Passes over `$tag$ … $tag$`; false, and nothing passed, where none starts.
  private mutating func skipDollarQuote() -> Bool {
    var end = position + 1
    while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return false }
    if end > position + 1, (48...57).contains(bytes[position + 1]) { return false }
    let tag = bytes[position...end]
    var start = end + 1
    while start + tag.count <= bytes.count {
      if bytes[start..<start + tag.count].elementsEqual(tag) {
        position = start + tag.count
        return true
      }
      start += 1
    }
    position = bytes.count
    return true
  }

  private mutating func skipSpaceAndComments() {
    while position < bytes.count {
      let byte = bytes[position]
      let next = position + 1 < bytes.count ? bytes[position + 1] : 0
      if byte == 0x20 || (9...13).contains(byte) {
        position += 1
      } else if byte == UInt8(ascii: "-"), next == UInt8(ascii: "-") {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        skipBlockComment()
      } else {
        return
      }
    }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    while position < bytes.count {
      let next = position + 1 < bytes.count ? bytes[position + 1] : 0
      if bytes[position] == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if bytes[position] == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
        depth -= 1
        position += 2
        if depth == 0 { return }
      } else {
        position += 1
      }
    }
  }
}
