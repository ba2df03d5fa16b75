import Diagnostics
import Jinja

extension NodeBuilder {
  /// What makes a model a time spine, if its entry says that it is one. Its column must be there, and say how exact it is.
  func timeSpine(of node: Node, _ entry: ResourceProperties) -> TimeSpine? {
    guard
      let (written, file) = entry.items.lazy.compactMap({ $0["time_spine"] }).first(where: { !$0.isNull })
        .map({ ($0, entry.file) })
    else { return nil }
    let subject = "the time_spine of model '\(node.searchName)'"
    var checker = ShapeChecker(file: file, allowsJinja: false)
    checker.check(written, Self.timeSpineShape, subject)
    problems += checker.problems
    guard checker.problems.isEmpty, let column = written["standard_granularity_column"]?.scalarText else {
      return nil
    }
    let place = (written["standard_granularity_column"] ?? written).span(in: file)
    let names = node.columns.map(\.name)
    func missing(_ name: String, _ span: SourceSpan) -> Diagnostic {
      Diagnostic(
        .badSemantics, "\(subject) names the column '\(name)', which is not described", at: span,
        hint: Spelling.hint(for: name, among: names) ?? "describe it under 'columns'")
    }
    if let described = node.columns.first(where: { $0.name == column }) {
      if described.granularity == nil {
        problems.append(
          Diagnostic(
            .badSemantics, "\(subject) names the column '\(column)', which has no granularity", at: place,
            hint: "write for example: granularity: day"))
      }
    } else {
      problems.append(missing(column, place))
    }
    let granularities = (written["custom_granularities"]?.items ?? []).compactMap { item in
      item["name"]?.scalarText.map {
        TimeSpine.Granularity(name: $0, column: item["column_name"]?.scalarText)
      }
    }
    for (item, granularity) in zip(written["custom_granularities"]?.items ?? [], granularities) {
      let name = granularity.column ?? granularity.name
      if !names.contains(name) { problems.append(missing(name, item.span(in: file))) }
    }
    return TimeSpine(column: column, granularities: granularities)
  }

  private static let timeSpineShape: Shape = .mapping([
    Field("standard_granularity_column", .text, "the column that holds the times", isRequired: true),
    Field(
      "custom_granularities",
      .list(
        .mapping([
          Field("name", .text, "the name of the span of time", isRequired: true),
          Field("column_name", .text, "the column, if it has another name"),
        ])), "spans of time of the project's own"),
  ])
}

extension PropertyReader {
  /// How exact a column's times are, if its entry says so.
  mutating func granularity(_ item: YAMLNode, _ what: String) -> String? {
    guard let node = item["granularity"], !node.isNull else { return nil }
    guard let text = node.scalarText?.lowercased(), SemanticWords.granularities.contains(text) else {
      report(
        .badSemantics, "the granularity of \(what) cannot be '\(node.scalarText ?? node.typeName)'", node,
        hint: Spelling.hint(for: node.scalarText ?? "", among: SemanticWords.granularities)
          ?? "it is one of: " + SemanticWords.granularities.joined(separator: ", "))
      return nil
    }
    return text
  }
}
