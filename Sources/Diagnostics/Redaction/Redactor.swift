/// Hides secrets in everything that is printed or written.
///
/// The values are registered once, where they are read; the redactor is passed to whatever prints.
public struct Redactor: Sendable, Hashable {
  /// What stands in place of a secret.
  public static let mask = "*****"
  /// Hides nothing.
  public static let none = Redactor(secrets: [String]())

  /// The secrets' bytes, longest first, so that a secret within another does not leave the rest of it.
  private let secrets: [[UInt8]]
  /// Which bytes start a secret.
  private let startsSecret: [Bool]

  /// Registers values. Values of nothing but white space are ignored.
  public init(secrets values: some Sequence<String>) {
    let distinct = Set(values).filter { !$0.allSatisfy(\.isWhitespace) }
    secrets = distinct.map { Array($0.utf8) }.sorted { left, right in
      left.count != right.count ? left.count > right.count : left.lexicographicallyPrecedes(right)
    }
    var starts = [Bool](repeating: false, count: 256)
    for secret in secrets { starts[Int(secret[0])] = true }
    startsSecret = starts
  }

  /// Hides what either of them hides.
  public func adding(_ other: Redactor) -> Redactor {
    guard !other.isEmpty else { return self }
    return Redactor(secrets: (secrets + other.secrets).map { String(decoding: $0, as: UTF8.self) })
  }

  /// Whether nothing is hidden.
  public var isEmpty: Bool { secrets.isEmpty }

  /// The text with every secret replaced by the mask.
  public func redact(_ text: String) -> String {
    guard !isEmpty else { return text }
    var copy = text
    return copy.withUTF8 { redacted($0) } ?? text
  }

  /// The diagnostic with every secret in its texts replaced.
  public func redact(_ diagnostic: Diagnostic) -> Diagnostic {
    guard !isEmpty else { return diagnostic }
    var copy = diagnostic
    copy.message = redact(diagnostic.message)
    copy.notes = diagnostic.notes.map(redact)
    copy.hint = diagnostic.hint.map(redact)
    copy.cause = diagnostic.cause.map(redact)
    if let span = diagnostic.span {
      copy.span = SourceSpan(file: redact(span.file), line: span.line, column: span.column)
    }
    return copy
  }

  /// The new text; nil if nothing had to be hidden.
  private func redacted(_ source: UnsafeBufferPointer<UInt8>) -> String? {
    var output: [UInt8] = []
    var start = 0
    var index = 0
    while index < source.count {
      guard startsSecret[Int(source[index])], let length = secretLength(in: source, at: index) else {
        index += 1
        continue
      }
      output.append(contentsOf: source[start..<index])
      output.append(contentsOf: Self.mask.utf8)
      index += length
      start = index
    }
    guard start > 0 else { return nil }
    output.append(contentsOf: source[start...])
    return String(decoding: output, as: UTF8.self)
  }

  private func secretLength(in source: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    let rest = source[index...]
    return secrets.first { rest.count >= $0.count && rest.prefix($0.count).elementsEqual($0) }?.count
  }
}
