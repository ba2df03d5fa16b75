internal import CDuckDB
import Diagnostics
import Tabular

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Serves a result as an Arrow C stream.
final class ArrowExporter {
  private var result: ResultHandle?
  /// DuckDB fails who asks on after the last row.
  private var isAtEnd = false
  private let fields: [Field]
  private let types: [TypeHandle]
  private var options: duckdb_arrow_options?
  private var lastError: UnsafeMutablePointer<CChar>?

  /// Takes the result over. Throws a `Diagnostic` if it has a column that cannot travel.
  init(_ result: ResultHandle) throws {
    fields = try result.schema().fields
    types = try fields.enumerated().map { index, field in
      field.type.isCarried
        ? try TypeHandle(field.type.carrier)
        : TypeHandle(duckdb_column_logical_type(&result.raw, idx_t(index)))
    }
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
    var rawTypes = types.map(\.raw)
    var names = fields.indices.map { duckdb_column_name(&result.raw, idx_t($0)) }
    var plain = ArrowSchema()
    try check(
      duckdb_to_arrow_schema(options, &rawTypes, &names, idx_t(fields.count), &plain),
      "the result has no form in Arrow")
    ExportedSchema(plain, fields).give(to: output)
  }

  private func next(_ output: UnsafeMutablePointer<ArrowArray>?) throws {
    output?.initialize(to: ArrowArray())
    let result = try open()
    guard !isAtEnd, let chunk = try result.next() else {
      isAtEnd = true
      return
    }
    let made = try carried(chunk)
    try check(
      duckdb_data_chunk_to_arrow(options, made?.raw ?? chunk.raw, output), "the result has no form in Arrow")
  }

  /// A chunk of the types that travel; nil if the chunk is of these already.
  private func carried(_ chunk: borrowing ChunkHandle) throws -> OwnedChunk? {
    guard fields.contains(where: { $0.type.isCarried }) else { return nil }
    let made = try OwnedChunk(types)
    for (index, field) in fields.enumerated() {
      let source = duckdb_data_chunk_get_vector(chunk.raw, idx_t(index))
      let target = duckdb_data_chunk_get_vector(made.raw, idx_t(index))
      if field.type.isCarried {
        let column = try VectorReader(source, field.type.opened, count: chunk.rowCount).column().carried()
        try VectorWriter(target, field.type.carrier, column, rows: 0..<chunk.rowCount).write()
      } else {
        duckdb_vector_reference_vector(target, source)
      }
    }
    duckdb_data_chunk_set_size(made.raw, idx_t(chunk.rowCount))
    return made
  }
}

/// A chunk that is not part of a result.
final class OwnedChunk {
  var raw: duckdb_data_chunk?

  init() {}

  /// An empty chunk of some types, with room for as many rows as DuckDB's own. Throws a `Diagnostic`.
  init(_ types: [TypeHandle]) throws {
    var rawTypes = types.map(\.raw)
    raw = withExtendedLifetime(types) { duckdb_create_data_chunk(&rawTypes, idx_t(types.count)) }
    guard raw != nil else { throw Diagnostic(.engineType, "the engine takes no rows of these types") }
  }

  deinit { duckdb_destroy_data_chunk(&raw) }

  /// How many rows.
  var rowCount: Int { Int(duckdb_data_chunk_get_size(raw)) }
}

/// DuckDB's schema of a stream, with each column's own type as DuckDB spells it in the fields' metadata.
private final class ExportedSchema {
  private var plain: ArrowSchema
  private var metadata: [UnsafeMutableRawPointer] = []

  init(_ plain: ArrowSchema, _ fields: [Field]) {
    self.plain = plain
    for (index, field) in fields.enumerated() {
      guard let child = plain.children?[index] else { continue }
      var pairs = ArrowMetadata(child.pointee.metadata)
      pairs.pairs.append((ArrowMetadata.typeName, field.type.duckDBName))
      let bytes = pairs.bytes
      let copy = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 8)
      copy.copyMemory(from: bytes, byteCount: bytes.count)
      child.pointee.metadata = UnsafePointer(copy.assumingMemoryBound(to: CChar.self))
      metadata.append(copy)
    }
  }

  deinit {
    plain.release?(&plain)
    metadata.forEach { $0.deallocate() }
  }

  /// Hands the schema out; it keeps this object alive until it is released.
  func give(to output: UnsafeMutablePointer<ArrowSchema>?) {
    guard let output else { return }
    output.initialize(to: plain)
    output.pointee.private_data = Unmanaged.passRetained(self).toOpaque()
    output.pointee.release = { schema in
      guard let schema, let data = schema.pointee.private_data else { return }
      schema.pointee.release = nil
      schema.pointee.private_data = nil
      Unmanaged<ExportedSchema>.fromOpaque(data).release()
    }
  }
}
