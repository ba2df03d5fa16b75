/// Numbers as Python prints them.
enum FloatText {
  /// Python's `repr` of a float: the shortest text that reads back the same.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return value.description
  }

  /// Python's `round` of a float, ties to even on the decimal expansion, as CPython does it.
  static func round(_ value: Double, digits: Int) -> Double {
    guard value.isFinite, digits <= 323 - 15 else { return value }
    if digits >= 0 { return Double(Mathematics.format(value, conversion: 0x66, precision: digits)) ?? value }
    guard digits > -309 else { return 0 * value }
    let power = Mathematics.power(10, Double(-digits))
    return (value / power).rounded(.toNearestOrEven) * power
  }

  /// Python's `float(text)`; nil if it is not a number.
  static func parse(_ text: String) -> Double? {
    let trimmed = TextSearch.strip(text)
    guard let digits = withoutUnderscores(trimmed) else { return nil }
    let lower = digits.lowercased()
    switch lower {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    case "nan", "+nan", "-nan": return .nan
    default: break
    }
    guard lower.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || "+-.e".utf8.contains($0) }) else {
      return nil
    }
    guard let number = Double(lower.hasPrefix(".") ? "0" + lower : lower) else {
      return parseLoose(lower)
    }
    return number
  }

  /// The forms that Python takes and Swift does not: `1.`, `-.5`, `1.e5`.
  private static func parseLoose(_ text: String) -> Double? {
    var sign = ""
    var rest = Substring(text)
    if rest.hasPrefix("-") || rest.hasPrefix("+") { sign = String(rest.removeFirst()) }
    let parts = rest.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
    guard let mantissa = parts.first else { return nil }
    let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count == 2, halves.contains(where: { !$0.isEmpty }) else { return nil }
    let whole = halves[0].isEmpty ? "0" : halves[0]
    let fraction = halves[1].isEmpty ? "0" : halves[1]
    return Double("\(sign)\(whole).\(fraction)" + (parts.count > 1 ? "e\(parts[1])" : ""))
  }

  /// Python's `int(text, base)`; nil if it is not a number, throws if it needs more than 64 bits.
  static func parseInteger(_ text: String, base: Int = 10) throws -> Int? {
    var digits = Substring(TextSearch.strip(text))
    var isNegative = false
    if let sign = digits.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      digits.removeFirst()
    }
    var base = base
    let prefixes: [(String, Int)] = [("0x", 16), ("0o", 8), ("0b", 2)]
    for (prefix, radix) in prefixes where digits.lowercased().hasPrefix(prefix) {
      guard base == radix || base == 0 else { continue }
      base = radix
      digits = digits.dropFirst(2)
      if digits.hasPrefix("_") { digits = digits.dropFirst() }
    }
    if base == 0 { base = 10 }
    guard (2...36).contains(base), let plain = withoutUnderscores(String(digits)) else { return nil }
    var total = 0
    guard !plain.isEmpty else { return nil }
    for character in plain {
      guard let digit = character.hexDigitOrLetterValue, digit < base else { return nil }
      let scaled = total.multipliedReportingOverflow(by: base)
      let sum = scaled.partialValue.addingReportingOverflow(isNegative ? -digit : digit)
      guard !scaled.overflow, !sum.overflow else { throw Arithmetic.overflow() }
      total = sum.partialValue
    }
    return total
  }

  private static func withoutUnderscores(_ text: String) -> String? {
    guard text.utf8.contains(0x5F) else { return text }
    guard !text.hasPrefix("_"), !text.hasSuffix("_"), !text.contains("__") else { return nil }
    return text.filter { $0 != "_" }
  }
}

extension Character {
  /// The value of an ASCII digit or letter in bases up to 36.
  var hexDigitOrLetterValue: Int? {
    guard let ascii = asciiValue else { return nil }
    switch ascii {
    case 0x30...0x39: return Int(ascii) - 0x30
    case 0x41...0x5A: return Int(ascii) - 0x41 + 10
    case 0x61...0x7A: return Int(ascii) - 0x61 + 10
    default: return nil
    }
  }
}
