import Diagnostics

/// A template's text: bytes with `\n` line ends, that stay where they are while anything refers to them. Behind them
/// `Output.slack` more can be read.
///
/// Unchecked: the bytes are written once, before anyone else sees the object, and freed with it.
final class SourceText: @unchecked Sendable {
  let name: String
  let bytes: UnsafeBufferPointer<UInt8>
  private let storage: UnsafeMutableBufferPointer<UInt8>
  /// The offsets in `bytes` after which a `\r` of the original was left out.
  private let dropped: [Int]

  /// Takes in `text`, turning `\r\n` and `\r` into `\n` as Jinja does.
  init(_ text: String, name: String, keepTrailingNewline: Bool) {
    self.name = name
    var text = text
    var dropped: [Int] = []
    storage = text.withUTF8 { original in
      let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: original.count + Output.slack)
      var count = 0
      for index in original.indices {
        let byte = original[index]
        if byte == 0x0D, index + 1 < original.count, original[index + 1] == 0x0A {
          dropped.append(count)
          continue
        }
        copy[count] = byte == 0x0D ? 0x0A : byte
        count += 1
      }
      for index in count..<(original.count + Output.slack) { copy[index] = 0 }
      return UnsafeMutableBufferPointer(start: copy.baseAddress, count: count)
    }
    self.dropped = dropped
    var count = storage.count
    if !keepTrailingNewline, count > 0, storage[count - 1] == 0x0A { count -= 1 }
    bytes = UnsafeBufferPointer(start: storage.baseAddress, count: count)
  }

  deinit { storage.deallocate() }

  /// The bytes from `start` to `end`.
  func slice(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[start..<max(start, end)])
  }

  /// The text from `start` to `end`.
  func text(_ start: Int, _ end: Int) -> String { String(decoding: slice(start, end), as: UTF8.self) }

  /// The line and column of a byte. Counts from the beginning, so it is for errors only.
  func span(at offset: Int) -> SourceSpan {
    let end = min(max(offset, 0), bytes.count)
    var line = 1
    var start = 0
    for index in 0..<end where bytes[index] == 0x0A {
      line += 1
      start = index + 1
    }
    return SourceSpan(file: name, line: line, column: end - start + 1)
  }

  /// The offset in the user's own text, which may have `\r\n` line ends.
  func originalOffset(_ offset: Int) -> Int {
    var low = 0
    var high = dropped.count
    while low < high {
      let middle = (low + high) / 2
      if dropped[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return offset + low
  }
}
