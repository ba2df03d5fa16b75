import Diagnostics
import EngineCore
import Foundation
import Jinja
import Testing

@testable import Project

@Suite struct LoadingTests {
  static let bakery: [String: String] = [
    "dbt_project.yml": """
    name: bakery
    version: '1.0'
    vars: {since: '2024-01-01', bakery: {limit: 5}}
    models:
      bakery:
        +materialized: table
        staging: {+materialized: view, +tags: stg}
    seeds:
      bakery: {+column_types: {id: int}}
    """,
    "seeds/breads.csv": "id,name\n1,rye\n",
    "models/staging/stg_sales.sql": """
    select * from {{ source('till', 'sales') }} where sold_on >= '{{ var("since") }}' limit {{ var('limit') }}
    """,
    "models/sales_by_bread.sql": """
    {{ config(tags=['mart'], alias='sales') }}
    select name, {{ cents('price') }} as price
    from {{ ref('stg_sales') }} join {{ ref('bakery', 'breads') }} using (id)
    """,
    "models/off.sql": "{{ config(enabled=false) }} select 1",
    "macros/money.sql": "{% macro cents(column) %}round({{ column }} / 100, 2){% endmacro %}",
    "models/docs.md": "# Docs {{ not jinja\n{% docs bread %}\nIt is *baked*.\n{% enddocs %}",
    "models/schema.yml": """
    version: 2
    sources:
      - name: till
        schema: raw
        tables: [{name: sales, columns: [{name: id, data_tests: [not_null]}]}]
    models:
      - name: sales_by_bread
        description: "{{ doc('bread') }}"
        meta: {owner: ann}
        columns:
          - name: name
            tags: [pii]
            data_tests:
              - unique
              - relationships: {arguments: {to: ref('breads'), field: name}, config: {severity: warn}}
              - lower_case
    exposures:
      - {name: board, type: dashboard, owner: {name: ann}, depends_on: [ref('sales_by_bread')]}
    """,
    "tests/generic/lower_case.sql": """
    {% test lower_case(model, column_name) %}select * from {{ model }} where {{ column_name }} <> lower({{ column_name }}){% endtest %}
    """,
    "tests/no_free_bread.sql": "select * from {{ ref('sales_by_bread') }} where price = 0",
    "models/.hidden.sql": "{{ broken",
  ]

