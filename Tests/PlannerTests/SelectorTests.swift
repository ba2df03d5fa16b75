import Diagnostics
import Jinja
import Planner
import Project
import Testing

@Suite("Selectors")
struct SelectorTests {
  @Test("every recorded request selects what dbt selects")
  func recorded() throws {
    let recorded = try RecordedSelections.load()
    let project = recorded.project
    let graph = try Graph(project)
    #expect(recorded.requests.count >= 530)
    for request in recorded.requests {
      let selection = try Selector().select(request.asked, project: project, graph: graph)
      let expected = request.found.map { recorded.nodes[$0].unique_id }
      #expect(selection.nodes.map(\.rawValue).sorted() == expected, "\(request)")
    }
  }

  @Test("the manifest shows selectors as dbt's does")
  func entries() throws {
    let recorded = try RecordedSelections.load()
    let shown = SelectorEntries.normalized(recorded.project.selectors)
    #expect(shown.count >= 28)
    for (name, entry) in shown { #expect(entry == recorded.selectors[name], "\(name)") }
    #expect(Set(shown.keys) == Set(recorded.selectors.dictValue?.keys ?? []))
  }

  private var shop: ProjectFixture {
    var fixture = ProjectFixture()
    fixture.source("raw", "orders")
    fixture.model("stg_orders", in: "staging", reads: ["source.raw.orders"])
    fixture.model("orders", reads: ["stg_orders"], .incremental, tags: ["daily"])
    fixture.check("unique_orders", reads: ["orders"], generic: "unique")
    return fixture
  }

  private func select(_ request: SelectionRequest) throws -> Selection {
    let fixture = shop
    return try Selector().select(request, project: fixture.project, graph: fixture.graph())
  }

  @Test("an expression that matches nothing is a warning that names it, with the nearest name")
  func nothing() throws {
    let selection = try select(SelectionRequest(select: ["ordes", "tag:daily,tag:x"], exclude: ["tag:y"]))
    #expect(selection.nodes.isEmpty)
    #expect(
      selection.warnings.map(\.message) == [
        "the selection criterion 'ordes' does not match any enabled nodes",
        "the selection criterion 'tag:daily,tag:x' does not match any enabled nodes",
        "the selection criterion 'tag:y' does not match any enabled nodes",
      ])
    #expect(selection.warnings.map(\.hint) == ["did you mean 'orders'?", nil, nil])
    #expect(selection.warnings.allSatisfy { $0.severity == .warning && $0.code == .nothingSelected })
  }

  @Test("loads are selected by method, path, kind and graph, with the checks of their tables")
  func loads() throws {
    var fixture = shop
    fixture.load("crm", ["people"], tags: ["hourly"])
    fixture.model("people", reads: ["source.crm.people"])
    fixture.check("t_people", reads: ["source.crm.people"], generic: "unique")
    func found(_ expression: String, _ kinds: [ResourceType] = []) throws -> [String] {
      let request = SelectionRequest(select: [expression], resourceTypes: kinds)
      let selection = try Selector().select(request, project: fixture.project, graph: fixture.graph())
      return selection.nodes.map(ProjectFixture.short).sorted()
    }
    #expect(try found("load:crm") == ["load.crm", "test.t_people"])
    for expression in ["load:shop.c*", "tag:hourly", "path:loads", "crm"] {
      #expect(try found(expression, [.load]) == ["load.crm"], "\(expression)")
    }
    #expect(try found("resource_type:load") == ["load.crm", "test.t_people"])
    #expect(try found("load:crm+") == ["load.crm", "people", "source.crm.people", "test.t_people"])
    #expect(try found("+people", [.load, .model]) == ["load.crm", "people"])
    #expect(try found("source:crm") == ["source.crm.people", "test.t_people"])
  }

  @Test("an empty expression selects nothing and says so")
  func empty() throws {
    let selection = try select(SelectionRequest(select: [""]))
    #expect(selection.nodes.isEmpty && selection.warnings.count == 1)
  }

  @Test("everything is selected where nothing is asked for, without a warning")
  func everything() throws {
    let selection = try select(SelectionRequest())
    #expect(selection.nodes.count == 4 && selection.warnings.isEmpty)
    let models = try select(SelectionRequest(excludedResourceTypes: [.check, .source]))
    #expect(models.nodes.map(ProjectFixture.short).sorted() == ["orders", "stg_orders"])
  }

  @Test("all expressions that do not parse are reported at once, with the nearest word")
  func broken() {
    let request = SelectionRequest(
      select: ["@orders+ tga:daily", "resource_type:modle"],
      exclude: ["state:modifed", "a,,b", "config:table", "99999999999999999999+x", "test_type:genric"])
    let thrown = #expect(throws: DiagnosticList.self) { try select(request) }
    #expect(
      thrown?.items.map(\.code) == [
        .brokenSelector, .unknownSelectorMethod, .badSelectorValue, .badSelectorValue, .brokenSelector,
        .brokenSelector, .brokenSelector, .badSelectorValue,
      ])
    #expect(
      thrown?.items.compactMap(\.hint) == [
        "'@' already includes everything downstream: leave out the '+'", "did you mean 'tag'?",
        "did you mean 'model'?", "did you mean 'modified'?", "a comma means 'and'; a space means 'or'",
        "write for example 'config.materialized:table'", "did you mean 'generic'?",
      ])
  }

  @Test("configuration that nothing sets has its standard value")
  func standards() throws {
    func names(_ expression: String) throws -> [String] {
      try select(SelectionRequest(select: [expression], indirect: .empty)).nodes.map(ProjectFixture.short)
        .sorted()
    }
    #expect(try names("config.materialized:incremental") == ["orders"])
    #expect(try names("config.tags:daily") == ["orders"])
    #expect(try names("config.enabled:true").count == 4)
    #expect(try names("config.severity:ERROR") == ["test.unique_orders"])
    #expect(try names("config.publish:after_checks").count == 3)
    #expect(try names("access:protected") == ["orders", "stg_orders"])
    #expect(try names("config.meta.x:y") == [])
  }
}
