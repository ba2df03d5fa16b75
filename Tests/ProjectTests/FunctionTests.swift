import Diagnostics
import EngineCore
import Jinja
import Tabular
import Testing

@testable import Project

@Suite("Functions of a project")
struct FunctionTests {
  private static let files = [
    "dbt_project.yml": """
    name: shop
    functions:
      shop:
        +volatility: stable
        money: {+schema: money, +tags: [money]}
    """,
    "functions/money/with_tax.sql": "{{ config(meta={'a': 1}) }} price * (1 + rate)",
    "functions/total.sql": "select sum({{ function('with_tax') }}(price)) from {{ ref('orders') }}",
    "functions/functions.yml": """
    functions:
      - name: with_tax
        description: "{{ doc('tax') }}"
        arguments:
          - {name: price, data_type: float, description: Before tax.}
          - {name: rate, data_type: float, default_value: 0.2}
        returns: {data_type: float, description: After tax.}
      - name: total
        config: {type: aggregate, alias: sums}
        returns: {data_type: float}
    """,
    "functions/docs.md": "{% docs tax %}With tax.{% enddocs %}",
    "models/orders.sql": "select 1 as price",
    "models/prices.sql": """
    {{ config(post_hook="select {{ function('shop', 'total') }}()") }}
    select {{ function('with_tax') }}(price) as price from {{ ref('orders') }}
    """,
    "models/models.yml": """
    models:
      - name: prices
        data_tests: [{under: {bound: "{{ function('with_tax') }}(3)"}}]
    """,
    "macros/under.sql":
      "{% test under(model, bound) %}select 1 from {{ model }} where price > {{ bound }}{% endtest %}",
  ]

  @Test("are read with what they take and give, and configured by file, folder and property file")
  func reading() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    let function = try #require(project.named("with_tax"))
    #expect(function.id == NodeID("function.shop.with_tax"))
    #expect(function.fqn == ["shop", "money", "with_tax"] && function.description == "With tax.")
    #expect(
      function.function
        == FunctionDefinition(
          kind: .scalar,
          arguments: [
            FunctionArgument(name: "price", dataType: "float", description: "Before tax."),
            FunctionArgument(name: "rate", dataType: "float", defaultValue: .float(0.2)),
          ], returns: FunctionReturns(dataType: "float", description: "After tax.")))
    #expect(function.config.tags == ["money"] && function.config.values["volatility"] == .string("stable"))
    #expect(function.unrenderedConfig == .mapping([("meta", .mapping([("a", .int(1))]))]))
    #expect(
      function.relation
        == Relation(database: "shop", schema: "main_money", identifier: "with_tax", kind: .function))
    let total = try #require(project.named("total"))
    #expect(total.function?.kind == .aggregate && total.relation?.identifier == "sums")
  }

  @Test("are what their callers depend on: after what these read, and in hooks and checks too")
  func dependencies() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    let prices = try #require(project.named("prices"))
    #expect(prices.functionReferences.map(\.call) == ["function('with_tax')", "function('shop', 'total')"])
    #expect(
      prices.dependencies.map(\.rawValue) == [
        "model.shop.orders", "function.shop.with_tax", "function.shop.total",
      ])
    #expect(
      project.named("total")?.dependencies.map(\.rawValue) == ["model.shop.orders", "function.shop.with_tax"])
    let check = try #require(project.nodes.first { $0.resourceType == .check })
    #expect(check.dependencies.map(\.rawValue) == ["model.shop.prices", "function.shop.with_tax"])
  }

  @Test("are called by their names in the warehouse, or where a saved state has them")
  func calling() async throws {
    let files = try TemporaryProject(Self.files)
    let project = try await files.load().project
    let compiler = project.compiler(options: files.options())
    let sql = try compiler.compile(try #require(project.named("prices"))).sql
    #expect(
      squeezed(sql)
        == #"select "shop"."main_money"."with_tax"(price) as price from "shop"."main"."orders""#)
    var invocation = Invocation(files.options())
    let other = Relation(database: "prod", schema: "p", identifier: "with_tax")
    invocation.deferral = Deferral(relations: [NodeID("function.shop.with_tax"): other], favorsState: false)
    let connection = ScriptedConnection()
    // A table of that name is no function.
    connection.existing = [
      Relation(database: "shop", schema: "main_money", identifier: "with_tax", kind: .table)
    ]
    let deferring = Compiler(project: project, invocation: invocation, connection: connection, log: { _ in })
    #expect(
      try deferring.compile(try #require(project.named("prices"))).sql.contains(
        #""prod"."p"."with_tax"(price)"#))
  }

  @Test("are found in `graph` and `model` as dbt has them")
  func values() async throws {
    let files = try TemporaryProject(Self.files)
    let project = try await files.load().project
    func text(_ template: String) throws -> String {
      try project.compiler(options: files.options()).compile(inline: template, name: "inline").sql
    }
    #expect(
      try text(
        """
        {% set f = graph.functions['function.shop.with_tax'] %}{{ f.returns.data_type }} {{ f.arguments[1].name }} \
        {{ f.arguments[1].default_value }} {{ f.config.type }} {{ 'function.shop.total' in graph.nodes }}
        """) == "float rate 0.2 scalar False")
  }

  @Test("of another package are named with it, and the project's own come first")
  func packages() async throws {
    let body = ["returns: {data_type: integer}"]
    func properties(_ name: String) -> String { "functions: [{name: \(name), \(body[0])}]" }
    let project = try await TemporaryProject([
      "dbt_project.yml": "name: shop",
      "packages.yml": "packages: [{local: local}]",
      "dbt_packages/tools/dbt_project.yml": "name: tools\nfunction-paths: [fns]",
      "dbt_packages/tools/fns/one.sql": "1", "dbt_packages/tools/fns/two.sql": "{{ function('one') }}()",
      "dbt_packages/tools/fns/f.yml":
        "functions: [{name: one, \(body[0])}, {name: two, \(body[0])}]",
      "functions/one.sql": "11", "functions/f.yml": properties("one"),
      "models/m.sql":
        "select {{ function('tools', 'one') }}(), {{ function('one') }}(), {{ function('two') }}()",
    ]).load().project
    #expect(
      project.named("m")?.dependencies.map(\.rawValue) == [
        "function.tools.one", "function.shop.one", "function.tools.two",
      ])
    #expect(project.named("two")?.dependencies.map(\.rawValue) == ["function.shop.one"])
  }

  @Test("may share their names with tables, and not with each other")
  func names() async throws {
    let project = try TemporaryProject([
      "dbt_project.yml": "name: shop", "models/orders.sql": "select {{ 1 }}", "functions/orders.sql": "1",
      "functions/other.sql": "1",
      "functions/f.yml": """
      functions:
        - {name: orders, returns: {data_type: integer}}
        - {name: other, config: {alias: ORDERS}, returns: {data_type: integer}}
      """,
    ])
    #expect(
      await project.complaints() == [
        "functions/other.sql:1:1: WEIR-E0110 'other' and 'orders' would both be stored as shop.main.ORDERS"
      ])
  }
}

