import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What opening a database and each session of it takes, checked and complete.
struct EngineSetup: Sendable {
  /// The database's file, or `:memory:`.
  var path: String
  /// Settings that must stand before the database opens.
  var configuration: [String: String] = [:]
  /// Statements that make the database ready, once.
  var databaseStatements: [Statement] = []
  /// Statements that make a session ready.
  var sessionStatements: [Statement] = []
  /// The databases that are lakehouses.
  var lakes: Set<String> = []
  /// Where relative paths in SQL start, wherever the command is called; empty for the process's own folder.
  var searchFolder = ""

  /// One statement of the set-up.
  struct Statement: Sendable {
    /// What it does, for messages: the SQL may hold secrets.
    var purpose: String
    var sql: String
    /// Texts that no message may show.
    var secrets: [String] = []
    /// The file that it opens for writing, if that may be a database of DuckDB's.
    var file: String?
  }

  /// Opens `path` with settings of the caller's.
  init(path: String, configuration: [String: String] = [:]) {
    self.path = path
    self.configuration = configuration
  }

  /// The settings, with those that the engine relies on. Commits that end in a checkpoint go into the log like all
  /// others: by that a checkpoint that did not end is known (`InterruptedCheckpoint`).
  var openingConfiguration: [String: String] {
    configuration.merging([
      "autoinstall_known_extensions": "false", "errors_as_json": "true",
      "auto_checkpoint_skip_wal_threshold": String(UInt64.max),
    ]) { $1 }
  }

  /// Makes the database ready. Throws a `Diagnostic`.
  func prepareDatabase(_ connection: DuckDBConnection) throws {
    for statement in databaseStatements { try statement.run(connection) }
  }

  /// Makes a session ready. Throws a `Diagnostic`.
  func prepareSession(_ connection: DuckDBConnection) throws {
    try connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    // DuckDB parts its list of folders with commas: one with a comma in its name cannot be told.
    if !searchFolder.isEmpty, !searchFolder.contains(",") {
      try connection.execute("SET file_search_path = \(DuckDBDialect().literal(searchFolder))")
    }
    for statement in sessionStatements { try statement.run(connection) }
  }
}

extension EngineSetup.Statement {
  /// Runs the statement. Throws a `Diagnostic` that says what it was for and holds no secret.
  ///
  /// What fails for a passing reason, as when several processes make one lake at once, is tried again.
  func run(_ connection: DuckDBConnection) throws {
    var delay: useconds_t = 100_000
    while true {
      do {
        return try runOnce(connection)
      } catch let diagnostic as Diagnostic where diagnostic.isTransient && delay <= 1_600_000 {
        if Task.isCancelled { throw diagnostic }
        usleep(delay)
        delay *= 2
      }
    }
  }

  private func runOnce(_ connection: DuckDBConnection) throws {
    if let file { InterruptedCheckpoint.mend(file) }
    do {
      try connection.execute(sql)
    } catch var diagnostic as Diagnostic {
      diagnostic.notes.append("this happened while setting up the engine: \(purpose)")
      diagnostic.span = nil
      if !secrets.isEmpty { diagnostic.cause = nil }
      diagnostic.message = secrets.reduce(diagnostic.message) { $0.replacing($1, with: "***") }
      throw diagnostic
    }
  }
}
