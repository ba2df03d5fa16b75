import Project

/// Turns a selection into steps.
///
/// A check that reads built nodes gates the last of them; every other check is a step of its own. A table that a
/// built load brings counts as that load. Steps never wait for what comes later in the plan, so that waiting always
/// ends.
public struct PlanBuilder: Sendable {
  private let project: Project
  private let graph: Graph
  /// Where the project's nodes hold what stands at a place of the graph's order; nil for sources and exposures.
  private let nodes: [Int?]
  /// Whether the node at a place gets a step of its own and is built; exposures and saved queries are mentioned.
  private let isBuilt: [Bool]
  /// The places of the checks to run, and of the unit tests.
  private let checks: [Int]
  private let unitTests: [Int]
  /// The unit tests that are run right before a place is built.
  private var unitTestSteps: [Int: [Int]] = [:]
  /// What the step of a place waits for, and the checks that gate it.
  private var waits: [Set<Int>]
  private var audits: [[Int]]
  /// Checks that are steps, by the place that they follow; -1 is the start.
  private var checkSteps: [Int: [Int]] = [:]
  /// Whether checks that gate nothing are left out.
  private let keepsGatesOnly: Bool
  private var marks: Marks

  /// The plan of a request: the same input always gives the same plan.
  public static func plan(_ request: PlanRequest, project: Project, graph: Graph) -> Plan {
    var builder = PlanBuilder(request, project, graph)
    builder.connectBuilds()
    builder.placeChecks()
    builder.placeUnitTests()
    return Plan(command: request.command.rawValue, steps: builder.steps())
  }

  private init(_ request: PlanRequest, _ project: Project, _ graph: Graph) {
    self.project = project
    self.graph = graph
    nodes = graph.order.map { project.nodeIndex[$0] }
    let types = request.command.builtTypes
    var isBuilt = [Bool](repeating: false, count: graph.order.count)
    var checks: [Int] = []
    var unitTests: [Int] = []
    let mentioned = Self.mentioned(request.command, project)
    for (place, id) in graph.order.enumerated() where request.selection.nodes.contains(id) {
      guard let index = nodes[place] else {
        isBuilt[place] = mentioned.contains(id)
        continue
      }
      let type = project.nodes[index].resourceType
      if type == .check {
        if request.command.runsChecks { checks.append(place) }
      } else if type == .unitTest {
        if request.command.runsChecks, !request.command.runsGatesOnly { unitTests.append(place) }
      } else {
        let isStored = project.nodes[index].config.materialization != .ephemeral
        isBuilt[place] = types.contains(type) && isStored
      }
    }
    self.isBuilt = isBuilt
    self.checks = checks
    self.unitTests = unitTests
    keepsGatesOnly = request.command.runsGatesOnly
    waits = Array(repeating: [], count: graph.order.count)
    audits = Array(repeating: [], count: graph.order.count)
    marks = Marks(count: graph.order.count)
  }

  private static func mentioned(_ command: PlanCommand, _ project: Project) -> Set<NodeID> {
    let types = command.mentionedTypes
    let semantics = project.semantics.filter { types.contains($0.resourceType) }.map(\.id)
    return Set(types.contains(.exposure) ? project.exposures.map(\.id) + semantics : semantics)
  }

  /// Every built node waits for the nearest built nodes above it.
  private mutating func connectBuilds() {
    for place in isBuilt.indices where isBuilt[place] { waits[place] = Set(nearestBuilt(above: place)) }
  }

  private mutating func placeChecks() {
    for check in checks {
      let reads = placesRead(by: check)
      let host = reads.filter { isBuilt[$0] }.max()
      if keepsGatesOnly, host == nil || !reads.allSatisfy({ isBuilt[$0] }) { continue }
      if let host, let node = nodes[host], project.nodes[node].config.publish != .always {
        audits[host].append(check)
        waits[host].formUnion(nearestBuilt(above: check).filter { $0 < host })
      } else {
        addStep(for: check, reading: reads)
      }
    }
  }

