import Diagnostics
import EngineCore

/// A connection to DuckDB, confined to a thread of its own. Close it when done.
public actor DuckDBSession: Session {
  private let thread: SessionThread
  private let handle: ConnectionHandle
  private let connection: DuckDBConnection

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

  public func run<T: Sendable>(_ body: @Sendable (any Connection) throws -> T) async throws -> T {
    try await withConnection { try body($0) }
  }

  /// Like `run`, with all that DuckDB offers beyond other engines.
  public func withConnection<T: Sendable>(_ body: @Sendable (DuckDBConnection) throws -> T) async throws -> T
  {
    let interrupter = Interrupter(handle)
    return try await withTaskCancellationHandler {
      defer { interrupter.end() }
      try Task.checkCancellation()
      do {
        return try body(connection)
      } catch let diagnostic as Diagnostic where diagnostic.code == .engineInterrupted && Task.isCancelled {
        throw CancellationError()
      }
    } onCancel: {
      interrupter.begin()
    }
  }

  public nonisolated func interrupt() { handle.interrupt() }

  public nonisolated var progress: QueryProgress? { handle.progress }

  public func close() {
    connection.retire()
    handle.close()
  }
}
