import Diagnostics

extension DataValue {
  /// How JSON is laid out.
  public struct JSONStyle: Sendable {
    /// The spaces of one level; nil for everything in one line.
    public var indent: Int?
    /// Whether keys come in the order of their text and not in their own.
    public var sortKeys: Bool
    /// Whether everything outside of ASCII is escaped.
    public var asciiOnly: Bool
    /// Whether there are spaces behind commas and colons, on one line.
    public var isSpaced: Bool

    /// Makes a style; compact, in the data's own order, unless told otherwise.
    public init(indent: Int? = nil, sortKeys: Bool = false, asciiOnly: Bool = false, isSpaced: Bool = false) {
      self.indent = indent
      self.sortKeys = sortKeys
      self.asciiOnly = asciiOnly
      self.isSpaced = isSpaced
    }

    /// What Python's `json.dumps` writes.
    public static func python(indent: Int? = nil, sortKeys: Bool = false) -> JSONStyle {
      JSONStyle(indent: indent, sortKeys: sortKeys, asciiOnly: true, isSpaced: true)
    }
  }

  /// The data as JSON text: compact, or on lines of their own with two spaces a level.
  public func json(pretty: Bool = false, sortKeys: Bool = false) -> String {
    json(style: JSONStyle(indent: pretty ? 2 : nil, sortKeys: sortKeys, isSpaced: pretty))
  }

  /// The data as JSON text.
  public func json(style: JSONStyle) -> String {
    var writer = JSONWriter(style: style)
    writer.write(self, depth: 0)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads JSON text. Throws a `Diagnostic` that says where it is broken.
  public static func parse(json text: String) throws(Diagnostic) -> DataValue {
    var reader = JSONReader(text)
    return try reader.document()
  }
}

/// Writes JSON into bytes.
private struct JSONWriter {
  let style: DataValue.JSONStyle
  var bytes: [UInt8] = []

  init(style: DataValue.JSONStyle) { self.style = style }

  mutating func write(_ value: DataValue, depth: Int) {
    switch value {
    case .none: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .int(let value): append(String(value))
    case .float(let value):
      append(
        value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : value.description)
    case .string(let value): write(value)
    case .list(let items):
      writeContainer("[", "]", items, depth) { writer, item in writer.write(item, depth: depth + 1) }
    case .dict(let map):
      let keys =
        style.sortKeys ? map.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) : map.keys
      writeContainer("{", "}", Array(keys), depth) { writer, key in
        writer.write(key)
        writer.append(writer.style.isSpaced ? ": " : ":")
        writer.write(map[key] ?? .none, depth: depth + 1)
      }
    }
  }

  private mutating func writeContainer<Item>(
    _ open: String, _ close: String, _ items: [Item], _ depth: Int, _ write: (inout JSONWriter, Item) -> Void
  ) {
    append(open)
    for (index, item) in items.enumerated() {
      if index > 0 { append(style.isSpaced && style.indent == nil ? ", " : ",") }
      newLine(depth + 1)
      write(&self, item)
    }
    if !items.isEmpty { newLine(depth) }
    append(close)
  }

  private mutating func newLine(_ depth: Int) {
    guard let indent = style.indent else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: max(indent, 0) * depth))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func write(_ text: String) {
    bytes.append(0x22)
    let utf8 = text.utf8
    if utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 < 0x7F }) {
      bytes.append(contentsOf: utf8)
    } else {
      for scalar in text.unicodeScalars { write(scalar) }
    }
    bytes.append(0x22)
  }

  private mutating func write(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": append("\\\"")
    case "\\": append("\\\\")
    case "\n": append("\\n")
    case "\r": append("\\r")
    case "\t": append("\\t")
    case "\u{08}": append("\\b")
    case "\u{0C}": append("\\f")
    default:
      if scalar.value < 0x20 || (style.asciiOnly && scalar.value > 0x7E) {
        for unit in String(scalar).utf16 { append("\\u" + Repr.hexadecimal(UInt32(unit), width: 4)) }
      } else {
        bytes.append(contentsOf: String(scalar).utf8)
      }
    }
  }
}

/// Reads JSON from bytes.
private struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func document() throws(Diagnostic) -> DataValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw broken("more text after the end") }
    return value
  }

  private func broken(_ message: String) -> Diagnostic {
    let before = bytes.prefix(position)
    let line = before.count { $0 == 0x0A } + 1
    let column = position - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    return fault("broken JSON at line \(line), column \(column): \(message)")
  }

  private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

  private mutating func skipSpace() {
    while [0x20, 0x0A, 0x0D, 0x09].contains(current) { position += 1 }
  }

  private mutating func value() throws(Diagnostic) -> DataValue {
    skipSpace()
    switch current {
    case 0x7B: return try dict()
    case 0x5B: return try list()
    case 0x22: return .string(try string())
    case 0x74: return try word("true", .bool(true))
    case 0x66: return try word("false", .bool(false))
    case 0x6E: return try word("null", .none)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: DataValue) throws(Diagnostic) -> DataValue {
    guard bytes[position...].starts(with: word.utf8) else { throw broken("expected a value") }
    position += word.utf8.count
    return value
  }

  private mutating func enter() throws(Diagnostic) {
    depth += 1
    position += 1
    guard depth <= Value.maxNesting else { throw broken("more than \(Value.maxNesting) levels") }
  }

  private mutating func list() throws(Diagnostic) -> DataValue {
    try enter()
    defer { depth -= 1 }
    var items: [DataValue] = []
    skipSpace()
    while current != 0x5D {
      if !items.isEmpty { try expect(0x2C) }
      items.append(try value())
      skipSpace()
    }
    position += 1
    return .list(items)
  }

  private mutating func dict() throws(Diagnostic) -> DataValue {
    try enter()
    defer { depth -= 1 }
    var map = DataMap()
    skipSpace()
    while current != 0x7D {
      if !map.isEmpty { try expect(0x2C) }
      skipSpace()
      let key = try string()
      skipSpace()
      try expect(0x3A)
      map[key] = try value()
      skipSpace()
    }
    position += 1
    return .dict(map)
  }

  private mutating func expect(_ byte: UInt8) throws(Diagnostic) {
    guard current == byte else { throw broken("expected '\(Character(UnicodeScalar(byte)))'") }
    position += 1
  }

  private mutating func number() throws(Diagnostic) -> DataValue {
    let start = position
    while "+-.eE0123456789".utf8.contains(current) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let integer = Int(text) { return .int(integer) }
    guard let number = Double(text) else { throw broken("expected a value") }
    return .float(number)
  }

  private mutating func string() throws(Diagnostic) -> String {
    try expect(0x22)
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x22: return String(decoding: text, as: UTF8.self)
      case 0x5C: try escape(into: &text)
      default: text.append(byte)
      }
    }
    throw broken("a text that does not end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Diagnostic) {
    let code = current
    position += 1
    switch code {
    case 0x22, 0x5C, 0x2F: text.append(code)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x74: text.append(0x09)
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0C)
    case 0x75:
      var units = [try unit()]
      if (0xD800..<0xDC00).contains(units[0]), current == 0x5C, position + 1 < bytes.count,
        bytes[position + 1] == 0x75
      {
        position += 2
        units.append(try unit())
      }
      text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
    default: throw broken("an escape that JSON does not have")
    }
  }

  private mutating func unit() throws(Diagnostic) -> UInt16 {
    let digits = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
    guard digits.utf8.count == 4, let unit = UInt16(digits, radix: 16) else {
      throw broken("a broken escape")
    }
    position += 4
    return unit
  }
}
