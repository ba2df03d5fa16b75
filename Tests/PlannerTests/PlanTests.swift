import Planner
import Project
import RandomTesting
import Testing

@Suite("Plans")
struct PlanTests {
  /// A plan of everything, or of `selected`, a line a step: `name <- what it waits for ! what audits it`.
  private func lines(
    _ fixture: ProjectFixture, _ command: PlanCommand = .build, selected: [String]? = nil
  ) throws -> [String] {
    let project = fixture.project
    let graph = try fixture.graph()
    let nodes = selected.map { Set($0.map(fixture.id)) } ?? Set(graph.order)
    let request = PlanRequest(command: command, selection: Selection(nodes: nodes))
    return PlanBuilder.plan(request, project: project, graph: graph).steps.map { step in
      var line = (step.action == .check ? "check " : "") + ProjectFixture.short(step.node)
      func list(_ ids: [NodeID]) -> String { ids.map(ProjectFixture.short).joined(separator: " ") }
      if !step.waitsFor.isEmpty { line += " <- " + list(step.waitsFor) }
      if !step.audits.isEmpty { line += " ! " + list(step.audits) }
      return line
    }
  }

  private var shop: ProjectFixture {
    var fixture = ProjectFixture()
    fixture.source("raw", "orders")
    fixture.seed("countries")
    fixture.model("stg", reads: ["source.raw.orders"], .view)
    fixture.model("mid", reads: ["stg"], .ephemeral)
    fixture.model("orders", reads: ["mid", "seed.countries"])
    fixture.model("customers", reads: ["stg"])
    fixture.check("t_stg", reads: ["stg"], generic: "not_null")
    fixture.check("t_both", reads: ["orders", "customers"], generic: "relationships")
    fixture.check("t_seed", reads: ["seed.countries"], generic: "unique")
    return fixture
  }

