internal import CDuckDB
import Diagnostics
import EngineCore
import Synchronization

/// One connection to a database: the only part of a session that other threads may touch.
///
/// Safe as `@unchecked Sendable`: the session's thread alone uses `raw`; other threads go through `interrupt`
/// and `progress`, which hold the lock under which the connection is closed, and DuckDB allows both at any
/// time.
final class ConnectionHandle: @unchecked Sendable {
  /// The connection; nil once closed. Written only under `state`'s lock, on the session's thread.
  private(set) var raw: duckdb_connection?
  private let state = Mutex(State())
  /// Stays open as long as the connection, and no longer, however long someone holds this object: the file is
  /// closed when the engine and its sessions are. Written like `raw`.
  private(set) var owner: Database?

  private struct State {
    var isOpen = true
    var running = 0
    /// Whether interrupts are ignored.
    var isShielded = false
  }

  /// Connects. Throws a `Diagnostic`.
  init(_ database: Database) throws {
    owner = database
    var connection: duckdb_connection?
    guard duckdb_connect(database.handle, &connection) == DuckDBSuccess else {
      throw Diagnostic(.engineFailure, "the engine accepts no further connection")
    }
    raw = connection
  }

  deinit { close() }

  /// Closes the connection, once; an open transaction is rolled back.
  func close() {
    // Given up without the lock: the last owner's closing writes the log back, which takes its time.
    var database: Database?
    state.withLock { state in
      state.isOpen = false
      duckdb_disconnect(&raw)
      raw = nil
      swap(&database, &owner)
    }
  }

  /// Stops the running statement, if any.
  func interrupt() {
    state.withLock { state in
      if state.isOpen, !state.isShielded { duckdb_interrupt(raw) }
    }
  }

  /// How far the running statement is; nil when nothing runs.
  var progress: QueryProgress? {
    state.withLock { state in
      guard state.isOpen, state.running > 0 else { return nil }
      let reading = duckdb_query_progress(raw)
      let known = reading.percentage >= 0
      return QueryProgress(
        fraction: known ? min(reading.percentage / 100, 1) : nil, rows: Int(clamping: reading.rows_processed))
    }
  }

  /// Ignores interrupts while `body` lasts: a rollback that is stopped midway leaves the transaction open.
  func shielded<T>(_ body: () throws -> T) rethrows -> T {
    state.withLock { $0.isShielded = true }
    defer { state.withLock { $0.isShielded = false } }
    return try body()
  }

  /// Marks a statement as running while `body` lasts.
  func whileRunning<T>(_ body: () throws -> T) rethrows -> T {
    state.withLock { $0.running += 1 }
    defer { state.withLock { $0.running -= 1 } }
    return try body()
  }
}
