import Diagnostics
import Project

/// Who reads whom: enabled nodes, sources, exposures and the semantic layer, with edges from what is read to what reads it.
public struct Graph: Sendable {
  /// Every name, parents before children; among equals by name.
  public let order: [NodeID]
  /// Where each stands in the order.
  let places: [NodeID: Int]
  /// The same edges by place in the order.
  let parentPlaces: [[Int]]
  let childPlaces: [[Int]]

  /// The graph of a project, in time proportional to its size. Throws every circle and every dependency that
  /// the project does not have.
  public init(_ project: Project) throws(DiagnosticList) {
    let members = Self.members(of: project)
    let (edges, missing) = Self.edges(of: members, in: project)
    let sorted = edges.sorted()
    let circles = sorted.count == members.count ? [] : Self.circles(members, edges, settled: sorted, project)
    guard missing.isEmpty, circles.isEmpty else { throw DiagnosticList(missing + circles) }
    var ranks = [Int](repeating: 0, count: members.count)
    for (rank, member) in sorted.enumerated() { ranks[member] = rank }
    order = sorted.map { members[$0].id }
    parentPlaces = sorted.map { edges.parents[$0].map { ranks[$0] } }
    childPlaces = sorted.map { edges.children[$0].map { ranks[$0] } }
    var places = [NodeID: Int](minimumCapacity: members.count)
    for (index, member) in members.enumerated() { places[member.id] = ranks[index] }
    self.places = places
  }

  /// What the node reads directly, sorted.
  public func parents(of node: NodeID) -> [NodeID] { names(parentPlaces, of: node) }

  /// What reads the node directly, sorted.
  public func children(of node: NodeID) -> [NodeID] { names(childPlaces, of: node) }

  private func names(_ edges: [[Int]], of node: NodeID) -> [NodeID] {
    places[node].map { edges[$0].map { order[$0] }.sorted() } ?? []
  }

  /// Everything that the node reads, directly or not, up to `depth` edges away; the node itself is not in it.
  public func ancestors(of node: NodeID, depth: Int? = nil) -> Set<NodeID> {
    ancestors(of: [node], depth: depth).subtracting([node])
  }

  /// Everything that reads the node, directly or not, up to `depth` edges away; the node itself is not in it.
  public func descendants(of node: NodeID, depth: Int? = nil) -> Set<NodeID> {
    descendants(of: [node], depth: depth).subtracting([node])
  }

  /// What the nodes read, up to `depth` edges away; without those of `nodes` that none of the others reads.
  func ancestors(of nodes: Set<NodeID>, depth: Int? = nil) -> Set<NodeID> {
    reach(from: nodes, along: parentPlaces, depth: depth)
  }

  /// What reads the nodes, up to `depth` edges away; without those of `nodes` that read none of the others.
  func descendants(of nodes: Set<NodeID>, depth: Int? = nil) -> Set<NodeID> {
    reach(from: nodes, along: childPlaces, depth: depth)
  }

  private func reach(from start: Set<NodeID>, along edges: [[Int]], depth: Int?) -> Set<NodeID> {
    var isReached = [Bool](repeating: false, count: order.count)
    var reached: Set<NodeID> = []
    var layer = start.compactMap { places[$0] }
    var distance = 0
    while !layer.isEmpty, depth.map({ distance < $0 }) ?? true {
      var next: [Int] = []
      for place in layer {
        for neighbour in edges[place] where !isReached[neighbour] {
          isReached[neighbour] = true
          reached.insert(order[neighbour])
          next.append(neighbour)
        }
      }
      layer = next
      distance += 1
    }
    return reached
  }
}

extension Graph {
  /// A node, source or exposure, and what it reads.
  struct Member {
    var id: NodeID
    var dependencies: [NodeID]
    var span: SourceSpan
  }

  /// All members by name. The project's lists are sorted, and so is the result.
  private static func members(of project: Project) -> [Member] {
    var members: [Member] = []
    members.reserveCapacity(project.nodes.count + project.sources.count + project.exposures.count)
    for exposure in project.exposures {
      members.append(Member(id: exposure.id, dependencies: exposure.dependencies, span: exposure.span))
    }
    for resource in project.semantics {
      members.append(Member(id: resource.id, dependencies: resource.dependencies, span: resource.span))
    }
    for node in project.nodes {
      members.append(Member(id: node.id, dependencies: node.dependencies, span: node.span))
    }
    for source in project.sources where source.isEnabled {
      // A source whose load is switched off is as one that others produce.
      let loads = [source.loadedBy].compactMap { $0 }.filter { project.node($0) != nil }
      members.append(Member(id: source.id, dependencies: loads, span: source.span))
    }
    let isSorted = zip(members, members.dropFirst()).allSatisfy { $0.id < $1.id }
    return isSorted ? members : members.sorted { $0.id < $1.id }
  }

  private static func edges(of members: [Member], in project: Project) -> (EdgeTable, missing: [Diagnostic]) {
    var places = [NodeID: Int](minimumCapacity: members.count)
    for (place, member) in members.enumerated() { places[member.id] = place }
    var table = EdgeTable(count: members.count)
    var problems: [Diagnostic] = []
    for (place, member) in members.enumerated() {
      for dependency in member.dependencies {
        if let parent = places[dependency] {
          table.add(parent: parent, child: place)
        } else {
          problems.append(missing(dependency, of: member, in: project))
        }
      }
    }
    table.normalise()
    return (table, problems)
  }

  private static func missing(_ id: NodeID, of member: Member, in project: Project) -> Diagnostic {
    let isDisabled =
      project.disabled.contains { $0.id == id } || project.source(id) != nil
      || project.disabledSemantics.contains { $0.id == id }
    return Diagnostic(
      .unknownDependency,
      "'\(member.id)' depends on '\(id)', which is \(isDisabled ? "disabled" : "not in the project")",
      at: member.span)
  }

  /// How many nodes of a circle are named: nobody reads more.
  private static let longestPath = 20

  /// A diagnostic for each group of nodes that depend on each other, with a shortest way around.
  private static func circles(
    _ members: [Member], _ edges: EdgeTable, settled: [Int], _ project: Project
  ) -> [Diagnostic] {
    var files: [NodeID: String] = [:]
    for node in project.nodes { files[node.id] = node.span.file }
    let circles = edges.circles(outside: Set(settled))
    return circles.map { circle in
      let path = circle + circle.prefix(1)
      let names = path.map { members[$0].id }
      let shown = names.count > longestPath ? names.prefix(longestPath) : names[...]
      let rest = names.count > shown.count ? " → … (\(circle.count) nodes in all)" : ""
      let arrows = shown.map(\.rawValue).joined(separator: " → ") + rest
      let notes = circle.prefix(longestPath).enumerated().map { step, place in
        "'\(names[step])' (\(files[names[step]] ?? members[place].span.file)) reads '\(names[step + 1])'"
      }
      return Diagnostic(
        .cycle, "nodes depend on each other in a circle: \(arrows)", at: members[circle[0]].span,
        notes: notes, hint: "remove one of these dependencies")
    }
  }
}
