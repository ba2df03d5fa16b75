import Diagnostics
import EngineCore
import Project
import Tabular

/// A connection that puts the project's `query-comment` on the statements that it runs, and tells of them if asked to.
public final class CommentedConnection: Connection {
  private let base: any Connection
  private let isAppended: Bool
  /// The comment, rendered for what runs now; nil for none.
  public var comment: String?

  /// What hears each statement before it runs; nil for nobody.
  private let tell: ((String) -> Void)?

  /// Wraps a connection if the project has a comment or somebody listens; nil if neither.
  public init?(_ base: any Connection, _ project: Project, tell: ((String) -> Void)? = nil) {
    guard project.settings.queryComment != nil || tell != nil else { return nil }
    self.base = base
    self.tell = tell
    isAppended = project.settings.queryComment?.isAppended ?? false
  }

  /// The wrapped connection's.
  public var dialect: any Dialect { base.dialect }

  /// Runs statements with the comment.
  @discardableResult
  public func execute(_ sql: String) throws -> Int { try commented(sql) { try base.execute($0) } }

  /// Runs a statement with the comment and holds its result.
  public func query(_ sql: String, maximumRows: Int?) throws -> Table {
    try commented(sql) { try base.query($0, maximumRows: maximumRows) }
  }

  /// Runs a statement with the comment and hands its batches on.
  public func stream(_ sql: String, _ body: (Batch) throws -> Void) throws {
    try commented(sql) { try base.stream($0, body) }
  }

  /// As the wrapped connection does it.
  public func oneStatementEach<T>(_ body: () throws -> T) rethrows -> T { try base.oneStatementEach(body) }
  /// As the wrapped connection does it.
  public func keepRowOrder(_ isKept: Bool) throws { try base.keepRowOrder(isKept) }
  /// As the wrapped connection finds them.
  public func tableReferences(in sql: String) throws -> [TableReference] { try base.tableReferences(in: sql) }
  /// As the wrapped connection finds them.
  public func inputs(ofQuery sql: String) throws -> QueryInputs { try base.inputs(ofQuery: sql) }
  /// As the wrapped connection finds them.
  public func columns(of relation: Relation) throws -> [ColumnDescription] { try base.columns(of: relation) }
  /// As the wrapped connection finds them.
  public func columns(ofQuery sql: String) throws -> [ColumnDescription] { try base.columns(ofQuery: sql) }
  /// As the wrapped connection finds them.
  public func schemas(database: String?) throws -> [String] { try base.schemas(database: database) }

  /// As the wrapped connection does it.
  @discardableResult
  public func createTable(_ relation: Relation, fromArrowFile path: String) throws -> Int {
    try base.createTable(relation, fromArrowFile: path)
  }

  /// As the wrapped connection finds them.
  public func relations(database: String?, schema: String) throws -> [Relation] {
    try base.relations(database: database, schema: schema)
  }

  /// As the wrapped connection finds them.
  public func describe(database: String?, schemas: [String]) throws -> [RelationDescription] {
    try base.describe(database: database, schemas: schemas)
  }

  /// Does `body` with the statement and its comment. As in dbt, what bounds a transaction has none.
  private func commented<T>(_ sql: String, _ body: (String) throws -> T) throws -> T {
    guard let comment, !["BEGIN TRANSACTION", "COMMIT", "ROLLBACK"].contains(sql) else {
      tell?(sql)
      return try body(sql)
    }
    do {
      let statement = QueryComment.joined(sql, comment, isAppended: isAppended)
      tell?(statement)
      return try body(statement)
    } catch var problem as Diagnostic {
      // The engine counted the comment's lines, too.
      let lines = isAppended ? 0 : comment.utf8.count { $0 == UInt8(ascii: "\n") } + 1
      if let span = problem.span, span.file.isEmpty, span.line > lines {
        problem.span = SourceSpan(file: span.file, line: span.line - lines, column: span.column)
      }
      throw problem
    }
  }
}
