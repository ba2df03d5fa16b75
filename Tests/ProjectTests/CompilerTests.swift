import Diagnostics
import EngineCore
import Jinja
import Tabular
import Testing

@testable import Project

/// A connection that answers from a table of texts.
final class ScriptedConnection: Connection {
  let dialect: any Dialect = StandardDialect(name: "duckdb")
  var answers: [String: Table] = [:]
  var executed: [String] = []
  var existing: [Relation] = []
  var columns: [ColumnDescription] = []

  func execute(_ sql: String) throws -> Int {
    executed.append(sql)
    return 0
  }

  func query(_ sql: String, maximumRows: Int?) throws -> Table {
    guard let table = answers[squeezed(sql)] else { throw Diagnostic(.engineFailure, "no answer to: \(sql)") }
    return table
  }

  func stream(_ sql: String, _ body: (Batch) throws -> Void) throws {
    for batch in try query(sql, maximumRows: nil).batches { try body(batch) }
  }

  func tableReferences(in sql: String) throws -> [TableReference] { [] }
  func columns(of relation: Relation) throws -> [ColumnDescription] { columns }
  func columns(ofQuery sql: String) throws -> [ColumnDescription] { columns }
  func relations(database: String?, schema: String) throws -> [Relation] { existing }
  func schemas(database: String?) throws -> [String] { ["main"] }

  static func table(_ names: [String], _ rows: [[Scalar]]) -> Table {
    let schema = Schema(names.map { Field($0, .text) })
    let columns = names.indices.map { index in Column(.scalars(rows.map { $0[index] })) }
    return Table(schema: schema, batches: [Batch(schema: schema, columns: columns, rowCount: rows.count)])
  }
}

