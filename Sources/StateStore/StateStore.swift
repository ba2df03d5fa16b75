import Diagnostics
import GRDB
import Synchronization

/// Runs, tasks and publications of a project in a SQLite file (WAL). Safe to use from any thread.
///
/// Tasks are written in batches on the store's own queue: a process that is killed may lose the last of them,
/// never more than `flushInterval` of them in time or `batchSize` in number.
public final class StateStore: Sendable {
  /// How many tasks wait at most before they are written.
  static let batchSize = 64
  /// How long a task waits at most before it is written, counted when the next one arrives.
  static let flushInterval = Duration.milliseconds(500)
  /// How many runs are kept; older ones are dropped when a run begins.
  public static let keptRuns = 500

  /// What opening the file had to tell, such as that a damaged one was replaced.
  public let warnings: [Diagnostic]
  let path: String
  let database: DatabaseQueue
  let pending: Mutex<Pending>

  struct Pending {
    var tasks: [(run: String, task: TaskRecord)] = []
    var isScheduled = false
    var lastFlush = ContinuousClock.now
    var failure: Diagnostic?
  }

  /// Opens the file at `path`, makes it if it is not there, and brings it to the latest version. A damaged
  /// file is put aside and told of in `warnings`. Throws `WEIR-E0801` if it cannot be used, `WEIR-E0804` if a
  /// newer version wrote it.
  public init(path: String) throws(Diagnostic) {
    self.path = path
    pending = Mutex(Pending())
    do {
      database = try Self.open(path)
      warnings = []
    } catch let error where Self.isDamage(error) {
      let aside = try Self.putAside(path, because: error)
      do {
        database = try Self.open(path)
      } catch {
        throw Self.diagnostic(error, path)
      }
      warnings = [
        Diagnostic(
          .stateReplaced, "the state file '\(path)' is damaged and was replaced by an empty one",
          severity: .warning, notes: ["the damaged file is kept as '\(aside)'"],
          hint: "no data is lost: only the history of runs starts anew", cause: String(describing: error))
      ]
    } catch {
      throw Self.diagnostic(error, path)
    }
  }

  /// Records that a run begins, at once, and drops the oldest runs. Throws `WEIR-E0801`.
  public func beginRun(_ run: RunRecord) throws(Diagnostic) {
    try write { database in
      try database.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO runs (id, command, target, process_id, started_at, ended_at, status)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        run.id, run.command, run.target, run.processID, run.startedAt, run.endedAt, run.status.rawValue,
      ])
      try database.execute(
        sql: """
          DELETE FROM runs WHERE started_at < coalesce(
            (SELECT started_at FROM runs ORDER BY started_at DESC LIMIT 1 OFFSET ?), -1)
          """, arguments: [Self.keptRuns - 1])
    }
  }

  /// Records what became of a node. Returns at once: it is written soon, at the latest by `finishRun`, which
  /// also tells if that failed.
  public func record(_ task: TaskRecord, run: String) {
    let isDue = pending.withLock { pending in
      pending.tasks.append((run, task))
      let isDue =
        pending.tasks.count >= Self.batchSize
        || pending.lastFlush.duration(to: .now) >= Self.flushInterval
      guard isDue, !pending.isScheduled else { return false }
      pending.isScheduled = true
      return true
    }
    guard isDue else { return }
    database.asyncWriteWithoutTransaction { [self] database in writePending(database) }
  }

  /// Records how a run ended and writes all that still waits. Throws `WEIR-E0801` if this or an earlier batch
  /// could not be written.
  public func finishRun(_ id: String, status: RunStatus, at time: Double) throws(Diagnostic) {
    try flush()
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET status = ?, ended_at = ? WHERE id = ?",
        arguments: [status.rawValue, time, id])
    }
  }

  /// Writes all that still waits. Throws `WEIR-E0801` if this or an earlier batch could not be written.
  public func flush() throws(Diagnostic) {
    database.inDatabase { database in writePending(database) }
    let failure = pending.withLock { pending in
      defer { pending.failure = nil }
      return pending.failure
    }
    if let failure { throw failure }
  }

  /// Writes what waits and closes the file, so that SQLite folds its log into it. The store is of no use
  /// afterwards. Throws `WEIR-E0801`.
  public func close() throws(Diagnostic) {
    try flush()
    do {
      try database.close()
    } catch {
      throw Self.diagnostic(error, path)
    }
  }

  /// Marks the runs that began before `time` and never ended as crashed, and gives their names. Call it under
  /// the project's lock: then no such run can be alive. Throws `WEIR-E0801`.
  @discardableResult
  public func markCrashed(before time: Double) throws(Diagnostic) -> [String] {
    try write { database in
      let ids = try String.fetchAll(
        database, sql: "SELECT id FROM runs WHERE status = 'running' AND started_at < ? ORDER BY started_at",
        arguments: [time])
      for id in ids {
        try database.execute(sql: "UPDATE runs SET status = 'crashed' WHERE id = ?", arguments: [id])
      }
      return ids
    }
  }

  /// The latest runs, newest first. Throws `WEIR-E0801`.
  public func recentRuns(limit: Int) throws(Diagnostic) -> [RunRecord] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM runs ORDER BY started_at DESC, id DESC LIMIT ?",
        arguments: [max(0, limit)])
      return rows.map { row in
        RunRecord(
          id: row["id"], command: row["command"], target: row["target"], processID: row["process_id"],
          startedAt: row["started_at"], endedAt: row["ended_at"],
          status: RunStatus(rawValue: row["status"]) ?? .crashed)
      }
    }
  }

  /// The name of the run that began last, whatever the clock said then; nil before the first. Throws `WEIR-E0801`.
  public func lastRun() throws(Diagnostic) -> String? {
    try read { database in
      try String.fetchOne(database, sql: "SELECT id FROM runs ORDER BY rowid DESC LIMIT 1")
    }
  }

  /// What a run recorded, by start. Throws `WEIR-E0801`.
  public func tasks(ofRun id: String) throws(Diagnostic) -> [TaskRecord] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM tasks WHERE run_id = ? ORDER BY started_at, node", arguments: [id])
      return rows.map { row in
        TaskRecord(
          node: row["node"], status: row["status"], attempts: row["attempts"],
          startedAt: row["started_at"], endedAt: row["ended_at"], rows: row["row_count"],
          failures: row["failures"], message: row["message"])
      }
    }
  }
}
