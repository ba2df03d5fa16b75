/// A forward reader of the engine's own JSON, straight from its bytes: no tree, no copies but the strings
/// asked for.
///
/// Malformed input never traps: reading stops and `isBroken` says so.
struct JSONScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Whether the input was not what it had to be.
  private(set) var isBroken = false

  /// Reads from `bytes`, which must outlive the scanner.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The next byte that is no white space; zero at the end.
  mutating func peek() -> UInt8 {
    while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    return position < bytes.count ? bytes[position] : 0
  }

  /// Steps over `byte` if it is the next one.
  mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte, byte != 0 else { return false }
    position += 1
    return true
  }

  /// Hands over each key of the object that comes next; `body` must read or skip the value.
  mutating func forEachKey(_ body: (inout JSONScanner, UnsafeBufferPointer<UInt8>) -> Void) {
    guard take(UInt8(ascii: "{")) else { return fail() }
    if take(UInt8(ascii: "}")) { return }
    repeat {
      guard let key = rawString(), take(UInt8(ascii: ":")) else { return fail() }
      body(&self, key)
    } while !isBroken && take(UInt8(ascii: ","))
    if !take(UInt8(ascii: "}")) { fail() }
  }

  /// Calls `body` at each element of the array that comes next; it must read or skip the element.
  mutating func forEachElement(_ body: (inout JSONScanner) -> Void) {
    guard take(UInt8(ascii: "[")) else { return fail() }
    if take(UInt8(ascii: "]")) { return }
    repeat { body(&self) } while !isBroken && take(UInt8(ascii: ","))
    if !take(UInt8(ascii: "]")) { fail() }
  }

  /// Reads a string with its escapes undone. Anything else is skipped and gives nil.
  mutating func string() -> String? {
    guard peek() == UInt8(ascii: "\"") else {
      skipValue()
      return nil
    }
    guard let raw = rawString() else { return nil }
    return raw.contains(UInt8(ascii: "\\")) ? Self.unescaped(raw) : String(decoding: raw, as: UTF8.self)
  }

  /// Reads a whole number, also one written as a string. Anything else is skipped and gives nil.
  mutating func integer() -> Int? {
    if peek() == UInt8(ascii: "\"") {
      guard let raw = rawString() else { return nil }
      return Int(String(decoding: raw, as: UTF8.self))
    }
    let start = position
    skipValue()
    return Int(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self))
  }

  /// Steps over the value that comes next.
  mutating func skipValue() {
    switch peek() {
    case UInt8(ascii: "\""): _ = rawString()
    case UInt8(ascii: "{"), UInt8(ascii: "["): skipNested()
    case 0: fail()
    default:
      let start = position
      while position < bytes.count, !Self.endsLiteral(bytes[position]) { position += 1 }
      if position == start { fail() }
    }
  }

  /// The bytes between the quotes of the string that comes next, escapes as they are.
  mutating func rawString() -> UnsafeBufferPointer<UInt8>? {
    guard take(UInt8(ascii: "\"")) else {
      fail()
      return nil
    }
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return UnsafeBufferPointer(rebasing: bytes[start..<position - 1])
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    fail()
    return nil
  }

  /// Steps over an object or array without looking into it.
  private mutating func skipNested() {
    var depth = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        _ = rawString()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      position += 1
      if depth == 0 { return }
    }
    fail()
  }

  private mutating func fail() {
    isBroken = true
    position = bytes.count
  }

  private static func endsLiteral(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }

  /// A string's text with its escapes undone; surrogate pairs are joined.
  private static func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> String {
    var units: [UInt16] = []
    var output = ""
    var index = 0
    func hex(at start: Int) -> UInt16? {
      guard start + 4 <= raw.count else { return nil }
      return UInt16(
        String(decoding: UnsafeBufferPointer(rebasing: raw[start..<start + 4]), as: UTF8.self), radix: 16)
    }
    func flush() {
      if !units.isEmpty { output += String(decoding: units, as: UTF16.self) }
      units.removeAll()
    }
    while index < raw.count {
      guard raw[index] == UInt8(ascii: "\\"), index + 1 < raw.count else {
        let end = raw[index...].firstIndex(of: UInt8(ascii: "\\")) ?? raw.count
        let upper = end == index ? index + 1 : end
        flush()
        output += String(decoding: UnsafeBufferPointer(rebasing: raw[index..<upper]), as: UTF8.self)
        index = upper
        continue
      }
      if raw[index + 1] == UInt8(ascii: "u"), let unit = hex(at: index + 2) {
        units.append(unit)
        index += 6
        continue
      }
      flush()
      output.unicodeScalars.append(simpleEscape(raw[index + 1]))
      index += 2
    }
    flush()
    return output
  }

  private static func simpleEscape(_ byte: UInt8) -> Unicode.Scalar {
    switch byte {
    case UInt8(ascii: "n"): "\n"
    case UInt8(ascii: "t"): "\t"
    case UInt8(ascii: "r"): "\r"
    case UInt8(ascii: "b"): "\u{8}"
    case UInt8(ascii: "f"): "\u{c}"
    default: Unicode.Scalar(byte)
    }
  }
}

/// Whether the bytes are exactly those of an ASCII literal.
func isEqual(_ bytes: UnsafeBufferPointer<UInt8>, _ literal: StaticString) -> Bool {
  bytes.count == literal.utf8CodeUnitCount
    && literal.withUTF8Buffer { zip($0, bytes).allSatisfy { $0 == $1 } }
}
