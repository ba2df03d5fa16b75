import Diagnostics
import Planner
import Project

/// What flags, the environment and the project file say of a selection.
struct SelectionReader {
  let workspace: Workspace
  let selection: SelectionOptions
  let kinds: ResourceTypeOptions?

  /// The request. Throws on words that mean nothing.
  func request(defaultKinds: [ResourceType]) throws(Diagnostic) -> SelectionRequest {
    var request = SelectionRequest(select: selection.expressions, exclude: selection.exclude)
    request.selector = selection.selector
    request.resourceTypes = try types(kinds?.resourceTypes, "DBT_RESOURCE_TYPES", defaultKinds)
    request.excludedResourceTypes = try types(kinds?.excludedResourceTypes, "DBT_EXCLUDE_RESOURCE_TYPES", [])
    request.indirect = try indirectSelection()
    return request
  }

  private func types(
    _ flags: [String]?, _ variable: String, _ standard: [ResourceType]
  ) throws(Diagnostic) -> [ResourceType] {
    guard let flags else { return standard }
    let words = flags.isEmpty ? workspace.session.environment.words(variable) : flags
    return try ResourceTypes.parse(words, standard: standard)
  }

  private func indirectSelection() throws(Diagnostic) -> IndirectSelection {
    let environment = workspace.session.environment
    if let mode = selection.indirectSelection { return IndirectSelection(rawValue: mode.rawValue) ?? .eager }
    if let mode = try environment.choice("DBT_INDIRECT_SELECTION", of: IndirectSelection.self) { return mode }
    guard let mode = workspace.project.flag("indirect_selection")?.stringValue else { return .eager }
    return IndirectSelection(rawValue: mode.lowercased()) ?? .eager
  }
}

/// Kinds of nodes by the names that dbt has for them.
enum ResourceTypes {
  private static let names: [(String, ResourceType)] = [
    ("model", .model), ("seed", .seed), ("test", .check), ("check", .check), ("source", .source),
    ("exposure", .exposure), ("load", .load), ("snapshot", .snapshot), ("analysis", .analysis),
    ("unit_test", .unitTest), ("metric", .metric), ("semantic_model", .semanticModel),
    ("saved_query", .savedQuery), ("function", .function),
  ]

  /// The kinds that the words name; `default` means `standard`. None means every kind.
  static func parse(_ words: [String], standard: [ResourceType] = []) throws(Diagnostic) -> [ResourceType] {
    if words.isEmpty { return standard }
    var types: [ResourceType] = []
    var isEvery = false
    for word in words.map({ $0.lowercased() }) {
      if word == "all" || (word == "default" && standard.isEmpty) {
        isEvery = true
      } else if word == "default" {
        types += standard
      } else if let type = names.first(where: { $0.0 == word })?.1 {
        types.append(type)
      } else {
        throw unknown(word)
      }
    }
    return isEvery ? [] : types
  }

  private static func unknown(_ word: String) -> Diagnostic {
    let nearest = Spelling.nearest(to: word, among: names.map(\.0))
    return Diagnostic(
      .usage, "no kind of node is called '\(TerminalText.oneLine(word))'",
      hint: nearest.map { "did you mean '\($0)'?" }
        ?? "kinds are model, seed, load, test, source, exposure, snapshot, analysis, unit_test, function, metric, semantic_model and saved_query"
    )
  }
}
