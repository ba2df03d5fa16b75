import Diagnostics
import Project

/// The evaluation of one request.
struct SelectionEvaluation {
  /// What an expression found, and the checks that come along only if all that they read does.
  private struct Found {
    var direct: Set<NodeID> = []
    var indirect: Set<NodeID> = []
  }

  private let project: Project
  private let graph: Graph
  private let state: SelectionState?
  private let members: [Selectable]
  private let places: [NodeID: Int]
  private let hasLoads: Bool
  private(set) var warnings: [Diagnostic] = []
  private var problems: [Diagnostic] = []

  init(project: Project, graph: Graph, state: SelectionState?) {
    self.project = project
    self.graph = graph
    self.state = state
    members =
      project.nodes.map { .node($0) } + project.sources.filter(\.isEnabled).map { .source($0) }
      + project.exposures.map { .exposure($0) } + project.semantics.map { .semantic($0) }
    var places = [NodeID: Int](minimumCapacity: members.count)
    for (place, member) in members.enumerated() { places[member.id] = place }
    self.places = places
    hasLoads = project.sources.contains { $0.loadedBy != nil }
  }

  func member(_ id: NodeID) -> Selectable? { places[id].map { members[$0] } }

  /// What a tree means. Throws what is missing of the saved state.
  mutating func select(_ tree: SelectionTree) throws(DiagnosticList) -> Set<NodeID> {
    let found = find(tree)
    guard problems.isEmpty else { throw DiagnosticList(problems) }
    return found.direct
  }

  private mutating func find(_ tree: SelectionTree) -> Found {
    switch tree {
    case .criterion(let criterion, let indirect): return find(criterion, indirect)
    case .group(let combination, let parts, let indirect, let expected):
      let found = parts.map { find($0) }
      var result = Found(
        direct: Self.combined(combination, found.map(\.direct)),
        indirect: Self.combined(combination, found.map { $0.direct.union($0.indirect) }))
      result.direct = completed(result, indirect)
      if let expected, result.direct.isEmpty { warnings.append(nothingFound(expected, tree)) }
      return result
    }
  }

  private static func combined(
    _ combination: SelectionTree.Combination, _ sets: [Set<NodeID>]
  ) -> Set<NodeID> {
    guard var result = sets.first else { return [] }
    for set in sets.dropFirst() {
      switch combination {
      case .union: result.formUnion(set)
      case .intersection: result.formIntersection(set)
      case .difference: result.subtract(set)
      }
    }
    return result
  }

  private mutating func find(_ criterion: Criterion, _ indirect: IndirectSelection) -> Found {
    let matched = matches(of: criterion)
    var selected = matched
    if criterion.includesChildrensParents {
      let downstream = matched.union(graph.descendants(of: matched))
      selected.formUnion(downstream.union(graph.ancestors(of: downstream)))
    }
    if let depth = criterion.ancestors.depth {
      selected.formUnion(graph.ancestors(of: matched, depth: depth))
    }
    if let depth = criterion.descendants.depth {
      selected.formUnion(graph.descendants(of: matched, depth: depth))
    }
    return withChecks(selected.filter { places[$0] != nil }, indirect)
  }

  private mutating func matches(of criterion: Criterion) -> Set<NodeID> {
    let saved: Result<Set<NodeID>, Diagnostic>
    switch criterion.method {
    case .state(let aspect):
      saved = SelectionState.nodes(aspect, in: state, of: members, raw: criterion.raw, &warnings)
    case .result(let status):
      saved = SelectionState.nodes(withResult: status, in: state, of: members, raw: criterion.raw)
    case .sourceStatus: saved = SelectionState.fresherSources(in: state, of: members, raw: criterion.raw)
    default:
      let name = project.settings.name
      return Set(members.lazy.filter { $0.matches(criterion.method, project: name) }.map(\.id))
    }
    switch saved {
    case .success(let nodes): return nodes
    case .failure(let problem):
      if !problems.contains(problem) { problems.append(problem) }
      return []
    }
  }

  /// Adds the checks that read what is selected, as far as they are wanted.
  private func withChecks(_ selected: Set<NodeID>, _ indirect: IndirectSelection) -> Found {
    guard indirect != .empty else { return Found(direct: selected) }
    let original = selected
    let selected = original.union(tables(ofLoadsIn: original))
    let buildable =
      indirect == .buildable
      ? selected.union(graph.ancestors(of: selected)).union(project.sources.map(\.id)) : selected
    var found = Found(direct: original)
    for id in selected {
      for child in graph.children(of: id) where !selected.contains(child) {
        guard case .node(let node)? = member(child), Self.comesAlong(node) else { continue }
        if indirect == .eager || buildable.isSuperset(of: node.dependencies) {
          found.direct.insert(child)
        } else {
          found.indirect.insert(child)
        }
      }
    }
    return found
  }

  /// Checks and unit tests come along with what they read.
  private static func comesAlong(_ node: Node) -> Bool {
    node.resourceType == .check || node.resourceType == .unitTest
  }

  /// The tables that selected loads bring: who takes a load takes their checks along.
  private func tables(ofLoadsIn selected: Set<NodeID>) -> Set<NodeID> {
    guard hasLoads else { return [] }
    return Set(
      project.sources.lazy.filter { $0.isEnabled && $0.loadedBy.map(selected.contains) ?? false }.map(\.id))
  }

  /// Adds the checks that were waiting for what other expressions found.
  private func completed(_ found: Found, _ indirect: IndirectSelection) -> Set<NodeID> {
    guard indirect == .cautious || indirect == .buildable else { return found.direct }
    let candidates = found.indirect.subtracting(found.direct)
    guard !candidates.isEmpty else { return found.direct }
    let chosen = found.direct.union(tables(ofLoadsIn: found.direct))
    let present = indirect == .buildable ? chosen.union(graph.ancestors(of: chosen)) : chosen
    return found.direct.union(
      candidates.filter { id in
        guard case .node(let node)? = member(id) else { return false }
        return present.isSuperset(of: node.dependencies)
      })
  }

  private func nothingFound(_ raw: String, _ tree: SelectionTree) -> Diagnostic {
    var hint: String?
    if case .name(let pattern)? = tree.single?.method, let name = pattern.plainName {
      hint = Spelling.hint(
        for: name, among: project.nodes.lazy.filter { $0.check == nil && $0.unitTest == nil }.map(\.name))
    }
    return Diagnostic(
      .nothingSelected, "the selection criterion '\(raw)' does not match any enabled nodes",
      severity: .warning, hint: hint)
  }
}
