import Diagnostics
import EngineCore
import Jinja
import Project
import Synchronization

/// Reads tables of a database through the engine: it is attached under a name of its own, read inside the load's
/// transaction, so that all tables are as of one moment where the database can do that, and detached at the end.
public struct DatabaseReader: SourceReader {
  private let source: any DatabaseSource
  private let connection: ResolvedConnection
  /// The database's name in the engine, unique in the process.
  private let alias: String
  private let isAttached = Flag()
  private let watch: SourceWatch

  private static let count = Atomic<Int>(0)

  /// A reader of the connection's database. Throws a `Diagnostic` if its settings do not say where it is.
  public init(_ connection: ResolvedConnection) throws {
    self.connection = connection
    source = try Self.source(of: connection)
    alias = "weir_source_\(Self.count.add(1, ordering: .relaxed).newValue)"
    watch = SourceWatch(connection, peer: source.peer, patience: source.patience)
  }

  private static func source(of connection: ResolvedConnection) throws -> any DatabaseSource {
    switch connection.type {
    case .postgres: try PostgresSource(connection)
    case .mysql: try MySQLSource(connection)
    case .sqlite: try SQLiteSource(connection)
    case .duckdb: try DuckDBSource(connection)
    case .odbc: try ODBCSource(connection)
    case .files, .s3, .gcs, .azure, .http, .rest, .command, .singer:
      throw Diagnostic(.sourceUnreadable, "'\(connection.name)' is no database")
    }
  }

  /// The tables and views, by name. Throws a `Diagnostic`.
  public func discover(on session: any Session) async throws -> [SourceTableDescription] {
    try await attach(on: session)
    return try await session.run { [self] engine in
      try guarded("its tables cannot be listed") {
        try watch.reading("the list of tables") {
          try inTransaction(engine) { try source.tables(alias, engine) }
        }
      }
    }.sorted { $0.name < $1.name }
  }

  /// The SELECT of a table's rows. Throws a `Diagnostic`.
  public func open(_ request: ReadRequest, on session: any Session) async throws -> SourceRead {
    try await attach(on: session)
    return try await session.run { [self] engine in
      try guarded("'\(request.table.from)' cannot be read") {
        var opened = try watch.reading(request.table.from) {
          try inTransaction(engine) { try read(request, engine) }
        }
        opened.watch = watch
        return opened
      }
    }
  }

  /// Wakes what waits for the database.
  public func hangUp() { watch.hangUp() }

  /// Detaches the database.
  public func close(on session: any Session) async {
    defer { watch.finish() }
    guard isAttached.isSet else { return }
    let statements = source.detaching(alias)
    do {
      try await session.run { engine in for sql in statements { try engine.execute(sql) } }
    } catch {
      // The session itself is closed soon: nothing can be done about it, and nothing is lost.
    }
  }

  private func attach(on session: any Session) async throws {
    guard !isAttached.isSet else { return }
    try await session.run { [self] engine in
      // Tables are opened side by side: whoever came first on the session's thread has attached it.
      guard !isAttached.isSet else { return }
      if let name = source.extensionName { try engine.execute("LOAD \(name)") }
      try guarded("it cannot be reached") {
        try watch.waiting("while it was connected to") {
          for sql in source.attaching(as: alias) { try engine.execute(sql) }
        }
      }
      isAttached.set()
    }
  }

  private func read(_ request: ReadRequest, _ engine: any Connection) throws -> SourceRead {
    let table = request.table
    if let query = table.settings["query"]?.stringValue {
      let select = try source.select(query: query, alias, engine)
      let columns = try engine.columns(ofQuery: select)
      let bounds = try self.bounds(request, columns, engine)
      var read = SourceRead(selects: [select])
      if let condition = bounds.condition(engine.dialect) {
        read.selects = ["SELECT * FROM (\(select)) WHERE \(condition)"]
      }
      return limited(read, request, bounds)
    }
    let name = QualifiedName(table.from)
    let columns = try source.columns(of: name, alias, engine)
    guard !columns.isEmpty else {
      let known = try source.tables(alias, engine).map(\.name)
      throw Diagnostic(
        .sourceMissing, "'\(connection.name)' has no table '\(table.from)'", at: table.span,
        hint: Spelling.hint(for: table.from, among: known)
          ?? (known.isEmpty ? nil : "it has: " + known.prefix(20).joined(separator: ", ")))
    }
    let bounds = try self.bounds(request, columns, engine)
    let read = try source.select(TableToRead(name: name, columns: columns, bounds: bounds), alias, engine)
    return limited(read, request, bounds)
  }

