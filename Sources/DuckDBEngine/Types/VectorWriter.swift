internal import CDuckDB
import Diagnostics
import Tabular

/// Writes part of a column into a vector of the same type.
struct VectorWriter {
  private let vector: duckdb_vector?
  private let type: LogicalType
  private let column: Column
  private let rows: Range<Int>

  /// Writes `rows` of `column` to the beginning of `vector`, which must have room for them.
  init(_ vector: duckdb_vector?, _ type: LogicalType, _ column: Column, rows: Range<Int>) {
    self.vector = vector
    self.type = type
    self.column = column
    self.rows = rows
  }

  /// Writes the values and which of them are there. Throws a `Diagnostic` if the column's storage is not its
  /// type's.
  func write() throws {
    writeValidity()
    if rows.isEmpty { return }
    switch (type, column.storage) {
    case (.boolean, .boolean(let values)): copy(values)
    case (.int8, .int8(let values)): copy(values)
    case (.int16, .int16(let values)): copy(values)
    case (.int32, .int32(let values)), (.date, .int32(let values)): copy(values)
    case (.uint8, .uint8(let values)): copy(values)
    case (.uint16, .uint16(let values)): copy(values)
    case (.uint32, .uint32(let values)): copy(values)
    case (.uint64, .uint64(let values)): copy(values)
    case (.uint128, .uint128(let values)): copy(values)
    case (.int128, .int128(let values)): copy(values)
    case (.float32, .float32(let values)): copy(values)
    case (.float64, .float64(let values)): copy(values)
    case (.interval, .interval(let values)): copy(values)
    case (.uuid, .uint128(let values)): copy(values[rows].map { $0 ^ (1 << 127) }, from: 0)
    case (.timeWithZone, .timeWithZone(let values)): copy(values[rows].map(Self.packed), from: 0)
    case (.decimal(let width, _), let storage): try writeDecimals(width, storage)
    case (.enumeration(let labels), let storage): try writeIndexes(labels.count, storage)
    case (_, .int64(let values)) where Self.isLong(type): copy(values)
    case (_, .bytes(let strings)): try writeStrings(strings)
    case (.variant, .structure):
      try VectorWriter(vector, VariantLayout.type, column, rows: rows).write()
    case (.variant, .scalars(let values)):
      let parts = try VariantWriter.column(of: values[rows])
      try VectorWriter(vector, VariantLayout.type, parts, rows: 0..<rows.count).write()
    case (.null, _), (_, .missing): break
    default: try writeNested()
    }
  }

  private static func isLong(_ type: LogicalType) -> Bool {
    switch type {
    case .int64, .time, .timeNanoseconds, .timestamp, .timestampSeconds, .timestampMilliseconds,
      .timestampNanoseconds, .timestampWithZone:
      true
    default: false
    }
  }

  private var mismatch: Diagnostic {
    Diagnostic(.engineType, "a column's values are not laid out as its type \(type) asks")
  }

  private func writeValidity() {
    let isMissing = if case .missing = column.storage { true } else { false }
    guard isMissing || column.validity != nil else { return }
    duckdb_vector_ensure_validity_writable(vector)
    guard let mask = duckdb_vector_get_validity(vector) else { return }
    for (index, row) in rows.enumerated() where isMissing || !column.isPresent(at: row) {
      mask[index >> 6] &= ~(1 << UInt64(index & 63))
    }
  }

  /// Copies the rows' values in one go.
  private func copy<T: BitwiseCopyable>(_ values: [T]) { copy(values, from: rows.lowerBound) }

  private func copy<T: BitwiseCopyable>(_ values: [T], from start: Int) {
    guard let data = duckdb_vector_get_data(vector) else { return }
    values.withUnsafeBytes { bytes in
      let stride = MemoryLayout<T>.stride
      let slice = UnsafeRawBufferPointer(rebasing: bytes[start * stride..<(start + rows.count) * stride])
      UnsafeMutableRawBufferPointer(start: data, count: slice.count).copyMemory(from: slice)
    }
  }

