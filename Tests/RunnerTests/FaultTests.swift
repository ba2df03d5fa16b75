import Diagnostics
import EngineCore
import Foundation
import Project
import Synchronization
import Testing

@testable import Runner

@Suite("What goes wrong in the engine")
struct FaultTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture()
    fixture.check("ids", "SELECT * FROM shop.main.orders WHERE id IS NULL")
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"])
  }

  /// Fails the statements that begin so, the first `times` times.
  private func failing(
    _ start: String, times: Int = .max, with diagnostic: Diagnostic
  ) -> FaultyEngine {
    let count = Counter()
    return FaultyEngine(fixture.engine) { sql in
      sql.hasPrefix(start) && count.next() <= times ? diagnostic : nil
    }
  }

  private let conflict = Diagnostic(.transactionConflict, "write-write conflict", isTransient: true)

  @Test(
    "a conflict is tried again, and the attempts are counted",
    arguments: ["CREATE OR REPLACE TABLE", "COMMIT"])
  func conflicts(start: String) async throws {
    let engine = failing(start, times: 2, with: conflict)
    let result = try await fixture.driver(engine: engine).run()
    #expect(result.nodes.map(\.status) == [.success])
    #expect(result.nodes.map(\.attempts) == [3])
    #expect(result.nodes[0].audits.map(\.status) == [.pass])
    #expect(try await fixture.rows("SELECT * FROM orders") == [["1"]])
  }

  @Test("what is told of new rows is told once, however often the transaction is tried")
  func toldOnce() async throws {
    let takesUp: (inout NodeConfig) -> Void = {
      $0.uniqueKey = ["id"]
      $0.incrementalStrategy = .deleteInsert
    }
    let sql = "SELECT 1 AS id\n-- incremental:\nSELECT 2 AS id UNION ALL SELECT 2"
    fixture.model("orders", sql, as: .incremental, configure: takesUp)
    try await fixture.run()
    let result = try await fixture.driver(engine: failing("COMMIT", times: 2, with: conflict)).run()
    #expect(result.nodes.map(\.attempts) == [3])
    #expect(result.nodes[0].diagnostics.map(\.code) == [.repeatedKeys])
    #expect(result.nodes[0].executedSQL?.components(separatedBy: "INSERT INTO").count == 2)
    #expect(try await fixture.rows("SELECT * FROM orders ORDER BY id") == [["1"], ["2"], ["2"]])
  }

  @Test("a conflict that does not pass fails the node after a bounded number of attempts")
  func lastingConflict() async throws {
    let result = try await fixture.driver(engine: failing("COMMIT", with: conflict)).run()
    #expect(result.nodes.map(\.status) == [.error])
    #expect(result.nodes.map(\.attempts) == [Retry.maximumAttempts])
    #expect(result.nodes[0].diagnostics.map(\.message) == ["write-write conflict"])
    #expect(try await fixture.kind("orders") == nil)
  }

  @Test("a version that cannot be committed is not published, and nothing stays open")
  func failedCommit() async throws {
    let full = Diagnostic(.engineInputOutput, "IO Error: no space left on device")
    let engine = failing("COMMIT", times: 1, with: full)
    let failed = try await fixture.driver(engine: engine).run()
    #expect(failed.nodes.map(\.status) == [.error])
    #expect(failed.nodes[0].message == "IO Error: no space left on device")
    #expect(try await fixture.kind("orders") == nil)
    #expect(try await fixture.run().status == .succeeded)
  }

  @Test("a session whose transaction cannot be rolled back is closed, and another takes its place")
  func failedRollback() async throws {
    fixture.model("broken", "SELECT 1 AS id") { $0.postHooks = [Hook(sql: "SELECT nope")] }
    fixture.model("last", "SELECT 1 AS id", after: [])
    let engine = failing("ROLLBACK", with: Diagnostic(.engineFailure, "no way back"))
    let result = try await fixture.driver(engine: engine).run()
    #expect(result.nodes.map(\.status) == [.success, .error, .success])
    #expect(result.nodes[1].diagnostics.map(\.code) == [.sqlBinding, .rollbackFailed])
    #expect(result.nodes.map(\.thread) == ["Thread-1", "Thread-1", "Thread-2"])
    #expect(engine.sessionCount == 2)
    #expect(try await fixture.kind("broken") == nil)
  }

  @Test("a rollback that an interrupt hits is tried again")
  func interruptedRollback() async throws {
    fixture.model("broken", "SELECT 1 AS id") { $0.postHooks = [Hook(sql: "SELECT nope")] }
    let engine = failing("ROLLBACK", times: 3, with: Diagnostic(.engineInterrupted, "interrupted"))
    let result = try await fixture.driver(engine: engine).run()
    #expect(result.nodes[1].diagnostics.map(\.code) == [.sqlBinding])
    #expect(engine.sessionCount == 1)
  }

  @Test("a schema that cannot be made keeps every node from running")
  func failedSchema() async throws {
    fixture.model("there", "SELECT 1 AS id", schema: "there")
    let engine = failing("CREATE SCHEMA", with: Diagnostic(.engineFailure, "no more schemas"))
    let result = try await fixture.driver(engine: engine).run()
    #expect(result.status == .failed)
    #expect(result.nodes.map(\.status) == [.skipped, .skipped])
    #expect(result.diagnostics.map(\.message) == ["no more schemas"])
  }

  @Test("failing rows that cannot be stored are told of, and change nothing else")
  func failedStore() async throws {
    fixture.check("bad", "SELECT * FROM shop.main.orders") { $0.storesFailures = true }
    fixture.model("orders", "SELECT 1 AS id", checks: ["bad"])
    let engine = failing("COPY", with: Diagnostic(.engineInputOutput, "disk full"))
    let result = try await fixture.driver(engine: engine).run()
    #expect(result.all.map(\.status) == [.error, .fail])
    let audit = result.nodes[0].audits[0]
    #expect(audit.relation == nil)
    #expect(audit.diagnostics.map(\.message) == ["the check 'bad' found 1 failing row", "disk full"])
    #expect(audit.diagnostics.map(\.severity) == [.error, .warning])
  }

  @Test("progress is told of while a statement runs, if it is wanted", .timeLimit(.minutes(5)))
  func progress() async throws {
    fixture.model("slow", "SELECT count(*) AS n FROM range(100000000) AS a, range(100000000) AS b")
    let seen = AsyncStream<NodeID>.makeStream()
    var driver = try fixture.driver { event in
      if case .progress(let node, _) = event { seen.continuation.yield(node) }
    }
    driver = driver.reportingProgress()
    let run = Task { [driver] in await driver.run() }
    for await node in seen.stream where node == fixture.id("slow") { break }
    run.cancel()
    #expect(await run.value.status == .interrupted)
  }
}

/// Counts across threads.
private final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

extension RunDriver {
  /// The same driver, telling of progress too.
  fileprivate func reportingProgress() -> RunDriver {
    var options = options
    options.reportsProgress = true
    return RunDriver(
      project: project, graph: graph, plan: plan, engine: engine, state: state, options: options,
      makeCompiler: makeCompiler, events: { [events] in events.send($0) })
  }
}
