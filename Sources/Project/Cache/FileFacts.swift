#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the system says of a file or folder without opening it: while none of it changes, its contents did not.
struct FileFacts: Hashable {
  var size: Int64
  /// When its contents last changed, and when anything about it did, in nanoseconds since 1970.
  var modified: Int64
  var changed: Int64
  /// Which file of its device it is.
  var number: Int64

  init(_ status: stat) {
    size = Int64(status.st_size)
    #if canImport(Glibc)
      modified = Self.nanoseconds(status.st_mtim)
      changed = Self.nanoseconds(status.st_ctim)
    #else
      modified = Self.nanoseconds(status.st_mtimespec)
      changed = Self.nanoseconds(status.st_ctimespec)
    #endif
    number = Int64(truncatingIfNeeded: status.st_ino)
  }

  /// Of what stands at a path that ends with a zero byte, links followed; nil if nothing does.
  init?(path: UnsafePointer<CChar>) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Whether what was read of it at `moment` is what these facts belong to: what was written just then may have been
  /// written once more within one tick of the file system's clock.
  func isSettled(at moment: Int64) -> Bool { max(modified, changed) < moment - 2_000_000_000 }

  static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Now, in nanoseconds since 1970.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return nanoseconds(time)
  }
}

extension ByteWriter {
  mutating func write(_ facts: FileFacts) {
    for number in [facts.size, facts.modified, facts.changed, facts.number] { write(number) }
  }
}

extension ByteReader {
  mutating func readFacts() throws -> FileFacts {
    var facts = FileFacts(stat())
    facts.size = try readNumber()
    facts.modified = try readNumber()
    facts.changed = try readNumber()
    facts.number = try readNumber()
    return facts
  }
}
