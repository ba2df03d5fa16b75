#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files of the cache: each begins with what it is and ends with nothing missing, or it is not read.
enum CacheFile {
  /// The parts of a file, each with its hash, so that parts can be read alone.
  static func assemble(
    _ kind: String, _ parts: [CachePart]
  ) -> (bytes: [[UInt8]], identity: UInt64) {
    var table = ByteWriter()
    table.write(Int64(parts.count))
    for part in parts {
      table.write(Int64(part.bytes.count))
      table.write(Int64(bitPattern: part.hash))
    }
    let identity = ContentHash.of(table.bytes)
    var head = ByteWriter()
    head.write(kind)
    head.write(Int64(bitPattern: identity))
    head.write(table.bytes)
    var length = ByteWriter()
    length.write(Double(head.bytes.count))
    return ([length.bytes, head.bytes] + parts.map(\.bytes), identity)
  }

  /// Replaces a file as a whole. Whether that went well: a project that cannot be written to is read without a cache.
  static func replace(_ path: String, with parts: [[UInt8]]) -> Bool {
    let temporary = "\(path).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { return false }
    let isWritten = parts.allSatisfy { write($0, to: file) }
    guard close(file) == 0, isWritten, rename(temporary, path) == 0 else {
      unlink(temporary)
      return false
    }
    return true
  }

  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        #if canImport(Glibc)
          let count = Glibc.write(file, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        #else
          let count = Darwin.write(file, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        #endif
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        offset += count
      }
      return true
    }
  }
}

/// A part of a file, and its hash.
struct CachePart: Sendable {
  let bytes: [UInt8]
  let hash: UInt64

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    hash = ContentHash.of(bytes)
  }
}

/// The parts of a file that `CacheFile` assembled, each read when it is asked for. The file stays the one that was opened,
/// whatever takes its place.
final class CacheParts: Sendable {
  let identity: UInt64
  private let file: Int32
  private let places: [(range: Range<Int>, hash: UInt64)]

  /// Opens a file; nil if there is none of this kind, or it is damaged.
  init?(_ path: String, kind: String) {
    file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0, let head = Self.head(of: file, kind) else {
      // The one that `deinit` does not see.
      if file >= 0 { close(file) }
      return nil
    }
    (identity, places) = head
  }

  deinit { close(file) }

  private static func head(
    of file: Int32, _ kind: String
  ) -> (identity: UInt64, places: [(range: Range<Int>, hash: UInt64)])? {
    var facts = stat()
    guard fstat(file, &facts) == 0 else { return nil }
    let size = Int(facts.st_size)
    do {
      var length = ByteReader(read(file, 0..<min(8, size)))
      let count = try length.readDouble()
      guard count >= 0, count <= Double(size - 8) else { return nil }
      var place = 8 + Int(count)
      var head = ByteReader(read(file, 8..<place))
      guard try head.readText() == kind else { return nil }
      let identity = UInt64(bitPattern: try head.readNumber())
      let table = try head.readBytes()
      guard ContentHash.of(table) == identity else { return nil }
      var reader = ByteReader(table)
      let places = try reader.readList { reader -> (range: Range<Int>, hash: UInt64) in
        let count = Int(try reader.readNumber())
        guard count >= 0, count <= size - place else { throw ByteReader.Damage() }
        let start = place
        place += count
        return (start..<place, UInt64(bitPattern: try reader.readNumber()))
      }
      return place == size ? (identity, places) : nil
    } catch {
      // Cut off, or something else: the project is read from its own files.
      return nil
    }
  }

  /// The bytes of a range; fewer where the file ends.
  private static func read(_ file: Int32, _ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { buffer, used in
      while used < range.count {
        let count = pread(
          file, buffer.baseAddress?.advanced(by: used), range.count - used, off_t(range.lowerBound + used))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        used += count
      }
    }
  }

  var count: Int { places.count }

  /// A part as it was written. Throws if its bytes are not those that were.
  func part(_ index: Int) throws -> CachePart {
    guard places.indices.contains(index) else { throw ByteReader.Damage() }
    let part = CachePart(Self.read(file, places[index].range))
    guard part.hash == places[index].hash else { throw ByteReader.Damage() }
    return part
  }

  func decode<Item: Decodable>(_ index: Int) throws -> Item {
    try PositionalDecoder.value(of: ByteReader(try part(index).bytes))
  }
}
