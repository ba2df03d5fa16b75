import Jinja

/// Reads of parts of valid JSON text, by their places in it.
enum JSONText {
  /// The range without white space around it.
  static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return start..<max(end, start)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Where a list's items stand.
  static func items(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) throws(JSONProblem) -> [Range<Int>] {
    var items: [Range<Int>] = []
    eachItem(bytes, range) { items.append($0) }
    return items
  }

  /// Calls `body` with the place of each of a list's items.
  static func eachItem(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) throws -> Void
  ) rethrows {
    var scanner = JSONScanner(bytes, at: range.lowerBound)
    // The text was checked as a whole before: nothing is found here that is not JSON.
    guard (try? scanner.expect(0x5B)) != nil else { return }  // checked before
    scanner.skipSpace()
    while !scanner.isAtEnd, scanner.current != 0x5D {
      guard let item = try? scanner.skipValue() else { return }  // checked before
      try body(item)
      scanner.skipSpace()
      if scanner.current == 0x2C { scanner.skipByte() }
    }
  }

  /// Where the values of a mapping stand.
  static func members(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) throws(JSONProblem) -> [Range<Int>] {
    var values: [Range<Int>] = []
    try eachMember(bytes, range) { _, value in
      values.append(value)
      return true
    }
    return values
  }

  /// The names of a mapping's members, in order.
  static func names(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) throws(JSONProblem) -> [String] {
    var names: [String] = []
    try eachMember(bytes, range) { name, _ in
      names.append(text(bytes, name))
      return true
    }
    return names
  }

  /// Where the value of a mapping's member stands; the last one's, if several have the name.
  static func member(
    _ name: String, _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) throws(JSONProblem) -> Range<Int>? {
    var found: Range<Int>?
    try eachMember(bytes, range) { key, value in
      if isText(bytes, key, name) { found = value }
      return true
    }
    return found
  }

  /// Calls `body` with the ranges of each member's name (between the quotes) and value until it says false.
  private static func eachMember(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>, Range<Int>) -> Bool
  ) throws(JSONProblem) {
    var scanner = JSONScanner(bytes, at: range.lowerBound)
    scanner.skipSpace()
    try scanner.expect(0x7B)
    scanner.skipSpace()
    while scanner.current != 0x7D {
      let name = try scanner.skipString()
      scanner.skipSpace()
      try scanner.expect(0x3A)
      guard body(name, try scanner.skipValue()) else { return }
      scanner.skipSpace()
      if scanner.current == 0x2C {
        try scanner.expect(0x2C)
        scanner.skipSpace()
      }
    }
  }

  /// The object at `row` with the numbers of some members as text: the engine's JSON reader makes binary fractions of
  /// numbers, and reads every digit of a text. Nil if it has no such numbers.
  static func quotingNumbers(
    _ document: UnsafeBufferPointer<UInt8>, _ row: Range<Int>, of isExact: (String) -> Bool
  ) throws(JSONProblem) -> [UInt8]? {
    guard document[row.lowerBound] == 0x7B else { return nil }
    var copy: [UInt8] = []
    var start = row.lowerBound
    for name in try names(document, row) where isExact(name) {
      guard let value = try member(name, document, row), value.lowerBound >= start,
        document[value.lowerBound] == 0x2D || document[value.lowerBound] &- 0x30 < 10
      else { continue }
      copy += document[start..<value.lowerBound]
      copy.append(0x22)
      copy += document[value]
      copy.append(0x22)
      start = value.upperBound
    }
    guard start > row.lowerBound else { return nil }
    return copy + document[start..<row.upperBound]
  }

  /// A scalar as text; nil for null, lists and mappings.
  static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String? {
    guard let first = range.first.map({ bytes[$0] }) else { return nil }
    switch first {
    case 0x22: return text(bytes, (range.lowerBound + 1)..<(range.upperBound - 1))
    case 0x7B, 0x5B, 0x6E: return nil
    default: return raw(bytes, range)
    }
  }

  /// The text as it stands.
  static func raw(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// Text as a JSON string.
  static func quoted(_ text: String) -> String { DataValue.string(text).json() }

  /// Text between quotes, its escapes resolved.
  private static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    let raw = raw(bytes, range)
    guard raw.utf8.contains(0x5C) else { return raw }
    guard case .string(let text)? = try? DataValue.parse(json: "\"\(raw)\"") else {  // valid JSON parses
      return raw
    }
    return text
  }

  private static func isText(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ text: String
  ) -> Bool {
    let raw = bytes[range]
    if raw.contains(0x5C) { return self.text(bytes, range) == text }
    return raw.elementsEqual(text.utf8)
  }
}

extension DataValue {
  /// The value as compact JSON; text that is `raw` for a placeholder goes in as it is.
  func compactJSON(raw: (String) throws -> String?) rethrows -> String {
    switch self {
    case .string(let text): return try raw(text) ?? json()
    case .list(let items):
      return "[" + (try items.map { try $0.compactJSON(raw: raw) }).joined(separator: ",") + "]"
    case .dict(let map):
      let members = try map.map { key, value in
        "\(DataValue.string(key).json()):\(try value.compactJSON(raw: raw))"
      }
      return "{" + members.joined(separator: ",") + "}"
    default: return json()
    }
  }
}
