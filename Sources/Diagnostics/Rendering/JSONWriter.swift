/// Writes JSON as bytes, in one pass and without intermediate values: logs and artifacts are made with it.
///
/// The caller nests the calls rightly; the writer sets commas, colons and escapes, and hides secrets.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []
  private let redactor: Redactor
  private var needsComma = false

  /// Makes a writer whose strings pass through `redactor`.
  public init(redactor: Redactor = .none, reserving capacity: Int = 0) {
    self.redactor = redactor
    bytes.reserveCapacity(capacity)
  }

  /// Everything written, as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// `{`, what `body` writes, `}`.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(0x7B)
    try body(&self)
    close(0x7D)
  }

  /// `[`, what `body` writes, `]`.
  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(0x5B)
    try body(&self)
    close(0x5D)
  }

  /// A member's name; its value must be written next.
  public mutating func key(_ name: String) {
    separate()
    appendQuoted(name)
    bytes.append(0x3A)
    needsComma = false
  }

  /// A text, with secrets hidden.
  public mutating func string(_ value: String) {
    separate()
    appendQuoted(redactor.isEmpty ? value : redactor.redact(value))
    needsComma = true
  }

  /// A whole number.
  public mutating func integer(_ value: Int) { literal(String(value)) }

  /// A number as Python prints it; null where JSON has none (infinities, not a number).
  public mutating func number(_ value: Double) { literal(value.isFinite ? value.description : "null") }

  /// `true` or `false`.
  public mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

  /// `null`.
  public mutating func null() { literal("null") }

  /// A member whose value is a text, or null.
  public mutating func member(_ name: String, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  /// A member whose value is a truth value.
  public mutating func member(_ name: String, _ value: Bool) {
    key(name)
    boolean(value)
  }

  /// A member whose value is a whole number, or null.
  public mutating func member(_ name: String, _ value: Int?) {
    key(name)
    if let value { integer(value) } else { null() }
  }

  /// A member whose value is a list of texts.
  public mutating func member(_ name: String, _ values: some Sequence<String>) {
    key(name)
    array { writer in
      for value in values { writer.string(value) }
    }
  }

  /// A member whose value is an object.
  public mutating func member(_ name: String, object body: (inout JSONWriter) throws -> Void) rethrows {
    key(name)
    try object(body)
  }

  /// A member whose value is an array.
  public mutating func member(_ name: String, array body: (inout JSONWriter) throws -> Void) rethrows {
    key(name)
    try array(body)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
  }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(0x22)
    var copy = text
    copy.withUTF8 { Self.appendEscaped($0, to: &bytes) }
    bytes.append(0x22)
  }

  /// Copies runs that need no escape whole.
  private static func appendEscaped(_ source: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    var start = 0
    for index in source.indices {
      let byte = source[index]
      guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F else { continue }
      bytes.append(contentsOf: source[start..<index])
      start = index + 1
      bytes.append(0x5C)
      switch byte {
      case 0x22, 0x5C: bytes.append(byte)
      case 0x0A: bytes.append(0x6E)
      case 0x0D: bytes.append(0x72)
      case 0x09: bytes.append(0x74)
      default: appendHex(byte, to: &bytes)
      }
    }
    bytes.append(contentsOf: source[start...])
  }

  private static func appendHex(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: [0x75, 0x30, 0x30])
    for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
  }
}