@Suite("The statements that create functions")
struct FunctionSQLTests {
  private let target = Relation(database: "db", schema: "s", identifier: "f")
  private let dialect = StandardDialect(name: "duckdb")

  private func statements(_ function: FunctionDefinition, _ body: String) -> [String] {
    FunctionSQL.statements(target, function, body: body, dialect: dialect)
  }

  @Test("cast what a function takes and gives, and quote its names")
  func scalar() {
    let function = FunctionDefinition(
      kind: .scalar,
      arguments: [
        FunctionArgument(name: "a\"; drop table x", dataType: "decimal(9, 2)"),
        FunctionArgument(name: "é", dataType: "varchar", defaultValue: .string("'x'")),
      ], returns: FunctionReturns(dataType: "text"))
    let inner = "(\"a\"\"; drop table x\", \"é\", \"__weir_cast\") AS (\nbody -- end\n)"
    #expect(
      statements(function, "body -- end") == [
        "CREATE OR REPLACE MACRO \"db\".\"s\".\"f\"\(inner)",
        "CREATE OR REPLACE MACRO \"db\".\"s\".\"f\"(\"a\"\"; drop table x\", \"é\" := CAST('x' AS varchar)) AS "
          + "CAST(\"db\".\"s\".\"f\"(CAST(\"a\"\"; drop table x\" AS decimal(9, 2)), CAST(\"é\" AS varchar), TRUE) AS text), "
          + inner,
      ])
  }

  @Test("are one where nothing is taken")
  func bare() {
    let function = FunctionDefinition(kind: .aggregate, returns: FunctionReturns(dataType: "integer"))
    #expect(
      statements(function, "1") == [
        "CREATE OR REPLACE MACRO \"db\".\"s\".\"f\"() AS CAST((\n1\n) AS integer)"
      ])
  }

  @Test("cast the columns that a table function declares")
  func table() {
    let argument = FunctionArgument(name: "n", dataType: "integer")
    var function = FunctionDefinition(
      kind: .table, arguments: [argument],
      returns: FunctionReturns(dataType: "TABLE (a decimal(9, 2), \"b, c\" struct(x integer, y text))"))
    #expect(
      statements(function, "select 1, 2").last
        == "CREATE OR REPLACE MACRO \"db\".\"s\".\"f\"(\"n\") AS TABLE (SELECT * REPLACE "
        + "(CAST(a AS decimal(9, 2)) AS a, CAST(\"b, c\" AS struct(x integer, y text)) AS \"b, c\") "
        + "FROM \"db\".\"s\".\"f\"(CAST(\"n\" AS integer), TRUE) AS __weir_rows(a, \"b, c\")), "
        + "(\"n\", \"__weir_cast\") AS TABLE (\nselect 1, 2\n)")
    function.returns = FunctionReturns(dataType: "integer")
    #expect(
      statements(function, "select 1").last?.contains("AS TABLE (SELECT * FROM \"db\".\"s\".\"f\"(") == true)
  }

  @Test("tell the form with the body by a name that no argument has")
  func mark() {
    let function = FunctionDefinition(
      kind: .scalar, arguments: [FunctionArgument(name: "__WEIR_CAST", dataType: "integer")],
      returns: FunctionReturns(dataType: "integer"))
    #expect(statements(function, "1")[0].contains("(\"__WEIR_CAST\", \"__weir_cast_\") AS"))
  }
}

