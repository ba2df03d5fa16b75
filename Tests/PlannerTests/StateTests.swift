import Diagnostics
import Jinja
import Planner
import Project
import Testing

@Suite("Saved states")
struct StateTests {
  private static func manifest(_ nodes: String, macros: String = "") -> String {
    """
    {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "duckdb"},
     "nodes": {\(nodes)}, "macros": {\(macros)}, "disabled": {}}
    """
  }

  private static func model(_ name: String, _ extra: String) -> String {
    """
    "model.shop.\(name)": {"resource_type": "model", "name": "\(name)", "fqn": ["shop", "\(name)"], \(extra)}
    """
  }

  /// What of `a` and `b` an expression selects, and the warnings.
  private func select(
    _ expression: String, saved: String, current: String
  ) throws -> (found: [String], warnings: [Diagnostic]) {
    var fixture = ProjectFixture()
    fixture.model("a")
    fixture.model("b")
    var state = SelectionState(folder: "old", now: 0)
    state.manifest = try SavedManifest(json: saved, file: "old/manifest.json")
    state.current = try SavedManifest(json: current, file: "the project")
    let selection = try Selector(state: state).select(
      SelectionRequest(select: [expression]), project: fixture.project, graph: fixture.graph())
    return (selection.nodes.map(ProjectFixture.short).sorted(), selection.warnings)
  }

