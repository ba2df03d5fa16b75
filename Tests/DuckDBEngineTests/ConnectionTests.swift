import Diagnostics
import EngineCore
import Tabular
import Testing

@testable import DuckDBEngine

@Suite struct ConnectionTests {
  @Test("A query gives its columns and rows")
  func query() async throws {
    let table = try await withDuckDB { try $0.query("SELECT 1 AS a, 'x' AS b, NULL AS c") }
    #expect(table.schema == Schema([Field("a", .int32), Field("b", .text), Field("c", .int32)]))
    #expect(table.rows == [[.integer(1), .text("x"), .null]])
  }

  @Test("Executing several statements gives the rows that the last one changed")
  func execute() async throws {
    let counts = try await withDuckDB { connection in
      [
        try connection.execute("CREATE TABLE t AS SELECT * FROM range(7) r(i)"),
        try connection.execute("INSERT INTO t SELECT * FROM range(3); DELETE FROM t WHERE i < 2"),
        try connection.execute("SELECT * FROM range(100000)"),
        try connection.execute(" -- nothing"),
      ]
    }
    #expect(counts == [7, 4, 0, 0])
  }

  @Test("An error tells which of several statements failed, and those before it stand")
  func failingStatement() async throws {
    try await withDuckDB { connection in
      let error = #expect(throws: Diagnostic.self) {
        try connection.execute("CREATE TABLE a(i INT);\nSELECT nope FROM a; CREATE TABLE b(i INT)")
      }
      #expect(error?.code == .sqlBinding)
      #expect(error?.message == "Binder Error: Referenced column \"nope\" not found in FROM clause!")
      #expect(
        error?.cause
          == "Candidate bindings: \"i\"\nLINE 2: SELECT nope FROM a; CREATE TABLE b(i INT)\n               ^")
      #expect(error?.span == SourceSpan(file: "", line: 2, column: 8))
      #expect(error?.notes == ["statement 2 of 3 failed"])
      try #expect(connection.query("SELECT count(*) FROM a").rows == [[.integer(0)]])
    }
  }

  @Test("A limit on rows cuts the last batch and leaves the session usable")
  func maximumRows() async throws {
    try await withDuckDB { connection in
      try #expect(connection.query("SELECT * FROM range(1000000)", maximumRows: 3000).rowCount == 3000)
      try #expect(connection.query("SELECT * FROM range(10)", maximumRows: 0).rowCount == 0)
      try #expect(connection.query("SELECT 5", maximumRows: 3).rows == [[.integer(5)]])
    }
  }

  @Test("The order of rows is given up and kept again for one session alone", arguments: [true, false])
  func rowOrder(own: Bool) async throws {
    try await withDuckDB { connection in
      func setting(_ connection: DuckDBConnection) throws -> Scalar? {
        try connection.query("SELECT current_setting('preserve_insertion_order')").rows.first?.first
      }
      let other = DuckDBConnection(try ConnectionHandle(#require(connection.handle.owner)))
      try connection.execute("SET SESSION preserve_insertion_order = \(own)")
      try connection.keepRowOrder(false)
      try connection.keepRowOrder(false)
      #expect(try setting(connection) == .boolean(false))
      #expect(try setting(other) == .boolean(true))
      try connection.execute("BEGIN")
      #expect(throws: Diagnostic.self) { try connection.execute("SELECT error('x')") }
      #expect(throws: Diagnostic.self) { try connection.keepRowOrder(true) }
      try connection.execute("ROLLBACK")
      try connection.keepRowOrder(true)
      #expect(try setting(connection) == .boolean(own))
    }
  }

  @Test("Streaming hands every row on, in order")
  func stream() async throws {
    try await withDuckDB { connection in
      var next: Int64 = 0
      try connection.stream("SELECT i FROM range(100000) t(i)") { batch in
        guard case .int64(let values) = batch.columns[0].storage else { return }
        for value in values {
          #expect(value == next)
          next += 1
        }
      }
      #expect(next == 100_000)
    }
  }

  @Test("A failure in the midst of a stream is thrown")
  func streamFailure() async throws {
    try await withDuckDB { connection in
      let error = #expect(throws: Diagnostic.self) {
        try connection.stream(
          "SELECT CASE WHEN i = 50000 THEN error('boom') ELSE i END FROM range(60000) t(i)"
        ) { _ in }
      }
      #expect(error?.message == "Invalid Input Error: boom")
      try #expect(connection.query("SELECT 1").rows == [[.integer(1)]])
    }
  }

  @Test("A second statement while rows are being read is refused")
  func nestedStatement() async throws {
    try await withDuckDB { connection in
      let error = #expect(throws: Diagnostic.self) {
        try connection.stream("SELECT 1") { _ in try connection.execute("SELECT 2") }
      }
      #expect(error?.code == .sessionMisused)
      try #expect(connection.query("SELECT 3").rows == [[.integer(3)]])
    }
  }

  @Test("A closed session says so")
  func closedSession() async throws {
    let engine = try DuckDBEngine(path: nil)
    let session = try await engine.makeSession()
    await session.close()
    await session.close()
    session.interrupt()
    #expect(session.progress == nil)
    let error = try await diagnostic { try await session.run { try $0.execute("SELECT 1") } }
    #expect(error?.message == "the session is closed")
    await engine.close()
    let closed = try await diagnostic { try await engine.makeSession() }
    #expect(closed?.message == "the engine is closed")
  }

  @Test("Sessions of an engine share its database in memory")
  func sharedMemory() async throws {
    let engine = try DuckDBEngine(path: nil)
    let first = try await engine.makeSession()
    let second = try await engine.makeSession()
    _ = try await first.run { try $0.execute("CREATE TABLE t AS SELECT 42 AS i") }
    try await #expect(second.run { try $0.query("FROM t").rows } == [[.integer(42)]])
    await first.close()
    await second.close()
    await engine.close()
  }

  @Test("Closing a session rolls its transaction back")
  func rollbackOnClose() async throws {
    let engine = try DuckDBEngine(path: nil)
    let first = try await engine.makeSession()
    _ = try await first.run { try $0.execute("CREATE TABLE t(i INT); BEGIN; INSERT INTO t VALUES (1)") }
    await first.close()
    let second = try await engine.makeSession()
    try await #expect(second.run { try $0.query("SELECT count(*) FROM t").rows } == [[.integer(0)]])
    await second.close()
  }
}