@Suite struct CompilerTests {
  private func compile(
    _ sql: String, macros: String = "", connection: ScriptedConnection? = ScriptedConnection(),
    isIncremental: Bool = false, _ change: (inout LoadOptions) -> Void = { _ in }
  ) async throws -> String {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\nvars: {a: 1}\n", "models/m.sql": sql, "macros/m.sql": macros,
      "models/other.sql": "{{ config(schema='x') }} select {{ 1 }}", "seeds/s.csv": "a\n1\n",
    ])
    let project = try await folder.load(change).project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: connection, options: folder.options(change))
    return squeezed(try compiler.compile(node, isIncremental: isIncremental).sql)
  }

  @Test(
    "Expressions give what dbt gives",
    arguments: [
      ("{{ ref('other') }}", "\"p\".\"main_x\".\"other\""),
      ("{{ this }} {{ this.schema }} {{ this.name }}", "\"p\".\"main\".\"m\" main m"),
      ("{{ this.include(database=false) }}", "\"main\".\"m\""),
      ("{{ ref('other').quote(schema=false) }}", "\"p\".main_x.\"other\""),
      (
        "{{ this.information_schema() }} {{ this.information_schema('columns') }}",
        "\"p\".INFORMATION_SCHEMA \"p\".INFORMATION_SCHEMA.columns"
      ),
      ("{{ target.name }} {{ target.type }} {{ target.schema }}", "default duckdb main"),
      ("{{ var('a') + 1 }} {{ var('b', 'x') }} {{ var.has_var('a') }}", "2 x True"),
      ("{{ model.name }} {{ model['unique_id'] }}", "m model.p.m"),
      ("{{ config.get('materialized') }} {{ config.get('nothing', 'n') }}", "view n"),
      ("{{ project_name }} {{ invocation_id }} {{ dbt_version }}", "p test 1.11.0"),
      ("{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S') }}", "2023-11-14 22:13:20"),
      ("{{ run_started_at }}", "2023-11-14 22:13:20+00:00"),
      ("{{ run_started_at - modules.datetime.timedelta(days=1.5) }}", "2023-11-13 10:13:20+00:00"),
      ("{{ run_started_at.date() + modules.datetime.timedelta(hours=30) }}", "2023-11-15"),
      ("{{ 2 * modules.datetime.timedelta(hours=-1) }}", "-1 day, 22:00:00"),
      ("{{ (run_started_at - run_started_at).days }}", "0"),
      ("{{ modules.datetime.date.today() > modules.datetime.date(2020, 1, 1) }}", "True"),
      ("{{ run_started_at.astimezone(modules.pytz.utc) }}", "2023-11-14 22:13:20+00:00"),
      ("{{ flags.WHICH }} {{ flags.FULL_REFRESH }}", "build False"),
      ("{{ execute }}", "True"),
      ("{{ tojson({'b': [1, none]}) }} {{ fromjson('{\"a\": 2}').a }}", "{\"b\": [1, null]} 2"),
      ("{{ fromyaml('a: [1]').a[0] }}", "1"),
      ("{{ local_md5('abc') }}", "900150983cd24fb0d6963f7d28e17f72"),
      ("{{ set(['b', 'a', 'b']) == set(['a', 'b']) }} {{ set([1]) == set([2]) }}", "True False"),
      ("{{ set([1, 2, 3]) - set([2]) }} {{ 2 in set([1, 2]) }}", "{1, 3} True"),
      ("{{ set([1, 2]).union([3], [4]) | sort }} {{ set([1, 2]).intersection([2, 3]) }}", "[1, 2, 3, 4] {2}"),
      ("{% set s = set([1]) %}{% do s.add(2) %}{% do s.discard(1) %}{{ s }} {{ set([]) }}", "{2} set()"),
      (
        "{{ set([1]).issubset([1, 2]) }} {{ set([1, 2]).symmetric_difference([2, 3]) | list }}", "True [1, 3]"
      ),
      ("{{ none | map('lower') | list }}", "[]"),
      ("{{ set([1, 1, 2]) | length }} {{ zip([1], ['a']) | list }}", "2 [(1, 'a')]"),
      ("{{ dbt.dateadd('day', 1, 'd') }}", "(d + cast(1 as bigint) * interval 1 day)"),
      ("{{ type_string() }} {{ dbt.concat(['a', 'b']) }}", "TEXT a || b"),
      (
        "{{ string_literal(none) }} {{ get_powers_of_two(1) }} {{ get_powers_of_two(9) }} {{ get_powers_of_two(16) }}",
        "'None' 1 4 4"
      ),
      ("{{ listagg('a', order_by_clause=none) }}", "string_agg(a, ',' )"),
      ("{{ adapter.quote('a\"b') }} {{ adapter.type() }}", "\"a\"\"b\" duckdb"),
      ("{{ api.Relation.create(database='d', schema='s', identifier='i', type='view').is_view }}", "True"),
      ("{% if execute %}{{ graph.nodes['model.p.other'].schema }}{% endif %}", "main_x"),
      ("{{ builtins.ref('other') }}", "\"p\".\"main_x\".\"other\""),
      (
        "{{ modules.datetime.date(2024, 2, 29) }} {{ modules.re.match('a(.)', 'ab').group(1) }}",
        "2024-02-29 b"
      ),
      (#"{{ modules.re.sub('(?P<a>x)(y)', '\\2\\g<1>-\\g<a>', 'axyb') }}"#, "ayx-xb"),
      ("{{ '7' | as_number + 1 }}", "8"),
      ("{{ is_incremental() }}", "False"),
      ("{{ exceptions.warn('careful') }}ok", "ok"),
    ])
  func expressions(sql: String, expected: String) async throws {
    #expect(try await compile(sql) == expected)
  }

  @Test("is_incremental() says what the runner says")
  func incremental() async throws {
    let sql =
      "{{ config(materialized='incremental') }} select 1 {% if is_incremental() %} where 2 {% endif %}"
    #expect(try await compile(sql, isIncremental: true) == "select 1 where 2")
  }

  @Test("Without a connection nothing is executed, and asking for rows is refused")
  func offline() async throws {
    #expect(try await compile("{{ execute }}", connection: nil) == "False")
    let problem = await #expect(throws: Diagnostic.self) {
      try await compile("{% set x = run_query('select 1') %}", connection: nil)
    }
    #expect(problem?.code == .needsConnection)
    #expect(problem?.span?.description == "models/m.sql:1:12")
  }

  @Test("run_query gives rows by number, name and column")
  func queries() async throws {
    let connection = ScriptedConnection()
    connection.answers["select *"] = ScriptedConnection.table(
      ["id", "name"], [[.integer(1), .text("a")], [.integer(2), .null]])
    let sql = """
      {% set t = run_query('select *') %}
      {% if execute %}
      {{ t.columns[0].values() }} {{ t.columns['name'].values() | list }} {{ t.rows[0]['name'] }} {{ t[1][0] }}
      {{ t | length }} {% for row in t %}{{ row.id }}{{ row[1] }},{% endfor %} {{ t.column_names }}
      {% endif %}
      """
    #expect(
      try await compile(sql, connection: connection)
        == "(1, 2) ['a', None] a 2 2 1a,2None, ('id', 'name')")
  }

  @Test("A statement block's rows are loaded by name")
  func statements() async throws {
    let connection = ScriptedConnection()
    connection.answers["select 7"] = ScriptedConnection.table(["n"], [[.integer(7)]])
    let sql = """
      {% call statement('q', fetch_result=True) %} select 7 {% endcall %}
      {% if execute %}{{ load_result('q')['data'][0][0] }} {{ load_result('q').table.rows[0].n }}{% endif %}
      """
    #expect(try await compile(sql, connection: connection) == "7 7")
  }

  @Test("The adapter tells of relations and columns")
  func adapter() async throws {
    let connection = ScriptedConnection()
    connection.existing = [Relation(database: "p", schema: "main", identifier: "m", kind: .table)]
    connection.columns = [
      ColumnDescription(name: "id", type: "INTEGER"), ColumnDescription(name: "n", type: "VARCHAR"),
    ]
    let sql = """
      {% set r = adapter.get_relation(database='p', schema='main', identifier='m') %}
      {{ r.is_table }} {{ adapter.get_relation('p', 'main', 'gone') is none }}
      {% for c in adapter.get_columns_in_relation(ref('other')) %}{{ c.name }}:{{ c.is_string() }} {% endfor %}
      """
    #expect(try await compile(sql, connection: connection) == "True True id:False n:True")
  }

  @Test("Macros dispatch to the adapter's version, and the project's go before dbt's")
  func dispatch() async throws {
    let macros = """
      {% macro hello() %}{{ return(adapter.dispatch('hello', 'p')()) }}{% endmacro %}
      {% macro default__hello() %}default{% endmacro %}
      {% macro duckdb__hello() %}duckdb{% endmacro %}
      {% macro default__type_string() %}mine{% endmacro %}
      {% macro listed() %}{{ return([1, 2]) }}{% endmacro %}
      """
    let sql = "{{ hello() }} {{ p.hello() }} {{ dbt.type_string() }} {{ listed() | sum }}"
    #expect(try await compile(sql, macros: macros) == "duckdb duckdb mine 3")
  }

  @Test("A reference that shows only while executing is refused")
  func lateReferences() async throws {
    let problem = await #expect(throws: Diagnostic.self) {
      try await compile("{% if execute %}{{ ref('other') }}{% endif %}")
    }
    #expect(problem?.message == "'m' depends on 'model.p.other' only while it runs, so it cannot be planned")
    #expect(problem?.hint == "add a line to the file: -- depends_on: {{ ref('other') }}")
  }

  @Test("Hooks are rendered with their model's names")
  func hooks() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\non-run-start: [\"{{ target.name }}\"]\n",
      "models/m.sql": "{{ config(post_hook='grant on {{ this }}') }} select 1",
    ])
    let project = try await folder.load().project
    let compiler = project.compiler(options: folder.options())
    let node = try #require(project.named("m"))
    #expect(
      try compiler.render(try #require(node.config.postHooks.first), for: node)
        == "grant on \"p\".\"main\".\"m\"")
    let hook = try #require(project.settings.onRunStart.first)
    #expect(try compiler.render(hook, after: nil) == "default")
    #expect(
      try compiler.compile(inline: "select * from {{ ref('m') }}", name: "inline").sql
        == "select * from \"p\".\"main\".\"m\"")
  }

  @Test("Ephemeral models come in, parents first, each once")
  func ephemerals() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\nmodels: {p: {+materialized: ephemeral, last: {+materialized: view}}}\n",
      "models/a.sql": "select {{ 1 }}", "models/b.sql": "select * from {{ ref('a') }}",
      "models/last/c.sql": "with x as (select * from {{ ref('b') }}) select * from x, {{ ref('a') }}",
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("c"))
    let compiled = try project.compiler(options: folder.options()).compile(node)
    #expect(compiled.ephemeralParents.map(\.id.rawValue) == ["model.p.a", "model.p.b"])
    #expect(
      squeezed(compiled.sql)
        == "with __dbt__cte__a as ( select 1 ), __dbt__cte__b as ( select * from __dbt__cte__a ), "
        + "x as (select * from __dbt__cte__b) select * from x, __dbt__cte__a")
  }
}

