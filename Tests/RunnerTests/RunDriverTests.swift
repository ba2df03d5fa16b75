import Diagnostics
import EngineCore
import Foundation
import Planner
import Project
import StateStore
import Synchronization
import Testing

@testable import Runner

@Suite("The run driver")
struct RunDriverTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  /// A query that takes minutes.
  private let endless = "SELECT count(*) AS n FROM range(100000000) AS a, range(100000000) AS b"

  @Test("tells what happens, in order, with audits counted")
  func events() async throws {
    fixture.check("ids", "SELECT 1 AS bad")
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"])
    fixture.model("totals", "SELECT 1 AS id", after: ["orders"])
    fixture.model("other", "SELECT 1 AS id")
    fixture.onRunStart = [Hook(sql: "SELECT 1")]
    let log = EventLog()
    _ = try await fixture.driver(events: log.receive).run()
    #expect(
      log.texts == [
        "planned 3", "start 1/1 operation.shop.shop-on-run-start-0", "log hook: SELECT 1",
        "success 1/1 operation.shop.shop-on-run-start-0", "start 1/4 model.shop.orders",
        "error 1/4 model.shop.orders",
        "skipped 3/4 model.shop.totals", "start 4/4 model.shop.other", "success 4/4 model.shop.other",
        "ended failed",
      ])
  }

  @Test("independent nodes run side by side on sessions of their own")
  func runsSideBySide() async throws {
    for index in 0..<8 { fixture.model("m\(index)", "SELECT * FROM range(1000)") }
    fixture.model("last", "SELECT 1 AS id", after: (0..<8).map { "m\($0)" })
    let result = try await fixture.run(threads: 4)
    #expect(result.status == .succeeded)
    #expect(result.nodes.count == 9)
    #expect(result.nodes.last?.node == fixture.id("last"))
    #expect(Set(result.nodes.map(\.thread)).isSubset(of: ["Thread-1", "Thread-2", "Thread-3", "Thread-4"]))
    #expect(Set(result.nodes.map(\.thread)).count > 1)
  }

  @Test("a failing node does not stop others, and the run fails")
  func goesOn() async throws {
    fixture.model("bad", "SELECT nope")
    fixture.model("good", "SELECT 1 AS id")
    let result = try await fixture.run()
    #expect(result.nodes.map(\.status) == [.error, .success])
    #expect(result.exitCode == 1)
  }

  @Test("the checks of a model that could not be built are skipped")
  func skipsChecksOfBroken() async throws {
    fixture.check("ids", "SELECT 1 AS bad")
    fixture.model("bad", "SELECT nope", checks: ["ids"])
    let result = try await fixture.run()
    #expect(result.all.map(\.status) == [.error, .skipped])
    #expect(result.all.last?.skippedBecause == fixture.id("bad"))
  }

  @Test("hooks that leave a transaction open fail, rather than lose all that follows")
  func openTransaction() async throws {
    fixture.onRunStart = [Hook(sql: "SELECT 1; begin")]
    fixture.model("orders", "SELECT 1 AS id")
    let result = try await fixture.run()
    #expect(
      result.startHooks.flatMap(\.diagnostics).map(\.message)
        == ["the on-run-start hooks begin a transaction and do not end it"])
    #expect(result.startHooks.map(\.status) == [.error])
    #expect(result.nodes.map(\.status) == [.success])
    #expect(try await fixture.kind("orders") == .table)
    #expect(result.exitCode == 1)
  }

  @Test("a hook that fails in a transaction of an earlier one takes nothing of what follows with it")
  func failureInTransaction() async throws {
    fixture.onRunStart = [Hook(sql: "begin"), Hook(sql: "SELECT nope"), Hook(sql: "commit")]
    fixture.model("orders", "SELECT 1 AS id")
    let result = try await fixture.run()
    #expect(result.startHooks.map(\.status) == [.success, .error, .skipped])
    #expect(result.nodes.map(\.status) == [.success])
    #expect(try await fixture.kind("orders") == .table)
  }

  @Test("--fail-fast interrupts what runs and skips the rest; the hooks at the end run all the same")
  func failFast() async throws {
    fixture.model("slow", endless)
    fixture.model("bad", "SELECT nope")
    fixture.model("rest", "SELECT 1 AS id")
    fixture.onRunEnd = [Hook(sql: "CREATE TABLE ended AS SELECT 1 AS id")]
    let result = try await fixture.run(threads: 2, isFailFast: true)
    #expect(result.status == .failed)
    let statuses = Dictionary(uniqueKeysWithValues: result.nodes.map { ($0.node, $0.status) })
    #expect(
      statuses == [fixture.id("slow"): .interrupted, fixture.id("bad"): .error, fixture.id("rest"): .skipped])
    #expect(result.nodes.first { $0.status == .skipped }?.message == "'bad' failed and --fail-fast was given")
    #expect(try await fixture.kind("slow") == nil)
    #expect(try await fixture.kind("ended") == .table)
  }

  @Test("cancelling interrupts what runs, rolls it back, records it and leaves nothing behind")
  func cancellation() async throws {
    fixture.model("slow", "SELECT 1 AS n")
    try await fixture.run()
    fixture.check("never", "SELECT 1 AS bad WHERE false")
    fixture.model("slow", endless, checks: ["never"]) {
      $0.preHooks = [Hook(sql: "CREATE TABLE hooked AS SELECT 1")]
    }
    fixture.model("after", "SELECT 1 AS id", after: ["slow"])
    fixture.onRunEnd = [Hook(sql: "CREATE TABLE ended AS SELECT 1 AS id")]
    let state = try StateStore(path: fixture.root + "/state.sqlite")
    let started = AsyncStream<Void>.makeStream()
    let driver = try fixture.driver(threads: 2, state: state) { event in
      if case .started = event { started.continuation.yield() }
    }
    let run = Task { await driver.run() }
    for await _ in started.stream { break }
    run.cancel()
    let result = await run.value
    #expect(result.status == .interrupted)
    #expect(result.exitCode == 130)
    #expect(result.nodes.map(\.status) == [.skipped, .interrupted])
    #expect(result.nodes[0].message == "the run was interrupted")
    #expect(try await fixture.rows("SELECT * FROM slow") == [["1"]])
    #expect(try await fixture.kind("hooked") == nil)
    #expect(try await fixture.kind("ended") == nil)
    #expect(try state.recentRuns(limit: 1).map(\.status) == [.interrupted])
  }

  @Test("a run that was cancelled before it began does nothing")
  func cancelledBefore() async throws {
    fixture.model("orders", "SELECT 1 AS id")
    let driver = try fixture.driver()
    let run = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await driver.run()
    }
    let result = await run.value
    #expect(result.status == .interrupted)
    #expect(result.nodes.map(\.status) == [.skipped])
    #expect(try await fixture.kind("orders") == nil)
  }

  @Test("hooks of the run: before the first node, after the last, even after failures")
  func runHooks() async throws {
    fixture.onRunStart = [Hook(sql: "CREATE TABLE log (n INTEGER)"), Hook(sql: "INSERT INTO log VALUES (1)")]
    fixture.onRunEnd = [Hook(sql: "INSERT INTO log VALUES (9)")]
    fixture.model("good", "SELECT n FROM log")
    fixture.model("bad", "SELECT nope")
    let result = try await fixture.run()
    #expect(result.nodes.map(\.status) == [.success, .error])
    #expect(try await fixture.rows("SELECT * FROM good") == [["1"]])
    #expect(try await fixture.rows("SELECT * FROM log") == [["1"], ["9"]])
  }

  @Test(
    "a failing hook before the run fails it, and those behind it are skipped; the nodes are built all the same"
  )
  func startHookFails() async throws {
    fixture.onRunStart = [Hook(sql: "SELECT 1"), Hook(sql: "SELECT nope"), Hook(sql: "SELECT 3")]
    fixture.model("orders", "SELECT 1 AS id")
    let result = try await fixture.run()
    #expect(result.status == .failed)
    #expect(result.exitCode == 1)
    #expect(result.nodes.map(\.status) == [.success])
    #expect(result.startHooks.map(\.status) == [.success, .error, .skipped])
    #expect(
      result.startHooks.map(\.node.rawValue) == (0..<3).map { "operation.shop.shop-on-run-start-\($0)" })
    #expect(result.startHooks.map(\.failures) == [0, 1, 1])
    #expect(result.startHooks.map(\.compiledSQL) == ["SELECT 1", "SELECT nope", nil])
    #expect(
      result.startHooks.map { $0.timings.map(\.name) } == [
        ["compile", "execute"], ["compile", "execute"], [],
      ])
    #expect(
      result.startHooks.map { $0.message?.split(separator: "\n").first } == [
        "shop.on-run-start.0 passed", "shop.on-run-start.1 failed, error:", "shop.on-run-start.2 skipped",
      ])
    let diagnostic = try #require(result.startHooks[1].diagnostics.first)
    #expect(diagnostic.span == SourceSpan(file: "weir.yml"))
    #expect(diagnostic.notes == ["shop.on-run-start.1 failed: SELECT nope"])
  }

  @Test(
    "with the flag for it, a failing hook before the run keeps every node from running; hooks at the end run")
  func startHookStops() async throws {
    fixture.onRunStart = [Hook(sql: "SELECT nope")]
    fixture.onRunEnd = [Hook(sql: "CREATE TABLE ended AS SELECT 1 AS id")]
    fixture.model("orders", "SELECT 1 AS id")
    let result = try await fixture.driver(skipsNodesIfStartFails: true).run()
    #expect(result.status == .failed)
    #expect(result.nodes.map(\.status) == [.skipped])
    #expect(result.nodes[0].message == "the run could not be prepared")
    #expect(result.endHooks.map(\.status) == [.success])
    #expect(try await fixture.kind("ended") == .table)
  }

  @Test("a failing hook after the run fails it")
  func endHookFails() async throws {
    fixture.onRunEnd = [Hook(sql: "SELECT nope")]
    fixture.model("orders", "SELECT 1 AS id")
    let result = try await fixture.run()
    #expect(result.status == .failed)
    #expect(result.nodes.map(\.status) == [.success])
    #expect(result.endHooks.map(\.status) == [.error])
    #expect(result.diagnostics.isEmpty)
  }

  @Test("runs and tasks are recorded, audits too")
  func records() async throws {
    fixture.check("ids", "SELECT 1 AS bad")
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"])
    fixture.model("totals", "SELECT 1 AS id", after: ["orders"])
    let state = try StateStore(path: fixture.root + "/state.sqlite")
    let driver = try fixture.driver(state: state, databases: DatabaseWatch(fixture.project.target))
    _ = await driver.run()
    let run = try #require(try state.recentRuns(limit: 1).first)
    #expect(run.id == driver.options.invocation.id)
    #expect(run.status == .failed)
    #expect(run.endedAt != nil)
    let tasks = try state.tasks(ofRun: run.id).sorted { $0.node < $1.node }
    #expect(tasks.map(\.node) == ["model.shop.orders", "model.shop.totals", "test.shop.ids"])
    #expect(tasks.map(\.status) == ["error", "skipped", "fail"])
    #expect(tasks.map(\.failures) == [nil, nil, 1])
    // What was held back keeps the record that it had: none.
    #expect(try state.publications(target: "dev").map(\.node).sorted() == [])
    fixture.model("orders", "SELECT 1 AS id")
    _ = try await fixture.driver(state: state, databases: DatabaseWatch(fixture.project.target)).run()
    #expect(
      try state.publications(target: "dev").map(\.node).sorted() == [
        "model.shop.orders", "model.shop.totals",
      ])
  }

  @Test("what a killed run left is cleared away, and the run counts as crashed")
  func clearsAway() async throws {
    let folder = StateFolder(root: fixture.root)
    try folder.createTemporaryFolder()
    try Data([1]).write(to: URL(fileURLWithPath: folder.temporaryFolder + "/left.parquet"))
    let state = try StateStore(path: folder.stateFile)
    try state.beginRun(RunRecord(id: "killed", command: "build", target: "dev", processID: 1, startedAt: 1))
    fixture.model("orders", "SELECT 1 AS id")
    _ = try await fixture.driver(state: state).run()
    #expect(try state.recentRuns(limit: 2).map(\.status) == [.succeeded, .crashed])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.temporaryFolder).isEmpty)
  }

  @Test("the statements of a node and of its checks are kept apart")
  func executedSQL() async throws {
    fixture.check("ids", "SELECT id FROM shop.main.orders WHERE id > 5")
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"])
    let result = try await fixture.run()
    #expect(
      result.nodes[0].executedSQL
        == "CREATE OR REPLACE TABLE \"shop\".\"main\".\"orders\" AS (\nSELECT 1 AS id\n)")
    #expect(result.nodes[0].audits[0].executedSQL?.hasPrefix("select\n  count(*) as failures,") == true)
    #expect(result.nodes[0].compiledSQL == "SELECT 1 AS id")
  }

  @Test("an engine that cannot be opened fails the run with its own words")
  func noEngine() async throws {
    fixture.model("orders", "SELECT 1 AS id")
    let result = try await fixture.driver(engine: ClosedEngine(dialect: fixture.engine.dialect)).run()
    #expect(result.status == .failed)
    #expect(result.diagnostics.map(\.message) == ["no more sessions"])
    #expect(result.nodes.map(\.status) == [.skipped])
  }

  @Test("what fails for a passing reason is tried again, a bounded number of times")
  func retries() throws {
    let passing = Diagnostic(.transactionConflict, "conflict", isTransient: true)
    var attempts: [Int] = []
    try Retry.perform(delay: .zero) { attempt in
      attempts.append(attempt)
      if attempt < 3 { throw passing }
    }
    #expect(attempts == [1, 2, 3])
    attempts = []
    #expect(throws: passing) {
      try Retry.perform(delay: .zero) { attempt in
        attempts.append(attempt)
        throw passing
      }
    }
    #expect(attempts == [1, 2, 3, 4, 5])
    attempts = []
    let lasting = Diagnostic(.sqlSyntax, "syntax")
    #expect(throws: lasting) {
      try Retry.perform(delay: .zero) { attempt in
        attempts.append(attempt)
        throw lasting
      }
    }
    #expect(attempts == [1])
  }

  @Test("two nodes that change the same table in the same moment both succeed in the end")
  func conflicts() async throws {
    try await fixture.execute("CREATE TABLE counter AS SELECT 0 AS n")
    for index in 0..<4 {
      fixture.model("m\(index)", "SELECT * FROM range(200000)") {
        $0.preHooks = [Hook(sql: "UPDATE shop.main.counter SET n = n + 1")]
      }
    }
    let result = try await fixture.run(threads: 4)
    let succeeded = result.nodes.count { $0.status == .success }
    #expect(try await fixture.rows("SELECT n FROM counter") == [["\(succeeded)"]])
    for node in result.nodes where node.status == .error {
      #expect(node.attempts == Retry.maximumAttempts)
      #expect(node.diagnostics.map(\.code) == [.transactionConflict])
    }
  }
}

/// An engine that has no session to give.
private struct ClosedEngine: Engine {
  let dialect: any Dialect
  let capabilities = Capabilities(hasTransactionalDDL: true, replacesTables: true, maximumSessions: 4)

  func makeSession() async throws -> any Session { throw Diagnostic(.sessionMisused, "no more sessions") }

  func close() async {}
}
