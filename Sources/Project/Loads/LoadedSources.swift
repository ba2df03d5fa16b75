import Diagnostics

/// The tables of a load as property files would declare them: the same reading makes them documented and checked.
struct LoadedSources {
  let file: String
  let load: LoadDefinition
  let node: YAMLNode
  let tables: [YAMLNode]

  /// What a load and its tables have in common with a source and its tables.
  private static let sourceKeys = ["description", "tags", "meta"]
  private static let tableKeys = [
    "name", "description", "columns", "tests", "data_tests", "checks", "config", "freshness",
    "loaded_at_field", "tags", "meta",
  ]

  /// The sources, and what is wrong with them. Patterns are none: their tables are found where they are read.
  func read() -> (sources: [SourceProperties], problems: [Diagnostic]) {
    var reader = PropertyReader(file: file, written: nil)
    let result = reader.read(wrapped)
    let sources = result.sources.map { source in
      var source = source
      source.isLoaded = true
      return source
    }
    return (sources, result.problems.map(strict))
  }

  /// A key that is not known is an error in a file of Weir's own.
  private func strict(_ problem: Diagnostic) -> Diagnostic {
    guard problem.code == .unknownKey else { return problem }
    var copy = problem
    copy.severity = .error
    copy.message = String(problem.message.prefix { $0 != ";" })
    return copy
  }

  private func text(_ key: String, _ value: String?) -> [YAMLEntry] {
    guard let value else { return [] }
    let content = YAMLNode(content: .string(value), line: node.line, column: node.column)
    return [YAMLEntry(key: key, line: node.line, column: node.column, value: content)]
  }

  private func entry(_ key: String, _ content: YAMLNode.Content) -> YAMLEntry {
    YAMLEntry(
      key: key, line: node.line, column: node.column,
      value: YAMLNode(content: content, line: node.line, column: node.column))
  }

  private var wrapped: YAMLNode {
    let declared = tables.filter { $0["name"]?.scalarText?.contains("*") != true }.map { table in
      var copy = table
      copy.content = .map((table.entries ?? []).filter { Self.tableKeys.contains($0.key) })
      return copy
    }
    let source =
      text("name", load.name) + text("schema", load.schema) + text("database", load.database)
      + text("loader", "weir") + (node.entries ?? []).filter { Self.sourceKeys.contains($0.key) }
      + [entry("tables", .list(declared))]
    let sources = YAMLNode(content: .map(source), line: node.line, column: node.column)
    return YAMLNode(
      content: .map([entry("sources", .list([sources]))]), line: node.line, column: node.column)
  }
}
