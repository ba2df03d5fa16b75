import Diagnostics
import GRDB
import Glibc

/// Thrown inside this module alone, to tell a newer file from a broken one.
private struct NewerVersion: Error {}

extension StateStore {
  static func open(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "weir.state"
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let migrator = Migrations.migrator()
    let isCurrent = try queue.inDatabase { database in
      let applied = try migrator.appliedIdentifiers(database)
      if applied.contains(where: { !Migrations.names.contains($0) }) { throw NewerVersion() }
      return applied.count == Migrations.names.count
    }
    if !isCurrent { try migrator.migrate(queue) }
    return queue
  }

  /// Whether the file is not the database that it should be, as opposed to one that cannot be reached.
  static func isDamage(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT
  }

  static func diagnostic(_ error: any Error, _ path: String) -> Diagnostic {
    if let diagnostic = error as? Diagnostic { return diagnostic }
    if error is NewerVersion {
      return Diagnostic(
        .stateTooNew, "the state file '\(path)' was written by a newer version of Weir",
        hint: "use that version, or delete the file: only the history of runs is lost")
    }
    guard let error = error as? DatabaseError else {
      return Diagnostic(
        .stateUnusable, "cannot use the state file '\(path)'", cause: String(describing: error))
    }
    return Diagnostic(
      .stateUnusable, "cannot use the state file '\(path)': \(reason(error, path))", hint: hint(error),
      cause: error.description, isTransient: error.resultCode == .SQLITE_BUSY)
  }

  private static func reason(_ error: DatabaseError, _ path: String) -> String {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return "a folder is in its place" }
    return switch error.resultCode {
    case .SQLITE_FULL: "the disk is full"
    case .SQLITE_READONLY: "it may not be written"
    case .SQLITE_IOERR: "it cannot be read or written (is the disk full?)"
    case .SQLITE_CANTOPEN: "it cannot be opened or created"
    case .SQLITE_BUSY, .SQLITE_LOCKED: "another program holds it"
    default: error.message ?? "SQLite error \(error.resultCode.rawValue)"
    }
  }

  private static func hint(_ error: DatabaseError) -> String {
    switch error.resultCode {
    case .SQLITE_FULL: "free some space on its disk"
    case .SQLITE_BUSY, .SQLITE_LOCKED: "end the other program, then try again"
    default: "check that its folder exists and may be written; the file itself is safe to delete"
    }
  }

  /// Renames a damaged file and what belongs to it; gives the new name.
  static func putAside(_ path: String, because error: any Error) throws(Diagnostic) -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    let stamp = [
      parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
    ]
    .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    let aside = "\(path).corrupt-\(stamp)"
    guard rename(path, aside) == 0 else {
      throw Diagnostic(
        .stateUnusable, "the state file '\(path)' is damaged and cannot be put aside",
        hint: "delete it: only the history of runs is lost",
        cause: "\(error); \(String(cString: strerror(errno)))")
    }
    // Left beside a new file they would be taken for its own.
    for suffix in ["-wal", "-shm"] where unlink(path + suffix) != 0 && errno != ENOENT {
      throw Diagnostic(
        .stateUnusable, "cannot delete '\(path)\(suffix)', which belongs to a damaged state file",
        hint: "delete it by hand", cause: String(cString: strerror(errno)))
    }
    return aside
  }

  /// Runs `body` in a transaction on the store's queue.
  func write<T>(_ body: (Database) throws -> T) throws(Diagnostic) -> T {
    do {
      return try database.write(body)
    } catch {
      throw Self.diagnostic(error, path)
    }
  }

  /// Runs `body` on the store's queue.
  func read<T>(_ body: (Database) throws -> T) throws(Diagnostic) -> T {
    do {
      return try database.inDatabase(body)
    } catch {
      throw Self.diagnostic(error, path)
    }
  }

  /// Writes the tasks that wait, on the store's queue, in one transaction. A failure is kept for `flush`.
  func writePending(_ database: Database) {
    let tasks = pending.withLock { pending in
      pending.isScheduled = false
      pending.lastFlush = .now
      defer { pending.tasks.removeAll(keepingCapacity: true) }
      return pending.tasks
    }
    guard !tasks.isEmpty else { return }
    do {
      try database.inTransaction {
        let statement = try database.cachedStatement(
          sql: """
            INSERT OR REPLACE INTO tasks
              (run_id, node, status, attempts, started_at, ended_at, row_count, failures, message)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        for (run, task) in tasks {
          try statement.execute(arguments: [
            run, task.node, task.status, task.attempts, task.startedAt, task.endedAt, task.rows,
            task.failures, task.message,
          ])
        }
        return .commit
      }
    } catch {
      pending.withLock { $0.failure = $0.failure ?? Self.diagnostic(error, path) }
    }
  }
}
