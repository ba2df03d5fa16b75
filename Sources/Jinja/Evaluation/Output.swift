import Diagnostics

/// The one buffer that everything is rendered into. What a macro or a block set writes is taken off its end again.
final class Output {
  /// Owned; never leaves this object but for the time of a closure.
  @exclusivity(unchecked) private var base: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) private(set) var count = 0
  /// What is allocated, less the `slack` behind it that a copy in whole blocks may overwrite.
  @exclusivity(unchecked) private var capacity: Int
  private let limit: Int

  /// How many bytes may be read behind a template's text and written behind the output.
  static let slack = 32

  init(limit: Int) {
    self.limit = limit
    capacity = 4096
    base = .allocate(capacity: capacity + Output.slack)
  }

  deinit { base.deallocate() }

  // MARK: Appending

  /// Appends text. Throws when the output would grow past its limit.
  @inline(__always)
  func append(_ text: String) throws {
    let written: Void? = try text.utf8.withContiguousStorageIfAvailable { try append($0) }
    if written == nil { try appendSlowly(text) }
  }

  @inline(never)
  private func appendSlowly(_ text: String) throws {
    for byte in text.utf8 { try append(byte) }
  }

  @inline(__always)
  func append(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    guard let source = bytes.baseAddress else { return }
    if count &+ bytes.count > capacity { try grow(by: bytes.count) }
    Output.copy(source, bytes.count, to: base + count)
    count &+= bytes.count
  }

  /// Appends a template's own text, behind which `slack` bytes can be read: short ones go in whole blocks.
  @inline(__always)
  func append(template bytes: UnsafeBufferPointer<UInt8>) throws {
    guard let source = bytes.baseAddress else { return }
    if count &+ bytes.count > capacity { try grow(by: bytes.count) }
    Output.copy(template: source, bytes.count, to: base + count)
    count &+= bytes.count
  }

  @inline(__always)
  func append(_ byte: UInt8) throws {
    if count == capacity { try grow(by: 1) }
    base[count] = byte
    count += 1
  }

  /// Appends an integer's decimal digits.
  func append(_ value: Int) throws {
    guard value >= 0, value < Output.quickNumbers else { return try append(value, width: 0, fill: 0x20) }
    if count &+ 8 > capacity { try grow(by: 8) }
    count &+= Output.write(UInt32(truncatingIfNeeded: value), to: base + count)
  }

  /// The numbers below this are written without a loop.
  static let quickNumbers = 100_000_000

  /// Writes the decimal digits of a number below `quickNumbers`, of which there are at most 8; how many there are.
  @inline(__always)
  fileprivate static func write(_ number: UInt32, to target: UnsafeMutablePointer<UInt8>) -> Int {
    if number < 10_000 { return writeFew(number, to: target) }
    let high = number / 10_000
    let count = writeFew(high, to: target)
    let low = number &- high &* 10_000
    let hundreds = low / 100
    let rest = UnsafeMutableRawPointer(target + count)
    rest.storeBytes(of: pair(hundreds), as: UInt16.self)
    (rest + 2).storeBytes(of: pair(low &- hundreds &* 100), as: UInt16.self)
    return count &+ 4
  }

  /// Writes the digits of a number below 10,000; how many there are.
  @inline(__always)
  private static func writeFew(_ number: UInt32, to start: UnsafeMutablePointer<UInt8>) -> Int {
    if number < 10 {
      start[0] = UInt8(truncatingIfNeeded: number) &+ 0x30
      return 1
    }
    let target = UnsafeMutableRawPointer(start)
    if number < 100 {
      target.storeBytes(of: pair(number), as: UInt16.self)
      return 2
    }
    let high = number / 100
    let low = pair(number &- high &* 100)
    if high < 10 {
      start[0] = UInt8(truncatingIfNeeded: high) &+ 0x30
      (target + 1).storeBytes(of: low, as: UInt16.self)
      return 3
    }
    target.storeBytes(of: pair(high), as: UInt16.self)
    (target + 2).storeBytes(of: low, as: UInt16.self)
    return 4
  }

  /// The two digits of a number below 100, as bytes in the order of memory.
  @inline(__always)
  private static func pair(_ number: UInt32) -> UInt16 {
    let tens = number / 10
    return UInt16(truncatingIfNeeded: (number &- tens &* 10) &<< 8 | tens).littleEndian &+ 0x3030
  }

  /// Appends an integer, with `fill` before its digits up to `width` bytes of them.
  func append(_ value: Int, width: Int, fill: UInt8) throws {
    if width == 2, value >= 0, value < 100 {
      // Days, months and hours.
      if count &+ 2 > capacity { try grow(by: 2) }
      let pair = Output.pair(UInt32(truncatingIfNeeded: value))
      UnsafeMutableRawPointer(base + count).storeBytes(of: pair, as: UInt16.self)
      if value < 10 { base[count] = fill }
      count &+= 2
      return
    }
    if value < 0 { try append(UInt8(0x2D)) }
    var rest = value.magnitude
    let digits = Output.digits(of: rest)
    let length = max(digits, width)
    if count &+ length > capacity { try grow(by: length) }
    let start = base + count
    for index in 0..<(length &- digits) { start[index] = fill }
    // Two digits at a time, from the end.
    var end = length
    while rest >= 100 {
      let quotient = rest / 100
      end &-= 2
      let pair = Output.pair(UInt32(truncatingIfNeeded: rest &- quotient &* 100))
      UnsafeMutableRawPointer(start + end).storeBytes(of: pair, as: UInt16.self)
      rest = quotient
    }
    if rest >= 10 {
      let pair = Output.pair(UInt32(truncatingIfNeeded: rest))
      UnsafeMutableRawPointer(start + (end &- 2)).storeBytes(of: pair, as: UInt16.self)
    } else {
      start[end &- 1] = UInt8(truncatingIfNeeded: rest) &+ 0x30
    }
    count &+= length
  }

  /// Appends what printing `value` gives.
  @inline(__always)
  func append(_ value: Value) throws {
    switch value {
    case .string(let text): try append(text)
    case .int(let number): try append(number)
    case .undefined: break
    default: try append(described: value)
    }
  }

  @inline(never)
  private func append(described value: Value) throws { try append(value.description) }

  // MARK: Taking off and changing the end

  /// Takes everything after `start` off the end, as text.
  func take(from start: Int) -> String {
    guard start < count else { return "" }
    let text = String(decoding: UnsafeBufferPointer(start: base + start, count: count - start), as: UTF8.self)
    count = start
    return text
  }

  /// Drops everything after `start`.
  @inline(__always)
  func truncate(to start: Int) { count = min(count, start) }

  /// Drops what stands from `start` up to `end`.
  func remove(from start: Int, to end: Int) {
    (base + start).update(from: base + end, count: count - end)
    count -= end - start
  }

  /// Calls `change` with 8 bytes after the other from `start` on, and with those among them that are text; what it
  /// gives takes their place.
  @inline(__always)
  func changeWords(from start: Int, _ change: (_ word: UInt64, _ isText: UInt64) -> UInt64) {
    var place = UnsafeMutableRawPointer(base + start)
    var left = count - start
    while left > 0 {
      // What lies behind the end may be changed, since the slack is behind it.
      let isText = left >= 8 ? UInt64.max : (1 &<< (UInt64(truncatingIfNeeded: left) &* 8)) &- 1
      let word = UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
      place.storeBytes(of: change(word, isText).littleEndian, as: UInt64.self)
      place += 8
      left &-= 8
    }
  }

  /// Lends the bytes after `start`, to be changed in place.
  @inline(__always)
  func change<Result>(from start: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Result) -> Result {
    body(UnsafeMutableBufferPointer(start: base + start, count: count - start))
  }

  // MARK: Memory

  /// Copies `count` bytes, the few of a name without a call: in two words, of which all can be read that lies in one page
  /// of memory. What lands behind the end is overwritten later.
  ///
  /// A short text was just put on the stack in two words: no load here crosses from the one to the other, which would
  /// wait for both to reach the memory.
  @inline(__always)
  static func copy(
    _ source: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) {
    guard count <= 16 else { return target.update(from: source, count: count) }
    if UInt(bitPattern: source) & 0xFFF <= 0xFF0 {
      let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
      let (head, tail) = (from.loadUnaligned(as: UInt64.self), (from + 8).loadUnaligned(as: UInt64.self))
      to.storeBytes(of: head, as: UInt64.self)
      (to + 8).storeBytes(of: tail, as: UInt64.self)
    } else {
      copyInside(source, count, to: target)
    }
  }

  /// As `copy`, reading nothing behind the end.
  @inline(never)
  private static func copyInside(
    _ source: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) {
    var (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    var left = count
    if left >= 8 {
      to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
      from += 8
      to += 8
      left &-= 8
    }
    if left >= 4 {
      let (head, tail) = (
        from.loadUnaligned(as: UInt32.self), (from + (left &- 4)).loadUnaligned(as: UInt32.self)
      )
      to.storeBytes(of: head, as: UInt32.self)
      (to + (left &- 4)).storeBytes(of: tail, as: UInt32.self)
    } else if left > 0 {
      let (first, middle, last) = (
        from.load(as: UInt8.self), (from + (left &>> 1)).load(as: UInt8.self),
        (from + (left &- 1)).load(as: UInt8.self)
      )
      to.storeBytes(of: first, as: UInt8.self)
      (to + (left &>> 1)).storeBytes(of: middle, as: UInt8.self)
      (to + (left &- 1)).storeBytes(of: last, as: UInt8.self)
    }
  }

  /// Copies a template's own text.
  @inline(__always)
  static func copy(
    template source: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) {
    guard count <= 64 else { return target.update(from: source, count: count) }
    copyBlock(source, to: target)
    if count > 32 { copyBlock(source + 32, to: target + 32) }
  }

  @inline(__always)
  private static func copyBlock(
    _ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>
  ) {
    UnsafeMutableRawPointer(target).storeBytes(
      of: UnsafeRawPointer(source).loadUnaligned(as: SIMD32<UInt8>.self), as: SIMD32<UInt8>.self)
  }

  /// How many decimal digits a number has.
  @inline(__always)
  private static func digits(of magnitude: UInt) -> Int {
    if magnitude < 10 { return 1 }
    if magnitude < 100 { return 2 }
    if magnitude < 1000 { return 3 }
    if magnitude < 10_000 { return 4 }
    if magnitude < 100_000 { return 5 }
    var digits = 6
    var rest = magnitude / 1_000_000
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    return digits
  }

  @inline(never)
  private func grow(by more: Int) throws {
    guard count + more <= limit else {
      throw excess(
        "the output grows past \(limit) bytes", hint: "look for a loop or a recursion that does not end")
    }
    var size = capacity
    while size < count + more { size *= 2 }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size + Output.slack)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = size
  }
}

