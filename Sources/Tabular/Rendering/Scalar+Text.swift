extension Scalar: CustomStringConvertible {
  /// The value as text, as `text(as:)` gives it for the type that the value itself implies.
  public var description: String { text(as: .null) }

  /// The value as DuckDB's `CAST(x AS VARCHAR)` and its command line print it: `NULL`, `1.50`, `2020-01-01`,
  /// `[1, 2]`, `{'a': 1}`, `{k=v}`. An instant is printed in UTC. The type matters for what the value does
  /// not say itself: JSON, geometries, and the fields of a structure without names.
  public func text(as type: LogicalType) -> String {
    switch self {
    case .null: "NULL"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .huge(let value): String(value)
    case .unsignedHuge(let value): String(value)
    case .float32(let value): floatText(value)
    case .float64(let value): floatText(value)
    case .decimal(let unscaled, let width, let scale): decimalText(unscaled, width: width, scale: scale)
    case .bignum(let isNegative, let magnitude): bignumText(isNegative: isNegative, magnitude)
    case .text(let text), .bit(let text): text
    case .blob(let bytes): type == .geometry ? geometryText(bytes) ?? blobText(bytes) : blobText(bytes)
    case .uuid(let value): uuidText(value)
    case .list, .map, .structure, .union: nestedText(as: type)
    case .variant(let type, let value): value.text(as: type)
    default: temporalText
    }
  }

  /// A date, time or interval as text.
  private var temporalText: String {
    switch self {
    case .date(let days): dateText(days)
    case .time(let microseconds): timeText(Int128(microseconds), ticks: 1_000_000)
    case .timeNanoseconds(let nanoseconds): timeText(Int128(nanoseconds), ticks: 1_000_000_000)
    case .timeWithZone(let microseconds, let offset):
      timeText(Int128(microseconds), ticks: 1_000_000) + offsetText(offset)
    case .timestamp(let microseconds): timestampText(microseconds, ticks: 1_000_000)
    case .timestampNanoseconds(let nanoseconds): timestampText(nanoseconds, ticks: 1_000_000_000)
    case .instant(let microseconds): timestampText(microseconds, ticks: 1_000_000, suffix: "+00")
    case .interval(let months, let days, let microseconds): intervalText(months, days, microseconds)
    default: ""
    }
  }

  private func nestedText(as type: LogicalType) -> String {
    switch self {
    case .list(let items):
      // A list shows JSON as it is, and an array everything; other containers treat it as any text.
      let isArray = if case .array = type { true } else { false }
      let element = type.element
      let isPlain = isArray || element == .json
      let texts = items.map { isPlain ? $0.text(as: element) : $0.memberText(as: element) }
      return "[" + texts.joined(separator: ", ") + "]"
    case .map(let keys, let values):
      let (keyType, valueType) = type.pair
      let pairs = zip(keys, values).map { "\($0.memberText(as: keyType))=\($1.memberText(as: valueType))" }
      return "{" + pairs.joined(separator: ", ") + "}"
    case .structure(let names, let values):
      let types = type.members
      let texts = values.enumerated().map { index, value in
        value.memberText(as: index < types.count ? types[index].type : .null)
      }
      if !names.isEmpty, names.allSatisfy(\.isEmpty) { return "(" + texts.joined(separator: ", ") + ")" }
      return "{" + zip(names, texts).map { "\(quotedText($0)): \($1)" }.joined(separator: ", ") + "}"
    case .union(let tag, let value):
      return value.text(as: type.members.first { $0.name == tag }?.type ?? .null)
    default: return ""
    }
  }

  /// The value as it stands inside another: in quotes where it could be misread.
  private func memberText(as type: LogicalType) -> String {
    let text = text(as: type)
    switch self {
    case .null, .list, .map, .structure, .union, .variant: return text
    default: return needsQuotes(text) ? quotedText(text) : text
    }
  }
}

extension LogicalType {
  /// What a list or array holds.
  var element: LogicalType {
    switch self {
    case .list(let element), .array(let element, _): element
    default: .null
    }
  }

  /// What a map holds.
  var pair: (key: LogicalType, value: LogicalType) {
    if case .map(let key, let value) = self { (key, value) } else { (.null, .null) }
  }

  /// The fields of a structure or the members of a union.
  var members: [Field] {
    switch self {
    case .structure(let fields), .union(let fields): fields
    default: []
    }
  }
}

/// Whether a text inside a list, map or structure could be taken for something else.
private func needsQuotes(_ text: String) -> Bool {
  let bytes = text.utf8
  guard let first = bytes.first, let last = bytes.last else { return true }
  if isSpace(first) || isSpace(last) { return true }
  if bytes.count == 4, text.lowercased() == "null" { return true }
  return bytes.contains { special.contains($0) }
}

private let special = Set("\"'(),:=[]{}".utf8)

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

/// A text in single quotes, with quotes and backslashes escaped.
private func quotedText(_ text: String) -> String {
  var quoted = "'"
  for character in text.unicodeScalars {
    if character == "'" || character == "\\" { quoted.unicodeScalars.append("\\") }
    quoted.unicodeScalars.append(character)
  }
  return quoted + "'"
}

/// Bytes as text: printable ASCII as it is, the rest as `\x00`.
private func blobText(_ bytes: [UInt8]) -> String {
  var text = ""
  for byte in bytes {
    let isPlain = (0x20...0x7E).contains(byte) && !Set("\\'\"".utf8).contains(byte)
    if isPlain { text.unicodeScalars.append(Unicode.Scalar(byte)) } else { text += "\\x" + hexText(byte) }
  }
  return text
}

private func hexText(_ byte: UInt8) -> String {
  let digits = Array("0123456789ABCDEF")
  return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
}

private func uuidText(_ value: UInt128) -> String {
  let digits = String(value, radix: 16)
  let padded = Array(String(repeating: "0", count: 32 - digits.count) + digits)
  return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(padded[$0]) }.joined(separator: "-")
}