  @Test("checks gate the last built node that they read, and it waits for the others")
  func audits() throws {
    #expect(
      try lines(shop) == [
        "seed.countries ! test.t_seed", "stg ! test.t_stg", "customers <- stg",
        "orders <- customers stg seed.countries ! test.t_both",
      ])
  }

  @Test("a check of an ephemeral model gates what that model reads")
  func ephemeral() throws {
    var fixture = shop
    fixture.check("t_mid", reads: ["mid"], generic: "not_null")
    #expect(try lines(fixture).contains("stg ! test.t_mid test.t_stg"))
  }

  private var loading: ProjectFixture {
    var fixture = ProjectFixture()
    fixture.load("shop", ["customers", "orders"])
    fixture.model("stg", reads: ["source.shop.orders"], .view)
    fixture.check("t_orders", reads: ["source.shop.orders"], generic: "not_null")
    fixture.check("t_stg", reads: ["source.shop.customers", "stg"], generic: "relationships")
    return fixture
  }

  @Test("a load comes before the models that read its tables, gated by the checks on them")
  func loads() throws {
    #expect(try lines(loading) == ["load.shop ! test.t_orders", "stg <- load.shop ! test.t_stg"])
    #expect(try lines(loading, .run) == ["stg"])
  }

  @Test("load runs loads with the checks that read nothing else")
  func loadsAlone() throws {
    #expect(try lines(loading, .load) == ["load.shop ! test.t_orders"])
    #expect(try lines(loading, .load, selected: ["load.shop"]) == ["load.shop"])
  }

  @Test("a check on a table whose load is not built runs on its own, before what reads the table")
  func loadsLeftOut() throws {
    let selected = ["stg", "test.t_orders"]
    #expect(
      try lines(loading, .build, selected: selected) == ["check test.t_orders", "stg <- test.t_orders"])
  }

  @Test("run builds models only, seed seeds only, test runs every selected check on its own")
  func commands() throws {
    #expect(try lines(shop, .run) == ["stg", "customers <- stg", "orders <- stg"])
    #expect(try lines(shop, .seed) == ["seed.countries"])
    #expect(try lines(shop, .test) == ["check test.t_both", "check test.t_seed", "check test.t_stg"])
  }

  @Test("a check of a source is a step that what reads the source waits for")
  func sourceChecks() throws {
    var fixture = shop
    fixture.check("t_raw", reads: ["source.raw.orders"], generic: "not_null")
    let plan = try lines(fixture)
    #expect(plan.first == "check test.t_raw")
    #expect(plan.contains("stg <- test.t_raw ! test.t_stg"))
    #expect(plan.contains("customers <- stg"))
  }

  @Test("nothing waits for a check that cannot fail")
  func warnings() throws {
    var fixture = shop
    fixture.check("t_raw", reads: ["source.raw.orders"], generic: "not_null", severity: .warn)
    let plan = try lines(fixture)
    #expect(plan.first == "check test.t_raw")
    #expect(plan.contains("stg ! test.t_stg"))
  }

  @Test("publish: always puts checks after the node, and downstream waits for them")
  func publishAlways() throws {
    var fixture = ProjectFixture()
    fixture.model("a", publish: .always)
    fixture.model("b", reads: ["a"])
    fixture.check("t", reads: ["a"], generic: "unique")
    #expect(try lines(fixture) == ["a", "check test.t <- a", "b <- a test.t"])
  }

  @Test("steps wait across nodes that are not selected")
  func gaps() throws {
    let plan = try lines(shop, selected: ["seed.countries", "stg", "orders", "test.t_both"])
    #expect(plan == ["seed.countries", "stg", "orders <- stg seed.countries ! test.t_both"])
  }

  @Test("a check of a node that is not built is a step that waits for what is built above it")
  func unbuilt() throws {
    var fixture = ProjectFixture()
    fixture.model("a")
    fixture.model("v", reads: ["a"], .view)
    fixture.model("w", reads: ["v"])
    fixture.check("t", reads: ["v"], generic: "unique")
    #expect(
      try lines(fixture, selected: ["a", "w", "test.t"]) == ["a", "check test.t <- a", "w <- a test.t"])
  }

  @Test("exposures are mentioned by build alone, after what they read")
  func mentions() throws {
    var fixture = shop
    fixture.exposure("board", reads: ["mid", "customers"])
    #expect(
      try lines(fixture) == [
        "seed.countries ! test.t_seed", "stg ! test.t_stg", "customers <- stg",
        "exposure.board <- customers stg", "orders <- customers stg seed.countries ! test.t_both",
      ])
    #expect(try !lines(fixture, .run).contains { $0.contains("board") })
    let request = PlanRequest(command: .build, selection: Selection(nodes: [fixture.id("exposure.board")]))
    let plan = PlanBuilder.plan(request, project: fixture.project, graph: try fixture.graph())
    #expect(plan.steps.map(\.action) == [.mention])
  }

  @Test("checks that read across each other's branches never make steps wait in a circle")
  func noCircle() throws {
    var fixture = ProjectFixture()
    fixture.source("raw", "one")
    fixture.source("raw", "two")
    fixture.model("a", reads: ["source.raw.two"])
    fixture.model("b", reads: ["source.raw.one"])
    fixture.model("over_a", reads: ["a"], .view)
    fixture.model("over_b", reads: ["b"], .view)
    fixture.check("t1", reads: ["over_a", "source.raw.one"])
    fixture.check("t2", reads: ["over_b", "source.raw.two"])
    let plan = try lines(fixture, selected: ["a", "b", "test.t1", "test.t2"])
    #expect(plan == ["b", "check test.t2 <- b", "a <- test.t2", "check test.t1 <- a"])
  }

  @Test("every step waits only for steps before it, whatever is selected")
  func waitsPointBack() throws {
    var random = SeededRandom(seed: 7)
    for round in 0..<200 {
      let fixture = Self.randomProject(&random)
      let graph = try fixture.graph()
      let selected = Set(graph.order.filter { _ in random.next() % 3 != 0 })
      let request = PlanRequest(command: .build, selection: Selection(nodes: selected))
      let plan = PlanBuilder.plan(request, project: fixture.project, graph: graph)
      var seen: Set<NodeID> = []
      for step in plan.steps {
        #expect(seen.isSuperset(of: step.waitsFor), "round \(round), seed 7: \(step)")
        #expect(seen.insert(step.node).inserted, "round \(round), seed 7")
      }
      let checks = plan.steps.flatMap(\.audits) + plan.steps.filter { $0.action == .check }.map(\.node)
      let wanted = selected.filter { $0.rawValue.hasPrefix("test.") }
      #expect(checks.count == wanted.count && Set(checks) == wanted, "round \(round), seed 7")
    }
  }

  private static func randomProject(_ random: inout SeededRandom) -> ProjectFixture {
    var fixture = ProjectFixture()
    var names = ["source.raw.one", "source.raw.two"]
    fixture.source("raw", "one")
    fixture.source("raw", "two")
    for index in 0..<20 {
      let name = "m\(random.next() % 1_000)_\(index)"
      let reads = (0..<Int(random.next() % 4)).map { _ in names[Int(random.next() % UInt64(names.count))] }
      let kinds: [Materialization] = [.table, .view, .ephemeral, .incremental]
      let publish: PublishRule = random.next() % 4 == 0 ? .always : .afterChecks
      fixture.model(name, reads: reads, kinds[Int(random.next() % 4)], publish: publish)
      names.append(name)
    }
    for index in 0..<15 {
      let reads = (0...Int(random.next() % 3)).map { _ in names[Int(random.next() % UInt64(names.count))] }
      fixture.check("t\(index)", reads: reads, severity: random.next() % 3 == 0 ? .warn : .error)
    }
    return fixture
  }
}
