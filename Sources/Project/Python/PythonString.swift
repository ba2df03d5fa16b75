/// A text of Python source while it is read.
struct PythonString {
  let quote: UInt8
  /// Whether three quotes enclose it.
  let isLong: Bool
  let isRaw: Bool
  let isFormatted: Bool
  var bytes: [UInt8] = []
  /// The words of the expressions in a formatted text.
  var words: [PythonToken] = []

  init(quote: UInt8, isLong: Bool, isRaw: Bool, isFormatted: Bool) {
    self.quote = quote
    self.isLong = isLong
    self.isRaw = isRaw
    self.isFormatted = isFormatted
  }

  var value: String { String(decoding: bytes, as: UTF8.self) }

  private static let simple: [UInt8: UInt8] = [
    UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22, UInt8(ascii: "a"): 7,
    UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
    UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
  ]

  /// Adds what an escape means, whose letter was read; gives what is wrong with it, if something is.
  mutating func unescape(_ letter: UInt8, _ source: [UInt8], _ position: inout Int) -> String? {
    if letter == 0x0A { return nil }
    if let byte = Self.simple[letter] {
      bytes.append(byte)
      return nil
    }
    switch letter {
    case UInt8(ascii: "x"): return code(2, source, &position)
    case UInt8(ascii: "u"): return code(4, source, &position)
    case UInt8(ascii: "U"): return code(8, source, &position)
    case 0x30...0x37:
      var value = UInt32(letter - 0x30)
      for _ in 0..<2 where position < source.count && (0x30...0x37).contains(source[position]) {
        value = value * 8 + UInt32(source[position] - 0x30)
        position += 1
      }
      add(value)
    default: bytes += [0x5C, letter]
    }
    return nil
  }

  private mutating func code(_ digits: Int, _ source: [UInt8], _ position: inout Int) -> String? {
    let end = min(position + digits, source.count)
    let text = String(decoding: source[position..<end], as: UTF8.self)
    guard text.utf8.count == digits, let value = UInt32(text, radix: 16) else {
      return "(unicode error) truncated escape"
    }
    position = end
    add(value)
    return nil
  }

  private mutating func add(_ value: UInt32) {
    bytes += Array(String(Unicode.Scalar(value).map(Character.init) ?? "\u{FFFD}").utf8)
  }
}