  /// A check of its own runs as early as it can; if it can fail, what is downstream of what it reads waits.
  private mutating func addStep(for check: Int, reading reads: [Int]) {
    let needed = nearestBuilt(above: check)
    let position = needed.max() ?? -1
    waits[check] = Set(needed)
    checkSteps[position, default: []].append(check)
    guard let node = nodes[check], project.nodes[node].config.severity == .error else { return }
    let start = reads.flatMap { graph.childPlaces[$0] }
    for place in nearestBuilt(from: start, along: graph.childPlaces, after: position) {
      waits[place].insert(check)
    }
  }

  /// A unit test runs once what its model reads is built, whose columns it has to know, and before the model is. A
  /// model whose unit test fails is not built.
  private mutating func placeUnitTests() {
    for test in unitTests {
      guard let model = graph.parentPlaces[test].first else { continue }
      let needed = nearestBuilt(above: model)
      waits[test] = Set(needed)
      if isBuilt[model] {
        unitTestSteps[model, default: []].append(test)
        waits[model].insert(test)
        continue
      }
      let position = needed.max() ?? -1
      checkSteps[position, default: []].append(test)
      for place in nearestBuilt(from: graph.childPlaces[model], along: graph.childPlaces, after: position) {
        waits[place].insert(test)
      }
    }
  }

  private func steps() -> [Step] {
    var steps: [Step] = []
    steps.reserveCapacity(checks.count + unitTests.count + isBuilt.count)
    func add(_ place: Int, _ action: StepAction) {
      let waitsFor = waits[place].map { graph.order[$0] }.sorted()
      let gates = audits[place].map { graph.order[$0] }
      steps.append(Step(node: graph.order[place], action: action, waitsFor: waitsFor, audits: gates))
    }
    for check in checkSteps[-1] ?? [] { add(check, .check) }
    for place in isBuilt.indices where isBuilt[place] {
      for test in unitTestSteps[place] ?? [] { add(test, .check) }
      add(place, nodes[place] == nil ? .mention : .build)
      for check in checkSteps[place] ?? [] { add(check, .check) }
    }
    return steps
  }

  /// What a check reads, with what ephemeral models read in their stead, and built loads in that of their tables.
  private mutating func placesRead(by check: Int) -> [Int] {
    marks.clear()
    var reads: [Int] = []
    var stack = graph.parentPlaces[check]
    while let place = stack.popLast() {
      guard marks.insert(place) else { continue }
      if let node = nodes[place], project.nodes[node].config.materialization == .ephemeral {
        stack.append(contentsOf: graph.parentPlaces[place])
      } else if nodes[place] == nil, let load = graph.parentPlaces[place].first(where: { isBuilt[$0] }) {
        stack.append(load)
      } else {
        reads.append(place)
      }
    }
    return reads
  }

  /// The built nodes that a node reads directly or through nodes that are not built.
  private mutating func nearestBuilt(above place: Int) -> [Int] {
    nearestBuilt(from: graph.parentPlaces[place], along: graph.parentPlaces, after: -1)
  }

  /// The built nodes that can be reached first from `start`, as far as they come after `position`.
  private mutating func nearestBuilt(
    from start: [Int], along edges: [[Int]], after position: Int
  ) -> [Int] {
    marks.clear()
    var found: [Int] = []
    var stack = start
    while let place = stack.popLast() {
      guard marks.insert(place) else { continue }
      if isBuilt[place], place > position {
        found.append(place)
      } else {
        stack.append(contentsOf: edges[place])
      }
    }
    return found
  }
}

/// A set of places that is emptied at no cost.
private struct Marks {
  private var rounds: [Int]
  private var round = 0

  init(count: Int) { rounds = Array(repeating: 0, count: count) }

  mutating func clear() { round += 1 }

  /// Whether the place was not in the set before.
  mutating func insert(_ place: Int) -> Bool {
    if rounds[place] == round { return false }
    rounds[place] = round
    return true
  }
}
