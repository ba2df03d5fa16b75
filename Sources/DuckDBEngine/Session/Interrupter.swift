import Synchronization

/// Interrupts a cancelled session's statements until its work ends: one interrupt is lost if it comes in the
/// moment before DuckDB starts a statement.
final class Interrupter: Sendable {
  private let handle: ConnectionHandle
  private let isDone = Mutex(false)

  init(_ handle: ConnectionHandle) { self.handle = handle }

  /// Starts interrupting.
  func begin() {
    interrupt()
    Task.detached(priority: .high) { [self] in
      while interrupt() { try await Task.sleep(for: .milliseconds(20)) }
    }
  }

  /// Stops interrupting: the work is over, and what comes next on the session is not cancelled.
  func end() { isDone.withLock { $0 = true } }

  @discardableResult
  private func interrupt() -> Bool {
    isDone.withLock { isDone in
      if !isDone { handle.interrupt() }
      return !isDone
    }
  }
}
