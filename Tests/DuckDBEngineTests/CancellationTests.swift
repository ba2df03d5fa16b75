import Diagnostics
import EngineCore
import Testing

@testable import DuckDBEngine

@Suite struct CancellationTests {
  static let endless = "SELECT count(*) FROM range(100000000000) a(i) WHERE i % 7 = hash(i) % 7"

  @Test("Cancelling a task interrupts its statement, which would never end, and throws CancellationError")
  func cancel() async throws {
    let engine = try DuckDBEngine(path: nil)
    let session = try await engine.makeSession()
    for _ in 0..<3 {
      let task = Task { try await session.run { try $0.execute(Self.endless) } }
      while session.progress == nil { await Task.yield() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    try await #expect(session.run { try $0.query("SELECT 1").rows } == [[.integer(1)]])
    await session.close()
  }

  @Test("An interrupt from outside is a diagnostic, not a cancellation")
  func interrupt() async throws {
    let engine = try DuckDBEngine(path: nil)
    let session = try await engine.makeSession()
    let task = Task { try await session.run { try $0.execute(Self.endless) } }
    while session.progress == nil { await Task.yield() }
    while true {
      session.interrupt()
      if session.progress == nil { break }
      await Task.yield()
    }
    let error = try await diagnostic { try await task.value }
    #expect(error?.code == .engineInterrupted)
    await session.close()
  }

  @Test("Between two statements, cancelling stops the work, but rolling back still works")
  func cancelBetweenStatements() async throws {
    let engine = try DuckDBEngine(path: nil)
    let session = try await engine.makeSession()
    let task = Task {
      try await session.run { connection in
        try connection.execute("CREATE TABLE t(i INT); BEGIN; INSERT INTO t VALUES (1)")
        withUnsafeCurrentTask { $0?.cancel() }
        do {
          try connection.execute("INSERT INTO t VALUES (2)")
        } catch {
          try connection.execute("ROLLBACK")
          throw error
        }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    try await #expect(session.run { try $0.query("SELECT count(*) FROM t").rows } == [[.integer(0)]])
    await session.close()
  }

  @Test("A cancelled task may still roll back in a turn of its own")
  func rollbackAfterCancelling() async throws {
    let engine = try DuckDBEngine(path: nil)
    let session = try await engine.makeSession()
    let task = Task {
      do {
        try await session.run { connection in
          try connection.execute("CREATE TABLE t(i INT); BEGIN; INSERT INTO t VALUES (1)")
          withUnsafeCurrentTask { $0?.cancel() }
          try connection.execute("INSERT INTO t VALUES (2)")
        }
      } catch {
        _ = try await session.run { try $0.execute("ROLLBACK;") }
        throw error
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    try await #expect(session.run { try $0.query("SELECT count(*) FROM t").rows } == [[.integer(0)]])
    await session.close()
  }

  @Test("Progress is seen from another thread while a statement runs, and ends with it")
  func progress() async throws {
    let engine = try DuckDBEngine(path: nil)
    let session = try await engine.makeSession()
    _ = try await session.run { try $0.execute("CREATE TABLE t AS SELECT i FROM range(3000000) t(i)") }
    #expect(session.progress == nil)
    let task = Task {
      try await session.run { try $0.execute("SELECT count(*) FROM t a, t b WHERE a.i % 7 = hash(b.i) % 7") }
    }
    var seen: Double?
    while seen == nil {
      seen = session.progress?.fraction
      await Task.yield()
    }
    #expect(seen.map { (0...1).contains($0) } == true)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(session.progress == nil)
    await session.close()
  }

  @Test("A session's blocking statement does not hold up other tasks")
  func otherTasks() async throws {
    let engine = try DuckDBEngine(path: nil)
    var sessions: [any Session] = []
    for _ in 0..<4 { sessions.append(try await engine.makeSession()) }
    let blocked = sessions.map { session in Task { try await session.run { try $0.execute(Self.endless) } } }
    for session in sessions { while session.progress == nil { await Task.yield() } }
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 1...100 { group.addTask { number } }
      return await group.reduce(0, +)
    }
    #expect(sum == 5050)
    for task in blocked { task.cancel() }
    for task in blocked { await #expect(throws: CancellationError.self) { try await task.value } }
    for session in sessions { await session.close() }
  }
}