  @Test("bodies, configurations and relations are told apart")
  func aspects() throws {
    let saved = Self.manifest(
      [
        Self.model("a", #""raw_code": "select 1", "unrendered_config": {"materialized": "view"}"#),
        Self.model("b", #""raw_code": "select 2", "unrendered_config": {"alias": "x", "tags": ["t"]}"#),
      ].joined(separator: ","))
    let current = Self.manifest(
      [
        Self.model("a", #""raw_code": "select 3", "unrendered_config": {"materialized": "view"}"#),
        Self.model("b", #""raw_code": "select 2", "unrendered_config": {"alias": "y", "tags": []}"#),
      ].joined(separator: ","))
    func found(_ expression: String) throws -> [String] {
      try select(expression, saved: saved, current: current).found
    }
    #expect(try found("state:modified") == ["a", "b"])
    #expect(try found("state:modified.body") == ["a"])
    #expect(try found("state:modified.configs") == [])
    #expect(try found("state:modified.relation") == ["b"])
    #expect(try found("state:unmodified") == [])
    #expect(try found("state:old") == ["a", "b"])
    #expect(try found("state:new") == [])
  }

  @Test("a macro's change counts through other macros and circles; dbt's own macros do not count")
  func macros() throws {
    func macro(_ name: String, _ text: String, calls: String) -> String {
      #""macro.\#(name)": {"macro_sql": "\#(text)", "depends_on": {"macros": [\#(calls)]}}"#
    }
    let nodes = [
      Self.model("a", #""depends_on": {"macros": ["macro.shop.one"]}"#),
      Self.model("b", #""depends_on": {"macros": ["macro.dbt.own"]}"#),
    ].joined(separator: ",")
    func all(_ text: String) -> String {
      Self.manifest(
        nodes,
        macros: [
          macro("shop.one", "1", calls: #""macro.shop.two""#), macro("dbt.own", text, calls: ""),
          macro("shop.two", "2", calls: #""macro.shop.one", "macro.shop.three""#),
          macro("shop.three", text, calls: ""),
        ].joined(separator: ","))
    }
    let found = try select("state:modified.macros", saved: all("old"), current: all("new")).found
    #expect(found == ["a"])
  }

  @Test("a contract that breaks is a warning, and an error where the model has versions")
  func contracts() throws {
    func manifest(_ type: String, sum: String, version: String) -> String {
      Self.manifest(
        Self.model(
          "a",
          """
          "contract": {"enforced": true, "checksum": "\(sum)"}, "version": \(version), "config": {"materialized": "table"},
          "columns": {"id": {"data_type": "\(type)"}}
          """))
    }
    let changed = try select(
      "state:modified.contract", saved: manifest("int", sum: "1", version: "null"),
      current: manifest("text", sum: "2", version: "null"))
    #expect(changed.found == ["a"])
    #expect(changed.warnings.first?.code == .brokenContract)
    #expect(changed.warnings.first?.notes == ["the column 'id' was int and is text"])
    let wider = try select(
      "state:modified.contract", saved: manifest("varchar(3)", sum: "1", version: "2"),
      current: manifest("VARCHAR(9)", sum: "2", version: "2"))
    #expect(wider.found == ["a"])
    #expect(throws: DiagnosticList.self) {
      try select(
        "state:modified.contract", saved: manifest("int", sum: "1", version: "2"),
        current: manifest("text", sum: "2", version: "2"))
    }
  }

  @Test("what is missing of a state is told once, with what to do")
  func missing() throws {
    var fixture = ProjectFixture()
    fixture.model("a")
    func message(_ expression: String, _ state: SelectionState?) -> [String] {
      do {
        _ = try Selector(state: state).select(
          SelectionRequest(select: [expression]), project: fixture.project, graph: fixture.graph())
        return []
      } catch {
        return DiagnosticList.collecting(error, else: .usage, "").map(\.message)
      }
    }
    #expect(
      message("state:new", nil) == [
        "the selector 'state:new' compares with a saved state, and none is named"
      ])
    let empty = SelectionState(folder: "old", now: 0)
    #expect(
      message("state:new", empty) == [
        "the selector 'state:new' needs a manifest, and there is none in 'old'"
      ])
    #expect(
      message("result:error", empty) == [
        "the selector 'result:error' needs a run_results.json, and there is none in 'old'"
      ])
  }

  @Test("results and fresher sources are read from their artifacts")
  func runs() throws {
    var fixture = ProjectFixture()
    fixture.model("a")
    fixture.model("b")
    fixture.source("raw", "x")
    fixture.source("raw", "y")
    func sources(_ x: String, _ y: String) -> String {
      """
      {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json"}, "results": [
        {"unique_id": "source.shop.raw.x", "max_loaded_at": "\(x)"},
        {"unique_id": "source.shop.raw.y", "max_loaded_at": "\(y)"}]}
      """
    }
    var state = SelectionState(folder: "old", now: 0)
    state.run = try SavedRun(
      json: """
        {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"}, "args": {},
         "results": [{"unique_id": "model.shop.a", "status": "error"}, {"unique_id": "model.shop.b", "status": "success"}]}
        """, file: "run_results.json")
    state.freshness = try SavedFreshness(
      json: sources("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"), file: "sources.json")
    state.currentFreshness = try SavedFreshness(
      json: sources("2026-01-01 00:00:00.5", "2026-01-01T00:00:00+00:00"), file: "sources.json")
    func found(_ expression: String) throws -> [String] {
      try Selector(state: state).select(
        SelectionRequest(select: [expression]), project: fixture.project, graph: fixture.graph()
      ).nodes.map(ProjectFixture.short).sorted()
    }
    #expect(try found("result:error") == ["a"])
    #expect(try found("source_status:fresher") == ["source.raw.x"])
  }

  @Test("a run's results tell of the batches of microbatch models")
  func batches() throws {
    let run = try SavedRun(
      json: """
        {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"}, "args": {},
         "results": [{"unique_id": "model.shop.a", "status": "partial success", "batch_results":
           {"successful": [["2024-01-01T00:00:00+00:00", "2024-01-02T00:00:00+00:00"]], "failed": [["x", "y"], ["z"]]}},
          {"unique_id": "model.shop.b", "status": "success", "batch_results": null}]}
        """, file: "run_results.json")
    #expect(
      run.batches == [
        "model.shop.a": SavedBatches(
          built: [.init(start: "2024-01-01T00:00:00+00:00", end: "2024-01-02T00:00:00+00:00")],
          failed: [.init(start: "x", end: "y")])
      ])
  }

  @Test("a file that is no manifest, or of a later version, cannot be used")
  func versions() {
    #expect(throws: Diagnostic.self) { try SavedManifest(json: "{", file: "m") }
    #expect(throws: Diagnostic.self) { try SavedManifest(json: "{}", file: "m") }
    let later = Self.manifest("").replacing("v12", with: "v99")
    let thrown = #expect(throws: Diagnostic.self) { try SavedManifest(json: later, file: "m") }
    #expect(thrown?.message == "'m' has version 99, and versions up to 12 are understood")
  }
}
