import Diagnostics

/// Names of template texts that are part of a file and not the file: hooks and arguments. Their lines are not the
/// file's, so what they complain about is moved to where they are declared.
enum SnippetNames {
  static let argument = "an argument"

  static func hook(of file: String) -> String { "a hook of \(file)" }

  private static func isSnippet(_ file: String) -> Bool { file == argument || file.hasPrefix("a hook of ") }

  /// The diagnostic at `span`, if it is about a text that is no file.
  static func relocated(_ problem: Diagnostic, to span: SourceSpan) -> Diagnostic {
    guard let place = problem.span, isSnippet(place.file) else { return problem }
    var problem = problem
    problem.span = span
    problem.notes.append("in \(place.file), line \(place.line), column \(place.column)")
    return problem
  }

  /// Does `body`, with what it complains about moved to `span` where that is needed.
  static func relocating<T>(to span: SourceSpan, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let problem as Diagnostic {
      throw relocated(problem, to: span)
    } catch let list as DiagnosticList {
      throw DiagnosticList(list.items.map { relocated($0, to: span) })
    }
  }

  /// `place`, or `span` where that is in a text that is no file.
  static func relocated(_ place: SourceSpan?, to span: SourceSpan) -> SourceSpan? {
    guard let place, isSnippet(place.file) else { return place }
    return span
  }
}
