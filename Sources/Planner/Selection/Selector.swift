import Diagnostics
import Project

/// Finds the nodes that a request means, by dbt's rules.
public struct Selector: Sendable {
  /// Makes a selector.
  public init() {}

  /// The nodes, sources and exposures that `request` asks for. Throws every expression that does not parse;
  /// an expression that matches nothing is a warning.
  public func select(
    _ request: SelectionRequest, project: Project, graph: Graph
  ) throws(DiagnosticList) -> Selection {
    var problems: [Diagnostic] = []
    let included = Self.parse(request.select, &problems)
    let excluded = Self.parse(request.exclude, &problems)
    guard problems.isEmpty else { throw DiagnosticList(problems) }
    var evaluation = SelectionEvaluation(project: project, graph: graph, indirect: request.indirect)
    var nodes = included.isEmpty ? evaluation.everything : evaluation.union(included)
    if !excluded.isEmpty {
      let removed = evaluation.union(excluded)
      nodes = nodes.subtracting(removed)
    }
    let kinds = Set(request.resourceTypes.isEmpty ? ResourceType.allCases : request.resourceTypes)
      .subtracting(request.excludedResourceTypes)
    nodes = nodes.filter { evaluation.member($0).map { kinds.contains($0.resourceType) } ?? false }
    return Selection(nodes: nodes, warnings: evaluation.warnings)
  }

  /// Expressions with spaces between them are a union; commas make intersections.
  private static func parse(_ texts: [String], _ problems: inout [Diagnostic]) -> [Intersection] {
    var intersections: [Intersection] = []
    for text in texts {
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      if words.isEmpty { intersections.append(Intersection(raw: text, criteria: [])) }
      for word in words {
        var criteria: [Criterion] = []
        for part in word.split(separator: ",", omittingEmptySubsequences: false) {
          do throws(Diagnostic) {
            if part.isEmpty { throw emptyPart(of: word) }
            criteria.append(try Criterion(String(part)))
          } catch {
            problems.append(error)
          }
        }
        intersections.append(Intersection(raw: word, criteria: criteria))
      }
    }
    return intersections
  }

  private static func emptyPart(of word: String) -> Diagnostic {
    Diagnostic(
      .brokenSelector, "the selector '\(word)' has nothing on one side of a comma",
      hint: "a comma means 'and'; a space means 'or'")
  }
}

/// Expressions that must all match.
struct Intersection {
  let raw: String
  let criteria: [Criterion]
}

/// The evaluation of one request.
struct SelectionEvaluation {
  /// What an expression found, and the checks that come along only if all that they read does.
  private struct Found {
    var direct: Set<NodeID>
    var indirect: Set<NodeID>
  }

  private let project: Project
  private let graph: Graph
  private let indirect: IndirectSelection
  private let members: [Selectable]
  private let places: [NodeID: Int]
  private let hasLoads: Bool
  private(set) var warnings: [Diagnostic] = []

  init(project: Project, graph: Graph, indirect: IndirectSelection) {
    self.project = project
    self.graph = graph
    self.indirect = indirect
    members =
      project.nodes.map { .node($0) } + project.sources.filter(\.isEnabled).map { .source($0) }
      + project.exposures.map { .exposure($0) }
    var places = [NodeID: Int](minimumCapacity: members.count)
    for (place, member) in members.enumerated() { places[member.id] = place }
    self.places = places
    hasLoads = project.sources.contains { $0.loadedBy != nil }
  }

  /// Every node, source and exposure.
  var everything: Set<NodeID> { Set(members.map(\.id)) }

  func member(_ id: NodeID) -> Selectable? { places[id].map { members[$0] } }

  /// What any of the intersections means.
  mutating func union(_ intersections: [Intersection]) -> Set<NodeID> {
    var union = Found(direct: [], indirect: [])
    for intersection in intersections {
      let found = find(intersection)
      union.direct.formUnion(found.direct)
      union.indirect.formUnion(found.direct.union(found.indirect))
    }
    return completed(union)
  }

  private mutating func find(_ intersection: Intersection) -> Found {
    var combined: Found?
    for criterion in intersection.criteria {
      let found = find(criterion)
      let all = found.direct.union(found.indirect)
      combined =
        combined.map {
          Found(direct: $0.direct.intersection(found.direct), indirect: $0.indirect.intersection(all))
        } ?? Found(direct: found.direct, indirect: all)
    }
    var result = combined ?? Found(direct: [], indirect: [])
    result.direct = completed(result)
    if result.direct.isEmpty { warnings.append(nothingFound(intersection)) }
    return result
  }

  private func find(_ criterion: Criterion) -> Found {
    let name = project.settings.name
    let matched = Set(members.lazy.filter { $0.matches(criterion.method, project: name) }.map(\.id))
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
    return withChecks(selected.filter { places[$0] != nil })
  }

  /// Adds the checks that read what is selected, as far as the request wants them.
  private func withChecks(_ selected: Set<NodeID>) -> Found {
    guard indirect != .empty else { return Found(direct: selected, indirect: []) }
    let original = selected
    let selected = original.union(tables(ofLoadsIn: original))
    let buildable =
      indirect == .buildable
      ? selected.union(graph.ancestors(of: selected)).union(project.sources.map(\.id)) : selected
    var found = Found(direct: original, indirect: [])
    for id in selected {
      for child in graph.children[id] ?? [] where !selected.contains(child) {
        guard case .node(let node)? = member(child), [.check, .unitTest].contains(node.resourceType) else {
          continue
        }
        if indirect == .eager || buildable.isSuperset(of: node.dependencies) {
          found.direct.insert(child)
        } else {
          found.indirect.insert(child)
        }
      }
    }
    return found
  }

  /// The tables that selected loads bring: who takes a load takes their checks along.
  private func tables(ofLoadsIn selected: Set<NodeID>) -> Set<NodeID> {
    guard hasLoads else { return [] }
    return Set(
      project.sources.lazy.filter { $0.isEnabled && $0.loadedBy.map(selected.contains) ?? false }.map(\.id))
  }

  /// Adds the checks that were waiting for what other expressions found.
  private func completed(_ found: Found) -> Set<NodeID> {
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

  private func nothingFound(_ intersection: Intersection) -> Diagnostic {
    var hint: String?
    if intersection.criteria.count == 1, case .name(let pattern) = intersection.criteria[0].method,
      let name = pattern.plainName
    {
      hint = Spelling.hint(
        for: name, among: project.nodes.lazy.filter { $0.check == nil && $0.unitTest == nil }.map(\.name))
    }
    return Diagnostic(
      .nothingSelected,
      "the selection criterion '\(intersection.raw)' does not match any enabled nodes",
      severity: .warning, hint: hint)
  }
}
