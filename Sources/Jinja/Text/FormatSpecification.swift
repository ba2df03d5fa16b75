import Diagnostics

/// Python's `[[fill]align][sign][#][0][width][,][.precision][type]`.
struct FormatSpecification {
  var fill = " "
  var align: Unicode.Scalar?
  var sign: Unicode.Scalar = "-"
  var isAlternate = false
  var width = 0
  var grouping: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  /// Reads `text`. Throws Python's complaint if it is none.
  init(_ text: String) throws {
    var rest = Array(text.unicodeScalars)[...]
    if rest.count >= 2, let second = rest.dropFirst().first, "<>=^".unicodeScalars.contains(second),
      let first = rest.first
    {
      fill = String(first)
      align = second
      rest = rest.dropFirst(2)
    } else if let first = rest.first, "<>=^".unicodeScalars.contains(first) {
      align = first
      rest = rest.dropFirst()
    }
    if let first = rest.first, "+- ".unicodeScalars.contains(first) {
      sign = first
      rest = rest.dropFirst()
    }
    if rest.first == "#" {
      isAlternate = true
      rest = rest.dropFirst()
    }
    if rest.first == "0" {
      if align == nil {
        fill = "0"
        align = "="
      }
      rest = rest.dropFirst()
    }
    width = try FormatSpecification.number(&rest) ?? 0
    if let first = rest.first, first == "," || first == "_" {
      grouping = first
      rest = rest.dropFirst()
    }
    if rest.first == "." {
      rest = rest.dropFirst()
      guard let digits = try FormatSpecification.number(&rest) else {
        throw fault("Format specifier missing precision")
      }
      precision = digits
    }
    type = rest.popFirst()
    guard rest.isEmpty else { throw fault("Invalid format specifier '\(text)' for object of type 'str'") }
  }

  private static func number(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
    var value: Int?
    while let digit = rest.first, ("0"..."9").contains(digit) {
      value = (value ?? 0) * 10 + Int(digit.value - 48)
      guard (value ?? 0) < 1_000_000_000 else { throw fault("Too many decimal digits in format string") }
      rest.removeFirst()
    }
    return value
  }

  /// Python's `format(value, specification)`.
  func format(_ value: Value, _ interpreter: Interpreter) throws -> String {
    try interpreter.reserve(width)
    try interpreter.reserve(precision ?? 0)
    switch value {
    case .undefined(let name): throw fault(name.message)
    case .int(let number): return try format(integer: number, "int")
    case .bool(let flag):
      guard type == nil || type == "s" else { return try format(integer: flag ? 1 : 0, "int") }
      return type == nil && isPlain ? value.description : try format(integer: flag ? 1 : 0, "bool")
    case .float(let number): return try format(float: number, "float")
    default:
      if let text = value.stringValue { return try format(text: text) }
      guard isPlain else { throw fault("unsupported format string passed to \(value.typeName).__format__") }
      return value.description
    }
  }

  private var isPlain: Bool {
    align == nil && sign == "-" && width == 0 && precision == nil && grouping == nil && !isAlternate
  }

  private func unknown(_ type: String) -> Diagnostic {
    fault("Unknown format code '\(self.type.map { String($0) } ?? "")' for object of type '\(type)'")
  }

  private func format(text: String) throws -> String {
    guard type == nil || type == "s" else { throw unknown("str") }
    guard align != "=" || fill == "0" else {
      throw fault("'=' alignment not allowed in string format specifier")
    }
    let cut = precision.map { String(text.unicodeScalars.prefix($0)) } ?? text
    return padded("", cut, align == "=" ? "<" : align ?? "<")
  }

