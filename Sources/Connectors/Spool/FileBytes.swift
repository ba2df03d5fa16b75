import Diagnostics
import Glibc

/// Bytes on disk.
enum FileBytes {
  /// Writes all bytes; false, with `errno` set, if the disk does not take them.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  /// Makes a file of these bytes. Throws a diagnostic if it cannot.
  static func make(_ path: String, _ body: ResponseBody) throws(Diagnostic) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("make", path) }
    let isWritten = body.withBytes { write(Array($0), to: descriptor) }
    let problem = isWritten ? nil : failure("write", path)
    guard close(descriptor) == 0, problem == nil else { throw problem ?? failure("write", path) }
  }

  /// The bytes of a file's longest line: what the engine must set aside for each that it reads. At most about `limit` bytes are
  /// looked at. Throws a diagnostic if the file cannot be read.
  static func longestLine(of path: String, within limit: Int = .max) throws(Diagnostic) -> Int {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var (longest, current, total) = (0, 0, 0)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 || total >= limit { return max(longest, current) }
      total += count
      buffer.withUnsafeBytes { bytes in
        var rest = bytes.prefix(count)
        while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty,
          let end = memchr(base, 0x0A, rest.count)
        {
          let length = base.distance(to: UnsafeRawPointer(end))
          longest = max(longest, current + length)
          current = 0
          rest = rest.dropFirst(length + 1)
        }
        current += rest.count
      }
    }
  }

  /// Fills a buffer from a file's beginning; gives how many bytes there were. Throws a diagnostic if the file cannot be read.
  static func beginning(of path: String, into buffer: inout [UInt8]) throws(Diagnostic) -> Int {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    var filled = 0
    while filled < buffer.count {
      let count = buffer.withUnsafeMutableBytes {
        let rest = UnsafeMutableRawBufferPointer(rebasing: $0[filled...])
        return Glibc.read(descriptor, rest.baseAddress, rest.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  static func failure(_ deed: String, _ path: String) -> Diagnostic {
    Diagnostic(.spoolUnusable, "cannot \(deed) \(path)", cause: String(cString: strerror(errno)))
  }
}

/// Reads the lines of files, one after the other, in bounded memory.
struct LineReader: ~Copyable {
  private var paths: ArraySlice<String>
  private var path = ""
  private var descriptor: Int32 = -1
  private var buffer: [UInt8] = []
  private var start = 0

  init(_ paths: [String]) { self.paths = paths[...] }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The next line without its end; nil behind the last. Throws a diagnostic if a file cannot be read.
  mutating func next() throws(Diagnostic) -> [UInt8]? {
    while true {
      if let end = buffer[start...].firstIndex(of: 0x0A) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      buffer.removeFirst(start)
      start = 0
      if descriptor < 0 {
        guard let path = paths.popFirst() else { return nil }
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileBytes.failure("read", path) }
      }
      guard try fill() else {
        close(descriptor)
        descriptor = -1
        guard !buffer.isEmpty else { continue }
        defer { buffer = [] }
        return buffer
      }
    }
  }

  /// Reads more; false at the file's end.
  private mutating func fill() throws(Diagnostic) -> Bool {
    let size = max(1 << 16, buffer.count)
    let filled = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: size))
    var count = -1
    repeat {
      count = buffer.withUnsafeMutableBytes {
        Glibc.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[filled...]).baseAddress, size)
      }
    } while count < 0 && errno == EINTR
    guard count >= 0 else { throw FileBytes.failure("read", path) }
    buffer.removeLast(size - count)
    return count > 0
  }
}
