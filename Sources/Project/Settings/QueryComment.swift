import Diagnostics
import Jinja

/// What the project file's `query-comment` puts on every statement.
public struct QueryComment: Sendable, Hashable {
  /// The text, with its Jinja.
  public var text: String
  /// Whether it stands behind the statement.
  public var isAppended = false

  /// Reads text or a mapping of `comment` and `append`; nil if there is nothing to say. `job-label` is for BigQuery.
  init?(_ value: DataValue?) {
    let text = value?["comment"]?.stringValue ?? value?.stringValue
    guard let text, text.contains(where: { !$0.isWhitespace }) else { return nil }
    self.text = text
    isAppended = value?["append"]?.boolValue ?? false
  }

  /// The statement with the comment, `rendered` for what runs it.
  public static func joined(_ sql: String, _ rendered: String, isAppended: Bool) -> String {
    guard isAppended else { return "/* \(rendered) */\n\(sql)" }
    var text = NativeMacros.trimmed(sql)[...]
    let isEnded = text.last == ";"
    if isEnded { text = text.dropLast() }
    return "\(text)\n/* \(rendered) */" + (isEnded ? ";" : "")
  }
}

extension ProjectSettings {
  /// What is put on every statement, if anything is.
  public var queryComment: QueryComment? { QueryComment(values["query-comment"]) }
}

extension Compiler {
  /// The comment for the statements of a node, or of what is none; nil if there is none, or an empty one.
  /// Throws a `Diagnostic` at the project file.
  public func queryComment(for node: Node?) throws -> String? {
    guard let comment = project.settings.queryComment else { return nil }
    let file = project.settings.file
    return try SnippetNames.relocating(to: SourceSpan(file: file)) {
      enterNothing()
      let template = try Template(
        parsing: "{% macro query_comment_macro(connection_name, node) %}\(comment.text){% endmacro %}",
        name: SnippetNames.hook(of: file))
      let macro = context.interpreter.macro(template.definitions[0], of: template)
      let name: Value = .string(node?.id.rawValue ?? "master")
      let arguments = Arguments([name, node.map { GraphValues.node($0) } ?? Value.none])
      let text = NativeMacros.trimmed(try context.interpreter.call(macro, arguments).description)
      guard !text.contains("*/") else {
        throw Diagnostic(
          .badValue, "the query-comment ends itself: it holds '*/'", at: SourceSpan(file: file),
          notes: ["it says: \(text)"])
      }
      return text.isEmpty ? nil : text
    }
  }
}
