import Diagnostics
import Glibc

/// Rows of JSON with their long texts cut, for the engine to find the types out from: to try all ways to write a time on a text
/// of many megabytes takes it seconds each.
struct ShortenedRows {
  /// No number, time or identifier is as long.
  private static let longest = 4096

  private var output: [UInt8] = []
  /// The bytes of the text that is being read, its quotes included, as far as it is not too long.
  private var text: [UInt8] = []
  private var isText = false
  private var isLong = false
  private var isEscaped = false
  /// Whether the last text was cut: then no colon may follow, as it would have been a name.
  private var wasCut = false

  /// Copies files of rows into one; false if a name is too long for that. Throws a diagnostic if the disk does not take it.
  static func write(_ files: [String], to path: String) throws(Diagnostic) -> Bool {
    let target = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw FileBytes.failure("make", path) }
    defer { close(target) }
    var rows = ShortenedRows()
    for file in files {
      guard try rows.copy(file, to: target, path) else { return false }
    }
    return true
  }

  private mutating func copy(_ file: String, to target: Int32, _ path: String) throws(Diagnostic) -> Bool {
    let source = open(file, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw FileBytes.failure("read", file) }
    defer { close(source) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(source, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileBytes.failure("read", file) }
      if count == 0 { break }
      guard take(buffer[..<count]) else { return false }
      guard FileBytes.write(output, to: target) else { throw FileBytes.failure("write", path) }
      output.removeAll(keepingCapacity: true)
    }
    // A text that does not end is for the engine to complain of.
    guard FileBytes.write(text, to: target) else { throw FileBytes.failure("write", path) }
    self = ShortenedRows()
    return true
  }

  /// Takes bytes up; false if a name was cut.
  private mutating func take(_ bytes: ArraySlice<UInt8>) -> Bool {
    for byte in bytes {
      if isText {
        takeOfText(byte)
      } else if byte == 0x22 {
        (isText, isLong, text) = (true, false, [byte])
      } else {
        if wasCut, byte > 0x20 {
          if byte == 0x3A { return false }
          wasCut = false
        }
        output.append(byte)
      }
    }
    return true
  }

  private mutating func takeOfText(_ byte: UInt8) {
    if !isLong { text.append(byte) }
    if isEscaped {
      isEscaped = false
    } else if byte == 0x5C {
      isEscaped = true
    } else if byte == 0x22 {
      output.append(contentsOf: isLong ? [0x22, 0x78, 0x22] : text)
      (isText, wasCut, text) = (false, isLong, [])
    }
    if text.count > Self.longest { (isLong, text) = (true, []) }
  }
}