  private func writeDecimals(_ width: Int, _ storage: Column.Storage) throws {
    switch (width, storage) {
    case (...4, .int16(let values)): copy(values)
    case (5...9, .int32(let values)): copy(values)
    case (10...18, .int64(let values)): copy(values)
    case (19..., .int128(let values)): copy(values)
    case (_, .missing): break
    default: throw mismatch
    }
  }

  private func writeIndexes(_ labelCount: Int, _ storage: Column.Storage) throws {
    switch (labelCount, storage) {
    case (...0xFF, .uint8(let values)): copy(try checked(values, labelCount))
    case (0x100...0xFFFF, .uint16(let values)): copy(try checked(values, labelCount))
    case (0x10000..., .uint32(let values)): copy(try checked(values, labelCount))
    case (_, .missing): break
    default: throw mismatch
    }
  }

  /// DuckDB would read beyond its labels.
  private func checked<T: BinaryInteger>(_ indexes: [T], _ labelCount: Int) throws -> [T] {
    for row in rows where column.isPresent(at: row) && Int(indexes[row]) >= labelCount { throw mismatch }
    return indexes
  }

  static func packed(_ value: TimeWithZoneValue) -> UInt64 {
    UInt64(bitPattern: value.microseconds) << 24 | UInt64(truncatingIfNeeded: 57_599 - value.offset)
  }

  private func writeStrings(_ strings: ByteStrings) throws {
    guard let data = duckdb_vector_get_data(vector) else { return }
    switch type {
    case .text, .json:
      try checkUTF8(strings)
      put(strings, data) { $0($1) }
    case .blob, .geometry: put(strings, data) { $0($1) }
    case .bit:
      put(strings, data) { write, bytes in
        packedBits(bytes.map { Character(Unicode.Scalar($0)) }).withUnsafeBufferPointer(write)
      }
    case .bignum:
      put(strings, data) { write, bytes in Self.packedBignum(bytes).withUnsafeBufferPointer(write) }
    default: throw mismatch
    }
  }

  private typealias Write = (UnsafeBufferPointer<UInt8>) -> Void

