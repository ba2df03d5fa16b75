internal import CDuckDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The C structs of a schema or of rows, freed when whoever took them lets go of the outermost.
final class ExportedArrow {
  private var owned: [UnsafeMutableRawPointer] = []
  private var values: [ArrowValues] = []

  private init() {}

  deinit { owned.forEach { $0.deallocate() } }

  /// Hands out the schema of rows with these columns.
  static func give(_ fields: [ArrowField], to output: UnsafeMutablePointer<ArrowSchema>?) {
    let exported = ExportedArrow()
    var root = ArrowSchema()
    root.format = exported.text("+s")
    root.name = exported.text("")
    (root.children, root.n_children) = exported.schemas(fields)
    root.private_data = Unmanaged.passRetained(exported).toOpaque()
    root.release = { schema in
      guard let schema, let data = schema.pointee.private_data else { return }
      schema.pointee.release = nil
      schema.pointee.private_data = nil
      Unmanaged<ExportedArrow>.fromOpaque(data).release()
    }
    output?.initialize(to: root)
  }

  /// Hands out some rows of columns; their bytes live as long as these are held.
  static func give(_ columns: [ArrowValues], rows: Range<Int>, to output: UnsafeMutablePointer<ArrowArray>?) {
    let exported = ExportedArrow()
    exported.values = columns
    var root = ArrowArray()
    root.length = Int64(rows.count)
    (root.buffers, root.n_buffers) = exported.list([nil])
    let children = columns.map { exported.array($0, rows) }
    (root.children, root.n_children) = exported.list(children)
    root.private_data = Unmanaged.passRetained(exported).toOpaque()
    root.release = { array in
      guard let array, let data = array.pointee.private_data else { return }
      array.pointee.release = nil
      array.pointee.private_data = nil
      Unmanaged<ExportedArrow>.fromOpaque(data).release()
    }
    output?.initialize(to: root)
  }

  private func schemas(
    _ fields: [ArrowField]
  ) -> (UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>?, Int64) {
    list(fields.map { schema($0) })
  }

  private func schema(_ field: ArrowField) -> UnsafeMutablePointer<ArrowSchema> {
    var schema = ArrowSchema()
    schema.format = text(field.format)
    schema.name = text(field.name)
    schema.flags = field.isNullable ? 2 : 0
    if !field.metadata.pairs.isEmpty { schema.metadata = bytes(field.metadata.bytes) }
    (schema.children, schema.n_children) = schemas(field.children)
    if let dictionary = field.dictionary { schema.dictionary = self.schema(ArrowField(dictionary.values)) }
    schema.release = { $0?.pointee.release = nil }
    let pointer = allocate(ArrowSchema.self, 1)
    pointer.initialize(to: schema)
    return pointer
  }

  private func array(_ values: ArrowValues, _ rows: Range<Int>) -> UnsafeMutablePointer<ArrowArray> {
    var array = ArrowArray()
    array.length = Int64(rows.count)
    array.offset = Int64(rows.lowerBound)
    array.null_count = Int64(values.missing(in: rows))
    (array.buffers, array.n_buffers) = list(values.buffers)
    (array.children, array.n_children) = list(values.children.map { self.array($0, 0..<$0.length) })
    array.dictionary = values.dictionary.map { self.array($0, 0..<$0.length) }
    array.release = { $0?.pointee.release = nil }
    let pointer = allocate(ArrowArray.self, 1)
    pointer.initialize(to: array)
    return pointer
  }

  private func list<T>(_ items: [T?]) -> (UnsafeMutablePointer<T?>?, Int64) {
    guard !items.isEmpty else { return (nil, 0) }
    let pointer = allocate(T?.self, items.count)
    pointer.initialize(from: items, count: items.count)
    return (pointer, Int64(items.count))
  }

  private func text(_ text: String) -> UnsafePointer<CChar> { bytes(Array(text.utf8) + [0]) }

  private func bytes(_ bytes: [UInt8]) -> UnsafePointer<CChar> {
    let pointer = allocate(UInt8.self, bytes.count)
    pointer.initialize(from: bytes, count: bytes.count)
    return UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
  }

  private func allocate<T>(_ type: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
    let raw = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<T>.stride * count, alignment: 16)
    owned.append(raw)
    return raw.bindMemory(to: T.self, capacity: count)
  }
}
