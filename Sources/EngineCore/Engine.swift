import Diagnostics
import Tabular

/// A warehouse that runs SQL. Concrete engines are wired together in `main` alone.
public protocol Engine: Sendable {
  /// How this engine spells SQL.
  var dialect: any Dialect { get }
  /// What the engine can and cannot do.
  var capabilities: Capabilities { get }
  /// The steps that keep a database in good order, first to last; none if the engine needs no upkeep.
  func maintenance(_ request: MaintenanceRequest) -> [MaintenanceStep]
  /// A query for the snapshots that a database keeps, newest first; nil if it keeps none.
  func snapshotQuery(database: String) -> String?
  /// Opens a session of its own; sessions run side by side. Throws a `Diagnostic`.
  func makeSession() async throws -> any Session
  /// Closes what the engine holds. Sessions must be closed before.
  func close() async
}

extension Engine {
  /// No upkeep.
  public func maintenance(_ request: MaintenanceRequest) -> [MaintenanceStep] { [] }
  /// No snapshots.
  public func snapshotQuery(database: String) -> String? { nil }
}

/// One live handle to an engine, confined to a thread of its own.
public protocol Session: Actor {
  /// Runs `body` on the session's thread with its connection. Blocking there blocks nobody else.
  /// Cancelling the task interrupts the running statement, and `CancellationError` is thrown.
  func run<T: Sendable>(_ body: @Sendable (any Connection) throws -> T) async throws -> T
  /// Stops the running statement, if any, from any thread.
  nonisolated func interrupt()
  /// How far the running statement is; nil when nothing runs or the engine does not say.
  nonisolated var progress: QueryProgress? { get }
  /// Closes the connection; an open transaction is rolled back.
  func close() async
}

/// The synchronous face of a session, lent to `Session.run` and never kept beyond it. Every call throws a
/// `Diagnostic` (`WEIR-E05xx`) that carries the engine's whole message.
public protocol Connection: AnyObject {
  /// How the engine spells SQL.
  var dialect: any Dialect { get }
  /// Runs one or more statements (one, within `oneStatementEach`); gives the rows that the last one changed (0 where that means nothing).
  @discardableResult
  func execute(_ sql: String) throws -> Int
  /// Runs one statement and holds its result; at most `maximumRows` rows of it, if given.
  func query(_ sql: String, maximumRows: Int?) throws -> Table
  /// Runs one statement and hands its batches on as they come; memory stays bounded.
  func stream(_ sql: String, _ body: (Batch) throws -> Void) throws
  /// While `body` lasts, a text must hold one statement: one that holds several is refused, whole, before any
  /// of it runs. Costs nothing for a text that holds one.
  func oneStatementEach<T>(_ body: () throws -> T) rethrows -> T
  /// Whether rows are written in the order in which they are read, as at first: an engine that need not see to that
  /// is faster. It is asked for outside of a transaction that failed.
  func keepRowOrder(_ isKept: Bool) throws
  /// The tables that a SELECT reads, in the order of the text, without the names of its own CTEs.
  func tableReferences(in sql: String) throws -> [TableReference]
  /// What a SELECT's result depends on. Throws if the engine's parser cannot say it.
  func inputs(ofQuery sql: String) throws -> QueryInputs
  /// The columns of a relation, in order; empty if it does not exist.
  func columns(of relation: Relation) throws -> [ColumnDescription]
  /// Makes a table of the rows of a file that holds an Arrow IPC stream, whose bytes need not be trusted. Gives how many
  /// rows there were.
  @discardableResult
  func createTable(_ relation: Relation, fromArrowFile path: String) throws -> Int
  /// The columns that a SELECT would give, without running it.
  func columns(ofQuery sql: String) throws -> [ColumnDescription]
  /// The relations of a schema; of the session's own database if none is given.
  func relations(database: String?, schema: String) throws -> [Relation]
  /// The functions that somebody defined in a schema, by name.
  func functions(database: String?, schema: String) throws -> [FunctionDescription]
  /// The schemas of a database.
  func schemas(database: String?) throws -> [String]
  /// The tables and views of some schemas of a database with their columns, by schema and name.
  func describe(database: String?, schemas: [String]) throws -> [RelationDescription]
}

extension Connection {
  /// Refuses.
  public func createTable(_ relation: Relation, fromArrowFile path: String) throws -> Int {
    throw Diagnostic(.notSupported, "the engine does not read Arrow")
  }

  /// Leaves it to the engine to refuse several statements.
  public func oneStatementEach<T>(_ body: () throws -> T) rethrows -> T { try body() }

  /// Leaves the order to the engine.
  public func keepRowOrder(_ isKept: Bool) throws {}

  /// Runs one statement and holds its whole result.
  public func query(_ sql: String) throws -> Table { try query(sql, maximumRows: nil) }

  /// What stands under a relation's name now; nil if nothing does. A function is looked for among functions.
  public func find(_ relation: Relation) throws -> Relation? {
    guard let schema = relation.schema else { return nil }
    if relation.kind == .function {
      return try functions(database: relation.database, schema: schema).first {
        $0.relation.identifier.lowercased() == relation.identifier.lowercased()
      }?.relation
    }
    return try relations(database: relation.database, schema: schema).first { candidate in
      candidate.identifier.lowercased() == relation.identifier.lowercased()
    }
  }
}

/// How far a statement is.
public struct QueryProgress: Sendable, Hashable {
  /// From 0 to 1; nil while the engine cannot tell.
  public var fraction: Double?
  /// Rows processed so far.
  public var rows: Int

  /// Makes a reading.
  public init(fraction: Double?, rows: Int) {
    self.fraction = fraction
    self.rows = rows
  }
}

/// What an engine can do, as data: the runner asks this and never the engine's name.
public struct Capabilities: Sendable, Hashable {
  /// CREATE, DROP and ALTER take part in transactions.
  public var hasTransactionalDDL: Bool
  /// `CREATE OR REPLACE TABLE` exists.
  public var replacesTables: Bool
  /// How many sessions may write at once.
  public var maximumSessions: Int
  /// How long to wait before what failed for a passing reason is tried again; each further wait is twice as
  /// long.
  public var retryDelay: Duration

  /// Makes a set of capabilities.
  public init(
    hasTransactionalDDL: Bool, replacesTables: Bool, maximumSessions: Int,
    retryDelay: Duration = .milliseconds(2)
  ) {
    self.hasTransactionalDDL = hasTransactionalDDL
    self.replacesTables = replacesTables
    self.maximumSessions = maximumSessions
    self.retryDelay = retryDelay
  }
}
