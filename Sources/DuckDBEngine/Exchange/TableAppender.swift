internal import CDuckDB
import Diagnostics
import EngineCore
import Tabular

/// Adds rows to a table by the batch, lent by `DuckDBConnection.append`.
public final class TableAppender {
  private var raw: duckdb_appender?
  private let connection: DuckDBConnection
  /// How many rows were added.
  public private(set) var rowCount = 0

  init(_ connection: DuckDBConnection, _ relation: Relation, columns: [String]?) throws {
    self.connection = connection
    let state = duckdb_appender_create_ext(
      connection.handle.raw, relation.database, relation.schema, relation.identifier, &raw)
    guard state == DuckDBSuccess else { throw takeFailure() }
    for name in columns ?? [] where duckdb_appender_add_column(raw, name) != DuckDBSuccess {
      throw takeFailure()
    }
  }

  deinit { discard() }

  /// Adds a batch's rows. The columns go to the table's in order and are cast to their types. Throws a
  /// `Diagnostic`; a broken constraint may show only at the end.
  public func append(_ batch: Batch) throws {
    guard raw != nil else { throw Diagnostic(.sessionMisused, "rows were added after the adding had ended") }
    let fields = batch.schema.fields
    let variant = fields.contains { $0.type.holdsVariants } ? try connection.variantType() : nil
    let types = try fields.map { try TypeHandle($0.type, variant: variant) }
    let columns = try zip(batch.columns, fields).map { try $0.typed(as: $1.type) }
    let size = Int(duckdb_vector_size())
    for start in stride(from: 0, to: batch.rowCount, by: size) {
      try append(columns, fields, types, rows: start..<min(start + size, batch.rowCount))
    }
  }

  private func append(_ columns: [Column], _ fields: [Field], _ types: [TypeHandle], rows: Range<Int>) throws
  {
    try connection.checkCancellation()
    var rawTypes = types.map(\.raw)
    guard let made = duckdb_create_data_chunk(&rawTypes, idx_t(types.count)) else {
      throw Diagnostic(.engineType, "the engine takes no rows of these types")
    }
    let chunk = ChunkHandle(made)
    for (index, column) in columns.enumerated() {
      let vector = duckdb_data_chunk_get_vector(chunk.raw, idx_t(index))
      try VectorWriter(vector, fields[index].type, column, rows: rows).write()
    }
    duckdb_data_chunk_set_size(chunk.raw, idx_t(rows.count))
    try add(chunk.raw, rowCount: rows.count)
  }

  /// Adds a chunk of DuckDB's own.
  func add(_ chunk: duckdb_data_chunk?, rowCount: Int) throws {
    guard duckdb_append_data_chunk(raw, chunk) == DuckDBSuccess else { throw takeFailure() }
    self.rowCount += rowCount
  }

  /// Writes what is still held back. Throws a `Diagnostic`, also for earlier rows.
  func finish() throws {
    let state = connection.handle.whileRunning { duckdb_appender_close(raw) }
    guard state == DuckDBSuccess else { throw takeFailure() }
    discard()
  }

  /// Gives up without a word; what was not yet written is lost.
  func discard() {
    guard raw != nil else { return }
    // Destroying would write what is held back, or fail once more.
    duckdb_appender_clear(raw)
    duckdb_appender_destroy(&raw)
    raw = nil
  }

  private func takeFailure() -> Diagnostic {
    var error = duckdb_appender_error_data(raw)
    defer { duckdb_destroy_error_data(&error) }
    let message = duckdb_error_data_message(error).map { String(cString: $0) } ?? ""
    let kind = duckdb_error_data_error_type(error)
    discard()
    return Diagnostic.engine(message, kind: kind, sql: nil)
  }
}

extension DuckDBConnection {
  /// Adds rows to a table, or to some of its columns: all of them or, if `body` or DuckDB throws, none.
  /// Within a transaction of the caller's the rows belong to that one; else they have their own. Gives how
  /// many rows were added. Throws a `Diagnostic`, or what `body` throws. `body` must not use the connection.
  @discardableResult
  public func append(
    to relation: Relation, columns: [String]? = nil, _ body: (TableAppender) throws -> Void
  ) throws -> Int {
    let ownsTransaction = !isInTransaction
    if ownsTransaction { try execute("BEGIN") }
    do {
      let count = try exclusively {
        try checkCancellation()
        let appender = try TableAppender(self, relation, columns: columns)
        do {
          try body(appender)
          try appender.finish()
        } catch {
          appender.discard()
          throw error
        }
        return appender.rowCount
      }
      if ownsTransaction { try execute("COMMIT") }
      return count
    } catch {
      // The first error is the one to tell; rolling back fails only where the engine has done so itself.
      if ownsTransaction { _ = Result { try execute("ROLLBACK") } }
      throw error
    }
  }
}