@Suite struct CheckCompilingTests {
  private func checks(_ yaml: String, macros: String = "") async throws -> [String: String] {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/m.sql": "select {{ 1 }} as id", "models/m.yml": yaml,
      "models/parent.sql": "select {{ 1 }} as id", "macros/m.sql": macros,
    ])
    let project = try await folder.load().project
    let compiler = project.compiler(options: folder.options())
    var compiled: [String: String] = [:]
    for node in project.nodes where node.resourceType == .check {
      compiled[node.name] = squeezed(try compiler.compile(node).sql)
    }
    return compiled
  }

  @Test("Built-in checks are dbt's")
  func builtIn() async throws {
    let compiled = try await checks(
      """
      models:
        - name: m
          columns:
            - name: id
              data_tests:
                - not_null
                - unique: {config: {where: id > 0}}
                - accepted_values: {name: values, arguments: {values: [1, 2], quote: false}}
                - relationships: {name: related, arguments: {to: ref('parent'), field: id}}
      """)
    #expect(compiled["not_null_m_id"] == "select id from \"p\".\"main\".\"m\" where id is null")
    #expect(
      compiled["unique_m_id"]
        == "select id as unique_field, count(*) as n_records from (select * from \"p\".\"main\".\"m\" where id > 0) "
        + "dbt_subquery where id is not null group by id having count(*) > 1")
    #expect(compiled["values"]?.hasSuffix("where value_field not in ( 1,2 )") == true)
    #expect(
      compiled["related"]?.contains("parent as ( select id as to_field from \"p\".\"main\".\"parent\" )")
        == true)
  }

  @Test("The project's own checks get the model, the column and their arguments")
  func own() async throws {
    let macros = """
      {% test above(model, column_name, floor=0) %}select * from {{ model }} where {{ column_name }} <= {{ floor }}{% endtest %}
      {% test not_null(model, column_name) %}my own {{ model }}{% endtest %}
      """
    let compiled = try await checks(
      "models: [{name: m, columns: [{name: id, data_tests: [not_null, {above: {arguments: {floor: 3}}}]}]}]",
      macros: macros)
    #expect(compiled["above_m_id__3"] == "select * from \"p\".\"main\".\"m\" where id <= 3")
    #expect(compiled["not_null_m_id"] == "my own \"p\".\"main\".\"m\"")
  }

  @Test(
    "Dates beyond the calendar are refused",
    arguments: [
      ("modules.datetime.timedelta(weeks=10 ** 15)", "the span of time is too long"),
      ("modules.datetime.timedelta(days=1e300)", "the span of time is too long"),
      ("modules.datetime.timedelta(days='x')", "a span of time is counted in numbers, not in 'str'"),
      ("run_started_at + modules.datetime.timedelta(days=9999999)", "date value out of range"),
      ("run_started_at.replace(year=10 ** 17)", "year must be in 1..9999, not 100000000000000000"),
      ("modules.datetime.datetime(2020, 1, 1, 10 ** 15)", "hour must be in 0..23, not 1000000000000000"),
      ("modules.datetime.date(2023, 2, 29)", "day is out of range for month"),
      (
        "modules.datetime.datetime(2024, 3, 10, 2, tzinfo='Berlin')", "a time zone is needed, not 'str'"
      ),
    ])
  func refusedDates(_ expression: String, _ message: String) async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/m.sql": "{% if execute %}{{ \(expression) }}{% endif %}",
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: ScriptedConnection(), options: folder.options())
    let failure = #expect(throws: Diagnostic.self) { try compiler.compile(node) }
    #expect(failure?.message == message)
  }

  @Test("A warehouse's infinite days are the calendar's last ones")
  func infiniteDays() {
    let never = DateTimeObject(daysSince1970: Int(Int32.max))
    #expect(never.text() == "9999-12-31")
    #expect(DateTimeObject(microseconds: -.max).text() == "0001-01-01 00:00:00")
  }
}
