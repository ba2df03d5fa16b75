internal import CDuckDB
import Diagnostics
import EngineCore
import Tabular

/// DuckDB's synchronous face, lent by a session to `run` or `withConnection` and never kept beyond that.
///
/// A failing statement throws a `Diagnostic` whose message is DuckDB's first line and whose cause is the
/// rest. If DuckDB says where, `span` has an empty file and the line and column (UTF-8 bytes from 1) within
/// the text given.
public final class DuckDBConnection: Connection {
  let handle: ConnectionHandle
  private var isBusy = false
  /// Whether a text of several statements is refused.
  private var expectsOneStatement = false
  /// Whether the caller has begun a transaction.
  private(set) var isInTransaction = false
  /// The session's own choice whether rows keep their order, while it is set aside.
  private var ownRowOrder: String?
  /// The statement that takes SQL apart, prepared at its first use.
  private var serializer: PreparedHandle?
  /// What is known of functions, once it was asked for.
  private var steady: SteadyFunctions?

  init(_ handle: ConnectionHandle) { self.handle = handle }

  /// The functions of this session that are steady; asked for once, in about 3 ms.
  func steadyFunctions() throws -> SteadyFunctions {
    if let steady { return steady }
    let asked = try SteadyFunctions(self)
    steady = asked
    return asked
  }

  /// Gives up what hangs on the connection, which is about to be closed.
  func retire() { serializer = nil }

  /// DuckDB's dialect.
  public var dialect: any Dialect { DuckDBDialect() }

  /// Runs the statements of a text, one after the other; gives the rows that the last one changed or wrote.
  /// If one of several fails, a note says which; those before it stand. Throws a `Diagnostic`.
  @discardableResult
  public func execute(_ sql: String) throws -> Int {
    if let result = try unprepared(sql, if: ["CREATE", "INSERT"]) { return try result.rowsChanged() }
    return try forEachStatement(sql) { statement in
      guard statement.kind == DUCKDB_STATEMENT_TYPE_SELECT else { return try run(statement).rowsChanged() }
      // Nobody wants these rows: let them pass rather than pile up.
      let result = try statement.start()
      while try result.next() != nil { try checkCancellation() }
      return 0
    } ?? 0
  }

  /// Runs the statements of a text and holds the last one's result. Throws a `Diagnostic`.
  public func query(_ sql: String, maximumRows: Int?) throws -> Table {
    var batches: [Batch] = []
    if maximumRows == nil, let result = try unprepared(sql, if: ["DESCRIBE", "FROM", "SELECT", "WITH"]) {
      let schema = try result.schema()
      while let chunk = try result.next() { batches.append(try chunk.batch(schema)) }
      return Table(schema: schema, batches: batches)
    }
    var rowCount = 0
    let schema = try rows(of: sql) { batch in
      let room = maximumRows.map { $0 - rowCount } ?? batch.rowCount
      if room > 0 { batches.append(batch.rowCount > room ? batch.prefix(room) : batch) }
      rowCount += batch.rowCount
      return maximumRows.map { rowCount < $0 } ?? true
    }
    return Table(schema: schema, batches: batches)
  }

  /// Runs the statements of a text and hands the last one's rows on by the chunk; `body` must not use the
  /// connection. Throws a `Diagnostic`, or what `body` throws.
  public func stream(_ sql: String, _ body: (Batch) throws -> Void) throws {
    _ = try rows(of: sql) { batch in
      try body(batch)
      return true
    }
  }

  /// While `body` lasts, a text of several statements is refused with `WEIR-E0518`. (A PIVOT is several to
  /// DuckDB's parser, but one here.)
  public func oneStatementEach<T>(_ body: () throws -> T) rethrows -> T {
    let before = expectsOneStatement
    expectsOneStatement = true
    defer { expectsOneStatement = before }
    return try body()
  }

  /// Sets the session's `preserve_insertion_order`, and puts the session's own choice back. Keeping the order took half as
  /// much again of the processor where CSV was written to a table.
  public func keepRowOrder(_ isKept: Bool) throws {
    let name = "preserve_insertion_order"
    if isKept, let own = ownRowOrder {
      try execute("SET SESSION \(name) = \(own)")
      ownRowOrder = nil
    } else if !isKept, ownRowOrder == nil {
      let own = try query("SELECT current_setting('\(name)')").rows.first?.first
      try execute("SET SESSION \(name) = false")
      ownRowOrder = own == .boolean(false) ? "false" : "true"
    }
  }

