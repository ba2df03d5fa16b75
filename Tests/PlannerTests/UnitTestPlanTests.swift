import Diagnostics
import Planner
import Project
import Testing

@Suite("Unit tests in plans")
struct UnitTestPlanTests {
  private var shop: ProjectFixture {
    var fixture = ProjectFixture()
    fixture.model("stg")
    fixture.model("mid", reads: ["stg"], .ephemeral)
    fixture.model("orders", reads: ["mid"])
    fixture.model("down", reads: ["orders"])
    for (name, model) in [("of_orders", "orders"), ("of_mid", "mid")] {
      var node = Node(
        id: NodeID(.unitTest, "shop", "\(model).\(name)"), resourceType: .unitTest, name: name,
        package: "shop",
        path: "\(name).sql", originalPath: "models/schema.yml", fqn: ["shop", model, name],
        span: SourceSpan(file: "models/schema.yml", line: 1),
        config: NodeConfig(materialization: .unit, values: .none), code: "", checksum: "")
      node.dependencies = [NodeID(.model, "shop", model)]
      fixture.nodes.append(node)
    }
    return fixture
  }

  private func lines(_ command: PlanCommand, without: Set<String> = []) throws -> [String] {
    let graph = try shop.graph()
    let nodes = Set(graph.order.filter { !without.contains($0.rawValue) })
    let request = PlanRequest(command: command, selection: Selection(nodes: nodes))
    return PlanBuilder.plan(request, project: shop.project, graph: graph).steps.map { step in
      "\(step.action) \(step.node) <- " + step.waitsFor.map(\.rawValue).joined(separator: " ")
    }
  }

  @Test("run before their model, which waits for them, and after what it reads")
  func build() throws {
    #expect(
      try lines(.build) == [
        "build model.shop.stg <- ",
        "check unit_test.shop.mid.of_mid <- model.shop.stg",
        "check unit_test.shop.orders.of_orders <- model.shop.stg",
        "build model.shop.orders <- model.shop.stg unit_test.shop.mid.of_mid unit_test.shop.orders.of_orders",
        "build model.shop.down <- model.shop.orders",
      ])
  }

  @Test("are steps of their own where nothing is built, and no part of other commands")
  func others() throws {
    #expect(
      try lines(.test) == [
        "check unit_test.shop.mid.of_mid <- ", "check unit_test.shop.orders.of_orders <- ",
      ])
    #expect(
      try lines(.run) == [
        "build model.shop.stg <- ", "build model.shop.orders <- model.shop.stg",
        "build model.shop.down <- model.shop.orders",
      ])
  }
}
