import Diagnostics

/// The one buffer that everything is rendered into. What a macro or a block set writes is taken off its end again.
final class Output {
  /// Owned; never leaves this object.
  @exclusivity(unchecked) private var base: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) private(set) var count = 0
  @exclusivity(unchecked) private var capacity: Int
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
    capacity = 4096
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Appends text. Throws when the output would grow past its limit.
  func append(_ text: String) throws {
    let written: Void? = try text.utf8.withContiguousStorageIfAvailable { try append($0) }
    if written == nil { for byte in text.utf8 { try append(byte) } }
  }

  func append(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    guard let source = bytes.baseAddress else { return }
    if count + bytes.count > capacity { try grow(by: bytes.count) }
    (base + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  func append(_ byte: UInt8) throws {
    if count == capacity { try grow(by: 1) }
    base[count] = byte
    count += 1
  }

  /// Appends an integer's decimal digits.
  func append(_ value: Int) throws {
    if count + 20 > capacity { try grow(by: 20) }
    var magnitude = value.magnitude
    if value < 0 {
      base[count] = 0x2D
      count += 1
    }
    let start = count
    repeat {
      base[count] = UInt8(truncatingIfNeeded: magnitude % 10) + 0x30
      count += 1
      magnitude /= 10
    } while magnitude > 0
    var low = start
    var high = count - 1
    while low < high {
      swap(&base[low], &base[high])
      low += 1
      high -= 1
    }
  }

  /// Appends an integer that is not negative, with `fill` before it up to `width` bytes.
  func append(_ value: Int, width: Int, fill: UInt8) throws {
    var length = 1
    var rest = value / 10
    while rest > 0 {
      length += 1
      rest /= 10
    }
    for _ in 0..<max(0, width - length) { try append(fill) }
    try append(value)
  }

  /// Appends what printing `value` gives.
  func append(_ value: Value) throws {
    switch value {
    case .string(let text): try append(text)
    case .int(let number): try append(number)
    case .undefined: break
    default: try append(value.description)
    }
  }

  /// Takes everything after `start` off the end, as text.
  func take(from start: Int) -> String {
    guard start < count else { return "" }
    let text = String(decoding: UnsafeBufferPointer(start: base + start, count: count - start), as: UTF8.self)
    count = start
    return text
  }

  /// Drops everything after `start`.
  func truncate(to start: Int) { count = min(count, start) }

  private func grow(by more: Int) throws {
    guard count + more <= limit else {
      throw excess(
        "the output grows past \(limit) bytes", hint: "look for a loop or a recursion that does not end")
    }
    var size = capacity
    while size < count + more { size *= 2 }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = size
  }
}
