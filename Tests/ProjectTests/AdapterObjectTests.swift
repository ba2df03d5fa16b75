import Diagnostics
import EngineCore
import Tabular
import Testing

@testable import Project

/// What dbt-duckdb 1.11 gives for the same expressions, printed by both and compared.
@Suite("Relations, columns and the adapter in templates")
struct AdapterObjectTests {
  private func render(_ sql: String, macros: String = "", connection: ScriptedConnection) async throws
    -> String
  {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/m.sql": sql, "macros/m.sql": macros,
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: connection, options: folder.options())
    return squeezed(try compiler.compile(node).sql)
  }

  private var connection: ScriptedConnection {
    let connection = ScriptedConnection()
    connection.columns = [
      ColumnDescription(name: "id", type: "INTEGER"), ColumnDescription(name: "name", type: "VARCHAR"),
      ColumnDescription(name: "amount", type: "DECIMAL(18,3)"),
      ColumnDescription(name: "s", type: "STRUCT(a INTEGER, b STRUCT(c VARCHAR))"),
    ]
    connection.existing = [Relation(database: "p", schema: "main", identifier: "t", kind: .table)]
    return connection
  }

  @Test(
    "Relations are made and changed as dbt does it",
    arguments: [
      ("{{ adapter.Relation.create('db', 'sch', 'x') }}", #""db"."sch"."x""#),
      ("{{ adapter.Relation.create('db', 'sch', 'x', 'view').type }}", "view"),
      (
        "{{ adapter.Relation.create(schema='a', identifier='b', quote_policy={'identifier': false}) }}",
        #""a".b"#
      ),
      ("{{ api.Relation.create('d', 's', 'i', include_policy={'database': false}) }}", #""s"."i""#),
      ("{{ api.Relation.create(database='d', schema='s') }}", #""d"."s""#),
      ("{{ api.Relation.View }} {{ this.Table }} {{ api.Relation.get_relation_type.CTE }}", "view table cte"),
      ("{{ api.Relation.add_ephemeral_prefix('z') }}", "__dbt__cte__z"),
      ("{{ api.Relation.create('d', 's', 'i').quoted('x') }}", #""x""#),
      ("{{ api.Relation.create('d', 's', 'i').information_schema_only() }}", #""d".INFORMATION_SCHEMA"#),
      ("{{ api.Relation.create('d', 's', 'i').replace(identifier='j', type='view') }}", #""d"."s"."j""#),
      ("{{ api.Relation.create('d', 's', 'i').to_dict().path.schema }}", "s"),
    ])
  func relations(sql: String, expected: String) async throws {
    #expect(try await render(sql, connection: connection) == expected)
  }

  @Test(
    "Columns have the types that dbt-duckdb gives them",
    arguments: [
      ("data_type", "INTEGER character varying(256) DECIMAL(18,3) STRUCT(a INTEGER, b STRUCT(c VARCHAR))"),
      ("dtype", "INTEGER VARCHAR DECIMAL(18,3) STRUCT(a INTEGER, b STRUCT(c VARCHAR))"),
      ("is_number()", "True False False False"), ("is_numeric()", "False False False False"),
      ("is_string()", "False True False False"), ("is_struct()", "False False False True"),
      ("quoted", #""id" "name" "amount" "s""#),
      ("flatten() | map(attribute='name') | join('+')", "id name amount s.a+s.b.c"),
      (
        "literal(1)",
        "1::INTEGER 1::character varying(256) 1::DECIMAL(18,3) 1::STRUCT(a INTEGER, b STRUCT(c VARCHAR))"
      ),
    ])
  func columns(attribute: String, expected: String) async throws {
    let sql = "{% for c in adapter.get_columns_in_relation(this) %}{{ c.\(attribute) }} {% endfor %}"
    #expect(try await render(sql, connection: connection) == expected)
  }

  @Test(
    "Columns are made of a name and a type",
    arguments: [
      ("api.Column.create('a', 'string').dtype", "TEXT"),
      ("api.Column('n', 'decimal', none, 18, 3).data_type", "decimal(18,3)"),
      ("api.Column.translate_type('STRING')", "TEXT"),
      ("api.Column.string_type(10)", "character varying(10)"),
      ("api.Column.numeric_type('decimal', 10, 2)", "decimal(10,2)"),
      ("api.Column.numeric_type('decimal', none, none)", "decimal"),
      (
        "api.Column.from_description('x', 'varchar(10)')",
        "DuckDBColumn(column='x', dtype='varchar', char_size=10, numeric_precision=None, numeric_scale=None, fields=[])"
      ),
      ("api.Column('a', 'varchar', 10).can_expand_to(api.Column('a', 'varchar', 20))", "True"),
      ("api.Column('a', 'varchar', 10).string_size() ~ api.Column('a', 'text', 10).string_size()", "10256"),
    ])
  func making(expression: String, expected: String) async throws {
    #expect(try await render("{{ \(expression) }}", connection: connection) == expected)
  }

  @Test(
    "Methods of the adapter that are seldom called",
    arguments: [
      ("adapter.already_exists('main', 't') ~ adapter.already_exists('main', 'u')", "TrueFalse"),
      ("adapter.get_column_schema_from_query('select 1') | length", "4"), ("adapter.get_binding_char()", "?"),
      ("adapter.parse_index({'columns': ['a'], 'unique': true}).columns", "['a']"),
      ("adapter.parse_index({'columns': ['a']}).unique", "False"),
      ("adapter.external_read_location('a/b.parquet', {})", "a/b.parquet"),
      (
        "adapter.external_read_location('a/b', {'partition_by': 'x, y', 'format': 'parquet'})",
        "a/b/*/*/*.parquet"
      ),
      ("adapter.external_write_options('a/b.csv', {})", "format csv, header 1"),
    ])
  func methods(expression: String, expected: String) async throws {
    #expect(try await render("{{ \(expression) }}", connection: connection) == expected)
  }

  @Test(
    "dbt's macros that operations call",
    arguments: [
      (
        "information_schema_name('d') ~ ' ' ~ information_schema_name(none)",
        "d.INFORMATION_SCHEMA INFORMATION_SCHEMA"
      ),
      ("get_limit_sql('select 1', 5) ~ get_limit_sql('; select 2', none)", "select 1 limit 5; select 2"),
      ("get_batch_size() ~ get_binding_char() ~ can_clone_table()", "10000?False"),
      ("list_schemas('p').columns[0].values() | list", "['main']"),
      ("get_list_of_column_names([api.Column('a', 'int')])", "['a']"),
      ("dbt.format_column(api.Column('A', 'int')).formatted", "a int"),
      (
        "get_create_index_sql(this, {'columns': ['a', 'b'], 'unique': true})[:20]", "CREATE UNIQUE INDEX"
      ),
      ("list_relations_without_caching(this).rows[0] | list", "['p', 't', 'main', 'table']"),
    ])
  func macros(expression: String, expected: String) async throws {
    #expect(try await render("{{ \(expression) }}", connection: connection) == expected)
  }

  @Test("A method that nobody has is a mistake; one of dbt's that is missing here is told to be so")
  func unknown() async throws {
    func message(_ sql: String) async -> String {
      do {
        return try await render(sql, connection: connection)
      } catch {
        return DiagnosticList.collecting(error, else: .templateRuntime, "").map { "\($0.code) \($0.message)" }
          .joined()
      }
    }
    #expect(await message("{{ adapter.nonsense() }}") == "WEIR-E0202 the adapter has no method 'nonsense'")
    #expect(
      await message("{{ adapter.store_relation() }}")
        == "WEIR-E0113 dbt's adapter.store_relation is not supported yet")
  }
}
