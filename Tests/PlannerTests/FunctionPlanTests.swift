import Diagnostics
import Planner
import Project
import Testing

@Suite("Functions in plans and selections")
struct FunctionPlanTests {
  private var shop: ProjectFixture {
    var fixture = ProjectFixture()
    fixture.model("goods")
    fixture.model("prices", reads: ["goods"])
    var node = Node(
      id: NodeID(.function, "shop", "tax"), resourceType: .function, name: "tax", package: "shop",
      path: "money/tax.sql", originalPath: "functions/money/tax.sql", fqn: ["shop", "money", "tax"],
      span: SourceSpan(file: "functions/money/tax.sql", line: 1),
      config: NodeConfig(materialization: .function, values: ["type": "scalar", "group": "g"]), code: "1",
      checksum: "0")
    node.function = FunctionDefinition(
      kind: .scalar, arguments: [FunctionArgument(name: "a", dataType: "integer")],
      returns: FunctionReturns(dataType: "integer"))
    node.dependencies = [NodeID(.model, "shop", "goods")]
    fixture.nodes.append(node)
    fixture.nodes[1].dependencies.append(node.id)
    fixture.check("low", reads: [])
    fixture.nodes[3].dependencies = [node.id]
    return fixture
  }

  private func lines(_ command: PlanCommand) throws -> [String] {
    let graph = try shop.graph()
    let request = PlanRequest(command: command, selection: Selection(nodes: Set(graph.order)))
    return PlanBuilder.plan(request, project: shop.project, graph: graph).steps.map { step in
      let waits = step.waitsFor.map(\.rawValue).joined(separator: " ")
      return "\(step.action) \(step.node) <- \(waits) | \(step.audits.map(\.rawValue).joined(separator: " "))"
    }
  }

  @Test("are created by build alone, before what calls them, and gated by their checks")
  func plans() throws {
    #expect(
      try lines(.build) == [
        "build model.shop.goods <-  | ",
        "build function.shop.tax <- model.shop.goods | test.shop.low",
        "build model.shop.prices <- function.shop.tax model.shop.goods | ",
      ])
    #expect(
      try lines(.run) == [
        "build model.shop.goods <-  | ", "build model.shop.prices <- model.shop.goods | ",
      ])
    #expect(try lines(.test) == ["check test.shop.low <-  | "])
  }

  @Test(
    "are selected as in dbt: by name, path, type and graph, and not by configuration",
    arguments: [
      ("tax", ["low", "tax"]), ("shop.money", ["low", "tax"]), ("path:functions", ["low", "tax"]),
      ("resource_type:function", ["low", "tax"]), ("file:tax.sql", ["low", "tax"]),
      ("+prices", ["goods", "low", "prices", "tax"]), ("tax+", ["low", "prices", "tax"]),
      ("config.type:scalar", []), ("group:g", []),
    ])
  func selections(expression: String, expected: [String]) throws {
    let found = try Selector().select(
      SelectionRequest(select: [expression]), project: shop.project, graph: shop.graph())
    #expect(
      found.nodes.map { String($0.rawValue.split(separator: ".").last ?? "") }.sorted() == expected)
  }

  @Test("are modified where what they take or give is another")
  func state() throws {
    func manifest(_ arguments: String, _ returns: String) throws -> SavedManifest {
      let function =
        #""resource_type": "function", "fqn": ["shop", "tax"], "raw_code": "1", "arguments": \#(arguments), "returns": \#(returns)"#
      return try SavedManifest(
        json:
          #"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}, "functions": {"function.shop.tax": {\#(function)}}}"#,
        file: "manifest.json")
    }
    func modified(_ arguments: String, _ returns: String) throws -> Bool {
      var state = SelectionState(folder: "old", now: 0)
      state.manifest = try manifest(#"[{"name": "a"}]"#, #"{"data_type": "integer"}"#)
      state.current = try manifest(arguments, returns)
      return try Selector(state: state).select(
        SelectionRequest(select: ["state:modified,tax"]), project: shop.project, graph: shop.graph()
      ).nodes.contains(NodeID("function.shop.tax"))
    }
    #expect(try !modified(#"[{"name": "a"}]"#, #"{"data_type": "integer"}"#))
    #expect(try modified(#"[{"name": "b"}]"#, #"{"data_type": "integer"}"#))
    #expect(try modified(#"[{"name": "a"}]"#, #"{"data_type": "text"}"#))
  }

  @Test("have fingerprints of what they take and give, not of how these are described")
  func fingerprints() throws {
    func fingerprint(_ change: (inout FunctionDefinition) -> Void) throws -> Fingerprint? {
      var fixture = shop
      if var function = fixture.nodes[2].function {
        change(&function)
        fixture.nodes[2].function = function
      }
      return try Graph(fixture.project).fingerprints(of: fixture.project)[NodeID("function.shop.tax")]
    }
    let own = try fingerprint { _ in }
    #expect(try fingerprint { $0.arguments[0].description = "new" } == own)
    #expect(try fingerprint { $0.arguments[0].dataType = "bigint" } != own)
    #expect(try fingerprint { $0.arguments[0].defaultValue = .int(1) } != own)
    #expect(try fingerprint { $0.returns?.dataType = "text" } != own)
    #expect(try fingerprint { $0.kind = .aggregate } != own)
  }
}
