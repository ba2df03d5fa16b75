import Project

/// Turns a selection into steps.
///
/// A check that reads built nodes gates the last of them; every other check is a step of its own. Steps never wait
/// for what comes later in the plan, so that waiting always ends.
public struct PlanBuilder: Sendable {
  private let project: Project
  private let graph: Graph
  private let command: PlanCommand
  /// The nodes of the graph by place in its order.
  private let places: [NodeID: Int]
  /// The nodes that get a step of their own and are built, by place.
  private let built: Set<NodeID>
  private let checks: [Node]
  private var waits: [NodeID: Set<NodeID>] = [:]
  private var audits: [NodeID: [NodeID]] = [:]
  /// Checks that are steps, by the place in the graph's order that they follow; -1 is the start.
  private var checkSteps: [Int: [NodeID]] = [:]

  /// The plan of a request: the same input always gives the same plan.
  public static func plan(_ request: PlanRequest, project: Project, graph: Graph) -> Plan {
    var builder = PlanBuilder(request, project, graph)
    builder.connectBuilds()
    builder.placeChecks()
    return Plan(command: request.command.rawValue, steps: builder.steps())
  }

  private init(_ request: PlanRequest, _ project: Project, _ graph: Graph) {
    self.project = project
    self.graph = graph
    command = request.command
    var places = [NodeID: Int](minimumCapacity: graph.order.count)
    for (place, id) in graph.order.enumerated() { places[id] = place }
    self.places = places
    let types = request.command.builtTypes
    let selected = project.nodes.filter { request.selection.nodes.contains($0.id) }
    built = Set(
      selected.lazy.filter { types.contains($0.resourceType) && $0.config.materialization != .ephemeral }
        .map(\.id))
    let wanted = request.command.runsChecks ? selected.filter { $0.resourceType == .check } : []
    checks = wanted.sorted { (places[$0.id] ?? 0) < (places[$1.id] ?? 0) }
  }

  /// Every built node waits for the nearest built nodes above it.
  private mutating func connectBuilds() {
    for id in built { waits[id] = nearestBuilt(above: id) }
  }

  private mutating func placeChecks() {
    for check in checks {
      let reads = nodesRead(by: check)
      let host = reads.filter(built.contains).max { place($0) < place($1) }
      if let host, project.node(host)?.config.publish != .always {
        audits[host, default: []].append(check.id)
        let others = nearestBuilt(above: check.id).filter { place($0) < place(host) }
        waits[host, default: []].formUnion(others)
      } else {
        addStep(for: check, reading: reads)
      }
    }
  }

  /// A check of its own runs as early as it can; if it can fail, what is downstream of what it reads waits.
  private mutating func addStep(for check: Node, reading reads: Set<NodeID>) {
    let needed = nearestBuilt(above: check.id)
    let position = needed.map(place).max() ?? -1
    waits[check.id] = needed
    checkSteps[position, default: []].append(check.id)
    guard check.config.severity == .error, !built.isEmpty else { return }
    for id in nearestBuilt(below: reads, after: position) { waits[id, default: []].insert(check.id) }
  }

  private func steps() -> [Step] {
    var steps: [Step] = []
    steps.reserveCapacity(built.count + checks.count)
    func add(_ id: NodeID, _ action: StepAction) {
      let waitsFor = (waits[id] ?? []).sorted()
      steps.append(Step(node: id, action: action, waitsFor: waitsFor, audits: audits[id] ?? []))
    }
    for check in checkSteps[-1] ?? [] { add(check, .check) }
    for (place, id) in graph.order.enumerated() where built.contains(id) {
      add(id, .build)
      for check in checkSteps[place] ?? [] { add(check, .check) }
    }
    return steps
  }

  private func place(_ id: NodeID) -> Int { places[id] ?? -1 }

  /// What a check reads, with what ephemeral models read in their stead.
  private func nodesRead(by check: Node) -> Set<NodeID> {
    var reads: Set<NodeID> = []
    var seen: Set<NodeID> = []
    var stack = check.dependencies
    while let id = stack.popLast() {
      guard seen.insert(id).inserted else { continue }
      if let node = project.node(id), node.config.materialization == .ephemeral {
        stack.append(contentsOf: node.dependencies)
      } else {
        reads.insert(id)
      }
    }
    return reads
  }

  /// The built nodes that `id` reads directly or through nodes that are not built.
  private func nearestBuilt(above id: NodeID) -> Set<NodeID> {
    nearestBuilt(from: graph.parents[id] ?? [], along: graph.parents, after: -1)
  }

  /// The built nodes that read `nodes` directly or through others, as far as they come after `position`.
  private func nearestBuilt(below nodes: Set<NodeID>, after position: Int) -> Set<NodeID> {
    nearestBuilt(from: nodes.flatMap { graph.children[$0] ?? [] }, along: graph.children, after: position)
  }

  private func nearestBuilt(
    from start: [NodeID], along edges: [NodeID: [NodeID]], after position: Int
  ) -> Set<NodeID> {
    var found: Set<NodeID> = []
    var seen: Set<NodeID> = []
    var stack = start
    while let id = stack.popLast() {
      guard seen.insert(id).inserted else { continue }
      if built.contains(id), place(id) > position {
        found.insert(id)
      } else {
        stack.append(contentsOf: edges[id] ?? [])
      }
    }
    return found
  }
}
