import Diagnostics
import Project

/// Puts the engine's complaint about a statement where the user wrote it.
struct FailureLocator {
  let node: Node
  let compiledSQL: String?
  /// Where the compiled text is put, as people see it.
  let compiledPath: String
  /// The statement that failed.
  let statement: String

  /// The diagnostic with the user's file and, where it can be told, line and column; the place in the
  /// compiled file goes into the notes. A diagnostic that knows its place keeps it.
  func locate(_ diagnostic: Diagnostic, _ project: Project) -> Diagnostic {
    var located = diagnostic
    if diagnostic.code == .sqlTooDeep {
      let chain = ViewChain(below: node, in: project)
      located.notes += chain.note.map { [$0] } ?? []
      located.hint = chain.hint
    } else {
      located.hint = diagnostic.hint ?? hint(diagnostic, project)
    }
    if let span = diagnostic.span, !span.file.isEmpty { return located }
    let file = [.check, .unitTest].contains(node.resourceType) ? node.span : SourceSpan(file: node.span.file)
    guard let reported = diagnostic.span, let compiled = place(inCompiled: reported) else {
      located.span = file
      if compiledSQL != nil { located.notes.append("compiled: \(compiledPath)") }
      return located
    }
    located.notes.append("compiled: \(compiledPath):\(compiled.line):\(compiled.column)")
    located.span = sourcePlace(of: compiled) ?? file
    return located
  }

  /// The place in the compiled text of a place in the statement that holds it.
  private func place(inCompiled span: SourceSpan) -> SourceSpan? {
    // Statements may drop what ends the text.
    guard let end = compiledSQL?.lastIndex(where: { !$0.isWhitespace && $0 != ";" }), let compiledSQL,
      span.line > 0,
      let range = statement.firstRange(of: compiledSQL[...end])
    else { return nil }
    let before = statement[..<range.lowerBound]
    let linesBefore = before.utf8.count { $0 == UInt8(ascii: "\n") }
    let line = span.line - linesBefore
    let lines = compiledSQL.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    guard line >= 1, line <= lines else { return nil }
    let lastLine = before.utf8.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
    let column = line == 1 ? span.column - lastLine : span.column
    return column >= 1 ? SourceSpan(file: compiledPath, line: line, column: column) : nil
  }

  /// The user's own line: the same one if its text is the same, the only one that reads so if it moved, and the only
  /// one whose own words the compiled line has where a template put in others.
  private func sourcePlace(of compiled: SourceSpan) -> SourceSpan? {
    guard node.resourceType != .check || isSingular, node.unitTest == nil, let compiledSQL else { return nil }
    let compiledLines = compiledSQL.split(separator: "\n", omittingEmptySubsequences: false)
    let sourceLines = node.code.split(separator: "\n", omittingEmptySubsequences: false)
    let text = compiledLines[compiled.line - 1]
    if compiled.line <= sourceLines.count, sourceLines[compiled.line - 1] == text {
      return inFile(compiled.line, compiled.column)
    }
    let same = sourceLines.indices.filter { sourceLines[$0] == text }
    if same.count == 1, text.contains(where: { !$0.isWhitespace }) {
      return inFile(same[0] + 1, compiled.column)
    }
    if node.isPlainSQL {
      return compiledLines.count == sourceLines.count ? inFile(compiled.line, 0) : nil
    }
    let patterns = TemplateLine.lines(of: node.code)
    let alike = patterns.indices.filter { patterns[$0].mayRender(text) }
    let isInStep = compiledLines.count == sourceLines.count && alike.contains(compiled.line - 1)
    guard alike.count == 1 || isInStep, let line = isInStep ? compiled.line - 1 : alike.first else {
      return nil
    }
    return inFile(line + 1, patterns[line].column(of: compiled.column, in: text) ?? 0)
  }

  private func inFile(_ line: Int, _ column: Int) -> SourceSpan {
    let place = node.codeOffset.inFile(line: line, column: column)
    return SourceSpan(file: node.span.file, line: place.line, column: place.column)
  }

  private var isSingular: Bool {
    if case .singular? = node.check { return true }
    return false
  }

  /// What to do about a table that the engine does not know, and that the project does.
  private func hint(_ diagnostic: Diagnostic, _ project: Project) -> String? {
    guard diagnostic.message.contains("Table with name") else { return nil }
    let words = diagnostic.message.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") })
    guard let index = words.firstIndex(of: "name"), index + 1 < words.count else { return nil }
    let name = words[index + 1].lowercased()
    let named = project.nodes.first { model in
      model.check == nil && (model.relation?.identifier ?? model.name).lowercased() == name
    }
    if let named, node.dependencies.contains(named.id) {
      return "'\(named.name)' is not built yet: run 'weir build --select +\(named.name)'"
    }
    guard !node.isPlainSQL else { return nil }
    if let named { return "did you mean {{ ref('\(named.name)') }}?" }
    guard let source = project.sources.first(where: { $0.name.lowercased() == name }) else { return nil }
    return "did you mean {{ source('\(source.sourceName)', '\(source.name)') }}?"
  }
}
