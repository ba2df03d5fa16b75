/// What is wrong with a JSON text, and where.
struct JSONProblem: Error, Equatable {
  let message: String
  let offset: Int
}

/// Goes over JSON text (RFC 8259) and checks it, byte by byte, without making values of it.
struct JSONScanner {
  /// How deep containers may nest.
  static let maximumDepth = 1000

  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var position: Int

  /// Starts at `position`. The bytes must outlive the scanner.
  init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// Checks that `bytes` hold one whole value and nothing else.
  static func validate(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONProblem) {
    var scanner = JSONScanner(bytes)
    try scanner.skipValue()
    scanner.skipSpace()
    guard scanner.isAtEnd else { throw scanner.problem("more text behind the value") }
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// The byte at the position; 0 at the end.
  var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

  func problem(_ message: String) -> JSONProblem {
    JSONProblem(message: isAtEnd ? "it ends too early" : message, offset: position)
  }

  mutating func skipSpace() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }

  /// Goes over whatever byte is there.
  mutating func skipByte() { position = min(position + 1, bytes.count) }

  /// Goes over a byte that must come.
  mutating func expect(_ byte: UInt8) throws(JSONProblem) {
    guard current == byte, !isAtEnd else {
      throw problem("expected '\(Character(UnicodeScalar(byte)))'")
    }
    position += 1
  }

  /// Goes over one value and gives its range. White space before it is skipped.
  @discardableResult
  mutating func skipValue() throws(JSONProblem) -> Range<Int> {
    skipSpace()
    let start = position
    var open: [UInt8] = []
    repeat {
      try skipOpening(&open)
      try skipClosing(&open)
    } while !open.isEmpty
    return start..<position
  }

  /// Goes over a scalar, or over the starts of containers up to the first scalar in them or an empty one.
  private mutating func skipOpening(_ open: inout [UInt8]) throws(JSONProblem) {
    while true {
      skipSpace()
      let byte = current
      guard byte == 0x7B || byte == 0x5B else { return try skipScalar() }
      guard open.count < Self.maximumDepth else {
        throw problem("more than \(Self.maximumDepth) levels")
      }
      position += 1
      skipSpace()
      let closing: UInt8 = byte == 0x7B ? 0x7D : 0x5D
      if current == closing {
        position += 1
        return
      }
      open.append(closing)
      if byte == 0x7B { try skipKey() }
    }
  }

  /// Goes over the ends of containers, up to where the next value starts.
  private mutating func skipClosing(_ open: inout [UInt8]) throws(JSONProblem) {
    while let closing = open.last {
      skipSpace()
      if current == 0x2C {
        position += 1
        skipSpace()
        if closing == 0x7D { try skipKey() }
        return
      }
      guard current == closing else {
        throw problem("expected ',' or '\(Character(UnicodeScalar(closing)))'")
      }
      position += 1
      open.removeLast()
    }
  }

  private mutating func skipKey() throws(JSONProblem) {
    try skipString()
    skipSpace()
    try expect(0x3A)
  }

  private mutating func skipScalar() throws(JSONProblem) {
    switch current {
    case 0x22: try skipString()
    case 0x74: try skipWord("true")
    case 0x66: try skipWord("false")
    case 0x6E: try skipWord("null")
    default: try skipNumber()
    }
  }

  private mutating func skipWord(_ word: StaticString) throws(JSONProblem) {
    for index in 0..<word.utf8CodeUnitCount {
      guard current == word.utf8Start[index] else { throw problem("expected a value") }
      position += 1
    }
  }

  private mutating func skipNumber() throws(JSONProblem) {
    if current == 0x2D { position += 1 }
    if current == 0x30 {
      position += 1
    } else {
      try skipDigits()
    }
    if current == 0x2E {
      position += 1
      try skipDigits()
    }
    if current == 0x65 || current == 0x45 {
      position += 1
      if current == 0x2B || current == 0x2D { position += 1 }
      try skipDigits()
    }
  }

  private mutating func skipDigits() throws(JSONProblem) {
    let start = position
    while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
    guard position > start else { throw problem("expected a value") }
  }

  /// Goes over a string and gives the range between its quotes.
  @discardableResult
  mutating func skipString() throws(JSONProblem) -> Range<Int> {
    try expect(0x22)
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x22 {
        position += 1
        return start..<(position - 1)
      } else if byte == 0x5C {
        try skipEscape()
      } else if byte < 0x20 {
        throw problem("a control character in a text")
      } else if byte < 0x80 {
        position += 1
      } else {
        try skipMultibyte(byte)
      }
    }
    throw problem("a text that does not end")
  }

  private mutating func skipEscape() throws(JSONProblem) {
    position += 1
    switch current {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: position += 1
    case 0x75:
      position += 1
      for _ in 0..<4 {
        let byte = current
        guard byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 else { throw problem("a broken escape") }
        position += 1
      }
    default: throw problem("an escape that JSON does not have")
    }
  }

  /// Goes over a character of two to four bytes; what UTF-8 does not allow is a problem.
  private mutating func skipMultibyte(_ first: UInt8) throws(JSONProblem) {
    let rest: (count: Int, lowest: UInt8, highest: UInt8)
    switch first {
    case 0xC2...0xDF: rest = (1, 0x80, 0xBF)
    case 0xE0: rest = (2, 0xA0, 0xBF)
    case 0xED: rest = (2, 0x80, 0x9F)
    case 0xE1...0xEF: rest = (2, 0x80, 0xBF)
    case 0xF0: rest = (3, 0x90, 0xBF)
    case 0xF1...0xF3: rest = (3, 0x80, 0xBF)
    case 0xF4: rest = (3, 0x80, 0x8F)
    default: throw problem("a text that is not UTF-8")
    }
    position += 1
    guard current >= rest.lowest, current <= rest.highest else { throw problem("a text that is not UTF-8") }
    position += 1
    for _ in 1..<rest.count {
      guard current & 0xC0 == 0x80 else { throw problem("a text that is not UTF-8") }
      position += 1
    }
  }
}
