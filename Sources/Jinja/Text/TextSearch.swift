/// Searching and trimming text by bytes, without Foundation.
enum TextSearch {
  /// Whether `text` begins or ends with `part`.
  static func holds(_ part: String, in text: String, atEnd: Bool) -> Bool {
    let isHeld: Bool?? = text.utf8.withContiguousStorageIfAvailable { text in
      part.utf8.withContiguousStorageIfAvailable { part in
        guard text.count >= part.count else { return false }
        let start = atEnd ? text.count - part.count : 0
        for index in 0..<part.count where text[start + index] != part[index] { return false }
        return true
      }
    }
    if let isHeld = isHeld ?? nil { return isHeld }
    let same = atEnd ? text.utf8.suffix(part.utf8.count) : text.utf8.prefix(part.utf8.count)
    return same.elementsEqual(part.utf8)
  }

  /// The first place of `part` in `text`, from `start` on.
  static func firstRange(
    of part: String, in text: String, from start: String.Index? = nil
  ) -> Range<String.Index>? {
    let haystack = text.utf8
    let needle = part.utf8
    let start = start ?? haystack.startIndex
    guard let offset = firstOffset(of: part, in: haystack[start...]) else { return nil }
    let lower = haystack.index(start, offsetBy: offset)
    return lower..<haystack.index(lower, offsetBy: needle.count)
  }

  private static func firstOffset(of part: String, in text: Substring.UTF8View) -> Int? {
    let found: Int?? = text.withContiguousStorageIfAvailable { haystack in
      var part = part
      return part.withUTF8 { needle in firstOffset(of: needle, in: haystack) }
    }
    return found ?? nil
  }

  static func firstOffset(
    of needle: UnsafeBufferPointer<UInt8>, in haystack: UnsafeBufferPointer<UInt8>, from start: Int = 0
  ) -> Int? {
    guard let first = needle.first else { return start <= haystack.count ? start : nil }
    guard haystack.count - start >= needle.count else { return nil }
    var position = start
    let last = haystack.count - needle.count
    outer: while position <= last {
      guard haystack[position] == first else {
        position += 1
        continue
      }
      for index in 1..<max(needle.count, 1) where haystack[position + index] != needle[index] {
        position += 1
        continue outer
      }
      return position
    }
    return nil
  }

  /// Every place of `part` in `text` that does not overlap the one before, at most `limit`.
  static func ranges(of part: String, in text: String, limit: Int = .max) -> [Range<String.Index>] {
    guard !part.isEmpty else { return [] }
    var ranges: [Range<String.Index>] = []
    var start = text.startIndex
    while ranges.count < limit, let range = firstRange(of: part, in: text, from: start) {
      ranges.append(range)
      start = range.upperBound
    }
    return ranges
  }

  /// Python's `str.replace`.
  static func replace(
    _ text: String, _ part: String, with replacement: String, limit: Int, _ interpreter: Interpreter
  ) throws -> String {
    guard limit > 0 else { return text }
    guard !part.isEmpty else { return try interleave(text, replacement, limit: limit, interpreter) }
    let places = count(of: part, in: text, limit: limit)
    guard places > 0 else { return text }
    try interpreter.reserve(product: replacement.utf8.count + 1, places, plus: text.utf8.count)
    var text = text
    var part = part
    var replacement = replacement
    let capacity = text.utf8.count + places * max(0, replacement.utf8.count - part.utf8.count)
    return text.withUTF8 { text in
      part.withUTF8 { part in
        replacement.withUTF8 { replacement in
          String(unsafeUninitializedCapacity: capacity) {
            copy(text, part, replacement, limit: places, to: $0)
          }
        }
      }
    }
  }

  /// Copies `text` with `limit` replacements into `buffer`, which is large enough; the number of bytes written.
  private static func copy(
    _ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>,
    _ replacement: UnsafeBufferPointer<UInt8>, limit: Int, to buffer: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    var written = 0
    var start = 0
    func write(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
      for index in range {
        buffer[written] = bytes[index]
        written += 1
      }
    }
    for _ in 0..<limit {
      guard let place = firstOffset(of: part, in: text, from: start) else { break }
      write(text, start..<place)
      write(replacement, 0..<replacement.count)
      start = place + part.count
    }
    write(text, start..<text.count)
    return written
  }

  /// How often `part`, which is not empty, occurs in `text` without overlapping, counting no further than `limit`.
  static func count(of part: String, in text: String, limit: Int = .max) -> Int {
    var text = text
    var part = part
    return text.withUTF8 { text in
      part.withUTF8 { part in
        var count = 0
        var start = 0
        while count < limit, let place = firstOffset(of: part, in: text, from: start) {
          count += 1
          start = place + part.count
        }
        return count
      }
    }
  }

  private static func interleave(
    _ text: String, _ replacement: String, limit: Int, _ interpreter: Interpreter
  ) throws -> String {
    try interpreter.reserve(product: replacement.utf8.count + 4, text.utf8.count + 1)
    var result = ""
    var left = limit
    for scalar in text.unicodeScalars {
      if left > 0 {
        result += replacement
        left -= 1
      }
      result.unicodeScalars.append(scalar)
    }
    if left > 0 { result += replacement }
    return result
  }

  /// Python's whitespace.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 9...13, 28...32, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Without the whitespace at its beginning and its end.
  static func strip(_ text: String, left: Bool = true, right: Bool = true) -> String {
    let stripped: String?? = text.utf8.withContiguousStorageIfAvailable { bytes in
      var (first, end) = (0, bytes.count)
      if left { while first < end, isSpace(bytes[first]) { first &+= 1 } }
      if right { while first < end, isSpace(bytes[end &- 1]) { end &-= 1 } }
      guard first < end else { return "" }
      // What more than ASCII stands at the ends may be space as well.
      guard bytes[first] < 0x80, bytes[end &- 1] < 0x80 else { return nil }
      if end &- first == bytes.count { return text }
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[first..<end]), as: UTF8.self)
    }
    return (stripped ?? nil) ?? strip(text, left: left, right: right, where: isSpace)
  }

  /// Whether a byte is whitespace of ASCII.
  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool { byte <= 32 && (byte >= 28 || byte &- 9 < 5) }

  /// Without the characters at its beginning and its end that `drops` says.
  static func strip(
    _ text: String, left: Bool = true, right: Bool = true, where drops: (Unicode.Scalar) -> Bool
  ) -> String {
    let scalars = text.unicodeScalars
    var start = scalars.startIndex
    var end = scalars.endIndex
    if left { while start < end, drops(scalars[start]) { start = scalars.index(after: start) } }
    if right {
      while start < end {
        let before = scalars.index(before: end)
        guard drops(scalars[before]) else { break }
        end = before
      }
    }
    if start == scalars.startIndex, end == scalars.endIndex { return text }
    return String(scalars[start..<end])
  }
}
