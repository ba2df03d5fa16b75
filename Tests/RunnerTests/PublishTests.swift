import Diagnostics
import EngineCore
import Foundation
import Project
import Tabular
import Testing

@testable import Runner

@Suite("Write, audit, publish")
struct PublishTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test("a table whose checks pass is published, with its rows counted")
  func publishes() async throws {
    fixture.check("ids", "SELECT * FROM shop.main.orders WHERE id IS NULL")
    fixture.model("orders", "SELECT range AS id FROM range(3)", checks: ["ids"])
    let result = try await fixture.run()
    #expect(result.status == .succeeded)
    #expect(result.exitCode == 0)
    #expect(result.nodes.map(\.status) == [.success])
    #expect(result.nodes[0].rows == 3)
    #expect(result.nodes[0].audits.map(\.status) == [.pass])
    #expect(result.nodes[0].audits.map(\.failures) == [0])
    #expect(try await fixture.rows("SELECT count(*) FROM orders") == [["3"]])
  }

  @Test("a failing check leaves the live table as it was, and skips what is downstream")
  func holdsBack() async throws {
    fixture.model("orders", "SELECT 1 AS id")
    #expect(try await fixture.run().status == .succeeded)
    fixture.check("ids", "SELECT * FROM shop.main.orders WHERE id > 5")
    fixture.model("orders", "SELECT range AS id FROM range(9)", checks: ["ids"])
    fixture.model("totals", "SELECT count(*) AS n FROM shop.main.orders", after: ["orders"])
    let result = try await fixture.run()
    #expect(result.status == .failed)
    #expect(result.exitCode == 1)
    #expect(result.nodes.map(\.status) == [.error, .skipped])
    let orders = result.nodes[0]
    #expect(orders.message == "not published: check 'ids' failed")
    #expect(orders.diagnostics.map(\.code) == [.notPublished])
    #expect(orders.rows == nil)
    let audit = try #require(orders.audits.first)
    #expect(audit.status == .fail)
    #expect(audit.failures == 3)
    #expect(audit.message == "Got 3 results, configured to fail if != 0")
    #expect(audit.failingRows?.rows.count == 3)
    #expect(audit.failingRowsPath == "target/failures/ids.csv")
    #expect(audit.diagnostics.map(\.message) == ["the check 'ids' found 3 failing rows"])
    #expect(result.nodes[1].skippedBecause == fixture.id("orders"))
    #expect(result.nodes[1].message == "'orders' upstream did not succeed")
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1"]])
    #expect(try await fixture.kind("totals") == nil)
    let saved = try String(contentsOfFile: fixture.root + "/target/failures/ids.csv", encoding: .utf8)
    #expect(saved.split(whereSeparator: \.isNewline).map(String.init) == ["id", "6", "7", "8"])
  }

  @Test("the file of failing rows goes when the check passes again")
  func removesOldFailures() async throws {
    fixture.check("ids", "SELECT * FROM shop.main.orders WHERE id > 5")
    fixture.model("orders", "SELECT 9 AS id", checks: ["ids"])
    try await fixture.run()
    #expect(FileManager.default.fileExists(atPath: fixture.root + "/target/failures/ids.csv"))
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"])
    #expect(try await fixture.run().status == .succeeded)
    #expect(!FileManager.default.fileExists(atPath: fixture.root + "/target/failures/ids.csv"))
  }

  @Test("a view is held back as a table is", arguments: [Materialization.table, .view])
  func viewsToo(first: Materialization) async throws {
    fixture.model("orders", "SELECT 1 AS id", as: first)
    try await fixture.run()
    fixture.check("ids", "SELECT * FROM shop.main.orders WHERE id > 1")
    fixture.model("orders", "SELECT 2 AS id", as: .view, checks: ["ids"])
    #expect(try await fixture.run().nodes.map(\.status) == [.error])
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1"]])
    #expect(try await fixture.kind("orders") == (first == .view ? .view : .table))
  }

  @Test("an incremental step is held back whole")
  func incrementalsToo() async throws {
    fixture.model("orders", "SELECT 1 AS id\n-- incremental:\nSELECT 2 AS id", as: .incremental)
    try await fixture.run()
    fixture.check("ids", "SELECT * FROM shop.main.orders WHERE id > 1")
    fixture.model(
      "orders", "SELECT 1 AS id\n-- incremental:\nSELECT 2 AS id", as: .incremental, checks: ["ids"])
    #expect(try await fixture.run().nodes.map(\.status) == [.error])
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1"]])
  }

  @Test("a failing check of severity warn is told of and publishes")
  func warns() async throws {
    fixture.check("ids", "SELECT * FROM shop.main.orders") { $0.severity = .warn }
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"])
    fixture.model("totals", "SELECT count(*) AS n FROM shop.main.orders", after: ["orders"])
    let result = try await fixture.run()
    #expect(result.status == .succeeded)
    #expect(result.all.map(\.status) == [.success, .warn, .success])
    #expect(result.nodes[0].audits[0].message == "Got 1 result, configured to warn if != 0")
    #expect(result.nodes[0].audits[0].diagnostics.map(\.severity) == [.warning])
  }

  @Test(
    "thresholds decide between pass, warn and fail",
    arguments: zip([2, 4, 6], [NodeStatus.pass, .warn, .fail]))
  func thresholds(count: Int, status: NodeStatus) async throws {
    fixture.check("ids", "SELECT * FROM shop.main.orders") {
      $0.warnIf = "> 3"
      $0.errorIf = "> 5"
    }
    fixture.model("orders", "SELECT * FROM range(\(count))", checks: ["ids"])
    let result = try await fixture.run()
    #expect(result.nodes[0].audits.map(\.status) == [status])
    #expect(result.nodes[0].audits.map(\.failures) == [count])
    #expect(result.nodes[0].status == (status == .fail ? .error : .success))
  }

  @Test("limit and fail_calc are honoured")
  func limitAndFailCalc() async throws {
    fixture.check("few", "SELECT * FROM shop.main.orders") { $0.limit = 2 }
    fixture.check("sum", "SELECT * FROM shop.main.orders") { $0.failureCalculation = "sum(range)" }
    fixture.model("orders", "SELECT * FROM range(5)", checks: ["few", "sum"])
    let result = try await fixture.run()
    #expect(result.nodes[0].audits.map(\.failures) == [2, 10])
    #expect(result.nodes[0].audits[0].failingRows?.rows.count == 2)
  }

  @Test("a check that cannot be run holds the version back; those after it are skipped")
  func brokenCheck() async throws {
    fixture.check("broken", "SELECT * FROM no_such_table")
    fixture.check("ids", "SELECT * FROM shop.main.orders WHERE id IS NULL")
    fixture.model("orders", "SELECT 1 AS id", checks: ["broken", "ids"])
    let result = try await fixture.run()
    #expect(result.all.map(\.status) == [.error, .error, .skipped])
    #expect(result.nodes[0].message == "not published: check 'broken' could not be run")
    #expect(result.nodes[0].audits[0].diagnostics[0].span?.file == "tests/broken.sql")
    #expect(try await fixture.kind("orders") == nil)
  }

  @Test("`publish: always` publishes first and checks afterwards")
  func publishAlways() async throws {
    fixture.check("ids", "SELECT * FROM shop.main.orders")
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"]) { $0.publish = .always }
    let result = try await fixture.run()
    #expect(result.all.map(\.status) == [.success, .fail])
    #expect(result.status == .failed)
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1"]])
  }

  @Test("a check that is a step of its own blocks what waits for it")
  func checkSteps() async throws {
    fixture.check("ids", "SELECT 1 AS bad", asStepAfter: [])
    fixture.check("fine", "SELECT 1 AS bad WHERE false", asStepAfter: [])
    fixture.model("orders", "SELECT 1 AS id")
    fixture.steps[2].waitsFor = [NodeID(.check, "shop", "ids")]
    let result = try await fixture.run()
    #expect(result.nodes.map(\.status) == [.fail, .skipped, .pass])
    #expect(result.nodes[1].skippedBecause == NodeID(.check, "shop", "ids"))
  }

  @Test("stored failures outlive the version that they were found in")
  func storesFailures() async throws {
    fixture.check("ids", "SELECT id, big, label FROM shop.main.orders WHERE id > 1") {
      $0.storesFailures = true
    }
    fixture.model(
      "orders",
      """
      SELECT range AS id, (range + 170141183460469231731687303715884105720)::HUGEINT AS big,
        'x'::ENUM ('x', 'y') AS label FROM range(4)
      """, checks: ["ids"])
    let result = try await fixture.run()
    #expect(result.nodes[0].status == .error)
    #expect(result.nodes[0].audits[0].diagnostics.map(\.severity) == [.error])
    #expect(
      try await fixture.rows("SELECT * FROM main_dbt_test__audit.ids ORDER BY id") == [
        ["2", "170141183460469231731687303715884105722", "x"],
        ["3", "170141183460469231731687303715884105723", "x"],
      ])
    #expect(try await fixture.kind("orders") == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.root + "/.weir/tmp") == [])
  }

  @Test("--store-failures stores the failures of every check, even none")
  func storesByFlag() async throws {
    fixture.check("ids", "SELECT id FROM shop.main.orders WHERE id > 1")
    fixture.check("alone", "SELECT 7 AS n", asStepAfter: ["orders"]) { $0.storesFailuresAs = .view }
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"])
    let result = try await fixture.run(storesFailures: true)
    #expect(result.all.map(\.status) == [.success, .pass, .fail])
    #expect(try await fixture.rows("SELECT count(*) FROM main_dbt_test__audit.ids") == [["0"]])
    #expect(try await fixture.rows("SELECT * FROM main_dbt_test__audit.alone") == [["7"]])
  }

  @Test("names with quotes, spaces, dots and Unicode reach the warehouse as they are")
  func oddNames() async throws {
    fixture.targetSchema = "ma\"rt; DROP — ünï.x"
    let name = "or\"ders 'été' .日本"
    fixture.check(
      "ids",
      "SELECT * FROM \"shop\".\"ma\"\"rt; DROP — ünï.x\"."
        + "\"or\"\"ders 'été' .日本\" WHERE id = 1")
    fixture.model(name, "SELECT 1 AS id", checks: ["ids"])
    let failed = try await fixture.run(storesFailures: true)
    #expect(failed.all.map(\.status) == [.error, .fail])
    fixture.model(name, "SELECT 2 AS id", checks: ["ids"])
    let result = try await fixture.run(storesFailures: true)
    #expect(result.all.map(\.status) == [.success, .pass])
    #expect(try await fixture.kind(name) == .table)
  }
}
