import Catalog
import Diagnostics
import EngineCore
import Project
import Tabular

/// Shows what a node's SQL gives, without building it.
public struct Preview: Sendable {
  /// What is shown.
  public enum Subject: Sendable {
    /// A model's or a check's compiled SELECT, or a seed's file.
    case node(Node)
    /// SQL that stands in no file, with Jinja if it likes.
    case inline(String)
    /// What a node's table or view holds.
    case stored(Node)
    /// A query of Weir's own.
    case query(String)
  }

  /// What was run to show something.
  public struct Outcome: Sendable {
    /// The node; nil for a text of the command line.
    public var node: Node?
    /// The query with its limit.
    public var sql: String
    /// When it was compiled, in seconds since 1970.
    public var compile: NodeTiming
    /// When its rows were had, in seconds since 1970.
    public var execute: NodeTiming
  }

  /// A form that the engine writes by itself.
  public enum Format: String, Sendable, CaseIterable {
    case csv, json, parquet
  }

  private let project: Project
  private let engine: any Engine
  private let makeCompiler: NodeCompilerFactory
  private let compileInline: @Sendable (String, any Connection) throws -> String

  /// Makes a preview of a project's nodes. `log` gets what templates say, and `ended` what was run.
  public init(
    project: Project, invocation: Invocation, engine: any Engine, clock: RunClock = .system,
    ended: @escaping @Sendable (Outcome) -> Void = { _ in }, log: @escaping @Sendable (LogLine) -> Void
  ) {
    self.project = project
    self.clock = clock
    self.ended = ended
    self.engine = engine
    makeCompiler = { connection, log in
      Compiler(project: project, invocation: invocation, connection: connection, log: log)
    }
    compileInline = { sql, connection in
      let compiler = Compiler(project: project, invocation: invocation, connection: connection, log: log)
      return try compiler.compile(inline: sql, name: "inline").sql
    }
    self.log = log
  }

  private let log: @Sendable (LogLine) -> Void
  private let clock: RunClock
  private let ended: @Sendable (Outcome) -> Void

  /// The rows, `limit` of them at most, held in memory. Throws `Diagnostic`s.
  public func table(_ subject: Subject, limit: Int?) async throws -> Table {
    try await withStatement(subject, limit) { connection, sql in
      try connection.query(sql, maximumRows: limit)
    }
  }

  /// Hands the rows' batches to `body` as they come, `limit` rows at most. Throws `Diagnostic`s and what
  /// `body` throws.
  public func stream(
    _ subject: Subject, limit: Int?, _ body: @escaping @Sendable (Batch) throws -> Void
  ) async throws {
    try await withStatement(subject, limit) { connection, sql in try connection.stream(sql, body) }
  }

  /// Lets the engine write the rows to a file, `limit` of them at most; gives how many they are. Throws
  /// `Diagnostic`s.
  @discardableResult
  public func export(_ subject: Subject, limit: Int?, to path: String, as format: Format) async throws -> Int
  {
    try await withStatement(subject, limit) { connection, sql in
      let options = format == .csv ? "FORMAT csv, HEADER" : "FORMAT \(format.rawValue)"
      return try connection.execute("COPY (\n\(sql)\n) TO \(connection.dialect.literal(path)) (\(options))")
    }
  }

  /// Opens a session, compiles the subject on its thread and lends the connection with the statement to
  /// `body`.
  private func withStatement<T: Sendable>(
    _ subject: Subject, _ limit: Int?, _ body: @escaping @Sendable (any Connection, String) throws -> T
  ) async throws -> T {
    let session = try await engine.makeSession()
    do {
      let value = try await session.run { connection in
        let start = clock.now()
        let connection = try commented(connection, subject)
        let (select, node) = try headed(select(subject, connection), subject, connection)
        let limited =
          limit.map { "select * from (\n\(select)\n) as weir_preview\nlimit \(max(0, $0))" } ?? select
        let middle = clock.now()
        do {
          let value = try connection.oneStatementEach { try body(connection, limited) }
          ended(
            Outcome(
              node: node, sql: limited,
              compile: NodeTiming(name: "compile", startedAt: start, endedAt: middle),
              execute: NodeTiming(name: "execute", startedAt: middle, endedAt: clock.now())))
          return value
        } catch let diagnostic as Diagnostic where diagnostic.span?.file.isEmpty ?? false {
          throw located(diagnostic, select, limited, node)
        }
      }
      await session.close()
      return value
    } catch {
      await session.close()
      throw error
    }
  }

  /// The connection with the project's comment on what it runs, if it has one. A query of Weir's own gets none.
  private func commented(_ connection: any Connection, _ subject: Subject) throws -> any Connection {
    let node: Node?
    switch subject {
    case .query: return connection
    case .inline: node = nil
    case .node(let shown), .stored(let shown): node = shown
    }
    guard let commented = CommentedConnection(connection, project) else { return connection }
    commented.comment = try makeCompiler(commented, log).queryComment(for: node)
    return commented
  }

  /// Runs the header of the node that is shown. As in dbt it may also be the beginning of the query.
  private func headed(
    _ shown: (sql: String, node: Node?), _ subject: Subject, _ connection: any Connection
  ) throws -> (sql: String, node: Node?) {
    guard case .node(let node) = subject, let header = node.config.sqlHeader else { return shown }
    if header.last(where: { !$0.isWhitespace }) != ";" { return (header + "\n" + shown.sql, shown.node) }
    try connection.execute(header)
    return shown
  }

  private func select(_ subject: Subject, _ connection: any Connection) throws -> (sql: String, node: Node?) {
    switch subject {
    case .inline(let sql):
      return (try compileInline(sql, connection), nil)
    case .query(let sql): return (sql, nil)
    case .stored(let node):
      guard let relation = node.relation else { return try select(.node(node), connection) }
      return ("SELECT * FROM \(connection.dialect.rendered(relation))", node)
    case .node(let node) where node.resourceType == .seed:
      let path =
        node.span.file.hasPrefix("/") ? node.span.file : "\(project.settings.root)/\(node.span.file)"
      let file = try SeedFile.reading(
        path, shownPath: node.span.file, delimiter: SeedMaterialization.delimiter(of: node),
        declaredTypes: node.config.columnTypes)
      let seed = SeedMaterialization(
        target: node.relation ?? Relation(identifier: node.name), dialect: connection.dialect,
        config: node.config,
        path: path)
      return (seed.select(file), node)
    case .node(let node) where node.isPython:
      throw Diagnostic(
        .notSupported, "the Python model '\(node.name)' is not run to be shown",
        at: SourceSpan(file: node.span.file),
        hint:
          "build it, and show its table: weir show --inline \"select * from {{ ref('\(node.name)') }}\"")
    case .node(let node):
      return (try makeCompiler(connection, log).compile(node, isIncremental: false).sql, node)
    }
  }

  /// The engine's complaint where the user wrote it; in SQL that stands in no file, its line there.
  private func located(_ diagnostic: Diagnostic, _ select: String, _ statement: String, _ node: Node?)
    -> Diagnostic
  {
    guard let node else {
      var located = diagnostic
      located.span = diagnostic.span.map { span in
        let line = statement == select ? span.line : span.line - 1
        return SourceSpan(file: "inline", line: max(0, line), column: span.column)
      }
      return located
    }
    return FailureLocator(
      node: node, compiledSQL: select,
      compiledPath: "\(project.settings.targetPath)/compiled/\(ArtifactWriter.path(of: node))",
      statement: statement
    ).locate(diagnostic, project)
  }
}
