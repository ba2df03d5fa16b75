internal import CDuckDB
import Diagnostics
import EngineCore
import Tabular

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension DuckDBConnection {
  /// Adds a stream's rows to a table, all or none as `append` does, and releases the stream. With `creating`,
  /// the table is made first, with the stream's names and types. Gives how many rows were added. Throws a
  /// `Diagnostic`.
  @discardableResult
  public func importArrow(_ stream: ArrowStream, into relation: Relation, creating: Bool = false) throws
    -> Int
  {
    defer { stream.release() }
    let schema = try stream.schema()
    var converted: duckdb_arrow_converted_schema?
    defer { duckdb_destroy_arrow_converted_schema(&converted) }
    try check(
      duckdb_schema_from_arrow(handle.raw, schema.pointer, &converted),
      "DuckDB cannot take a stream of these types")
    var first = try nextChunk(stream, converted)
    if creating {
      let definitions = try first.map { try columnDefinitions($0.raw, schema.names) }
      guard let definitions else {
        throw Diagnostic(.arrowExchange, "a stream without rows does not say what table to make")
      }
      try execute("CREATE TABLE \(dialect.rendered(relation)) (\(definitions))")
    }
    return try append(to: relation) { appender in
      while let chunk = try first.take() ?? nextChunk(stream, converted) {
        try appender.add(chunk.raw, rowCount: Int(duckdb_data_chunk_get_size(chunk.raw)))
        try checkCancellation()
      }
    }
  }

  private func nextChunk(
    _ stream: ArrowStream, _ schema: duckdb_arrow_converted_schema?
  ) throws -> ImportedChunk? {
    guard let array = try stream.next() else { return nil }
    let chunk = ImportedChunk()
    // DuckDB takes the array over, unless it fails.
    try check(
      duckdb_data_chunk_from_arrow(handle.raw, array.pointer, schema, &chunk.raw),
      "DuckDB cannot take rows of Arrow data")
    return chunk
  }

  /// Only a chunk knows the types that DuckDB gave the columns.
  private func columnDefinitions(_ chunk: duckdb_data_chunk?, _ names: [String]) throws -> String {
    try names.enumerated().map { index, name in
      let vector = duckdb_data_chunk_get_vector(chunk, idx_t(index))
      let type = try TypeHandle(duckdb_vector_get_column_type(vector)).logicalType()
      return "\(dialect.quoted(name)) \(type.duckDBName)"
    }.joined(separator: ", ")
  }

  /// Runs a query and lends its rows as a stream of Arrow data while `body` lasts; later the stream fails.
  /// `body` must not use this connection, but may hand the stream to another. HUGEINT, UUID, TIMETZ, BIT and
  /// ENUM have no form in Arrow that gives them back: cast them in the query. Throws a `Diagnostic`, or what
  /// `body` throws.
  public func withArrowStream<T>(of sql: String, _ body: (ArrowStream) throws -> T) throws -> T {
    try exclusively {
      try checkCancellation()
      let exporter = ArrowExporter(try PreparedHandle(handle, sql).start())
      defer { exporter.end() }
      return try body(ArrowStream { exporter.fill($0) })
    }
  }
}

/// A chunk that Arrow data became.
private final class ImportedChunk {
  var raw: duckdb_data_chunk?

  deinit { duckdb_destroy_data_chunk(&raw) }
}

/// Serves a result as an Arrow C stream.
private final class ArrowExporter {
  private var result: ResultHandle?
  private var options: duckdb_arrow_options?
  private var lastError: UnsafeMutablePointer<CChar>?

  init(_ result: ResultHandle) {
    self.result = result
    options = duckdb_result_get_arrow_options(&result.raw)
  }

  deinit {
    duckdb_destroy_arrow_options(&options)
    free(lastError)
  }

  /// Closes the result: the stream, if someone still holds it, fails from now on.
  func end() { result = nil }

  /// Fills in a stream that keeps this object alive until it is released.
  func fill(_ raw: UnsafeMutableRawPointer) {
    let stream = raw.assumingMemoryBound(to: ArrowArrayStream.self)
    stream.pointee.private_data = Unmanaged.passRetained(self).toOpaque()
    stream.pointee.get_schema = { stream, output in
      ArrowExporter.serving(stream) { exporter in try exporter.schema(output) }
    }
    stream.pointee.get_next = { stream, output in
      ArrowExporter.serving(stream) { exporter in try exporter.next(output) }
    }
    stream.pointee.get_last_error = { stream in
      ArrowExporter.of(stream).flatMap { exporter in exporter.lastError.map { UnsafePointer($0) } }
    }
    stream.pointee.release = { stream in
      guard let stream, let data = stream.pointee.private_data else { return }
      stream.pointee.release = nil
      stream.pointee.private_data = nil
      Unmanaged<ArrowExporter>.fromOpaque(data).release()
    }
  }

  private static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ArrowExporter? {
    stream?.pointee.private_data.map { Unmanaged<ArrowExporter>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Answers a callback: zero, or an error number with the words kept for `get_last_error`.
  private static func serving(
    _ stream: UnsafeMutablePointer<ArrowArrayStream>?, _ body: (ArrowExporter) throws -> Void
  ) -> Int32 {
    guard let exporter = of(stream) else { return EINVAL }
    do {
      try body(exporter)
      return 0
    } catch {
      free(exporter.lastError)
      exporter.lastError = strdup((error as? Diagnostic)?.message ?? String(describing: error))
      return EIO
    }
  }

  private func open() throws -> ResultHandle {
    guard let result else { throw Diagnostic(.arrowExchange, "the query of this stream has ended") }
    return result
  }

  private func schema(_ output: UnsafeMutablePointer<ArrowSchema>?) throws {
    let result = try open()
    let count = duckdb_column_count(&result.raw)
    let types = (0..<count).map { TypeHandle(duckdb_column_logical_type(&result.raw, $0)) }
    var rawTypes = types.map(\.raw)
    var names = (0..<count).map { duckdb_column_name(&result.raw, $0) }
    try check(
      duckdb_to_arrow_schema(options, &rawTypes, &names, count, output), "the result has no form in Arrow")
    withExtendedLifetime(types) {}
  }

  private func next(_ output: UnsafeMutablePointer<ArrowArray>?) throws {
    output?.initialize(to: ArrowArray())
    guard let chunk = try open().next() else { return }
    try check(duckdb_data_chunk_to_arrow(options, chunk.raw, output), "the result has no form in Arrow")
  }
}
