/// Reads plain scalars as YAML 1.1 does, which is what dbt's projects are written for.
enum YAMLScalar {
  /// What an unquoted scalar means.
  static func resolve(_ text: String) -> YAMLNode.Content {
    let bytes = Array(text.utf8)
    guard let first = bytes.first else { return .null }
    switch first {
    case UInt8(ascii: "~") where bytes.count == 1: return .null
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      return number(bytes) ?? .string(text)
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "t"),
      UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
      return bytes.count > 5 ? .string(text) : word(text)
    default: return .string(text)
    }
  }

  private static func word(_ text: String) -> YAMLNode.Content {
    switch text {
    case "null", "Null", "NULL": .null
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": .bool(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": .bool(false)
    default: .string(text)
    }
  }

  private static func number(_ bytes: [UInt8]) -> YAMLNode.Content? {
    var digits = bytes[...]
    var isNegative = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      digits = digits.dropFirst()
    }
    let plain = String(decoding: digits.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    switch plain {
    case ".inf", ".Inf", ".INF": return .float(isNegative ? -.infinity : .infinity)
    case ".nan", ".NaN", ".NAN": return .float(.nan)
    default: break
    }
    guard let first = digits.first, first != UInt8(ascii: "_") else { return nil }
    if let value = integer(plain) { return .int(isNegative ? -value : value) }
    return decimal(plain).map { .float(isNegative ? -$0 : $0) }
  }

  private static func integer(_ text: String) -> Int? {
    if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16) }
    if text.hasPrefix("0b") { return Int(text.dropFirst(2), radix: 2) }
    if text.count > 1, text.hasPrefix("0") { return Int(text.dropFirst(), radix: 8) }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  /// Digits with a point, and an exponent only behind one and with its sign: `1e3` is text in YAML 1.1.
  private static func decimal(_ text: String) -> Double? {
    guard text.utf8.contains(UInt8(ascii: ".")) else {
      // An integer beyond 64 bits.
      guard text.utf8.allSatisfy({ (48...57).contains($0) }), text.utf8.first != 48 else { return nil }
      return Double(text)
    }
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    if parts.count == 2 {
      guard let sign = parts[1].utf8.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") else {
        return nil
      }
    }
    guard parts[0].utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
    guard parts[0] != "." else { return nil }
    let padded = text.utf8.first == UInt8(ascii: ".") ? "0" + text : text
    return Double(padded.utf8.last == UInt8(ascii: ".") ? padded + "0" : padded)
  }
}
