/// A PIVOT that takes its columns from the data is no single SELECT to DuckDB and has no syntax tree. With a
/// list of values it is one, and names the same tables.
enum PivotRewriting {
  /// One insertion into a statement.
  struct Insertion {
    /// Where it stands, in UTF-8 bytes of the original.
    var offset: Int
    var text: String
  }

  /// What to insert after each column of a PIVOT that has no list of values; empty if there is none.
  static func insertions(in sql: String) -> [Insertion] {
    let tokens = SQLTokens(sql).tokens
    var insertions: [Insertion] = []
    for (index, token) in tokens.enumerated() where token.isWord("pivot") || token.isWord("pivot_wider") {
      insertions += inPivot(tokens, from: index + 1, depth: token.depth)
    }
    return insertions.sorted { $0.offset < $1.offset }
  }

  /// The statement with the insertions made.
  static func rewritten(_ sql: String, _ insertions: [Insertion]) -> String {
    var bytes: [UInt8] = []
    let original = Array(sql.utf8)
    var last = 0
    for insertion in insertions {
      bytes += original[last..<insertion.offset]
      bytes += insertion.text.utf8
      last = insertion.offset
    }
    return String(decoding: bytes + original[last...], as: UTF8.self)
  }

  /// Where a byte of the rewritten statement stood in the original.
  static func original(_ offset: Int, _ insertions: [Insertion]) -> Int {
    var offset = offset
    for insertion in insertions where insertion.offset < offset {
      offset = max(insertion.offset, offset - insertion.text.utf8.count)
    }
    return offset
  }

  /// The columns stand between ON and USING, GROUP, ORDER or the end, with commas between them.
  private static func inPivot(_ tokens: [SQLTokens.Token], from start: Int, depth: Int) -> [Insertion] {
    var insertions: [Insertion] = []
    var isOn = false
    var hasValues = false
    var last: Int?
    func finish() {
      if isOn, !hasValues, let last { insertions.append(Insertion(offset: last, text: " IN (0)")) }
      hasValues = false
    }
    for token in tokens[start...] {
      if token.depth < depth || (token.depth == depth && token.isSymbol(";")) { break }
      if token.depth == depth {
        if !isOn {
          if token.isWord("on") { isOn = true }
          continue
        }
        if ["using", "group", "order", "limit"].contains(where: token.isWord) { break }
        if token.isSymbol(",") {
          finish()
          continue
        }
        if token.isWord("in") { hasValues = true }
      }
      if isOn { last = token.end }
    }
    finish()
    return insertions
  }
}

/// The tokens of a statement, as far as finding words and brackets needs them: strings, quoted names, dollar
/// quotes and comments are stepped over whole.
struct SQLTokens {
  /// A token: a word in lower case, or one byte that is a symbol, or something quoted, which is neither.
  struct Token {
    var word: String?
    var symbol: UInt8?
    /// How many brackets are open around it; a closing bracket counts as inside.
    var depth: Int
    /// Where the token ends.
    var end: Int

    func isWord(_ other: String) -> Bool { word == other }
    func isSymbol(_ other: Unicode.Scalar) -> Bool { symbol.map(UInt32.init) == other.value }
  }

  private let bytes: [UInt8]
  private var position = 0
  private(set) var tokens: [Token] = []

  init(_ sql: String) {
    bytes = Array(sql.utf8)
    var depth = 0
    while position < bytes.count {
      let start = position
      let byte = bytes[position]
      if byte <= 0x20 {
        position += 1
      } else if hasPrefix("--") {
        skip(past: "\n")
      } else if hasPrefix("/*") {
        skip(past: "*/")
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        skipQuoted(byte)
        tokens.append(Token(depth: depth, end: position))
      } else if byte == UInt8(ascii: "$"), skipDollarQuoted() {
        tokens.append(Token(depth: depth, end: position))
      } else if Self.isWordByte(byte) {
        while position < bytes.count, Self.isWordByte(bytes[position]) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
        tokens.append(Token(word: word, depth: depth, end: position))
      } else {
        position += 1
        if "([{".utf8.contains(byte) { depth += 1 }
        tokens.append(Token(symbol: byte, depth: depth, end: position))
        if ")]}".utf8.contains(byte) { depth -= 1 }
      }
    }
  }

  /// Where a second statement starts, after a semicolon; nil if there is none. DuckDB tells no places.
  var startOfSecondStatement: Int? {
    for (token, next) in zip(tokens, tokens.dropFirst()) where token.isSymbol(";") {
      if let word = next.word { return next.end - word.utf8.count }
    }
    return nil
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F || byte >= 0x80
  }

  private func hasPrefix(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[position...].starts(with: $0) }
  }

  private mutating func skip(past end: StaticString) {
    position += 2
    while position < bytes.count {
      if hasPrefix(end) {
        position += end.utf8CodeUnitCount
        return
      }
      position += 1
    }
  }

  /// A doubled quote is skipped as two strings side by side.
  private mutating func skipQuoted(_ quote: UInt8) {
    position += 1
    while position < bytes.count, bytes[position] != quote { position += 1 }
    position = min(position + 1, bytes.count)
  }

  /// Steps over `$tag$ … $tag$`, if that is what comes.
  private mutating func skipDollarQuoted() -> Bool {
    var end = position + 1
    while end < bytes.count, Self.isWordByte(bytes[end]) { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return false }
    let tag = Array(bytes[position...end])
    var next = end + 1
    while next + tag.count <= bytes.count {
      if bytes[next..<next + tag.count].elementsEqual(tag) {
        position = next + tag.count
        return true
      }
      next += 1
    }
    position = bytes.count
    return true
  }
}