  private func format(integer: Int, _ typeName: String) throws -> String {
    var digits: String
    var prefix = ""
    switch type {
    case nil, "d", "n": digits = String(integer.magnitude)
    case "b": (digits, prefix) = (String(integer.magnitude, radix: 2), "0b")
    case "o": (digits, prefix) = (String(integer.magnitude, radix: 8), "0o")
    case "x": (digits, prefix) = (String(integer.magnitude, radix: 16), "0x")
    case "X": (digits, prefix) = (String(integer.magnitude, radix: 16).uppercased(), "0X")
    case "c":
      guard let code = UInt32(exactly: integer), let scalar = Unicode.Scalar(code) else {
        throw fault("%c arg not in range(0x110000)")
      }
      return padded("", String(scalar), align ?? "<")
    case "e", "E", "f", "F", "g", "G", "%": return try format(float: Double(integer), typeName)
    default: throw unknown(typeName)
    }
    guard precision == nil else { throw fault("Precision not allowed in integer format specifier") }
    if let grouping { digits = grouped(digits, grouping, by: prefix.isEmpty ? 3 : 4) }
    return number(isNegative: integer < 0, isAlternate ? prefix : "", digits)
  }

  private func format(float: Double, _ typeName: String) throws -> String {
    let magnitude = float.magnitude
    let isNegative = float.sign == .minus && !float.isNaN
    var digits: String
    switch type {
    case nil:
      if let precision {
        digits = FormatSpecification.general(magnitude, precision, keepsPoint: true)
      } else {
        digits = FloatText.text(magnitude)
      }
    case "f", "F", "e", "E", "%":
      let conversion = type == "%" ? 0x66 : UInt8(truncatingIfNeeded: type?.value ?? 0x66)
      let scaled = type == "%" ? magnitude * 100 : magnitude
      digits = Mathematics.format(
        scaled, conversion: conversion, precision: precision ?? 6, alternate: isAlternate)
      if type == "%" { digits += "%" }
    case "g", "G", "n":
      let conversion: UInt8 = type == "G" ? 0x47 : 0x67
      digits = Mathematics.format(
        magnitude, conversion: conversion, precision: precision ?? 6, alternate: isAlternate)
    default: throw unknown(typeName)
    }
    if let grouping {
      let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let whole = parts.first.map(String.init) ?? digits
      digits = grouped(whole, grouping, by: 3) + (parts.count > 1 ? ".\(parts[1])" : "")
    }
    return number(isNegative: isNegative, "", digits)
  }

  /// Python's own general form: as `g`, but a whole number keeps one decimal.
  static func general(_ value: Double, _ precision: Int, keepsPoint: Bool) -> String {
    let text = Mathematics.format(value, conversion: 0x67, precision: max(precision, 1))
    guard keepsPoint, value.isFinite, !text.contains("."), !text.contains("e") else { return text }
    if text.count >= max(precision, 1), precision > 0 {
      return Mathematics.format(value, conversion: 0x65, precision: max(precision - 1, 0))
    }
    return text + ".0"
  }

  private func grouped(_ digits: String, _ separator: Unicode.Scalar, by size: Int) -> String {
    var result: [Character] = []
    for (index, digit) in digits.reversed().enumerated() {
      if index > 0, index % size == 0 { result.append(Character(separator)) }
      result.append(digit)
    }
    return String(result.reversed())
  }

  private func number(isNegative: Bool, _ prefix: String, _ digits: String) -> String {
    let signText = isNegative ? "-" : sign == "-" ? "" : String(sign)
    guard align == "=", fill == "0", let grouping else {
      return padded(signText + prefix, digits, align ?? ">")
    }
    // Zeros that fill are grouped as well.
    let size = prefix.isEmpty ? 3 : 4
    var plain = digits.filter { $0 != Character(grouping) }
    let tail = plain.firstIndex { $0 == "." || $0 == "e" || $0 == "%" } ?? plain.endIndex
    let rest = String(plain[tail...])
    plain = String(plain[..<tail])
    var text = grouped(plain, grouping, by: size) + rest
    while (signText + prefix + text).count < width {
      plain = "0" + plain
      text = grouped(plain, grouping, by: size) + rest
    }
    return signText + prefix + text
  }

  private func padded(_ sign: String, _ text: String, _ align: Unicode.Scalar) -> String {
    let missing = width - text.unicodeScalars.count - sign.unicodeScalars.count
    guard missing > 0 else { return sign + text }
    func filling(_ count: Int) -> String { String(repeating: fill, count: count) }
    switch align {
    case "<": return sign + text + filling(missing)
    case "^": return filling(missing / 2) + sign + text + filling(missing - missing / 2)
    case "=": return sign + filling(missing) + text
    default: return filling(missing) + sign + text
    }
  }
}
