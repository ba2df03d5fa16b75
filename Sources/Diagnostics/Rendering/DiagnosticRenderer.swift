/// How diagnostics are written.
public enum DiagnosticForm: String, Sendable, CaseIterable {
  /// Several lines, with the place in the user's file.
  case human
  /// `file:line:column: error[code]: message`.
  case concise
  /// One object, on one line.
  case json
}

/// Writes diagnostics for people and for programs. Secrets are hidden, and nothing that a file or an engine
/// says can steer the terminal.
public struct DiagnosticRenderer: Sendable {
  /// Whether ANSI colours are used (human form only).
  public var usesColour: Bool
  /// The columns that the human form may take; nil never wraps.
  public var width: Int?
  /// What is hidden.
  public var redactor: Redactor
  /// A file's text, by the path of a span; nil where it is not to be had.
  public var sourceText: @Sendable (_ file: String) -> String?

  /// Makes a renderer.
  public init(
    usesColour: Bool = false, width: Int? = nil, redactor: Redactor = .none,
    sourceText: @escaping @Sendable (_ file: String) -> String? = { _ in nil }
  ) {
    self.usesColour = usesColour
    self.width = width
    self.redactor = redactor
    self.sourceText = sourceText
  }

  /// The diagnostic in the form asked for, without a newline at its end.
  public func render(_ diagnostic: Diagnostic, as form: DiagnosticForm = .human) -> String {
    let safe = redactor.redact(diagnostic)
    switch form {
    case .human: return HumanRendering(safe, self).text
    case .concise: return concise(safe)
    case .json: return json(safe)
    }
  }

  /// Several diagnostics: human ones with an empty line between them, the others a line each.
  public func render(_ diagnostics: [Diagnostic], as form: DiagnosticForm = .human) -> String {
    diagnostics.map { render($0, as: form) }.joined(separator: form == .human ? "\n\n" : "\n")
  }

  private func concise(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.span.map { "\($0): " } ?? ""
    let text = "\(place)\(diagnostic.severity.rawValue)[\(diagnostic.code)]: \(diagnostic.message)"
    return TerminalText.printable(text.split(separator: "\n").joined(separator: " "))
  }

  private func json(_ diagnostic: Diagnostic) -> String {
    var writer = JSONWriter()
    diagnostic.write(to: &writer)
    return writer.text
  }
}

extension Diagnostic {
  /// Writes the diagnostic as an object; what is not known is left out.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("code", code.rawValue)
      writer.member("severity", severity.rawValue)
      writer.member("message", message)
      if let span {
        writer.member("file", span.file)
        if span.line > 0 { writer.member("line", span.line) }
        if span.column > 0 { writer.member("column", span.column) }
      }
      if !notes.isEmpty { writer.member("notes", notes) }
      if let hint { writer.member("hint", hint) }
      if let cause { writer.member("cause", cause) }
      if isTransient { writer.member("transient", true) }
    }
  }
}
