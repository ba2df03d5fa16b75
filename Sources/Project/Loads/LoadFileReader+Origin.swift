import Diagnostics
import Jinja

extension LoadFileReader {
  /// Where a load reads from, and what a table without `from` reads there.
  struct Origin {
    var value: LoadOrigin
    /// The file or pattern of files that the place names.
    var item: String?

    var type: ConnectionType { value.type }
  }

  /// What `from` of a load means; nil, with a problem, if it means nothing.
  mutating func origin(_ node: YAMLNode?, _ subject: String) -> Origin? {
    guard let node, let written = node.scalarText, !written.isEmpty else {
      let isWrong = node.map { !$0.isNull && $0.scalarText == nil } ?? false
      problems.append(
        Diagnostic(
          isWrong ? .badValue : .missingKey,
          isWrong ? "'from' of \(subject) must be text" : "\(subject) does not say its 'from'",
          at: node?.span(in: file) ?? SourceSpan(file: file),
          hint: "'from': a connection of connections.yml, a URL or a path"))
      return nil
    }
    if let what = PlainSecrets.found(in: written) {
      problems.append(
        PlainSecrets.diagnostic("\(what) in 'from' of \(subject)", at: node.span(in: file)))
    }
    guard let text = place(written, node) else { return nil }
    if let connection = connections.first(where: { $0.name == text }) {
      return Origin(value: .connection(connection))
    }
    if let location = SourceLocation(text, root: root) {
      return Origin(value: .location(written, location.type), item: location.item)
    }
    // A bare word may still be a folder or a file of the project.
    if FileSystem.kind(of: Path.joined(root, text)) != nil {
      return Origin(value: .location(written, .files))
    }
    report(unknown: text, node, subject)
    return nil
  }

  /// The text with its Jinja rendered, to see what kind of place it is.
  private mutating func place(_ written: String, _ node: YAMLNode) -> String? {
    guard YAMLRenderer.holdsJinja(written) else { return written }
    do {
      return try YAMLRenderer.native(written, interpreter, name: file).scalarText ?? ""
    } catch {
      problems += DiagnosticList.collecting(error, else: .templateRuntime, "'from' cannot be rendered").map {
        var problem = $0
        problem.span = node.span(in: file)
        return problem
      }
      return nil
    }
  }

  private mutating func report(unknown name: String, _ node: YAMLNode, _ subject: String) {
    let names = connections.map(\.name).sorted()
    problems.append(
      Diagnostic(
        .unknownConnection, "\(subject) reads from '\(name)', which is no connection",
        at: node.span(in: file),
        notes: names.isEmpty ? [] : ["the connections are " + names.joined(separator: ", ")],
        hint: Spelling.hint(for: name, among: names)
          ?? "declare it in connections.yml, or write a URL or a path such as 'data/*.csv'"))
  }
}
