import Diagnostics

/// A column on its way out of a batch.
struct ArrowParts {
  let length: Int
  let validity: UnsafeRawPointer?
  var buffers: [UnsafeRawPointer?] = []
  var children: [ArrowValues] = []
  /// Bytes made for the column that are not the batch's.
  var held: [ArrowBody] = []

  init(length: Int, validity: UnsafeRawPointer?) {
    self.length = length
    self.validity = validity
  }

  /// Whether the value at a row is there.
  func isPresent(_ row: Int) -> Bool {
    guard let validity else { return true }
    return validity.load(fromByteOffset: row / 8, as: UInt8.self) & (1 << (row % 8)) != 0
  }

  /// Throws if a text is not UTF-8.
  func checkText(_ offsets: ArrowOffsets, _ data: UnsafeRawPointer) throws {
    for row in 0..<length where isPresent(row) {
      let (start, end) = (offsets[row], offsets[row + 1])
      try ArrowText.check(UnsafeRawBufferPointer(start: data + start, count: end - start))
    }
  }

  /// Throws if a time is none of a day, a date is beyond the engine's, or a decimal has more digits than its type says: the
  /// engine trusts such values, and writes beyond its buffers for them.
  func checkRange(_ format: String) throws {
    let dates = Int64(Int32.min) * 86_400_000...Int64(Int32.max) * 86_400_000
    switch format {
    case "tts": try check(within: 0...Int32(86_400))
    case "ttm": try check(within: 0...Int32(86_400_000))
    case "ttu": try check(within: 0...Int64(86_400_000_000))
    case "ttn": try check(within: 0...Int64(86_400_000_000_000))
    case "tdm": try check(within: dates)
    default:
      guard format.hasPrefix("d:"), let digits = Int(format.dropFirst(2).prefix { $0 != "," }) else { return }
      let limit = (0..<digits).reduce(Int128(1)) { power, _ in power * 10 } - 1
      try check(within: -limit...limit)
    }
  }

  private func check<T: FixedWidthInteger & BitwiseCopyable>(within range: ClosedRange<T>) throws {
    guard let values = buffers.first ?? nil else { throw ArrowBatchDecoder.damaged }
    for row in 0..<length where isPresent(row) {
      let value = values.loadUnaligned(fromByteOffset: row * MemoryLayout<T>.size, as: T.self)
      guard range.contains(value) else {
        throw Diagnostic(.arrowExchange, "a time, a date or a decimal is out of its type's range: \(value)")
      }
    }
  }

  /// Throws if an index into a dictionary leads out of it.
  func checkIndexes(_ format: String, below count: Int) throws {
    switch format {
    case "c": try check(Int8.self, count)
    case "C": try check(UInt8.self, count)
    case "s": try check(Int16.self, count)
    case "S": try check(UInt16.self, count)
    case "i": try check(Int32.self, count)
    case "I": try check(UInt32.self, count)
    case "l": try check(Int64.self, count)
    default: try check(UInt64.self, count)
    }
  }

  private func check<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ count: Int) throws {
    guard let indexes = buffers.first ?? nil else { throw ArrowBatchDecoder.damaged }
    for row in 0..<length where isPresent(row) {
      let index = indexes.loadUnaligned(fromByteOffset: row * MemoryLayout<T>.size, as: T.self)
      guard index >= 0, index < count else { throw ArrowBatchDecoder.damaged }
    }
  }
}

/// Where values begin in another buffer.
struct ArrowOffsets {
  let start: UnsafeRawPointer
  let count: Int
  let width: Int

  subscript(_ index: Int) -> Int {
    width == 4
      ? Int(start.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
      : Int(start.loadUnaligned(fromByteOffset: index * 8, as: Int64.self))
  }

  /// Throws unless they rise from zero or more to `limit` or less.
  func check(upTo limit: Int) throws {
    var last = 0
    for index in 0..<count {
      let offset = self[index]
      guard offset >= last else { throw ArrowBatchDecoder.damaged }
      last = offset
    }
    guard last <= limit else { throw ArrowBatchDecoder.damaged }
  }
}

/// Text of anybody's.
enum ArrowText {
  /// Throws unless bytes are UTF-8.
  static func check(_ bytes: UnsafeRawBufferPointer) throws {
    let words = bytes.count / 8
    var isPlain = true
    for word in 0..<words where isPlain {
      isPlain = bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    }
    if isPlain, bytes[(words * 8)...].allSatisfy({ $0 < 0x80 }) { return }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Diagnostic(
        .arrowExchange, "a text is not UTF-8", hint: "write such values as binary")
    }
  }
}