/// The end of the output, for code that appends many things in a row: what it keeps in registers, the output would load
/// and store again for each of them, one waiting for the other.
struct OutputCursor {
  /// Where the next byte goes, and how far they may go.
  private var place: UnsafeMutablePointer<UInt8>
  private var end: UnsafeMutablePointer<UInt8>

  fileprivate init(_ place: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>) {
    self.place = place
    self.end = end
  }

  /// Appends a template's own text: see `Output.append(template:)`.
  @inline(__always)
  mutating func append(template bytes: UnsafeBufferPointer<UInt8>, to output: Output) throws {
    guard let source = bytes.baseAddress else { return }
    if end - place < bytes.count { self = try output.grow(by: bytes.count, from: self) }
    Output.copy(template: source, bytes.count, to: place)
    place += bytes.count
  }

  /// Appends text; false, and nothing is done, where its bytes do not lie in a row.
  @inline(__always)
  mutating func append(_ text: String, to output: Output) throws -> Bool {
    let isDone: Void? = try text.utf8.withContiguousStorageIfAvailable { bytes in
      guard let source = bytes.baseAddress else { return }
      if end - place < bytes.count { self = try output.grow(by: bytes.count, from: self) }
      Output.copy(source, bytes.count, to: place)
      place += bytes.count
    }
    return isDone != nil
  }

  /// Appends an integer's decimal digits.
  @inline(__always)
  mutating func append(_ number: Int, to output: Output) throws {
    guard number >= 0, number < Output.quickNumbers, end - place >= 8 else {
      finish(output)
      try output.append(number)
      self = output.cursor
      return
    }
    place += Output.write(UInt32(truncatingIfNeeded: number), to: place)
  }

  /// Tells the output what was appended; to be called before anything else appends.
  @inline(__always)
  func finish(_ output: Output) { output.end(at: place) }
}

extension Output {
  /// A cursor at the end.
  @inline(__always)
  var cursor: OutputCursor { OutputCursor(base + count, base + capacity) }

  @inline(__always)
  fileprivate func end(at place: UnsafeMutablePointer<UInt8>) { count = place - base }

  @inline(never)
  fileprivate func grow(by more: Int, from cursor: OutputCursor) throws -> OutputCursor {
    cursor.finish(self)
    try grow(by: more)
    return self.cursor
  }
}
