import EngineCore
import Glibc
import Diagnostics

/// Runs a step's statements on its connection and keeps their text for the artifacts.
final class StatementRunner {
  let connection: any Connection
  private(set) var executed: [String] = []

  init(_ connection: any Connection) {
    self.connection = connection
  }

  /// Runs statements, unless the step was cancelled; gives the rows that the last one changed.
  @discardableResult
  func execute(_ sql: String) throws -> Int {
    if Task.isCancelled { throw CancellationError() }
    executed.append(sql)
    return try connection.execute(sql)
  }

  /// Forgets what a failed attempt ran.
  func forget() { executed.removeAll(keepingCapacity: true) }

  /// Runs `body` in a transaction. It is committed if `body` says so, and rolled back otherwise.
  /// Throws what `body` throws, after rolling back.
  func transaction(_ body: () throws -> Bool) throws {
    try connection.execute("BEGIN TRANSACTION")
    let isToBeCommitted: Bool
    do {
      isToBeCommitted = try body()
    } catch {
      try rollBack(because: error)
      throw error
    }
    guard isToBeCommitted else { return try rollBack(because: nil) }
    do {
      try connection.execute("COMMIT")
    } catch {
      // A failed COMMIT ends the transaction on some engines and leaves it open on others.
      try rollBack(because: error, mayBeOver: true)
      throw error
    }
  }

  /// An interrupt that is meant for the step's statement may hit the ROLLBACK instead: try again.
  private func rollBack(because cause: (any Error)?, mayBeOver: Bool = false) throws {
    var last: (any Error)?
    for _ in 0..<10 {
      do {
        try connection.execute("ROLLBACK")
        return
      } catch {
        last = error
        let isInterrupted = (error as? Diagnostic)?.code == .engineInterrupted || error is CancellationError
        if !isInterrupted { break }
      }
    }
    if mayBeOver { return }
    throw RollbackFailure(error: last, cause: cause)
  }
}

/// A transaction that may still be open: its session must be closed.
struct RollbackFailure: Error {
  let error: (any Error)?
  let cause: (any Error)?
}

/// Repeats what failed for a passing reason, a bounded number of times.
struct Retry {
  static let maximumAttempts = 5

  /// Calls `body` until it succeeds, fails for good, or was called `maximumAttempts` times; gives how often that was.
  /// Waits 2, 4, 8 and 16 ms between, on the calling thread.
  static func perform(_ body: (_ attempt: Int) throws -> Void) throws -> Int {
    var attempt = 1
    while true {
      do {
        try body(attempt)
        return attempt
      } catch let diagnostic as Diagnostic
        where diagnostic.isTransient && attempt < maximumAttempts && !Task.isCancelled
      {
        usleep(useconds_t(1000 << attempt))
        attempt += 1
      }
    }
  }
}
