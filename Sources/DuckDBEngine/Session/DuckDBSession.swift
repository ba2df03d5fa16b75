import Diagnostics
import EngineCore

/// A connection to DuckDB, confined to a thread of its own. Close it when done.
public actor DuckDBSession: Session {
  private let thread: SessionThread
  private let handle: ConnectionHandle
  private let connection: DuckDBConnection

  /// The session's own thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(_ database: Database) throws {
    guard let thread = SessionThread() else {
      throw Diagnostic(.engineFailure, "the system has no thread left for a session")
    }
    self.thread = thread
    do {
      handle = try ConnectionHandle(database)
    } catch {
      thread.stop()
      throw error
    }
    connection = DuckDBConnection(handle)
  }

  deinit { thread.stop() }

  /// Runs `body` on the session's thread. Cancelling the task interrupts the running statement within
  /// 100 ms and throws `CancellationError`. A cancelled task's statements all throw that, but for a `ROLLBACK`
  /// alone, which always runs.
  public func run<T: Sendable>(_ body: @Sendable (any Connection) throws -> T) async throws -> T {
    try await withConnection { try body($0) }
  }

  /// Like `run`, with all that DuckDB offers beyond other engines.
  public func withConnection<T: Sendable>(_ body: @Sendable (DuckDBConnection) throws -> T) async throws -> T
  {
    let interrupter = Interrupter(handle)
    return try await withTaskCancellationHandler {
      defer { interrupter.end() }
      do {
        return try body(connection)
      } catch let diagnostic as Diagnostic where diagnostic.code == .engineInterrupted && Task.isCancelled {
        throw CancellationError()
      }
    } onCancel: {
      interrupter.begin()
    }
  }

  /// Stops the running statement, if any, which then throws `WEIR-E0502`.
  public nonisolated func interrupt() { handle.interrupt() }

  /// How far the running statement is; nil when nothing runs.
  public nonisolated var progress: QueryProgress? { handle.progress }

  /// Closes the connection, once; an open transaction is rolled back. What is run afterwards throws
  /// `WEIR-E0514`.
  public func close() {
    connection.retire()
    handle.close()
  }
}