  /// Puts each string through `convert` into the vector: short ones in place, long ones into its heap.
  private func put(
    _ strings: ByteStrings, _ data: UnsafeMutableRawPointer,
    _ convert: (_ write: Write, _ bytes: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    strings.bytes.withUnsafeBufferPointer { bytes in
      for (index, row) in rows.enumerated() where column.isPresent(at: row) {
        convert({ store($0, data, at: index) }, UnsafeBufferPointer(rebasing: bytes[strings.range(at: row)]))
      }
    }
  }

  @inline(__always)
  private func store(_ string: UnsafeBufferPointer<UInt8>, _ data: UnsafeMutableRawPointer, at index: Int) {
    guard string.count <= 12 else {
      string.withMemoryRebound(to: CChar.self) {
        duckdb_unsafe_vector_assign_string_element_len(vector, idx_t(index), $0.baseAddress, idx_t($0.count))
      }
      return
    }
    let slot = data + index * StringReference.size
    slot.storeBytes(of: UInt32(string.count), as: UInt32.self)
    // DuckDB compares the unused bytes too.
    (slot + 4).storeBytes(of: 0, as: UInt32.self)
    (slot + 8).storeBytes(of: 0, as: UInt64.self)
    if let base = string.baseAddress { (slot + 4).copyMemory(from: base, byteCount: string.count) }
  }

  /// The whole buffer is valid, and no string begins within a character: so every string is valid.
  private func checkUTF8(_ strings: ByteStrings) throws {
    let first = strings.range(at: rows.lowerBound).lowerBound
    let slice = first..<strings.range(at: rows.upperBound - 1).upperBound
    let isValid = strings.bytes.withUnsafeBufferPointer { bytes in
      UnsafeBufferPointer(rebasing: bytes[slice]).withMemoryRebound(to: CChar.self) { bytes in
        var error = duckdb_valid_utf8_check(
          bytes.baseAddress ?? UnsafePointer(bitPattern: 1), idx_t(bytes.count))
        defer { duckdb_destroy_error_data(&error) }
        return error == nil || !duckdb_error_data_has_error(error)
      }
    }
    let splits = rows.contains { row in
      let start = strings.range(at: row).lowerBound
      return start < slice.upperBound && strings.bytes[start] & 0xC0 == 0x80
    }
    if !isValid || splits { throw Diagnostic(.engineType, "a text is not valid UTF-8") }
  }

  static func packedBignum(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    let isNegative = bytes.first == 1
    let digits = bytes.dropFirst().drop { $0 == 0 }
    let magnitude = digits.isEmpty ? [0] : Array(digits)
    let header = UInt32(magnitude.count) | 0x80_0000
    let packed = [16, 8, 0].map { UInt8(truncatingIfNeeded: header >> $0) } + magnitude
    return isNegative && !digits.isEmpty ? packed.map { ~$0 } : packed
  }

  private func writeNested() throws {
    switch (type, column.storage) {
    case (.list(let element), .list(let entries, let elements)):
      try writeRuns(entries) { span in
        try VectorWriter(duckdb_list_vector_get_child(vector), element, elements, rows: span).write()
      }
    case (.map(let key, let value), .map(let entries, let keys, let values)):
      try writeRuns(entries) { span in
        let pairs = duckdb_list_vector_get_child(vector)
        try VectorWriter(duckdb_struct_vector_get_child(pairs, 0), key, keys, rows: span).write()
        try VectorWriter(duckdb_struct_vector_get_child(pairs, 1), value, values, rows: span).write()
      }
    case (.array(let element, let size), .array(let count, let elements)) where size == count:
      let span = rows.lowerBound * size..<rows.upperBound * size
      try VectorWriter(duckdb_array_vector_get_child(vector), element, elements, rows: span).write()
    case (.structure(let fields), .structure(let columns)) where fields.count == columns.count:
      try writeMembers(fields, columns, from: 0)
    case (.union(let members), .union(let tags, let columns)) where members.count == columns.count:
      let tagColumn = Column(.uint8, .uint8(tags), validity: column.validity)
      try VectorWriter(duckdb_struct_vector_get_child(vector, 0), .uint8, tagColumn, rows: rows).write()
      try writeMembers(members, columns, from: 1)
    default: throw mismatch
    }
  }

  private func writeMembers(_ fields: [Field], _ columns: [Column], from first: Int) throws {
    for (index, (field, column)) in zip(fields, columns).enumerated() {
      let child = duckdb_struct_vector_get_child(vector, idx_t(first + index))
      try VectorWriter(child, field.type, try column.typed(as: field.type), rows: rows).write()
    }
  }

  /// Writes the rows' runs and, through `body`, the span of elements that they lie in.
  private func writeRuns(_ entries: [ListEntry], _ body: (Range<Int>) throws -> Void) throws {
    let present = rows.filter { column.isPresent(at: $0) && entries[$0].length > 0 }
    let lower = present.map { entries[$0].range.lowerBound }.min() ?? 0
    let upper = present.map { entries[$0].range.upperBound }.max() ?? 0
    guard duckdb_list_vector_reserve(vector, idx_t(upper - lower)) == DuckDBSuccess,
      duckdb_list_vector_set_size(vector, idx_t(upper - lower)) == DuckDBSuccess
    else { throw Diagnostic(.engineOutOfMemory, "the engine has no memory for a list") }
    let moved = rows.map { row in
      let isUsed = column.isPresent(at: row) && entries[row].length > 0
      return isUsed
        ? ListEntry(offset: entries[row].offset - UInt64(lower), length: entries[row].length)
        : ListEntry(offset: 0, length: 0)
    }
    copy(moved, from: 0)
    try body(lower..<upper)
  }
}
