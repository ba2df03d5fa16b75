import Connectors
import Diagnostics
import Jinja
import Project

/// Tells what went wrong in a Python model, at the place in the user's file.
struct PythonFailure {
  let node: Node
  /// The model's file, absolute.
  let path: String
  /// The project's folder.
  let root: String
  let output: PythonOutput

  /// An error that the model raised.
  func diagnostic(of failed: DataValue) -> Diagnostic {
    let message = failed["message"]?.stringValue ?? ""
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let kind = failed["kind"]?.stringValue.map { $0 + (message.isEmpty ? "" : ": ") } ?? ""
    let places = failed["places"]?.listValue?.compactMap(Place.init) ?? []
    var diagnostic = Diagnostic(
      .pythonFailed, kind + (lines.first ?? ""), at: span(failed, places), notes: notes(places),
      hint: failed["hint"]?.stringValue ?? hint(message))
    let more = lines.dropFirst().joined(separator: "\n")
    if more.contains(where: { !$0.isWhitespace }) { diagnostic.cause = more }
    return diagnostic
  }

  /// A Python that ended without saying anything of its model.
  func diagnostic(of ending: ConversingProgram.Ending, _ program: String, timeout: Duration?) -> Diagnostic {
    let said = output.lastLines(10).map { "it said: \($0)" }
    let span = SourceSpan(file: node.span.file)
    switch ending {
    case .timedOut, .cancelled:
      let seconds = (timeout ?? .zero).formattedSeconds
      return Diagnostic(
        .pythonFailed, "the Python model '\(node.name)' did not end within \(seconds) s and was ended",
        at: span,
        notes: said, hint: "its config says `timeout`")
    case .killed(let signal):
      return Diagnostic(
        .pythonFailed, "the Python of model '\(node.name)' was ended by signal \(signal)", at: span,
        notes: said,
        hint: signal == 9
          ? "the system does so when memory runs out: let DuckDB narrow the rows before pandas does" : nil)
    case .exited(let code):
      return Diagnostic(
        .pythonFailed, "the Python of model '\(node.name)' ended with exit code \(code) and no result",
        at: span,
        notes: said, hint: "'\(program)' must be Python 3.8 or newer, and the model must not end it")
    }
  }

  /// A place that an error came through.
  private struct Place {
    var file: String
    var line: Int
    var function: String

    init?(_ value: DataValue) {
      guard let parts = value.listValue, parts.count == 3, let file = parts[0].stringValue,
        let line = parts[1].intValue, let function = parts[2].stringValue
      else { return nil }
      (self.file, self.line, self.function) = (file, line, function)
    }
  }

  private func shown(_ file: String) -> String {
    if file == path { return node.span.file }
    return file.hasPrefix(root + "/") ? String(file.dropFirst(root.utf8.count + 1)) : file
  }

  private func span(_ failed: DataValue, _ places: [Place]) -> SourceSpan {
    if let syntax = failed["syntax"]?.listValue, syntax.count == 3, let file = syntax[0].stringValue {
      return SourceSpan(file: shown(file), line: syntax[1].intValue ?? 0, column: syntax[2].intValue ?? 0)
    }
    // Within the project the innermost place is the user's own.
    let own = places.last { $0.file == path } ?? places.last { shown($0.file) != $0.file }
    return SourceSpan(file: own.map { shown($0.file) } ?? node.span.file, line: own?.line ?? 0)
  }

  /// The way through other functions and files, without the place that is shown already.
  private func notes(_ places: [Place]) -> [String] {
    let own = places.lastIndex { $0.file == path }
    let way = places.enumerated().filter { $0.offset != own }.map(\.element)
    return way.suffix(6).map { "through \(shown($0.file)):\($0.line), in \($0.function)" }
  }

  private func hint(_ message: String) -> String? {
    guard message.contains("Table with name") else { return nil }
    return "`session` knows a table of the project once dbt.ref or dbt.source was called for it"
  }
}

extension Duration {
  /// `1.5`, without needless digits.
  fileprivate var formattedSeconds: String {
    let seconds = Double(components.seconds) + Double(components.attoseconds) / 1e18
    return seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }
}
