import Diagnostics
import EngineCore
import Synchronization
import Tabular

/// An engine that passes everything on to another, but for the statements that a test wants to fail.
final class FaultyEngine: Engine {
  /// Says how a statement is to fail, if it is to. Called before each one.
  typealias Fault = @Sendable (_ sql: String) -> Diagnostic?

  private let inner: any Engine
  private let fault: Fault
  private let opened = Mutex(0)

  init(_ inner: any Engine, _ fault: @escaping Fault) {
    self.inner = inner
    self.fault = fault
  }

  var dialect: any Dialect { inner.dialect }
  var capabilities: Capabilities { inner.capabilities }

  /// How many sessions were opened.
  var sessionCount: Int { opened.withLock { $0 } }

  func makeSession() async throws -> any Session {
    opened.withLock { $0 += 1 }
    return FaultySession(try await inner.makeSession(), fault)
  }

  func close() async {}
}

private actor FaultySession: Session {
  private let inner: any Session
  private let fault: FaultyEngine.Fault

  init(_ inner: any Session, _ fault: @escaping FaultyEngine.Fault) {
    self.inner = inner
    self.fault = fault
  }

  func run<T: Sendable>(_ body: @Sendable (any Connection) throws -> T) async throws -> T {
    try await inner.run { [fault] connection in try body(FaultyConnection(connection, fault)) }
  }

  nonisolated func interrupt() { inner.interrupt() }
  nonisolated var progress: QueryProgress? { inner.progress }
  func close() async { await inner.close() }
}

private final class FaultyConnection: Connection {
  private let inner: any Connection
  private let fault: FaultyEngine.Fault

  init(_ inner: any Connection, _ fault: @escaping FaultyEngine.Fault) {
    self.inner = inner
    self.fault = fault
  }

  var dialect: any Dialect { inner.dialect }

  func execute(_ sql: String) throws -> Int {
    if let diagnostic = fault(sql) { throw diagnostic }
    return try inner.execute(sql)
  }

  func oneStatementEach<T>(_ body: () throws -> T) rethrows -> T { try inner.oneStatementEach(body) }

  func keepRowOrder(_ isKept: Bool) throws { try inner.keepRowOrder(isKept) }

  func query(_ sql: String, maximumRows: Int?) throws -> Table {
    if let diagnostic = fault(sql) { throw diagnostic }
    return try inner.query(sql, maximumRows: maximumRows)
  }

  func stream(_ sql: String, _ body: (Batch) throws -> Void) throws { try inner.stream(sql, body) }
  func tableReferences(in sql: String) throws -> [TableReference] { try inner.tableReferences(in: sql) }
  func columns(of relation: Relation) throws -> [ColumnDescription] { try inner.columns(of: relation) }
  func columns(ofQuery sql: String) throws -> [ColumnDescription] { try inner.columns(ofQuery: sql) }

  func relations(database: String?, schema: String) throws -> [Relation] {
    try inner.relations(database: database, schema: schema)
  }

  func schemas(database: String?) throws -> [String] { try inner.schemas(database: database) }
}