  @Test("A project is read whole")
  func whole() async throws {
    let project = try await TemporaryProject(Self.bakery).load().project
    #expect(
      project.nodes.map(\.id.rawValue) == [
        "model.bakery.sales_by_bread", "model.bakery.stg_sales", "seed.bakery.breads",
        "test.bakery.lower_case_sales_by_bread_name.a56105922f", "test.bakery.no_free_bread",
        "test.bakery.relationships_sales_by_bread_name__name__ref_breads_.a0ce0a9cbf",
        "test.bakery.source_not_null_till_sales_id.00b8208740",
        "test.bakery.unique_sales_by_bread_name.4ab1b1a63d",
      ])
    #expect(project.disabled.map(\.name) == ["off"])
    #expect(project.sources.map(\.id.rawValue) == ["source.bakery.till.sales"])
    #expect(project.exposures.first?.dependencies.map(\.rawValue) == ["model.bakery.sales_by_bread"])
    #expect(project.macros.map(\.id.rawValue) == ["macro.bakery.cents", "macro.bakery.test_lower_case"])
    #expect(project.docs.map(\.contents) == ["It is *baked*."])
  }

  @Test("A model has its folders, configuration, references and description")
  func model() async throws {
    let project = try await TemporaryProject(Self.bakery).load().project
    let sales = try #require(project.named("sales_by_bread"))
    #expect(sales.fqn == ["bakery", "sales_by_bread"])
    #expect(sales.path == "sales_by_bread.sql")
    #expect(sales.originalPath == "models/sales_by_bread.sql")
    #expect(sales.relation?.path == ["bakery", "main", "sales"])
    #expect(sales.config.materialization == .table)
    #expect(sales.config.tags == ["mart"])
    #expect(sales.config.values["meta"] == ["owner": "ann"])
    #expect(sales.dependencies.map(\.rawValue) == ["model.bakery.stg_sales", "seed.bakery.breads"])
    #expect(sales.macros.map(\.rawValue) == ["macro.bakery.cents"])
    #expect(sales.description == "It is *baked*.")
    #expect(sales.propertiesPath == "models/schema.yml")
    #expect(sales.columns.first?.tags == ["pii"])
    let staging = try #require(project.named("stg_sales"))
    #expect(staging.fqn == ["bakery", "staging", "stg_sales"])
    #expect(staging.config.materialization == .view)
    #expect(staging.config.tags == ["stg"])
    #expect(staging.sourceReferences == [SourceReference(source: "till", table: "sales")])
  }

  @Test("A check knows what it is attached to and reads")
  func check() async throws {
    let project = try await TemporaryProject(Self.bakery).load().project
    let check = try #require(project.named("relationships_sales_by_bread_name__name__ref_breads_"))
    #expect(check.dependencies.map(\.rawValue) == ["seed.bakery.breads", "model.bakery.sales_by_bread"])
    #expect(check.config.severity == .warn)
    #expect(check.config.tags == ["pii"])
    guard case .generic(let generic)? = check.check else {
      Issue.record("the check is not generic")
      return
    }
    #expect(generic.attachedNode.rawValue == "model.bakery.sales_by_bread")
    #expect(generic.column == "name")
    #expect(generic.arguments == ["to": "ref('breads')", "field": "name"])
  }

  @Test("Loading twice gives the same")
  func deterministic() async throws {
    let folder = try TemporaryProject(Self.bakery)
    let first = try await folder.load().project
    let second = try await folder.load().project
    #expect(first.nodes.map(\.id) == second.nodes.map(\.id))
    #expect(first.nodes.map(\.config.values) == second.nodes.map(\.config.values))
  }

  @Test("weir.yml alone is enough, and checks may be called checks")
  func weirFile() async throws {
    let project = try await TemporaryProject([
      "weir.yml": "name: shop\n", "models/a.sql": "select 1 as id",
      "models/a.yml": "models: [{name: a, columns: [{name: id, checks: [unique]}]}]",
    ]).load().project
    #expect(project.settings.file == "weir.yml")
    #expect(project.nodes.map(\.name) == ["a", "unique_a_id"])
    #expect(project.target.database == "shop")
    #expect(project.target.profile.settings["path"] == .text("shop.duckdb"))
  }

  @Test("The project's own naming macros decide where things go")
  func naming() async throws {
    let project = try await TemporaryProject([
      "dbt_project.yml": "name: p\n",
      "models/a.sql": "{{ config(schema=' x ', alias='b') }} select 1",
      "models/c.sql": "select 1",
      "macros/names.sql": """
      {% macro generate_schema_name(custom_schema_name, node) -%}
        {{ custom_schema_name | trim if custom_schema_name else 'own_' ~ node.name }}
      {%- endmacro %}
      {% macro default__generate_alias_name(custom_alias_name=none, node=none) -%}
        {{ return('t_' ~ (custom_alias_name or node.name)) }}
      {%- endmacro %}
      """,
    ]).load().project
    #expect(project.named("a")?.relation?.path == ["p", "x", "t_b"])
    #expect(project.named("c")?.relation?.path == ["p", "own_c", "t_c"])
  }

  @Test("Sources may be files")
  func files() async throws {
    let project = try await TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/a.sql": "select 1",
      "models/s.yml": """
      sources:
        - name: lake
          meta: {external_location: "data/{name}.parquet"}
          tables:
            - name: a
            - {name: b, config: {meta: {external_location: "read_csv('{identifier}.csv', sep = '{{ ';' }}')"}}}
            - {name: c, config: {external_location: "it's/{{ '{{x}}' }}"}}
      """,
    ]).load().project
    #expect(
      project.sources.map(\.relation.expression) == [
        "'data/a.parquet'", "read_csv('b.csv', sep = ';')", "'data/c.parquet'",
      ])
  }

  @Test("A check of a disabled model is switched off with it, and said")
  func disabledChecks() async throws {
    let loaded = try await TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/a.sql": "select 1",
      "models/b.sql": "{{ config(enabled=false) }} select 1",
      "models/m.yml": """
      models:
        - {name: a, columns: [{name: id, data_tests: [{relationships: {to: ref('b'), field: id}}]}]}
        - {name: b, columns: [{name: id, data_tests: [unique]}]}
      """,
    ]).load()
    #expect(loaded.project.nodes.map(\.name) == ["a"])
    #expect(loaded.project.disabled.map(\.name) == ["b", "relationships_a_id__id__ref_b_"])
    #expect(
      loaded.warnings.map(\.message) == ["ref('b') names a model that is disabled"])
  }

  @Test("Links are followed, but not in circles")
  func links() async throws {
    let folder = try TemporaryProject(["dbt_project.yml": "name: p\n", "models/a.sql": "select 1"])
    try #require(symlink(folder.root + "/models", folder.root + "/models/loop") == 0)
    #expect(try await folder.load().project.nodes.map(\.name) == ["a"])
    try #require(symlink(folder.root + "/nowhere.sql", folder.root + "/models/dangling.sql") == 0)
    #expect(
      await folder.complaints() == ["models/dangling.sql: WEIR-E0101 models/dangling.sql is not a file"])
  }

  @Test("The nearest folder with a project file is found")
  func root() throws {
    let folder = try TemporaryProject(["weir.yml": "name: p\n", "models/deep/a.sql": "select 1"])
    let root = folder.root.last == "/" ? String(folder.root.dropLast()) : folder.root
    #expect(try ProjectLoader.findRoot(from: root + "/models/deep") == root)
    #expect(try ProjectLoader.verifyRoot(root) == root)
    let named = #expect(throws: Diagnostic.self) { try ProjectLoader.verifyRoot(root + "/models") }
    #expect(named?.message == "there is no weir.yml or dbt_project.yml in \(root)/models")
    let missing = #expect(throws: Diagnostic.self) { try ProjectLoader.verifyRoot(root + "/nosuch") }
    #expect(missing?.message == "there is no folder \(root)/nosuch")
    let problem = #expect(throws: Diagnostic.self) { try ProjectLoader.findRoot(from: "/proc/self") }
    #expect(problem?.code == .noProject)
  }
}
