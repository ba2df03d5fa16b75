internal import CDuckDB
import Diagnostics
import Tabular

/// Takes a stream's rows as chunks of DuckDB's.
final class ArrowImporter {
  private let connection: DuckDBConnection
  private let stream: ArrowStream
  private let schema: ArrowSchemaHandle
  private var converted: duckdb_arrow_converted_schema?
  /// The types that the stream says its columns had in DuckDB; nil for columns of other producers.
  private let ownTypes: [LogicalType?]

  /// Reads the stream's schema. Throws a `Diagnostic`.
  init(_ connection: DuckDBConnection, _ stream: ArrowStream) throws {
    self.connection = connection
    self.stream = stream
    schema = try stream.schema()
    ownTypes = try schema.fields.map { field in
      try ArrowMetadata(field.pointee.metadata)[ArrowMetadata.typeName].map(connection.type(named:))
    }
    try check(
      duckdb_schema_from_arrow(connection.handle.raw, schema.pointer, &converted),
      "DuckDB cannot take a stream of these types")
  }

  deinit { duckdb_destroy_arrow_converted_schema(&converted) }

  /// The names and types of the table that holds the stream's rows. `first` are its first rows, if it has any.
  func columnDefinitions(_ first: ImportedRows?) throws -> String {
    let empty = EmptyArrowArray(schema.pointer)
    defer { withExtendedLifetime(empty) {} }
    let rows = try first ?? chunk(of: empty.array)
    return try schema.names.enumerated().map { index, name in
      let type = try ownTypes[index] ?? rows.type(of: index)
      return "\(connection.dialect.quoted(name)) \(type.duckDBName)"
    }.joined(separator: ", ")
  }

  /// The next rows, of types that the table's cast can take; nil at the end. Throws a `Diagnostic`.
  func next() throws -> ImportedRows? {
    guard let array = try stream.next() else { return nil }
    return try rebuilt(try chunk(of: array))
  }

  /// DuckDB frees an array as soon as it is done with its first column, though others may still point into
  /// it: it is given a copy that frees nothing.
  private func chunk(of array: ArrowArrayHandle) throws -> ImportedRows {
    var copy = array.pointer.pointee
    copy.release = { $0?.pointee.release = nil }
    let rows = ImportedRows(array)
    try check(
      duckdb_data_chunk_from_arrow(connection.handle.raw, &copy, converted, &rows.chunk.raw),
      "DuckDB cannot take rows of Arrow data")
    return rows
  }

  /// The rows with unions and variants made of what they travelled as.
  private func rebuilt(_ rows: ImportedRows) throws -> ImportedRows {
    guard ownTypes.contains(where: { $0?.isRebuilt ?? false }) else { return rows }
    let count = rows.chunk.rowCount
    guard count <= Int(duckdb_vector_size()) else {
      throw Diagnostic(
        .arrowExchange,
        "a stream with unions or variants has more than \(duckdb_vector_size()) rows in a batch")
    }
    let variant = try connection.variantType()
    let wanted = try ownTypes.enumerated().map { index, own -> LogicalType? in
      guard let own, own.isRebuilt else { return nil }
      return try rows.type(of: index).rebuilt(as: own)
    }
    let types = try wanted.enumerated().map { index, type in
      try type.map { try TypeHandle($0, variant: variant) }
        ?? TypeHandle(duckdb_vector_get_column_type(rows.vector(index)))
    }
    let made = ImportedRows(rows, try OwnedChunk(types))
    for (index, type) in wanted.enumerated() {
      if let type, let own = ownTypes[index] {
        let column = try VectorReader(rows.vector(index), rows.type(of: index), count: count).column()
        try VectorWriter(made.vector(index), type, column.rebuilt(as: own), rows: 0..<count).write()
      } else {
        duckdb_vector_reference_vector(made.vector(index), rows.vector(index))
      }
    }
    duckdb_data_chunk_set_size(made.chunk.raw, idx_t(count))
    return made
  }
}

/// A chunk that Arrow data became. It points into that data, which lives as long.
final class ImportedRows {
  let chunk: OwnedChunk
  private let array: ArrowArrayHandle

  init(_ array: ArrowArrayHandle) {
    self.array = array
    chunk = OwnedChunk()
  }

  /// A chunk that refers to another's vectors.
  init(_ other: ImportedRows, _ chunk: OwnedChunk) {
    array = other.array
    self.chunk = chunk
  }

  func vector(_ index: Int) -> duckdb_vector? { duckdb_data_chunk_get_vector(chunk.raw, idx_t(index)) }

  func type(of index: Int) throws -> LogicalType {
    try TypeHandle(duckdb_vector_get_column_type(vector(index))).logicalType()
  }
}

/// No rows of a schema.
private final class EmptyArrowArray {
  let array = ArrowArrayHandle()
  private var owned: [UnsafeMutableRawPointer] = []

  init(_ schema: UnsafePointer<ArrowSchema>) { fill(array.pointer, schema) }

  deinit { owned.forEach { $0.deallocate() } }

  private func fill(_ array: UnsafeMutablePointer<ArrowArray>, _ schema: UnsafePointer<ArrowSchema>) {
    // Offsets, where there are any, are zero; nothing else is looked at.
    let zeros = allocate(UInt64.self, 8)
    zeros.initialize(repeating: 0, count: 8)
    let buffers = allocate(UnsafeRawPointer?.self, 3)
    buffers.initialize(repeating: UnsafeRawPointer(zeros), count: 3)
    array.pointee.n_buffers = 3
    array.pointee.buffers = buffers
    let count = Int(schema.pointee.n_children)
    let children = allocate(UnsafeMutablePointer<ArrowArray>?.self, max(1, count))
    for index in 0..<count {
      guard let child = schema.pointee.children?[index] else { continue }
      (children + index).initialize(to: made(of: child))
    }
    array.pointee.n_children = schema.pointee.n_children
    array.pointee.children = children
    if let dictionary = schema.pointee.dictionary { array.pointee.dictionary = made(of: dictionary) }
  }

  private func made(of schema: UnsafePointer<ArrowSchema>) -> UnsafeMutablePointer<ArrowArray> {
    let array = allocate(ArrowArray.self, 1)
    array.initialize(to: ArrowArray())
    fill(array, schema)
    return array
  }

  private func allocate<T>(_ type: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: count)
    owned.append(pointer)
    return pointer
  }
}
