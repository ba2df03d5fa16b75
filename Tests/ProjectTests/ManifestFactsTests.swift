import Diagnostics
import Jinja
import Testing

@testable import Project

/// What dbt writes of a project into its manifest; every expected value is what dbt-core 1.11 gives.
@Suite struct ManifestFactsTests {
  private func json(_ value: DataValue) -> String { value.json(sortKeys: true) }

  @Test(
    "What is written of a configuration is kept, of each key the last word, without Jinja of the project file"
  )
  func unrendered() async throws {
    let project = try await TemporaryProject([
      "dbt_project.yml": """
      name: p
      models:
        +docs: { node_color: gold }
        p:
          +tags: [all]
          +meta: { owner: "{{ 'core' }}", level: 1 }
          +schema: "{{ 'stage' }}"
      seeds: { p: { +quote_columns: false } }
      data_tests: { p: { +severity: warn } }
      """,
      "models/a.sql": "{{ config(materialized='table', tags=['hot'], meta={'level': 2}) }} select 1",
      "models/b.sql": "select {{ 1 }}",
      "models/x.yml": """
      groups: [{name: g, owner: {name: Ann}}]
      models:
      - {name: a, docs: {show: true}, config: {tags: [deep], group: g}}
      - {name: b, columns: [{name: c, data_tests: [unique, {unique: {name: u, config: {severity: error}}}]}]}
      """,
      "seeds/s.csv": "a\n1\n",
    ]).load().project
    let a = try #require(project.named("a"))
    #expect(
      json(a.unrenderedConfig)
        == #"{"docs":{"show":true},"group":"g","materialized":"table","meta":{"level":2},"#
        + #""schema":"{{ 'stage' }}","tags":["hot"]}"#)
    #expect(a.config.tags == ["all", "deep", "hot"])
    let b = try #require(project.named("b"))
    #expect(
      json(b.unrenderedConfig)
        == #"{"docs":{"node_color":"gold"},"meta":{"level":1,"owner":"{{ 'core' }}"},"#
        + #""schema":"{{ 'stage' }}","tags":["all"]}"#)
    #expect(project.named("s").map { json($0.unrenderedConfig) } == #"{"quote_columns":false}"#)
    #expect(project.named("unique_b_c").map { json($0.unrenderedConfig) } == #"{"severity":"warn"}"#)
    #expect(project.named("u").map { json($0.unrenderedConfig) } == #"{"severity":"error"}"#)
  }