  /// Runs a single statement that begins with one of these words, without preparing it: the engine binds a prepared one a second
  /// time when it runs, if it reads files, and looks at all of them again. Nil if it is another statement, or several.
  private func unprepared(_ sql: String, if words: Set<String>) throws -> ResultHandle? {
    let start = sql.utf8.drop { $0 == 0x20 || $0 == 0x0A }.prefix { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
    guard start.count < 10, words.contains(String(decoding: start, as: UTF8.self).uppercased()) else {
      return nil
    }
    return try exclusively {
      try checkCancellation()
      guard try extract(sql).count == 1 else { return nil }
      return try ResultHandle(of: sql, handle)
    }
  }

  /// Runs every statement of `sql`, the last one streamed, until `body` says no.
  private func rows(of sql: String, _ body: (Batch) throws -> Bool) throws -> Schema {
    try forEachStatement(sql) { statement, isLast in
      guard isLast else {
        _ = try run(statement)
        return Schema([])
      }
      return try self.rows(of: statement, body)
    } ?? Schema([])
  }

  /// Runs a prepared statement to its end, minding transactions: one that succeeds opens a transaction if
  /// none is open, else it ends it. A failed COMMIT ends it too; a second BEGIN does not.
  func run(_ statement: PreparedHandle) throws -> ResultHandle {
    guard statement.kind == DUCKDB_STATEMENT_TYPE_TRANSACTION else { return try statement.run() }
    do {
      let result = try statement.run()
      isInTransaction.toggle()
      return result
    } catch let diagnostic as Diagnostic {
      if diagnostic.message.range(of: "within a transaction") == nil { isInTransaction = false }
      throw diagnostic
    }
  }

  /// Streams a prepared statement's rows until `body` says no.
  func rows(of statement: PreparedHandle, _ body: (Batch) throws -> Bool) throws -> Schema {
    let result = try statement.kind == DUCKDB_STATEMENT_TYPE_TRANSACTION ? run(statement) : statement.start()
    let schema = try result.schema()
    while let chunk = try result.next() {
      guard try body(try chunk.batch(schema)) else { break }
      try checkCancellation()
    }
    return schema
  }

  private func forEachStatement<T>(_ sql: String, _ body: (PreparedHandle) throws -> T) throws -> T? {
    try forEachStatement(sql) { statement, _ in try body(statement) }
  }

  /// Prepares and hands over each statement of `sql`, one after the other; gives the last one's value. An
  /// error says which of several statements failed.
  private func forEachStatement<T>(
    _ sql: String, _ body: (PreparedHandle, _ isLast: Bool) throws -> T
  ) throws -> T? {
    if Self.rollsBack(sql) { return try handle.shielded { try exclusively { try run(sql, body) } } }
    return try exclusively {
      try checkCancellation()
      return try run(sql, body)
    }
  }

  private func run<T>(_ sql: String, _ body: (PreparedHandle, _ isLast: Bool) throws -> T) throws -> T? {
    let statements = try extract(sql)
    var last: T?
    for index in 0..<statements.count {
      if index > 0 { try checkCancellation() }
      do {
        let statement = try statements.prepare(index)
        last = try body(statement, index == statements.count - 1)
      } catch var diagnostic as Diagnostic where statements.count > 1 {
        diagnostic.notes.append("statement \(index + 1) of \(statements.count) failed")
        throw diagnostic
      }
    }
    return last
  }

  /// Takes a text apart. Where one statement is expected, the second one is what to complain of, also if
  /// brackets around the whole text make it a mistake of syntax.
  func extract(_ sql: String) throws -> ExtractedStatements {
    do {
      let statements = try ExtractedStatements(handle, sql)
      if expectsOneStatement, statements.count > 1, let second = SQLTokens(sql).startOfSecondStatement {
        throw Diagnostic.severalStatements(sql, second: second)
      }
      return statements
    } catch let diagnostic as Diagnostic where diagnostic.code == .sqlSyntax && expectsOneStatement {
      guard let second = SQLTokens(sql).startOfSecondStatement else { throw diagnostic }
      throw Diagnostic.severalStatements(sql, second: second)
    }
  }

  /// The engine's own syntax tree of `sql`, as JSON bytes lent to `body`.
  func withSyntaxTree<T>(of sql: String, _ body: (UnsafeBufferPointer<UInt8>) throws -> T) throws -> T {
    try exclusively {
      let statement = try serializer ?? PreparedHandle(handle, SyntaxTree.query)
      serializer = statement
      try statement.bind(.text(sql), at: 1)
      let result = try statement.run()
      guard let chunk = try result.next(), chunk.rowCount == 1 else {
        throw Diagnostic(.engineFailure, "the engine gave no syntax tree")
      }
      return try chunk.withFirstString(body)
    }
  }

  /// Lets one thing at a time happen on the connection: a second statement would end the first one's rows.
  func exclusively<T>(_ body: () throws -> T) throws -> T {
    guard handle.raw != nil else { throw Diagnostic(.sessionMisused, "the session is closed") }
    guard !isBusy else {
      throw Diagnostic(
        .sessionMisused,
        "a statement was started while the rows of another were being read on the same session",
        hint: "read the rows to the end first, or use a second session")
    }
    isBusy = true
    defer { isBusy = false }
    return try body()
  }

  /// An interrupt reaches a running statement only; between two, this stops the work.
  func checkCancellation() throws {
    if withUnsafeCurrentTask(body: { $0?.isCancelled ?? false }) { throw CancellationError() }
  }

  /// Whether a text is a rollback and nothing else: that is always allowed, and never interrupted.
  private static func rollsBack(_ sql: String) -> Bool {
    if sql.utf8.count > 64 { return false }
    let words = sql.lowercased().split { $0.isWhitespace || $0 == ";" }
    return ["rollback", "rollback transaction", "rollback work", "abort"].contains(
      words.joined(separator: " "))
  }
}
