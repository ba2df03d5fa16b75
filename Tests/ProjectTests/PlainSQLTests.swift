import Diagnostics
import EngineCore
import Testing

@testable import Project

@Suite struct PlainSQLTests {
  private static func reference(
    _ name: String, schema: String? = nil, alias: String? = nil, at offset: Int? = nil
  )
    -> TableReference
  {
    TableReference(catalog: nil, schema: schema, name: name, alias: alias, offset: offset)
  }

  private func project(
    _ sql: String, _ references: [TableReference]
  ) async throws -> (project: Project, options: LoadOptions) {
    let folder = try TemporaryProject([
      "weir.yml": "name: p\n", "models/a.sql": sql, "models/b.sql": "{{ config(alias='bee') }} select 1",
      "models/e.sql": "{{ config(materialized='ephemeral') }} select 2", "seeds/s.csv": "x\n1\n",
      "models/s.yml": """
      sources:
        - {name: raw, schema: landing, tables: [{name: orders}, {name: a}]}
        - {name: lake, meta: {external_location: "{name}.csv"}, tables: [{name: people}]}
      """,
    ])
    let project = try await folder.load(tables: { text in .success(text == sql ? references : []) }).project
    return (project, folder.options())
  }

  @Test(
    "Names are found and replaced where they stand",
    arguments: [
      ("select * from b", [reference("b", at: 14)], "select * from \"p\".\"main\".\"bee\" AS \"b\""),
      (
        "select * from Bee x", [reference("Bee", alias: "x", at: 14)],
        "select * from \"p\".\"main\".\"bee\" x"
      ),
      (
        "from raw.orders", [reference("orders", schema: "raw", at: 5)],
        "from \"p\".\"landing\".\"orders\" AS \"orders\""
      ),
      (
        "from landing.orders", [reference("orders", schema: "landing")],
        "from \"p\".\"landing\".\"orders\" AS \"orders\""
      ),
      (
        "from \"S\", s", [reference("S"), reference("s")],
        "from \"p\".\"main\".\"s\" AS \"S\", \"p\".\"main\".\"s\" AS \"s\""
      ),
      ("from people", [reference("people")], "from 'people.csv' AS \"people\""),
      ("from a", [reference("a")], "from \"p\".\"landing\".\"a\" AS \"a\""),
      ("from elsewhere;", [reference("elsewhere")], "from elsewhere"),
      ("from e", [reference("e")], "with __dbt__cte__e as (\n select 2\n)\nfrom __dbt__cte__e AS \"e\""),
    ])
  func replaced(sql: String, references: [TableReference], expected: String) async throws {
    let (project, options) = try await project(sql, references)
    let node = try #require(project.named("a"))
    #expect(node.isPlainSQL)
    #expect(try project.compiler(options: options).compile(node).sql == expected)
  }

  @Test("What the text reads are its dependencies, itself never")
  func dependencies() async throws {
    let (project, _) = try await project(
      "from b, raw.orders, a, nothing",
      [
        Self.reference("b"), Self.reference("orders", schema: "raw"), Self.reference("a"),
        Self.reference("nothing"),
      ])
    #expect(
      project.named("a")?.dependencies.map(\.rawValue) == [
        "model.p.b", "source.p.lake.people", "source.p.raw.a",
      ].filter {
        !$0.contains("lake")
      } + ["source.p.raw.orders"])
  }

  @Test("SQL that does not parse is a diagnostic in its file")
  func broken() async throws {
    let folder = try TemporaryProject(["weir.yml": "name: p\n", "models/a.sql": "select\n  from from"])
    let list = await #expect(throws: DiagnosticList.self) {
      try await folder.load(tables: { _ in
        .failure(Diagnostic(.engineFailure, "syntax error", at: SourceSpan(file: "", line: 2, column: 8)))
      })
    }
    #expect(
      list?.items.map { "\($0.span?.description ?? ""): \($0.message)" } == ["models/a.sql:2:8: syntax error"]
    )
  }

  @Test("In a project of dbt's, SQL that does not parse keeps nothing else from being loaded")
  func brokenInDbtProject() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/a.sql": "select\n  from from", "models/b.sql": "select {{ 1 }}",
    ])
    let result = try await folder.load(tables: { _ in
      .failure(Diagnostic(.engineFailure, "syntax error", at: SourceSpan(file: "", line: 2, column: 8)))
    })
    #expect(result.project.nodes.map(\.name) == ["a", "b"])
    let warning = try #require(result.warnings.first)
    #expect(warning.severity == .warning)
    #expect(warning.span?.description == "models/a.sql:2:8")
    #expect(warning.notes == ["'a' will fail when it is run"])
  }

  @Test("The parser is not asked when every text has a template")
  func unasked() async throws {
    let folder = try TemporaryProject(["weir.yml": "name: p\n", "models/a.sql": "select {{ 1 }}"])
    let loader = ProjectLoader(options: folder.options()) { _ in
      throw Diagnostic(.engineFailure, "asked")
    }
    #expect(try await loader.load().project.nodes.count == 1)
  }
}
