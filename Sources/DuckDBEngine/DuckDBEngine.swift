import Diagnostics
import EngineCore
import Synchronization

/// DuckDB, embedded. One database a file in a process, however many engines name it.
public final class DuckDBEngine: Engine {
  private let state: Mutex<State>
  private let setup: EngineSetup

  private struct State {
    var database: Database?
    /// What the profile asks of the database, under way or done. Two at once would conflict in DuckDB's
    /// catalog.
    var preparation: Task<Void, any Error>?
  }

  /// DuckDB's dialect.
  public var dialect: any Dialect { DuckDBDialect() }

  /// DuckDB changes its catalog in transactions and serves as many sessions as are wanted.
  ///
  /// With a lake, one: transactions of one process that run side by side make DuckLake 1.5.5 read freed memory,
  /// which fails commits, damages catalogs or ends the process (duckdb/ducklake#1248, #1404). Other processes'
  /// commits are only known at the catalog: trying again needs more time there.
  public var capabilities: Capabilities {
    Capabilities(
      hasTransactionalDDL: true, replacesTables: true, maximumSessions: hasLake ? 1 : 64,
      retryDelay: .milliseconds(hasLake ? 250 : 2))
  }

  private var hasLake: Bool { !setup.lakes.isEmpty }

  /// Whether a database is a DuckLake.
  func isLake(_ database: String) -> Bool {
    setup.lakes.contains { $0.lowercased() == database.lowercased() }
  }

  /// Opens the file at `path`, or a database in memory that all the engine's sessions share, with settings of
  /// DuckDB's own. Throws a `Diagnostic`.
  public convenience init(path: String?, configuration: [String: String] = [:]) throws {
    try self.init(EngineSetup(path: path ?? ":memory:", configuration: configuration))
  }

  /// Opens what a profile says. Extensions are loaded from the folder that the profile's
  /// `extension_directory` names, else from `extensionDirectory`, whichever exists first, else from DuckDB's
  /// own in the user's home. Throws a `Diagnostic`, or a `DiagnosticList` of all that is wrong with the
  /// profile.
  public convenience init(profile: ConnectionProfile, extensionDirectory: String?) throws {
    try self.init(EngineSetup(profile: profile, extensionDirectory: extensionDirectory))
  }

  private init(_ setup: EngineSetup) throws {
    self.setup = setup
    state = Mutex(State(database: try Database(path: setup.path, configuration: setup.openingConfiguration)))
  }

  /// Opens a session. The first one also does what the profile asks of the database: extensions, secrets,
  /// attached databases. Throws a `Diagnostic`.
  public func makeSession() async throws -> any Session { try await makeDuckDBSession() }

  /// Like `makeSession`, with all that DuckDB offers beyond other engines.
  public func makeDuckDBSession() async throws -> DuckDBSession {
    guard let database = state.withLock({ $0.database }) else {
      throw Diagnostic(.sessionMisused, "the engine is closed")
    }
    try await prepare(database)
    let session = try DuckDBSession(database)
    do {
      let setup = setup
      try await session.withConnection { try setup.prepareSession($0) }
    } catch {
      await session.close()
      throw error
    }
    return session
  }

  /// Does what the profile asks of the database, once; whoever comes meanwhile waits. A failed attempt is
  /// repeated by the next caller.
  private func prepare(_ database: Database) async throws {
    if setup.databaseStatements.isEmpty { return }
    let preparation = state.withLock { state in
      if let preparation = state.preparation { return preparation }
      let setup = setup
      let preparation = Task {
        let session = try DuckDBSession(database)
        let result: Result<Void, any Error>
        do {
          result = .success(try await session.withConnection { try setup.prepareDatabase($0) })
        } catch {
          result = .failure(error)
        }
        await session.close()
        try result.get()
      }
      state.preparation = preparation
      return preparation
    }
    do {
      try await preparation.value
    } catch {
      state.withLock { if $0.preparation == preparation { $0.preparation = nil } }
      throw error
    }
  }

  /// Gives the database up: the file closes now, its log written back into it, or with the last open session.
  public func close() async { state.withLock { $0.database = nil } }
}