  private func limited(_ read: SourceRead, _ request: ReadRequest, _ bounds: CursorBounds) -> SourceRead {
    var read = read
    read.isComplete = bounds.isAll && request.maximumRows == nil
    if let rows = request.maximumRows {
      read.selects = read.selects.map { "SELECT * FROM (\($0)) LIMIT \(rows)" }
    }
    return read
  }

  /// The rows that a request wants: those from the last position on, less the lookback, or those of a backfill.
  private func bounds(
    _ request: ReadRequest, _ columns: [ColumnDescription], _ engine: any Connection
  ) throws -> CursorBounds {
    guard let rule = request.table.cursor else { return .all }
    guard let column = columns.first(where: { $0.name.lowercased() == rule.column.lowercased() }) else {
      throw Diagnostic(
        .badCursor, "the cursor '\(rule.column)' is no column of '\(request.table.from)'",
        at: request.table.span,
        hint: Spelling.hint(for: rule.column, among: columns.map(\.name)))
    }
    var bounds = CursorBounds(column: column)
    bounds.upper = request.until
    if let since = request.since {
      bounds.lower = since
    } else if let last = request.position?.cursor {
      bounds.lower = try CursorArithmetic.subtracting(rule, from: last, type: column.type, engine)
    } else {
      bounds.lower = rule.initial
    }
    if column.type.contains("WITH TIME ZONE") {
      bounds.lower = bounds.lower.map(CursorRule.instant)
      bounds.upper = bounds.upper.map(CursorRule.instant)
    }
    return bounds
  }

  /// The extensions bind a statement to the transaction that it is prepared in: looking around takes one of its own.
  private func inTransaction<T>(_ engine: any Connection, _ body: () throws -> T) throws -> T {
    try engine.execute("BEGIN")
    do {
      let value = try body()
      try engine.execute("COMMIT")
      return value
    } catch {
      // Where the database is lost, so is the rollback: the engine's own transaction is over all the same, and what
      // counts is why the database was lost.
      do { try engine.execute("ROLLBACK") } catch {}
      throw error
    }
  }

  /// Runs `body`; what it throws says what failed of which connection, and holds no secret.
  private func guarded<T>(_ what: String, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let diagnostic as Diagnostic {
      throw connection.redactor.redact(diagnostic.ofSource(connection, what))
    }
  }
}

/// Whether something was done, told across threads.
private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)

  var isSet: Bool { value.load(ordering: .acquiring) }

  func set() { value.store(true, ordering: .releasing) }
}

/// Moves a cursor's value back.
enum CursorArithmetic {
  /// The value, as text, that lies a rule's lookback before `last`.
  static func subtracting(
    _ rule: CursorRule, from last: String, type: String, _ engine: any Connection
  ) throws -> String {
    guard rule.lookback > 0 else { return last }
    let value = "CAST(\(engine.dialect.literal(last)) AS \(type))"
    let isTime = type.hasPrefix("TIMESTAMP") || type == "DATE" || type.hasPrefix("TIME")
    guard isTime == rule.isLookbackTime else {
      throw Diagnostic(
        .badCursor, "the lookback of the cursor '\(rule.column)' does not fit its type \(type)",
        hint: isTime ? "write a duration such as '2 hours'" : "write a number")
    }
    let earlier =
      isTime
      ? "\(value) - to_microseconds(\(Int64(rule.lookback * 1_000_000)))" : "\(value) - \(rule.lookback)"
    return try engine.texts("SELECT CAST(CAST(\(earlier) AS \(type)) AS VARCHAR)").first?.first?.flatMap(
      \.self) ?? last
  }
}
