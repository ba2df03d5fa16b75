import Diagnostics
import EngineCore
import Jinja
import Testing

@testable import Project

@Suite("What surrounds statements: comments, headers, indexes, samples")
struct StatementSettingsTests {
  private func comment(_ setting: String) async throws -> [String?] {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\nquery-comment: \(setting)\n", "models/m.sql": "select {{ 1 }} as id",
      "macros/m.sql":
        "{% macro whom(node) %}{{ return({'node': node.name if node else none}) }}{% endmacro %}",
    ])
    let project = try await folder.load().project
    let compiler = project.compiler(options: folder.options())
    return [try compiler.queryComment(for: project.named("m")), try compiler.queryComment(for: nil)]
  }

  @Test("The comment is rendered for each node, and for what is none")
  func comments() async throws {
    #expect(try await comment("by {{ target.name }}") == ["by default", "by default"])
    #expect(
      try await comment("'{{ return(tojson(whom(node))) }}'") == [#"{"node": "m"}"#, #"{"node": null}"#])
    #expect(
      try await comment(
        "{comment: '{{ connection_name }} {{ node.nothing }}', append: true, job-label: true}")
        == ["model.p.m", "master"])
    #expect(try await comment("''") == [nil, nil])
    #expect(try await comment("'{{ none if node else \"\" }}'") == ["None", nil])
  }

  @Test("A comment that ends itself is refused")
  func ending() async throws {
    await #expect(throws: Diagnostic.self) { try await comment("'a */ b'") }
  }

  @Test("The comment stands before the statement, or behind it and before its semicolon")
  func places() {
    #expect(QueryComment.joined("select 1;", "x", isAppended: false) == "/* x */\nselect 1;")
    #expect(QueryComment.joined("select 1 ;\n", "x", isAppended: true) == "select 1 \n/* x */;")
    #expect(QueryComment.joined("select 1", "x", isAppended: true) == "select 1\n/* x */")
  }

  @Test("set_sql_header and config(sql_header) say the same")
  func headers() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n",
      "models/a.sql":
        "{% call set_sql_header(config) %}set variable x = {{ 1 + 1 }};{% endcall %}select 1 as id",
      "models/b.sql": "{{ config(sql_header='set variable x = 2;') }}select 1 as id",
      "models/c.sql": "select {{ 1 }} as id",
    ])
    let project = try await folder.load().project
    #expect(project.named("a")?.config.sqlHeader == "set variable x = 2;")
    #expect(project.named("b")?.config.sqlHeader == "set variable x = 2;")
    #expect(project.named("c")?.config.sqlHeader == nil)
  }

  @Test("An index has a name of its own and the columns as they are written")
  func indexes() throws {
    let relation = Relation(database: "d", schema: "s", identifier: "t")
    let index = try IndexDefinition(
      .mapping([("columns", .list([.string("a"), .string("b")])), ("unique", .bool(true))]))
    let dialect = StandardDialect(name: "duckdb")
    #expect(
      index.statement(on: relation, dialect)
        == #"CREATE UNIQUE INDEX "\#(Digest.md5(#"a_b_"d"."s"."t"_true"#))" ON "d"."s"."t" (a, b)"#)
  }

  @Test(
    "A sample is so long, or from one moment to another",
    arguments: [
      ("3 days", "2024-03-28 12:00:00+00:00"), ("1 month", "2024-02-29 12:00:00+00:00"),
      ("2 hours", "2024-03-31 10:00:00+00:00"), ("1 YEAR", "2023-03-31 12:00:00+00:00"),
    ])
  func samples(text: String, start: String) throws {
    let now = try #require(MomentText.microseconds("2024-03-31T12:00:00"))
    let window = try SampleWindow(text, now: now)
    #expect(DateTimeObject(microseconds: window.start, isAware: true).text() == start)
    #expect(window.end == now)
    let given = try SampleWindow("{start: '2024-01-01', end: '2024-01-02T12:00:00'}", now: now)
    #expect(given.start == MomentText.microseconds("2024-01-01"))
    #expect(given.end == MomentText.microseconds("2024-01-02T12:00:00"))
  }

  @Test(
    "What is no sample is refused",
    arguments: [
      ("soon", "--sample cannot be 'soon'"), ("2 weeks", "--sample does not count in 'weeks'"),
      ("{start: '2024-01-01'}", "'end' of --sample is no date or moment"),
      ("{start: '2024-01-02', end: '2024-01-01'}", "--sample must start before it ends"),
    ])
  func badSamples(text: String, message: String) {
    do {
      _ = try SampleWindow(text, now: 0)
      Issue.record("it was taken")
    } catch {
      #expect(error.message == message)
    }
  }

  @Test("A sample leaves of what has an event_time the rows of its time")
  func sampled() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "seeds/s.csv": "ts\n2024-01-01\n", "seeds/other.csv": "a\n1\n",
      "seeds/s.yml": "seeds: [{name: s, config: {event_time: ts}}]",
      "models/m.sql": "select * from {{ ref('s') }} join {{ ref('other') }}",
    ])
    let project = try await folder.load().project
    var invocation = Invocation(folder.options())
    invocation.sample = try SampleWindow("{start: '2024-01-01', end: '2024-01-03'}", now: 0)
    let compiler = Compiler(
      project: project, invocation: invocation, connection: ScriptedConnection(), log: { _ in })
    let sql = try compiler.compile(try #require(project.named("m"))).sql
    #expect(
      squeezed(sql) == """
        select * from (select * from "p"."main"."s" where ts >= '2024-01-01 00:00:00+00:00' AND \
        ts < '2024-01-03 00:00:00+00:00') join "p"."main"."other"
        """)
  }

  @Test("A unit test finds its model by a name with spaces, and a version behind one")
  func spaces() async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\nflags: {require_resource_names_without_spaces: false}\n",
      "models/two words.sql": "select {{ 1 }} as id",
      "models/u.yml": "unit_tests: [{name: u, model: two words, given: [], expect: {rows: [{id: 1}]}}]",
    ])
    let project = try await folder.load().project
    let test = try #require(project.nodes.first { $0.resourceType == .unitTest })
    #expect(test.unitTest?.modelNode == NodeID(.model, "p", "two words"))
  }
}
