import Diagnostics
import Testing

@testable import Project

/// What public packages rely on.
@Suite struct PackageHabitTests {
  @Test("Docs blocks are found in every exposure, whatever the ones before it hold")
  func docsOfExposures() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/m.sql": "select 1 as a",
      "models/docs.md": "{% docs shown %}Shown.{% enddocs %}",
      "models/e.yml": """
      exposures:
        - {name: one, type: dashboard, description: plain, owner: {name: a}, depends_on: [ref('m')]}
        - name: two
          type: dashboard
          description: "{{ doc('shown') }}"
          owner: {name: a}
      """,
    ])
    let project = try await folder.load().project
    #expect(project.exposures.map { $0.properties["description"]?.scalarText } == ["plain", "Shown."])
  }

  @Test("While a project is read, config.get() gives an empty text, whatever is asked for")
  func configurationWhileReading() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n",
      "models/m.sql": """
      {{ config(tags=['unit-test']) }}
      {% if not execute and 'unit-test' in config.get('tags', {}) %}{{ ref('nothing') }}{% endif %}
      select '{{ config.get('tags')[0] if execute }}' as a
      """,
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: ScriptedConnection(), options: folder.options())
    #expect(try compiler.compile(node).sql.contains("select 'unit-test' as a"))
  }

  @Test("Columns show their configuration to templates")
  func columnConfiguration() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n",
      "models/m.sql":
        """
      select '{% if execute %}{{ model.columns['a'].config.meta.unit }} {{ model.columns.a.config.tags }}{% endif %}' as a
      """,
      "models/m.yml": """
      models: [{name: m, columns: [{name: a, config: {meta: {unit: euro}, tags: [money]}}]}]
      """,
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: ScriptedConnection(), options: folder.options())
    #expect(try compiler.compile(node).sql == "select 'euro ['money']' as a")
  }

  @Test("What templates add to their context is there for the rest of the node")
  func additions() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n",
      "macros/keep.sql":
        "{% macro keep(n) %}{% do context.update({'kept': context.get('kept', 0) + n}) %}{% endmacro %}",
      "models/m.sql":
        "select '{{ keep(1) }}{{ keep(2) }}{{ context.get('kept') }} {{ context['kept'] }}' as a",
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: ScriptedConnection(), options: folder.options())
    #expect(try compiler.compile(node).sql == "select '3 3' as a")
  }

  @Test("The names that dbt gave folders before 1.0 are understood")
  func oldFolders() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\nsource-paths: [sql]\ndata-paths: [data]\n",
      "sql/m.sql": "select * from {{ ref('s') }}", "data/s.csv": "a\n1\n",
    ])
    #expect(try await folder.load().project.nodes.map(\.id.rawValue) == ["model.p.m", "seed.p.s"])
  }

  @Test("Sources, exposures and checks show templates what the manifest holds")
  func graph() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n",
      "models/m.sql": """
      {% if execute -%}
      {% set source = graph.sources['source.p.till.sales'] -%}
      {% set test = graph.nodes.values() | selectattr('resource_type', 'equalto', 'test') | first -%}
      {{ source.columns.id.name }} {{ source.source_description }} {{ source.config.freshness.warn_after.count }}
      {{- ' ' ~ graph.exposures['exposure.p.board'].depends_on.nodes[0] }}
      {%- set board = graph.exposures['exposure.p.board'] -%}
      {{- ' ' ~ board.owner.name ~ ' ' ~ board.owner.email ~ ' ' ~ (board.meta | tojson) ~ ' ' ~ board.url }}
      {{- ' ' ~ test.test_metadata.name ~ ' ' ~ test.column_name ~ ' ' ~ test.attached_node }}
      {%- endif %}
      """,
      "models/s.yml": """
      sources:
        - name: till
          description: The till.
          tables: [{name: sales, columns: [{name: id}]}]
      models: [{name: m, columns: [{name: a, data_tests: [not_null]}]}]
      exposures: [{name: board, type: dashboard, owner: {name: ann}, depends_on: [ref('m')]}]
      """,
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: ScriptedConnection(), options: folder.options())
    #expect(
      try compiler.compile(node).sql == "id The till. None model.p.m ann None {} None not_null a model.p.m")
  }

  @Test("A variable that is not set is nothing while a model is read, and a mistake when it is compiled")
  func missingVariables() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n",
      "models/off.sql": "{{ config(enabled=var('on', false)) }} select {{ var('y') | replace('a', 'b') }}",
      "models/m.sql": "select '{{ var('y') }}' as a",
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: ScriptedConnection(), options: folder.options())
    #expect(throws: Diagnostic.self) { try compiler.compile(node) }
    func set(_ options: inout LoadOptions) { options.vars = .dict([("y", .int(3))]) }
    let given = try await folder.load(set).project
    let other = given.compiler(connection: ScriptedConnection(), options: folder.options(set))
    #expect(try other.compile(try #require(given.named("m"))).sql == "select '3' as a")
  }

  @Test("A variable that holds Jinja is text, whatever it evaluates to")
  func jinjaInVariables() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": """
      name: p
      vars:
        moment: '{{ run_started_at.astimezone(modules.pytz.timezone("UTC")) }}'
        five: "{{ 2 + 3 }}"
      """,
      "models/m.sql": "select '{{ var('moment')[:4] }}', {{ var('five') ~ 1 }}, {{ var('five') is string }}",
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(
      connection: ScriptedConnection(), options: folder.options { $0.startedAt = 1_700_000_000 })
    #expect(try compiler.compile(node).sql == "select '2023', 51, True")
  }

  @Test("dispatch in a namespace that nobody knows finds what a call by the name alone would")
  func unknownNamespace() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "dbt_packages/q/dbt_project.yml": "name: q\n",
      "dbt_packages/q/macros/part.sql": """
      {% macro part(x) %}{{ return(adapter.dispatch('part', 'macros')(x)) }}{% endmacro %}
      {% macro default__part(x) %}left({{ x }}, 1){% endmacro %}
      """, "dbt_packages/q/models/m.sql": "select {{ part('a') }} as a",
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: ScriptedConnection(), options: folder.options())
    #expect(try compiler.compile(node).sql == "select left(a, 1) as a")
  }

  @Test("as_bool inside an expression leaves the other side of a comparison as it is")
  func comparedText() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": """
      name: p
      models:
        p:
          a: {+enabled: '{{ target.type == "bigquery" | as_bool }}'}
          b: {+enabled: '{{ target.type != "bigquery" | as_bool }}'}
      """,
      "models/a/a.sql": "select 1", "models/b/b.sql": "select 2",
    ])
    let project = try await folder.load().project
    #expect(project.nodes.map(\.name) == ["b"])
    try folder.write("dbt_project.yml", "name: p\nmodels: {p: {a: {+enabled: '{{ \"x\" | as_bool }}'}}}\n")
    #expect(await folder.complaints().first?.contains("as_bool: 'x' is neither true nor false") == true)
  }

  @Test("A text that a property file ends with has no line break behind it")
  func endOfFile() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/m.sql": "select 1 as a",
      "models/m.yml": "models:\n  - name: m\n    description: |\n      One.\n      Two.\n\n",
    ])
    let project = try await folder.load().project
    #expect(project.named("m")?.description == "One.\nTwo.")
  }

  @Test("The type of a seed's column is rendered, whatever the column is called")
  func columnTypes() async throws {
    let type = "{%- if target.type == 'duckdb' -%} varchar(9) {%- else -%} string {%- endif -%}"
    let folder = try TemporaryProject([
      "dbt_project.yml": """
      name: p
      seeds: {p: {+column_types: {tests: "\(type)"}}}
      """,
      "seeds/s.csv": "description,tests\na,b\n",
      "seeds/s.yml": """
      seeds:
        - name: s
          config:
            column_types: {description: "\(type)"}
      """,
    ])
    let node = try #require(try await folder.load().project.named("s"))
    #expect(
      node.config.values["column_types"]?.json(sortKeys: true)
        == #"{"description":"varchar(9)","tests":"varchar(9)"}"#)
  }
}