@Suite("Macros that create functions")
struct FunctionMacroTests {
  private final class Host: MaterializationHost {
    var ran: [String] = []
    var mainRows: Int?
    func run(_ sql: String) throws -> Int {
      ran.append(sql)
      return 0
    }
    func query(_ sql: String) throws -> Table { Table(schema: Schema([]), batches: []) }
    func runOutside(_ sql: String) throws { ran.append("outside: \(sql)") }
  }

  /// What creating the function `f` runs.
  private func ran(_ macros: String, config: String = "", file: String = "f.sql") async throws -> [String] {
    let files = try TemporaryProject([
      "dbt_project.yml": "name: shop", "functions/\(file)": "a * 2", "macros/m.sql": macros,
      "functions/f.yml": """
      functions:
        - name: f
          description: Twice.
          config: {volatility: stable\(config)}
          arguments: [{name: a, data_type: integer}]
          returns: {data_type: integer}
      """,
    ])
    let project = try await files.load().project
    let node = try #require(project.named("f"))
    let host = Host()
    let compiler = project.compiler(connection: ScriptedConnection(), options: files.options())
    let sql = try compiler.compile(node).sql
    _ = try compiler.materialize(node, sql: sql, isIncremental: false, host: host)
    return host.ran.map(squeezed)
  }

  @Test("are dbt's, and any of them may be the project's own")
  func replaced() async throws {
    let whole = """
      {% macro duckdb__scalar_function_sql(target_relation) %}
        create macro {{ target_relation }}({{ model.arguments[0].name }}) as {{ model.compiled_code }} -- {{ model.returns.data_type }}
      {% endmacro %}
      """
    #expect(
      try await ran(whole) == [#"create macro "shop"."main"."f"(a) as a * 2 -- integer"#])
    #expect(
      try await ran("{% macro default__scalar_function_body_sql() %}(7){% endmacro %}") == [
        #"CREATE OR REPLACE MACRO "shop"."main"."f"("a") AS (7)"#
      ])
    #expect(
      try await ran(
        """
        {% macro function_execute_build_sql(build_sql, existing_relation, target_relation) %}
          {% call statement('main') %}select '{{ target_relation.is_function }}'{% endcall %}
        {% endmacro %}
        """) == ["select 'True'"])
    let python =
      "{% macro duckdb__scalar_function_python(t) %}-- {{ model.language }} {{ model.config.entry_point }}\nselect 1{% endmacro %}"
    #expect(
      try await ran(python, config: ", entry_point: main, runtime_version: '3'", file: "f.py") == [
        "-- python main select 1"
      ])
  }

  @Test("keep descriptions, and run hooks inside the transaction")
  func surroundings() async throws {
    let found = try await ran(
      "", config: ", persist_docs: {relation: true}, pre-hook: select 1, post-hook: [select 2]")
    #expect(found.first == "select 1" && found.last == "select 2")
    #expect(found[2] == #"COMMENT ON MACRO "shop"."main"."f" IS 'Twice.'"#)
  }

  @Test("refuse what cannot be created")
  func refused() async throws {
    func message(_ config: String, file: String = "f.py") async -> String {
      do { return "\(try await ran("", config: config, file: file))" } catch {
        return "\((error as? Diagnostic)?.message ?? "\(error)")"
      }
    }
    #expect(
      await message(", runtime_version: '3', entry_point: main")
        == "No macro named 'scalar_function_python' found within namespace: it would create 'f'")
    #expect(await message(", entry_point: main") == "A `runtime_version` is required for python functions")
    #expect(await message(", runtime_version: '3'") == "An `entry_point` is required for python functions")
  }
}
