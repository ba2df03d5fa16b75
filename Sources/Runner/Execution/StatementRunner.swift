import Diagnostics
import EngineCore
import Tabular

/// Runs a step's statements on its connection and keeps their text for artifacts and diagnostics.
final class StatementRunner {
  let connection: any Connection
  /// What was run for the step, beyond the transaction's own bounds.
  private(set) var executed: [String] = []
  /// The statement that ran last.
  private(set) var last = ""
  /// Whether a transaction may still be open: then the session must be closed.
  private(set) var isBroken = false

  init(_ connection: any Connection) {
    self.connection = connection
  }

  /// Runs a statement, or several if they may be, unless the step was cancelled; gives the rows that the last
  /// one changed.
  @discardableResult
  func execute(_ sql: String, mayBeSeveral: Bool = false) throws -> Int {
    if Task.isCancelled { throw CancellationError() }
    executed.append(sql)
    last = sql
    if mayBeSeveral { return try connection.execute(sql) }
    return try connection.oneStatementEach { try connection.execute(sql) }
  }

  /// Runs a query, unless the step was cancelled. Its text is kept if it `isOwn`, not merely a look at the outcome.
  func query(_ sql: String, maximumRows: Int?, isOwn: Bool) throws -> Table {
    if Task.isCancelled { throw CancellationError() }
    if isOwn { executed.append(sql) }
    last = sql
    return try connection.oneStatementEach { try connection.query(sql, maximumRows: maximumRows) }
  }

  /// The names of the columns that a query would give.
  func columnNames(of sql: String) throws -> [String] {
    if Task.isCancelled { throw CancellationError() }
    last = sql
    return try connection.columns(ofQuery: sql).map(\.name)
  }

  /// Forgets what was run, but for the first `count` statements.
  func forget(after count: Int = 0) { executed.removeSubrange(min(count, executed.count)...) }

  /// Runs `body` in a transaction. It is committed if `body` says so, and rolled back otherwise.
  /// Throws what `body` throws, after rolling back.
  func transaction(_ body: () throws -> Bool) throws {
    try connection.execute("BEGIN TRANSACTION")
    let isToBeCommitted: Bool
    do {
      isToBeCommitted = try body()
    } catch {
      rollBack()
      throw error
    }
    guard isToBeCommitted else { return rollBack() }
    do {
      last = "COMMIT"
      if Task.isCancelled { throw CancellationError() }
      try connection.execute("COMMIT")
    } catch {
      rollBack(mayBeOver: true)
      throw error
    }
  }

  /// An interrupt that is meant for the step's statement may hit the ROLLBACK instead: that is tried again. A
  /// failed COMMIT ends the transaction on some engines and leaves it open on others.
  private func rollBack(mayBeOver: Bool = false) {
    for _ in 0..<10 {
      do {
        try connection.execute("ROLLBACK")
        return
      } catch {
        let isInterrupted = error is CancellationError || (error as? Diagnostic)?.code == .engineInterrupted
        if !isInterrupted {
          isBroken = !mayBeOver
          return
        }
      }
    }
    isBroken = true
  }
}
