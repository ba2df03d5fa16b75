extension SQLType {
  /// Reads the engine's spelling of a type, in any case; what is not known stays as it is.
  public init(_ text: String) {
    var parser = TypeParser(text)
    let type = parser.type()
    self = parser.isAtEnd ? type : .other(text)
  }

  /// The types that a word stands for.
  fileprivate static let byName: [String: SQLType] = [
    "NULL": .null, "BOOLEAN": .boolean, "BOOL": .boolean, "LOGICAL": .boolean,
    "TINYINT": .integer(bits: 8, isSigned: true), "INT1": .integer(bits: 8, isSigned: true),
    "SMALLINT": .integer(bits: 16, isSigned: true), "INT2": .integer(bits: 16, isSigned: true),
    "INTEGER": .integer(bits: 32, isSigned: true), "INT": .integer(bits: 32, isSigned: true),
    "INT4": .integer(bits: 32, isSigned: true), "BIGINT": .bigint, "INT8": .bigint, "LONG": .bigint,
    "HUGEINT": .integer(bits: 128, isSigned: true), "UTINYINT": .integer(bits: 8, isSigned: false),
    "USMALLINT": .integer(bits: 16, isSigned: false), "UINTEGER": .integer(bits: 32, isSigned: false),
    "UBIGINT": .integer(bits: 64, isSigned: false), "UHUGEINT": .integer(bits: 128, isSigned: false),
    "FLOAT": .float, "REAL": .float, "FLOAT4": .float, "DOUBLE": .double, "FLOAT8": .double,
    "VARCHAR": .text, "TEXT": .text, "STRING": .text, "CHAR": .text, "BPCHAR": .text, "JSON": .json,
    "BLOB": .blob, "BYTEA": .blob, "BINARY": .blob, "VARBINARY": .blob, "UUID": .uuid, "DATE": .date,
    "TIME": .time, "INTERVAL": .interval, "DATETIME": .timestamp, "TIMESTAMP": .timestamp,
    "TIMESTAMP_S": .timestamp(partsPerSecond: 1), "TIMESTAMP_MS": .timestamp(partsPerSecond: 1000),
    "TIMESTAMP_NS": .timestamp(partsPerSecond: 1_000_000_000), "TIMESTAMPTZ": .timestampWithZone,
    "TIMESTAMP WITH TIME ZONE": .timestampWithZone, "DECIMAL": .decimal(precision: 18, scale: 3),
    "NUMERIC": .decimal(precision: 18, scale: 3),
  ]
}

/// Reads a type's text from left to right.
private struct TypeParser {
  private let text: [Character]
  private var index = 0

  init(_ text: String) { self.text = Array(text) }

  var isAtEnd: Bool { index == text.count }

  mutating func type() -> SQLType {
    skipSpace()
    let start = index
    var type = base()
    while take("[") {
      let digits = takeWhile(\.isNumber)
      guard take("]") else { return .other(String(text[start..<index])) }
      type = digits.isEmpty ? .list(type) : .other(String(text[start..<index]))
    }
    skipSpace()
    return type
  }

  private mutating func base() -> SQLType {
    let start = index
    if index < text.count, text[index] == "\"" { return SQLType.byName[quotedName().uppercased()] ?? rest(start) }
    let word = words().uppercased()
    switch word {
    case "STRUCT": return structure() ?? rest(start)
    case "MAP":
      guard take("(") else { return rest(start) }
      let key = type()
      guard take(",") else { return rest(start) }
      let value = type()
      return take(")") ? .map(key, value) : rest(start)
    case "DECIMAL" where peek("("), "NUMERIC" where peek("("): return decimal() ?? rest(start)
    case "VARCHAR" where peek("("), "CHAR" where peek("("), "TEXT" where peek("("):
      skipParentheses()
      return .text
    default:
      if let known = SQLType.byName[word], !peek("(") { return known }
      if peek("(") { skipParentheses() }
      return .other(String(text[start..<index]))
    }
  }

  private mutating func structure() -> SQLType? {
    guard take("(") else { return nil }
    var fields: [SQLType.StructureField] = []
    repeat {
      skipSpace()
      let name = index < text.count && text[index] == "\"" ? quotedName() : takeWhile { !$0.isWhitespace }
      fields.append(.init(name, type()))
    } while take(",")
    return take(")") ? .structure(fields) : nil
  }

  private mutating func decimal() -> SQLType? {
    guard take("("), let precision = number() else { return nil }
    let scale = take(",") ? number() : 0
    guard let scale, take(")") else { return nil }
    return .decimal(precision: precision, scale: scale)
  }

  private mutating func number() -> Int? {
    skipSpace()
    return Int(takeWhile(\.isNumber))
  }

  private mutating func rest(_ start: Int) -> SQLType {
    index = text.count
    return .other(String(text[start...]))
  }

  /// A word, or the several words of `TIMESTAMP WITH TIME ZONE`.
  private mutating func words() -> String {
    var word = takeWhile { $0.isLetter || $0.isNumber || $0 == "_" }
    let tail = " WITH TIME ZONE"
    if text.count - index >= tail.count, String(text[index..<index + tail.count]).uppercased() == tail {
      index += tail.count
      word += tail
    }
    return word
  }

  private mutating func quotedName() -> String {
    var name = ""
    index += 1
    while index < text.count {
      if text[index] == "\"" {
        index += 1
        guard index < text.count, text[index] == "\"" else { return name }
      }
      name.append(text[index])
      index += 1
    }
    return name
  }

  private mutating func skipParentheses() {
    var depth = 0
    var isQuoted = false
    while index < text.count {
      let letter = text[index]
      index += 1
      if letter == "'" { isQuoted.toggle() }
      if isQuoted { continue }
      if letter == "(" { depth += 1 }
      if letter == ")" {
        depth -= 1
        if depth == 0 { return }
      }
    }
  }

  private mutating func takeWhile(_ condition: (Character) -> Bool) -> String {
    let start = index
    while index < text.count, condition(text[index]) { index += 1 }
    return String(text[start..<index])
  }

  private func peek(_ letter: Character) -> Bool { index < text.count && text[index] == letter }

  private mutating func take(_ letter: Character) -> Bool {
    skipSpace()
    guard peek(letter) else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while index < text.count, text[index].isWhitespace { index += 1 }
  }
}
