import Diagnostics

/// The bytes behind a message's metadata, where buffers lie.
final class ArrowBody {
  /// The bytes, aligned as Arrow asks.
  let bytes: UnsafeMutableRawBufferPointer
  private let all: UnsafeMutableRawBufferPointer

  /// Room for so many bytes.
  init(count: Int) {
    let room = (count + 7) / 8 * 8
    all = .allocate(byteCount: room + 8, alignment: 64)
    all.storeBytes(of: 0, toByteOffset: room, as: Int64.self)
    bytes = UnsafeMutableRawBufferPointer(rebasing: all[..<count])
  }

  deinit { all.deallocate() }

  /// Where the bytes begin.
  var start: UnsafeRawPointer? { UnsafeRawPointer(all.baseAddress) }

  /// Eight zeros behind the bytes: what stands in for offsets that are left out.
  var zeros: UnsafeRawPointer? { start.map { $0 + (all.count - 8) } }
}

/// The values of one column of a batch: buffers that were looked at, and lie in bodies that live as long.
final class ArrowValues {
  let length: Int
  let nullCount: Int
  let buffers: [UnsafeRawPointer?]
  let children: [ArrowValues]
  let dictionary: ArrowValues?
  private let bodies: [ArrowBody]

  init(
    length: Int, nullCount: Int, buffers: [UnsafeRawPointer?], children: [ArrowValues] = [],
    dictionary: ArrowValues? = nil, bodies: [ArrowBody]
  ) {
    self.length = length
    self.nullCount = nullCount
    self.buffers = buffers
    self.children = children
    self.dictionary = dictionary
    self.bodies = bodies
  }

  /// How many of some values are missing. DuckDB takes an unknown number for none where values stand in a dictionary.
  func missing(in rows: Range<Int>) -> Int {
    guard nullCount > 0 else { return 0 }
    guard let validity = buffers.first ?? nil else { return rows.count }
    return rows.reduce(0) { count, row in
      let byte = validity.load(fromByteOffset: row / 8, as: UInt8.self)
      return byte & (1 << (row % 8)) == 0 ? count + 1 : count
    }
  }
}

/// Takes the columns of one record batch out of its body, and checks everything that a reader of them will trust:
/// lengths, offsets, indexes, text, and values that have a range.
struct ArrowBatchDecoder {
  private let body: ArrowBody
  private let size: Int
  private let dictionaries: [Int64: ArrowValues]
  private var nodes: ArraySlice<Int64>
  private var buffers: ArraySlice<Int64>
  private var viewCounts: ArraySlice<Int64>
  /// How many rows.
  let rowCount: Int

  /// Reads what a batch's metadata says of its body. Throws a `Diagnostic`.
  init(_ batch: FlatTable, _ body: ArrowBody, dictionaries: [Int64: ArrowValues]) throws {
    guard try batch.table(3) == nil else {
      throw Diagnostic(
        .arrowExchange, "the batches are compressed", hint: "write the stream without compression")
    }
    self.body = body
    size = body.bytes.count
    self.dictionaries = dictionaries
    nodes = try batch.numbers(1, width: 2, as: Int64.self)[...]
    buffers = try batch.numbers(2, width: 2, as: Int64.self)[...]
    viewCounts = try batch.numbers(4, as: Int64.self)[...]
    let rows = try batch.number(0, or: Int64(0))
    guard rows >= 0, rows <= Int32.max else { throw Self.damaged }
    rowCount = Int(rows)
  }

  /// The columns of some fields. Throws a `Diagnostic` if the body does not hold them.
  mutating func columns(_ fields: [ArrowField]) throws -> [ArrowValues] {
    var columns: [ArrowValues] = []
    for field in fields { columns.append(try values(field, atLeast: rowCount)) }
    return columns
  }

  static let damaged = Diagnostic(.arrowExchange, "a batch's buffers are not what its metadata says")

  private mutating func values(_ field: ArrowField, atLeast wanted: Int) throws -> ArrowValues {
    guard let count = nodes.popFirst(), let missing = nodes.popFirst(), count >= wanted,
      count <= Int64(Int32.max), missing <= count, missing >= 0
    else { throw Self.damaged }
    let length = Int(count)
    if case .null = field.layout {
      return ArrowValues(length: length, nullCount: length, buffers: [], bodies: [body])
    }
    let validity = try bits(length, isNeeded: missing > 0)
    var values = ArrowParts(length: length, validity: missing > 0 ? validity : nil)
    try take(field, &values)
    var dictionary: ArrowValues?
    if let (id, _) = field.dictionary {
      guard let known = dictionaries[id] else {
        throw Diagnostic(
          .arrowExchange, "the dictionary of the column '\(field.name)' does not come before it")
      }
      try values.checkIndexes(field.format, below: known.length)
      dictionary = known
    }
    return ArrowValues(
      length: length, nullCount: values.validity == nil ? 0 : Int(missing),
      buffers: [values.validity] + values.buffers,
      children: values.children, dictionary: dictionary, bodies: [body] + values.held)
  }

