#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The end of a database's write-ahead log.
///
/// Entries are their size, a checksum and fields (`WriteAheadLog`, DuckDB 1.5.5). A checkpoint first writes where its
/// root will lie, and a mark that all before it is committed.
enum LogTail {
  /// The commit mark: five bytes long, of type 100.
  private static let commitMark: [UInt8] = [100, 0, 100, 0xFF, 0xFF]
  /// What stands before and after the root in a checkpoint's entry: its type, 99, and the field's beginning; the offset
  /// in the part, which is the root's first byte behind the part's link; the ends of both objects.
  private static let opening: [UInt8] = [100, 0, 99, 101, 0, 100, 0]
  private static let closing: [UInt8] = [101, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF]
  /// An entry's size and checksum.
  private static let prefix = 16

  /// Where the root of a checkpoint was to lie, if the log at `path` ends in the beginning of one.
  static func plannedRoot(_ path: String) -> UInt64? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    let count = Int(min(size, 128))
    var bytes = [UInt8](repeating: 0, count: max(count, 0))
    guard count > 0, pread(descriptor, &bytes, count, size - off_t(count)) == count else { return nil }
    return plannedRoot(bytes[...])
  }

  /// The same of the log's last bytes.
  static func plannedRoot(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    guard let before = dropEntry(commitMark.count, from: bytes, where: { $0.elementsEqual(commitMark) })
    else { return nil }
    var root: UInt64?
    // The root is a number of one to ten bytes.
    for digits in 1...10 {
      let count = opening.count + digits + closing.count
      let rest = dropEntry(count, from: before) { entry in
        guard entry.starts(with: opening), entry.suffix(closing.count).elementsEqual(closing) else {
          return false
        }
        root = number(entry.dropFirst(opening.count).dropLast(closing.count))
        return root != nil
      }
      if rest != nil { return root }
    }
    return nil
  }

  /// The bytes before the last entry, if that is `count` bytes long and as wanted.
  private static func dropEntry(
    _ count: Int, from bytes: ArraySlice<UInt8>, where isWanted: (ArraySlice<UInt8>) -> Bool
  ) -> ArraySlice<UInt8>? {
    guard bytes.count >= prefix + count else { return nil }
    let entry = bytes.suffix(prefix + count)
    guard BlockFile.word(entry, 0) == UInt64(count), isWanted(entry.suffix(count)) else { return nil }
    return bytes.dropLast(prefix + count)
  }

  /// A number of seven bits a byte, the least first, as DuckDB serialises it; nil unless it takes all the bytes.
  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      value |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if (byte & 0x80 == 0) != (index == bytes.count - 1) { return nil }
    }
    return value
  }
}
