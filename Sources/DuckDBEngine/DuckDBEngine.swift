import Diagnostics
import EngineCore
import Synchronization

/// DuckDB, embedded. One database a file in a process, however many engines name it.
public final class DuckDBEngine: Engine {
  private let state: Mutex<State>
  private let setup: EngineSetup

  private struct State {
    var database: Database?
    var isReady = false
  }

  public var dialect: any Dialect { DuckDBDialect() }

  public var capabilities: Capabilities {
    Capabilities(hasTransactionalDDL: true, replacesTables: true, maximumSessions: 64)
  }

  /// Opens the file at `path`, or a database in memory that all the engine's sessions share, with settings of
  /// DuckDB's own. Throws a `Diagnostic`.
  public convenience init(path: String?, configuration: [String: String] = [:]) throws {
    try self.init(EngineSetup(path: path ?? ":memory:", configuration: configuration))
  }

  /// Opens what a profile says. Extensions are loaded from the folder that the profile's `extension_directory` names,
  /// else from `extensionDirectory`, whichever exists first, else from DuckDB's own in the user's home. Throws a
  /// `Diagnostic`, or a `DiagnosticList` of all that is wrong with the profile.
  public convenience init(profile: ConnectionProfile, extensionDirectory: String?) throws {
    try self.init(EngineSetup(profile: profile, extensionDirectory: extensionDirectory))
  }

  private init(_ setup: EngineSetup) throws {
    self.setup = setup
    state = Mutex(State(database: try Database(path: setup.path, configuration: setup.openingConfiguration)))
  }

  /// Opens a session. The first one also does what the profile asks of the database: extensions, secrets, attached
  /// databases. Throws a `Diagnostic`.
  public func makeSession() async throws -> any Session { try await makeDuckDBSession() }

  /// Like `makeSession`, with all that DuckDB offers beyond other engines.
  public func makeDuckDBSession() async throws -> DuckDBSession {
    guard let database = state.withLock({ $0.database }) else {
      throw Diagnostic(.sessionMisused, "the engine is closed")
    }
    let session = try DuckDBSession(database)
    do {
      let setup = setup
      // One session sets the database up while others wait their turn at the same lock of DuckDB's catalog; doing it
      // twice changes nothing.
      let isReady = state.withLock { $0.isReady }
      try await session.withConnection { connection in
        if !isReady { try setup.prepareDatabase(connection) }
        try setup.prepareSession(connection)
      }
      state.withLock { $0.isReady = true }
    } catch {
      await session.close()
      throw error
    }
    return session
  }

  public func close() async { state.withLock { $0.database = nil } }
}