  @Test("The macros that a node itself calls are known in order, those that are built in among them")
  func macros() async throws {
    let project = try await TemporaryProject([
      "weir.yml": "name: p\n",
      "macros/m.sql": """
      {% macro outer(x) %}{{ inner(x) }}{{ run_query('select 1') }}{% endmacro %}
      {% macro inner(x) %}{{ return(adapter.dispatch('way')(x)) }}{% endmacro %}
      {% macro default__way(x) %}{{ x }}{% endmacro %}
      {% test own(model) %}select * from {{ model }}{% endtest %}
      """,
      "models/a.sql":
        "{{ outer(1) }} {{ dbt.current_timestamp() }} {% if is_incremental() %}{{ inner(2) }}{% endif %}",
      "models/x.yml": """
      models:
      - name: a
        data_tests: [own]
        columns: [{name: c, data_tests: [unique, {accepted_values: {values: [1]}}]}]
      """,
    ]).load().project
    func called(_ name: String) -> [String]? { project.named(name)?.calledMacros.map(\.rawValue) }
    #expect(called("a") == ["macro.p.outer", "macro.dbt.current_timestamp", "macro.dbt.is_incremental"])
    #expect(called("own_a_") == ["macro.p.test_own", "macro.dbt.get_where_subquery"])
    #expect(called("unique_a_c") == ["macro.dbt.test_unique"])
    #expect(
      called("accepted_values_a_c__1") == ["macro.dbt.test_accepted_values", "macro.dbt.get_where_subquery"])
    let macros = Dictionary(
      uniqueKeysWithValues: project.macros.map { ($0.name, $0.dependencies.map(\.rawValue)) })
    #expect(macros["outer"] == ["macro.p.inner", "macro.dbt.run_query"])
    #expect(macros["inner"] == ["macro.p.default__way"])
  }

  @Test(
    "A source's tags and limits are joined from its entries, and its checks have those outside of 'config' alone"
  )
  func sources() async throws {
    let project = try await TemporaryProject([
      "dbt_project.yml": "name: p\nsources: {p: {+meta: {kind: raw}, +tags: project}}\nvars: {place: lake}\n",
      "models/x.yml": """
      sources:
      - name: raw
        schema: "{{ var('place') }}"
        meta: {s: 1}
        tags: [src]
        config: {tags: [cfg]}
        freshness: {warn_after: {count: 1, period: day}}
        loaded_at_field: at
        description: "{{ doc('d') }}"
        tables:
        - name: orders
          tags: [tab]
          description: "{{ doc('d') }}"
          config: {meta: {c: 3}, freshness: {error_after: {count: 2, period: day}}}
          columns: [{name: id, tags: [key], description: "{{ doc('d') }}", data_tests: [unique]}]
        - {name: still, freshness: null}
      """,
      "models/d.md": "{% docs d %} text {% enddocs %}",
    ]).load().project
    let orders = try #require(project.source(NodeID("source.p.raw.orders")))
    #expect(orders.tags == ["cfg", "src", "tab"])
    #expect(json(orders.config["tags"] ?? .none) == #"["cfg","src","tab"]"#)
    #expect(json(orders.meta) == #"{"c":3,"kind":"raw","s":1}"#)
    #expect(json(orders.sourceMeta) == #"{"s":1}"#)
    #expect(
      json(orders.config["freshness"] ?? .none)
        == #"{"error_after":{"count":2,"period":"day"},"filter":null,"#
        + #""warn_after":{"count":1,"period":"day"}}"#)
    #expect(orders.unrenderedPlace.schema == "{{ var('place') }}")
    #expect(orders.relation.schema == "lake")
    #expect(orders.docsBlocks.map(\.rawValue) == ["doc.p.d"])
    #expect(orders.columns.first?.docsBlocks.map(\.rawValue) == ["doc.p.d"])
    let check = try #require(project.named("source_unique_raw_orders_id"))
    #expect(check.config.tags == ["key", "src", "tab"])
    let still = try #require(project.source(NodeID("source.p.raw.still")))
    #expect(still.config["freshness"].map(\.isNone) == true)
    #expect(json(still.unrenderedConfig["loaded_at_field"] ?? .none) == #""at""#)
  }

  @Test("Groups and the hooks of the whole run are read, and what these refer to must be there")
  func groupsAndOperations() async throws {
    var files = [
      "dbt_project.yml":
        "name: p\non-run-start: \"select 1 from {{ ref('a') }}\"\non-run-end: [\"{{ m() }}\"]\n",
      "macros/m.sql": "{% macro m() %}{{ results.nothing.at_all }}{% endmacro %}",
      "models/a.sql": "select {{ 1 }}",
      "models/x.yml": "groups: [{name: g, owner: {name: Ann}, description: Sales, config: {meta: {f: 2}}}]",
    ]
    let project = try await TemporaryProject(files).load().project
    #expect(project.groups.map(\.id.rawValue) == ["group.p.g"])
    #expect(project.groups.map { json($0.owner) } == [#"{"name":"Ann"}"#])
    #expect(project.groups.map { json($0.config) } == [#"{"meta":{"f":2}}"#])
    #expect(
      project.operations.map(\.id.rawValue) == ["operation.p.p-on-run-end-0", "operation.p.p-on-run-start-0"])
    #expect(project.operations.map(\.config.tags) == [["on-run-end"], ["on-run-start"]])
    #expect(project.operations.map { $0.dependencies.map(\.rawValue) } == [[], ["model.p.a"]])
    #expect(project.operations.map { $0.calledMacros.map(\.rawValue) } == [["macro.p.m"], []])
    files["dbt_project.yml"] = "name: p\non-run-start: \"{{ ref('gone') }}\"\n"
    files["models/x.yml"] = "groups: [{name: g}, {name: h, owner: {}, ownr: 1}]"
    let complaints = try await TemporaryProject(files).complaints()
    #expect(
      complaints == [
        "models/x.yml:1:10: WEIR-E0107 group 'g' has no owner",
        "models/x.yml:1:42: WEIR-E0105 group 'h' has no key 'ownr'; it is ignored",
        "models/x.yml:1:38: WEIR-E0107 group 'h' has no owner",
        "dbt_project.yml:2:15: WEIR-E0111 ref('gone') names no model or seed of the project",
      ])
  }

  @Test("A file's checksum is that of its text without the space around it")
  func checksums() async throws {
    let project = try await TemporaryProject([
      "weir.yml": "name: p\n", "models/a.sql": "\n select {{ 1 }} \n\n", "seeds/s.csv": "\na\n1\n\n",
      "seeds/large.csv": "a\n" + String(repeating: "1234567\n", count: 140_000),
    ]).load().project
    #expect(project.named("a")?.checksum == Digest.sha256("select {{ 1 }}"))
    #expect(project.named("s")?.checksum == Digest.sha256("a\n1"))
    #expect(project.named("large")?.checksum == "seeds/large.csv")
  }
}
