internal import CDuckDB
import Diagnostics
import EngineCore
import Tabular

extension DuckDBConnection {
  /// Adds a stream's rows to a table, all or none as `append` does, and releases the stream. With `creating`,
  /// the table is made first, with the stream's names and types, also if it has no rows. What
  /// `withArrowStream` made has its own types and values again. Gives how many rows were added. Throws a
  /// `Diagnostic`.
  @discardableResult
  public func importArrow(_ stream: ArrowStream, into relation: Relation, creating: Bool = false) throws
    -> Int
  {
    defer { stream.release() }
    let importer = try exclusively { try ArrowImporter(self, stream) }
    var first = try importer.next()
    if creating {
      try execute("CREATE TABLE \(dialect.rendered(relation)) (\(importer.columnDefinitions(first)))")
    }
    return try append(to: relation) { appender in
      while let rows = try first.take() ?? importer.next() {
        try appender.add(rows.chunk.raw, rowCount: rows.chunk.rowCount)
        try checkCancellation()
      }
    }
  }

  /// Makes a table of the rows of a file that holds an Arrow IPC stream. Throws a `Diagnostic`.
  @discardableResult
  public func createTable(_ relation: Relation, fromArrowFile path: String) throws -> Int {
    let file = try ArrowIPCStream(path: path, rowsAtOnce: Int(duckdb_vector_size()))
    return try importArrow(ArrowStream { file.fill($0) }, into: relation, creating: true)
  }

  /// Runs a query and lends its rows as a stream of Arrow data while `body` lasts; later the stream fails.
  /// `body` must not use this connection, but may hand the stream to another. `importArrow` gives every value
  /// back as it was; docs/types.md says what other consumers see. Throws a `Diagnostic`, or what `body` throws.
  public func withArrowStream<T>(of sql: String, _ body: (ArrowStream) throws -> T) throws -> T {
    try exclusively {
      try checkCancellation()
      let exporter = try ArrowExporter(try PreparedHandle(handle, sql).start())
      defer { exporter.end() }
      return try body(ArrowStream { exporter.fill($0) })
    }
  }

  /// The type that DuckDB has under a name. Throws a `Diagnostic`.
  func type(named name: String) throws -> LogicalType {
    guard let field = try PreparedHandle(handle, "SELECT CAST(NULL AS \(name))").fields().first else {
      throw Diagnostic(.engineType, "the engine has no type \(name)")
    }
    return field.type
  }

  /// DuckDB's type of variants, which its C interface makes only as a column's.
  func variantType() throws -> TypeHandle {
    let statement = try PreparedHandle(handle, "SELECT CAST(NULL AS VARIANT)")
    return TypeHandle(duckdb_prepared_statement_column_logical_type(statement.raw, 0))
  }
}
