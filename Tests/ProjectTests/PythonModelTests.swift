import Diagnostics
import EngineCore
import Jinja
import Testing

@testable import Project

/// Python models as nodes of a project.
@Suite struct PythonModelTests {
  private static let code = """

    def model(dbt, session):
        dbt.config(tags=["py"], packages=["pandas"])
        mode = dbt.config.get("mode", "slow")
        owner = dbt.config.meta_get("owner")
        dbt.source("shop", "raw")
        return dbt.ref("a", v=1)
    """

  private func project(_ files: [String: String] = [:]) throws -> TemporaryProject {
    try TemporaryProject(
      [
        "weir.yml": "name: p\nmodels:\n  p:\n    +materialized: view\n",
        "models/a_v1.sql": "select 1 as id", "models/m.py": Self.code,
        "models/s.yml": """
        sources: [{name: shop, schema: main, tables: [{name: raw}]}]
        models:
          - {name: a, versions: [{v: 1}]}
          - name: m
            config: {mode: fast, meta: {owner: me}}
            columns: [{name: id, data_tests: [not_null]}]
        """,
      ].merging(files) { $1 })
  }

  @Test("A Python model is a table with references, configuration and keys, whatever its folder says")
  func node() async throws {
    let loaded = try await project().load()
    let node = try #require(loaded.project.named("m"))
    #expect(node.isPython && !node.isPlainSQL)
    #expect(node.config.materialization == .table)
    #expect(node.config.tags == ["py"])
    #expect(node.references == [ModelReference(name: "a", version: "1", hasNumericVersion: true)])
    #expect(node.sourceReferences == [SourceReference(source: "shop", table: "raw")])
    #expect(node.dependencies.map(\.rawValue).sorted() == ["model.p.a.v1", "source.p.shop.raw"])
    #expect(node.config.values["config_keys_used"] == .list([.string("mode")]))
    #expect(node.config.values["config_keys_defaults"] == .list([.string("slow")]))
    #expect(node.config.values["meta_keys_used"] == .list([.string("owner")]))
    #expect(loaded.warnings.isEmpty)
  }

  @Test("The compiled code begins with the file and goes on with what the model may ask for")
  func compiled() async throws {
    let folder = try project()
    let project = try await folder.load().project
    let model = try project.compiler(options: folder.options()).python(
      try #require(project.named("m")), isIncremental: true)
    #expect(model.firstLine == 2)
    #expect(model.code.hasPrefix("def model(dbt, session):"))
    #expect(model.wrapper.contains(#"weir_refs = {'a.v1': '"p"."main"."a_v1"'}"#))
    #expect(model.wrapper.contains(#"weir_sources = {'shop.raw': '"p"."main"."raw"'}"#))
    #expect(model.wrapper.contains("config_dict = {'mode': 'fast'}\nmeta_dict = {'owner': 'me'}\n"))
    #expect(model.wrapper.contains("self.is_incremental = True\n"))
    #expect(
      model.inputs.map(\.sql) == [#"SELECT * FROM "p"."main"."a_v1""#, #"SELECT * FROM "p"."main"."raw""#])
    #expect(model.this.path == ["p", "main", "m"])
  }

  @Test("An ephemeral model is read by its query")
  func ephemeral() async throws {
    let folder = try project([
      "models/e.sql": "{{ config(materialized='ephemeral') }}select 2 as id",
      "models/m.py": "def model(dbt, session):\n  return dbt.ref('e')\n",
    ])
    let project = try await folder.load().project
    let model = try project.compiler(options: folder.options()).python(
      try #require(project.named("m")), isIncremental: false)
    #expect(
      squeezed(model.inputs[0].sql)
        == "with __dbt__cte__e as ( select 2 as id ) SELECT * FROM __dbt__cte__e")
    #expect(model.inputs[0].path == [])
  }

  @Test("What is wrong with a Python model is told at its place")
  func mistakes() async throws {
    let folder = try project([
      "models/m.py": """
      def model(dbt, session):
          name = "x"
          dbt.ref("a", "b", "c")
          dbt.source("only")
          dbt.config.get()
          dbt.config(1)
          return dbt.ref(name), 1
      """
    ])
    let complaints = await folder.complaints()
    #expect(
      complaints == [
        "models/m.py:7:5: WEIR-E0140 'model' returns several values",
        "models/m.py:7:20: WEIR-E0140 dbt.ref() takes literals only, and 'name' is none",
        "models/m.py:3:5: WEIR-E0140 ref() takes 1 or 2 names but 3 were given",
        "models/m.py:4:5: WEIR-E0140 dbt.source() takes a source's and a table's name",
        "models/m.py:5:5: WEIR-E0140 dbt.config.get() takes a key and, if wanted, what stands in for it",
        "models/m.py:6:5: WEIR-E0140 dbt.config() takes named values or one dictionary",
      ])
  }

  @Test("A Python model is a table, incremental or external, and has no unit tests")
  func kinds() async throws {
    let folder = try project([
      "models/m.py": "def model(dbt, session):\n  return dbt.ref('a', v=1)\n",
      "models/s.yml": """
      models:
        - {name: a, versions: [{v: 1}]}
        - {name: m, config: {materialized: view}}
      unit_tests:
        - {name: t, model: m, given: [], expect: {rows: []}}
      """,
    ])
    let complaints = await folder.complaints()
    #expect(
      complaints == [
        "models/s.yml:3:38: WEIR-E0106 the Python model 'm' cannot be materialized as view",
        "models/s.yml:5:22: WEIR-E0128 unit test 't' tests the Python model 'm'",
      ])
  }

  @Test("A reference to nothing is told at the call")
  func missing() async throws {
    let folder = try project(["models/m.py": "def model(dbt, session):\n  return dbt.ref('aa')\n"])
    let complaints = await folder.complaints()
    #expect(
      complaints == [
        "models/m.py:2:10: WEIR-E0111 ref('aa') names no model or seed of the project"
      ])
  }
}