  private mutating func take(_ field: ArrowField, _ values: inout ArrowParts) throws {
    let length = values.length
    switch field.layout {
    case .null: return
    case .bits: values.buffers = [try bits(length, isNeeded: true)]
    case .fixed(let width):
      values.buffers = [try buffer(length.multipliedReportingOverflow(by: width)).start]
      try values.checkRange(field.format)
    case .bytes(let offset, let isText):
      let offsets = try self.offsets(length, offset)
      let data = try buffer((0, false))
      try offsets.check(upTo: data.count)
      if isText { try values.checkText(offsets, data.start) }
      values.buffers = [offsets.start, data.start]
    case .views(let isText): try takeViews(&values, isText)
    case .list(let offset):
      let offsets = try self.offsets(length, offset)
      guard let child = field.children.first else { throw Self.damaged }
      let elements = try self.values(child, atLeast: 0)
      try offsets.check(upTo: elements.length)
      values.buffers = [offsets.start]
      values.children = [elements]
    case .array(let size):
      let (count, isTooMany) = length.multipliedReportingOverflow(by: size)
      guard let child = field.children.first, !isTooMany else { throw Self.damaged }
      values.children = [try self.values(child, atLeast: count)]
    case .structure:
      for child in field.children { values.children.append(try self.values(child, atLeast: length)) }
    }
  }

  /// The next buffer, of so many bytes at least.
  private mutating func buffer(_ wanted: (Int, Bool)) throws -> (start: UnsafeRawPointer, count: Int) {
    guard let offset = buffers.popFirst(), let count = buffers.popFirst(), !wanted.1, offset >= 0,
      offset % 8 == 0, count >= Int64(wanted.0), count <= Int64(size), offset <= Int64(size) - count,
      let base = body.start
    else { throw Self.damaged }
    return (base + (count == 0 ? 0 : Int(offset)), Int(count))
  }

  private mutating func bits(_ length: Int, isNeeded: Bool) throws -> UnsafeRawPointer {
    try buffer((isNeeded ? (length + 7) / 8 : 0, false)).start
  }

  private mutating func offsets(_ length: Int, _ width: Int) throws -> ArrowOffsets {
    // No values may come without the one offset that they would have.
    let (start, count) = try buffer((length == 0 ? 0 : (length + 1) * width, false))
    return ArrowOffsets(start: count == 0 ? body.zeros ?? start : start, count: length + 1, width: width)
  }

  private mutating func takeViews(_ values: inout ArrowParts, _ isText: Bool) throws {
    let views = try buffer(values.length.multipliedReportingOverflow(by: 16)).start
    guard let count = viewCounts.popFirst(), count >= 0, count <= buffers.count / 2 else {
      throw Self.damaged
    }
    var data: [(start: UnsafeRawPointer, count: Int)] = []
    for _ in 0..<count { data.append(try buffer((0, false))) }
    for row in 0..<values.length where values.isPresent(row) {
      let length = Int(views.loadUnaligned(fromByteOffset: row * 16, as: Int32.self))
      guard length >= 0 else { throw Self.damaged }
      var start = views + row * 16 + 4
      if length > 12 {
        let index = Int(views.loadUnaligned(fromByteOffset: row * 16 + 8, as: Int32.self))
        let offset = Int(views.loadUnaligned(fromByteOffset: row * 16 + 12, as: Int32.self))
        guard data.indices.contains(index), offset >= 0, offset <= data[index].count - length else {
          throw Self.damaged
        }
        start = data[index].start + offset
      }
      if isText { try ArrowText.check(UnsafeRawBufferPointer(start: start, count: length)) }
    }
    let sizes = ArrowBody(count: data.count * 8)
    for (index, part) in data.enumerated() {
      sizes.bytes.storeBytes(of: Int64(part.count), toByteOffset: index * 8, as: Int64.self)
    }
    values.held = [sizes]
    values.buffers = [views] + data.map { $0.start } + [sizes.start]
  }
}
