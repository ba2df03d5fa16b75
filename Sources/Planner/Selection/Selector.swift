import Diagnostics
import Project

/// Finds the nodes that a request means, by dbt's rules.
public struct Selector: Sendable {
  private let state: SelectionState?

  /// Makes a selector; `state` is what the methods `state`, `result` and `source_status` compare with.
  public init(state: SelectionState? = nil) { self.state = state }

  /// The nodes, sources and exposures that `request` asks for. Throws every expression that does not parse, and what
  /// is missing of the saved state; an expression that matches nothing is a warning.
  public func select(
    _ request: SelectionRequest, project: Project, graph: Graph
  ) throws(DiagnosticList) -> Selection {
    let tree = try Self.tree(request, project)
    var evaluation = SelectionEvaluation(project: project, graph: graph, state: state)
    var nodes = try evaluation.select(tree)
    let kinds = Set(request.resourceTypes.isEmpty ? ResourceType.allCases : request.resourceTypes)
      .subtracting(request.excludedResourceTypes)
    nodes = nodes.filter { evaluation.member($0).map { kinds.contains($0.resourceType) } ?? false }
    return Selection(nodes: nodes, warnings: evaluation.warnings)
  }

  /// Whether the request compares with a saved manifest, so that one is worth reading.
  public static func asksForState(_ request: SelectionRequest, project: Project) -> Bool {
    (try? tree(request, project))?.asksForState ?? false  // What does not parse is told by `select`.
  }

  /// What the definitions of `selectors.yml` say that no method knows, with its place.
  public static func problems(of definitions: [SelectorDefinition]) -> [Diagnostic] {
    NamedSelections(definitions, indirect: .eager).problems
  }

  private static func tree(
    _ request: SelectionRequest, _ project: Project
  ) throws(DiagnosticList) -> SelectionTree {
    if let name = request.selector { return try named(name, request, project) }
    let isUnsaid = request.select.isEmpty && request.exclude.isEmpty
    if isUnsaid, let standard = project.selectors.last(where: \.isDefault) {
      return try named(standard.name, request, project)
    }
    var problems: [Diagnostic] = []
    let included = SelectionTree(request.select, request.indirect, &problems)
    let excluded = SelectionTree(request.exclude, request.indirect, &problems)
    guard problems.isEmpty else { throw DiagnosticList(problems) }
    let everything = SelectionTree.criterion(.everything, .empty)
    let base = request.select.isEmpty ? everything : included
    return request.exclude.isEmpty ? base : .group(.difference, [base, excluded], .eager)
  }

  private static func named(
    _ name: String, _ request: SelectionRequest, _ project: Project
  ) throws(DiagnosticList) -> SelectionTree {
    let names = NamedSelections(project.selectors, indirect: request.indirect)
    if let tree = names.trees[name] { return tree }
    let known = project.selectors.map(\.name)
    throw DiagnosticList([
      Diagnostic(
        .unknownSelector, "there is no selector '\(name)'",
        notes: known.isEmpty ? [] : ["the selectors are \(known.joined(separator: ", "))"],
        hint: Spelling.hint(for: name, among: known)
          ?? (known.isEmpty ? "selectors are defined in \(SelectorFile.name)" : nil))
    ])
  }
}
