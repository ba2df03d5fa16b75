import Diagnostics
import EngineCore
import Foundation
import Project
import Testing

@testable import Runner

@Suite("Materializations")
struct MaterializationTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test(
    "a table becomes a view and a view a table, there and back",
    arguments: [Materialization.table, .view], [Materialization.table, .view])
  func switches(from: Materialization, to: Materialization) async throws {
    fixture.model("orders", "SELECT 1 AS id", as: from)
    #expect(try await fixture.run().status == .succeeded)
    fixture.model("orders", "SELECT 2 AS id", as: to)
    #expect(try await fixture.run().status == .succeeded)
    #expect(try await fixture.rows("SELECT * FROM orders") == [["2"]])
    #expect(try await fixture.kind("orders") == (to == .view ? .view : .table))
  }

  @Test("a relation that changed its kind behind the run's back is replaced all the same")
  func switchedMeanwhile() async throws {
    // The schema is read for `a`; its hook then makes a view where `b` is to be a table.
    fixture.model("a", "SELECT 1 AS id") {
      $0.postHooks = [Hook(sql: "CREATE VIEW shop.main.b AS SELECT 0 AS id")]
    }
    fixture.model("b", "SELECT 1 AS id", after: ["a"])
    let result = try await fixture.run()
    #expect(result.nodes.map(\.status) == [.success, .success])
    #expect(result.nodes[1].attempts == 2)
    #expect(try await fixture.kind("b") == .table)
  }

  @Test("a table shows its rows, a view none")
  func countsRows() async throws {
    fixture.model("orders", "SELECT * FROM range(5)")
    fixture.model("view", "SELECT * FROM range(5)", as: .view)
    #expect(try await fixture.run().nodes.map(\.rows) == [5, nil])
  }

  @Test("a model whose SQL ends with a comment is built")
  func trailingComment() async throws {
    fixture.model("orders", "SELECT 1 AS id -- the end")
    fixture.model("view", "SELECT 1 AS id -- the end", as: .view)
    #expect(try await fixture.run().status == .succeeded)
  }

  @Test("a chain of views that is too deep for the engine is named, with the one to make a table of")
  func tooDeep() async throws {
    fixture.model("m0", "SELECT 1 AS id", as: .view)
    // The engine goes a thousand levels deep.
    let (open, end) = (String(repeating: "SELECT * FROM (", count: 20), String(repeating: ")", count: 20))
    for index in 1..<60 {
      let below = "m\(index - 1)"
      fixture.model("m\(index)", "\(open)FROM \(below)\(end)", as: .view, after: [below], reads: [below])
    }
    let result = try await fixture.run(isFailFast: true)
    let failed = try #require(result.nodes.first { $0.status == .error })
    let depth = try #require(failed.node.rawValue.split(separator: "m").last.flatMap { Int($0) })
    let problem = try #require(failed.diagnostics.first)
    #expect(problem.code == .sqlTooDeep)
    #expect(problem.message == "the statement, with the views that it reads, is nested too deeply for DuckDB")
    #expect(
      problem.notes.first == "it reads a chain of \(depth) views and ephemeral models: m\(depth - 1), …, m0")
    #expect(
      problem.hint
        == "materialize one of them as a table; 'm\(depth - 1 - depth / 2)' stands in the middle")
    #expect(problem.span?.file == "models/m\(depth).sql")
  }

  @Test("schemas are made before the nodes, and only those that are not there")
  func makesSchemas() async throws {
    try await fixture.execute("CREATE SCHEMA here")
    fixture.model("a", "SELECT 1 AS id", schema: "here")
    fixture.model("b", "SELECT 1 AS id", schema: "there")
    #expect(try await fixture.run(threads: 2).status == .succeeded)
    #expect(try await fixture.rows("SELECT * FROM there.b") == [["1"]])
  }

  // MARK: Incremental

  @Test("an incremental model without a key adds rows, by column name, and leaves new columns out")
  func appends() async throws {
    fixture.model(
      "orders",
      """
      SELECT 1 AS id, 'a' AS name
      -- incremental:
      SELECT true AS extra, 'b' AS Name, max(id) + 1 AS ID FROM {{ this }}
      """, as: .incremental)
    for _ in 0..<3 { #expect(try await fixture.run().status == .succeeded) }
    #expect(
      try await fixture.rows("SELECT * FROM orders ORDER BY id") == [["1", "a"], ["2", "b"], ["3", "b"]])
    #expect(try await fixture.columns("orders") == ["id INTEGER", "name VARCHAR"])
  }

  @Test("an incremental model with a key replaces rows; a NULL key matches nothing")
  func deletesAndInserts() async throws {
    fixture.model(
      "orders",
      """
      SELECT * FROM (VALUES (1, 'old'), (2, 'old'), (NULL, 'old')) AS t (id, name)
      -- incremental:
      SELECT * FROM (VALUES (2, 'new'), (3, 'new'), (NULL, 'new')) AS t (id, name)
      """, as: .incremental
    ) { $0.uniqueKey = ["id"] }
    try await fixture.run()
    let result = try await fixture.run()
    #expect(result.nodes.map(\.rows) == [3])
    #expect(
      try await fixture.rows("SELECT * FROM orders ORDER BY id NULLS LAST, name") == [
        ["1", "old"], ["2", "new"], ["3", "new"], ["NULL", "new"], ["NULL", "old"],
      ])
  }

  @Test("a key of several columns matches by all of them; a NULL in one matches nothing")
  func compositeKeys() async throws {
    fixture.model(
      "orders",
      """
      SELECT * FROM (VALUES (1, 1, 'old'), (1, 2, 'old'), (1, NULL, 'old')) AS t (a, "b c", name)
      -- incremental:
      SELECT * FROM (VALUES (1, 2, 'new'), (1, NULL, 'new')) AS t (a, "b c", name)
      """, as: .incremental
    ) { $0.uniqueKey = ["A", "b c"] }
    try await fixture.run()
    #expect(try await fixture.run().status == .succeeded)
    #expect(
      try await fixture.rows("SELECT * FROM orders ORDER BY ALL") == [
        ["1", "1", "old"], ["1", "2", "new"], ["1", "NULL", "new"], ["1", "NULL", "old"],
      ])
  }

  @Test("a key may be an expression, and predicates narrow what is deleted")
  func predicates() async throws {
    fixture.model(
      "orders",
      """
      SELECT * FROM (VALUES (1, 10), (2, 10), (2, 20)) AS t (id, day)
      -- incremental:
      SELECT 2 AS id, 30 AS day
      """, as: .incremental
    ) {
      $0.uniqueKey = ["id + 0"]
      $0.incrementalPredicates = ["day > 15 OR day < 0"]
    }
    try await fixture.run()
    #expect(try await fixture.run().status == .succeeded)
    #expect(
      try await fixture.rows("SELECT * FROM orders ORDER BY ALL") == [
        ["1", "10"], ["2", "10"], ["2", "30"],
      ])
  }

  @Test("predicates may use dbt's alias for the target")
  func predicatesWithAlias() async throws {
    fixture.model(
      "orders", "SELECT 1 AS id, 1 AS n\n-- incremental:\nSELECT 1 AS id, 2 AS n", as: .incremental
    ) {
      $0.uniqueKey = ["id"]
      $0.incrementalPredicates = ["dbt_incremental_target.n < 2"]
    }
    for _ in 0..<3 { #expect(try await fixture.run().status == .succeeded) }
    #expect(try await fixture.rows("SELECT n FROM orders ORDER BY ALL") == [["2"], ["2"]])
  }

  @Test("append adds rows even where there is a key")
  func appendStrategy() async throws {
    fixture.model("orders", "SELECT 1 AS id", as: .incremental) {
      $0.uniqueKey = ["id"]
      $0.incrementalStrategy = .append
    }
    for _ in 0..<2 { try await fixture.run() }
    #expect(try await fixture.rows("SELECT count(*) FROM orders") == [["2"]])
  }

  @Test("new rows that lack a column are refused, with its name", arguments: [[], ["id"]])
  func missingColumn(key: [String]) async throws {
    fixture.model(
      "orders", "SELECT 1 AS id, 2 AS n, 3 AS m\n-- incremental:\nSELECT 2 AS id", as: .incremental
    ) { $0.uniqueKey = key }
    try await fixture.run()
    let result = try await fixture.run()
    let diagnostic = try #require(result.nodes[0].diagnostics.first)
    #expect(diagnostic.code == .incrementalMismatch)
    #expect(diagnostic.message == "the new rows of 'orders' lack columns 'n', 'm'")
    #expect(diagnostic.hint == "select them, rebuild the table with --full-refresh, or set on_schema_change")
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1", "2", "3"]])
  }

  @Test("--full-refresh rebuilds the table; `full_refresh: false` in the model forbids it")
  func fullRefresh() async throws {
    let sql = "SELECT 1 AS id\n-- incremental:\nSELECT 2 AS id"
    fixture.model("orders", sql, as: .incremental)
    fixture.model("kept", sql, as: .incremental) { $0.fullRefresh = false }
    try await fixture.run()
    try await fixture.run()
    #expect(try await fixture.run(isFullRefresh: true).status == .succeeded)
    #expect(try await fixture.rows("SELECT count(*) FROM orders") == [["1"]])
    #expect(try await fixture.rows("SELECT count(*) FROM kept") == [["3"]])
  }

  @Test("an incremental model over a view starts anew")
  func incrementalOverView() async throws {
    try await fixture.execute("CREATE VIEW orders AS SELECT 0 AS id")
    fixture.model("orders", "SELECT 1 AS id\n-- incremental:\nSELECT 2 AS id", as: .incremental)
    #expect(try await fixture.run().status == .succeeded)
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1"]])
    #expect(try await fixture.kind("orders") == .table)
  }

  // MARK: Hooks

  @Test("hooks run in order: outside the transaction, inside it, and after it")
  func hookOrder() async throws {
    try await fixture.execute("CREATE TABLE log (n INTEGER, seen INTEGER)")
    func note(_ number: Int, _ isTransactional: Bool = true) -> Hook {
      Hook(
        sql: """
          INSERT INTO shop.main.log SELECT \(number), count(*)
          FROM duckdb_tables() WHERE table_name = 'orders'
          """, isTransactional: isTransactional)
    }
    fixture.model("orders", "SELECT 1 AS id") {
      $0.preHooks = [note(2), note(1, false), note(3), Hook(sql: "  \n")]
      $0.postHooks = [note(6, false), note(4), note(5)]
    }
    let result = try await fixture.run()
    #expect(result.status == .succeeded)
    #expect(
      try await fixture.rows("SELECT * FROM log") == [
        ["1", "0"], ["2", "0"], ["3", "0"], ["4", "1"], ["5", "1"], ["6", "1"],
      ])
    #expect(result.nodes[0].executedSQL?.contains("VALUES") == false)
    #expect(result.nodes[0].executedSQL?.components(separatedBy: ";\n\n").count == 7)
  }

  @Test("a failing hook undoes the model and the hooks of its transaction, no others")
  func hookFails() async throws {
    try await fixture.execute("CREATE TABLE log (n INTEGER)")
    fixture.model("orders", "SELECT 1 AS id") {
      $0.preHooks = [
        Hook(sql: "INSERT INTO shop.main.log VALUES (1)", isTransactional: false),
        Hook(sql: "INSERT INTO shop.main.log VALUES (2)"),
      ]
      $0.postHooks = [Hook(sql: "INSERT INTO no_such_table VALUES (3)")]
    }
    let result = try await fixture.run()
    #expect(result.nodes.map(\.status) == [.error])
    #expect(result.nodes[0].diagnostics.map(\.span) == [SourceSpan(file: "models/orders.sql")])
    #expect(try await fixture.kind("orders") == nil)
    #expect(try await fixture.rows("SELECT * FROM log") == [["1"]])
  }

  @Test("a check sees what the hooks of the transaction did")
  func checksSeeHooks() async throws {
    fixture.check("two", "SELECT 1 AS bad FROM shop.main.orders HAVING count(*) <> 2")
    fixture.model("orders", "SELECT 1 AS id", checks: ["two"]) {
      $0.postHooks = [Hook(sql: "INSERT INTO {{ this }} VALUES (2)")]
    }
    #expect(try await fixture.run().status == .succeeded)
  }

  @Test("hooks after the transaction do not run for a version that was held back")
  func noHooksWhenHeldBack() async throws {
    fixture.check("ids", "SELECT 1 AS bad")
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"]) {
      $0.postHooks = [Hook(sql: "CREATE TABLE shop.main.after AS SELECT 1 AS id", isTransactional: false)]
    }
    #expect(try await fixture.run().nodes.map(\.status) == [.error])
    #expect(try await fixture.kind("after") == nil)
  }

  // MARK: Failures

  @Test("an error in the SQL is shown at the user's line, with the place in the compiled file")
  func errorPlace() async throws {
    fixture.model("orders", "SELECT\n  1 AS id,\n  nope\nFROM range(3)")
    let result = try await fixture.run()
    #expect(result.status == .failed)
    let diagnostic = try #require(result.nodes[0].diagnostics.first)
    #expect(diagnostic.code == .sqlBinding)
    #expect(diagnostic.message.hasPrefix("Binder Error: Referenced column \"nope\" not found"))
    #expect(diagnostic.span == SourceSpan(file: "models/orders.sql", line: 3, column: 3))
    #expect(diagnostic.notes.contains("compiled: target/compiled/shop/models/orders.sql:3:3"))
    #expect(result.nodes[0].message == diagnostic.message)
  }

  @Test("an error of rendering keeps its own place")
  func renderingError() async throws {
    fixture.model("orders", "SELECT {{ broken }}")
    let diagnostics = try await fixture.run().nodes[0].diagnostics
    #expect(diagnostics.map(\.span) == [SourceSpan(file: "models/orders.sql", line: 3, column: 5)])
    #expect(diagnostics.map(\.message) == ["'broken' is undefined"])
  }

  @Test("a missing table that is a model of the project is recognised")
  func missingTable() async throws {
    fixture.model("orders", "SELECT 1 AS id", schema: "other")
    fixture.model("totals", "SELECT * FROM orders")
    let result = try await fixture.run()
    #expect(result.nodes[1].diagnostics.map(\.hint) == ["did you mean {{ ref('orders') }}?"])
  }

  @Test(
    "a model that closes its bracket cannot begin a second statement",
    arguments: [Materialization.table, .view, .incremental])
  func severalStatements(as materialization: Materialization) async throws {
    try await fixture.execute("CREATE TABLE kept AS SELECT 1 AS id; CREATE TABLE orders AS SELECT 1 AS id")
    fixture.model("orders", "SELECT 2 AS id);\nDROP TABLE kept; --", as: materialization)
    let result = try await fixture.run()
    #expect(result.nodes.map(\.status) == [.error])
    #expect(result.nodes[0].diagnostics.map(\.code) == [.severalStatements])
    let place = SourceSpan(file: "models/orders.sql", line: 2, column: 1)
    // What an incremental model's columns are is asked first, beside its statements.
    let span = materialization == .incremental ? SourceSpan(file: place.file) : place
    #expect(result.nodes[0].diagnostics[0].span == span)
    #expect(try await fixture.rows("SELECT * FROM kept") == [["1"]])
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1"]])
  }

  @Test("a hook may hold several statements")
  func severalInHook() async throws {
    fixture.model("orders", "SELECT 1 AS id") {
      $0.postHooks = [Hook(sql: "INSERT INTO orders VALUES (2); INSERT INTO orders VALUES (3)")]
    }
    #expect(try await fixture.run().status == .succeeded)
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1"], ["2"], ["3"]])
  }
}
