internal import CDuckDB
import Diagnostics
import Tabular

/// The statements that a text holds, taken apart by DuckDB's parser.
final class ExtractedStatements {
  private var raw: duckdb_extracted_statements?
  private let connection: ConnectionHandle
  private let sql: String
  /// How many statements.
  let count: Int

  /// Parses. Throws a `Diagnostic` placed in `sql`.
  init(_ connection: ConnectionHandle, _ sql: String) throws {
    self.connection = connection
    self.sql = sql
    var raw: duckdb_extracted_statements?
    count = Int(duckdb_extract_statements(connection.raw, sql, &raw))
    if count == 0, let error = duckdb_extract_statements_error(raw) {
      let message = String(cString: error)
      duckdb_destroy_extracted(&raw)
      throw Diagnostic.engine(message, sql: sql)
    }
    self.raw = raw
  }

  deinit { duckdb_destroy_extracted(&raw) }

  /// Prepares the statement at `index`. Throws a `Diagnostic` placed in the whole text.
  func prepare(_ index: Int) throws -> PreparedHandle {
    var statement: duckdb_prepared_statement?
    let state = duckdb_prepare_extracted_statement(connection.raw, raw, idx_t(index), &statement)
    return try PreparedHandle(taking: statement, state, connection, sql: sql)
  }
}

/// A statement that is ready to run.
final class PreparedHandle {
  private(set) var raw: duckdb_prepared_statement?
  let connection: ConnectionHandle
  /// The text that errors are placed in.
  let sql: String

  /// Owns `raw`, also if preparing it failed, which throws a `Diagnostic`.
  init(
    taking raw: duckdb_prepared_statement?, _ state: duckdb_state, _ connection: ConnectionHandle, sql: String
  ) throws {
    guard state == DuckDBSuccess else {
      var raw = raw
      let message = duckdb_prepare_error(raw).map { String(cString: $0) } ?? ""
      duckdb_destroy_prepare(&raw)
      throw Diagnostic.engine(message, sql: sql)
    }
    self.raw = raw
    self.connection = connection
    self.sql = sql
  }

  /// Prepares one statement.
  convenience init(_ connection: ConnectionHandle, _ sql: String) throws {
    var raw: duckdb_prepared_statement?
    let state = duckdb_prepare(connection.raw, sql, &raw)
    try self.init(taking: raw, state, connection, sql: sql)
  }

  deinit { duckdb_destroy_prepare(&raw) }

  /// What the statement does.
  var kind: duckdb_statement_type { duckdb_prepared_statement_type(raw) }

  /// The columns that running it would give.
  func fields() throws -> [Field] {
    try (0..<duckdb_prepared_statement_column_count(raw)).map { index in
      let name = duckdb_prepared_statement_column_name(raw, index)
      defer { duckdb_free(UnsafeMutableRawPointer(mutating: name)) }
      let type = TypeHandle(duckdb_prepared_statement_column_logical_type(raw, index))
      return Field(name.map { String(cString: $0) } ?? "", try type.logicalType())
    }
  }

  /// Runs the statement to its end and holds the result.
  func run() throws -> ResultHandle {
    var result = duckdb_result()
    let state = connection.whileRunning { duckdb_execute_prepared(raw, &result) }
    return try ResultHandle(taking: result, state, self)
  }

  /// Starts the statement; rows come as they are fetched. The header marks the call for removal but names
  /// nothing in its place.
  func start() throws -> ResultHandle {
    var result = duckdb_result()
    let state = connection.whileRunning { duckdb_execute_prepared_streaming(raw, &result) }
    return try ResultHandle(taking: result, state, self)
  }
}

/// A statement's result.
final class ResultHandle {
  var raw: duckdb_result
  /// A streamed result reads through its statement and connection.
  private let statement: PreparedHandle?
  private let connection: ConnectionHandle
  private let sql: String

  /// Owns `raw`, also if the statement failed, which throws a `Diagnostic`.
  convenience init(taking raw: duckdb_result, _ state: duckdb_state, _ statement: PreparedHandle) throws {
    try self.init(taking: raw, state, statement, statement.connection, sql: statement.sql)
  }

  /// Runs a text without preparing it first, and holds the result. Throws a `Diagnostic`.
  convenience init(of sql: String, _ connection: ConnectionHandle) throws {
    var result = duckdb_result()
    let state = connection.whileRunning { duckdb_query(connection.raw, sql, &result) }
    try self.init(taking: result, state, nil, connection, sql: sql)
  }

  private init(
    taking raw: duckdb_result, _ state: duckdb_state, _ statement: PreparedHandle?,
    _ connection: ConnectionHandle, sql: String
  ) throws {
    self.raw = raw
    self.statement = statement
    self.connection = connection
    self.sql = sql
    if state != DuckDBSuccess {
      var raw = raw
      let message = duckdb_result_error(&raw).map { String(cString: $0) } ?? ""
      duckdb_destroy_result(&self.raw)
      throw Diagnostic.engine(message, sql: sql)
    }
  }

  deinit { duckdb_destroy_result(&raw) }

  /// How many rows the statement changed or wrote. May consume the result.
  func rowsChanged() throws -> Int {
    let changed = Int(clamping: duckdb_rows_changed(&raw))
    guard changed == 0 else { return changed }
    // CREATE TABLE … AS and COPY tell their count as a result of one column.
    guard try schema() == Schema([Field("Count", .int64)]), let chunk = try next(), chunk.rowCount == 1,
      case .integer(let count) = try chunk.batch(Schema([Field("Count", .int64)])).value(row: 0, column: 0)
    else { return 0 }
    return Int(count)
  }

  /// The columns.
  func schema() throws -> Schema {
    Schema(
      try (0..<duckdb_column_count(&raw)).map { index in
        let type = TypeHandle(duckdb_column_logical_type(&raw, index))
        let name = duckdb_column_name(&raw, index).map { String(cString: $0) } ?? ""
        return Field(name, try type.logicalType())
      })
  }

  /// The next rows; nil at the end. A streamed result shows a failure only here.
  func next() throws -> ChunkHandle? {
    let chunk = connection.whileRunning { duckdb_fetch_chunk(raw) }
    if let chunk { return ChunkHandle(chunk) }
    if let error = duckdb_result_error(&raw) {
      throw Diagnostic.engine(String(cString: error), sql: sql)
    }
    return nil
  }
}

/// Some rows of a result, in DuckDB's own memory.
struct ChunkHandle: ~Copyable {
  let raw: duckdb_data_chunk
  /// How many rows.
  let rowCount: Int

  /// Owns `raw`.
  init(_ raw: duckdb_data_chunk) {
    self.raw = raw
    rowCount = Int(duckdb_data_chunk_get_size(raw))
  }

  deinit {
    var raw: duckdb_data_chunk? = raw
    duckdb_destroy_data_chunk(&raw)
  }

  /// Lends the bytes of the text in the first row of the first column.
  func withFirstString<T>(_ body: (UnsafeBufferPointer<UInt8>) throws -> T) throws -> T {
    guard let data = duckdb_vector_get_data(duckdb_data_chunk_get_vector(raw, 0)) else {
      throw Diagnostic(.engineFailure, "the engine gave no text")
    }
    return try body(StringReference.bytes(data))
  }

  /// Copies the rows out.
  func batch(_ schema: Schema) throws -> Batch {
    let columns = try schema.fields.enumerated().map { index, field in
      try VectorReader(duckdb_data_chunk_get_vector(raw, idx_t(index)), field.type, count: rowCount).column()
    }
    return Batch(schema: schema, columns: columns, rowCount: rowCount)
  }
}
