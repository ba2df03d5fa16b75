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
  ) -> (bytes: [ArraySlice<UInt8>], identity: UInt64) {
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
    return ([length.bytes[...], head.bytes[...]] + parts.map(\.bytes), identity)
  }

  /// Replaces a file as a whole. Whether that went well: a project that cannot be written to is read without a cache.
  static func replace(_ path: String, with parts: [ArraySlice<UInt8>]) -> Bool {
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

  private static func write(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Bool {
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
  let bytes: ArraySlice<UInt8>
  let hash: UInt64

  init(_ bytes: [UInt8]) { self.init(bytes[...], ContentHash.of(bytes)) }

  fileprivate init(_ bytes: ArraySlice<UInt8>, _ hash: UInt64) {
    self.bytes = bytes
    self.hash = hash
  }
}

/// The parts of a file that `CacheFile` assembled.
struct CacheParts {
  let identity: UInt64
  private let bytes: [UInt8]
  private var places: [(range: Range<Int>, hash: UInt64)] = []

  /// Reads a file; nil if there is none of this kind, or it is damaged.
  init?(_ path: String, kind: String) {
    do {
      bytes = try FileSystem.contents(of: path, shownAs: path).bytes
      var length = ByteReader(bytes)
      let count = try length.readDouble()
      guard count >= 0, count <= Double(bytes.count - 8) else { return nil }
      let start = 8 + Int(count)
      var head = ByteReader(bytes, 8..<start)
      guard try head.readText() == kind else { return nil }
      identity = UInt64(bitPattern: try head.readNumber())
      let table = try head.readBytes()
      guard ContentHash.of(table) == identity else { return nil }
      var reader = ByteReader(table)
      var place = start
      places = try reader.readList { reader in
        let size = Int(try reader.readNumber())
        let hash = UInt64(bitPattern: try reader.readNumber())
        defer { place += size }
        return (place..<place + size, hash)
      }
      guard place == bytes.count else { return nil }
    } catch {
      // Not there, or cut off: the project is read from its own files.
      return nil
    }
  }

  var count: Int { places.count }

  /// A part as it was written.
  func part(_ index: Int) throws -> CachePart {
    guard places.indices.contains(index) else { throw ByteReader.Damage() }
    return CachePart(bytes[places[index].range], places[index].hash)
  }

  /// What reads a part. Throws if its bytes are not those that were written.
  func reader(_ index: Int) throws -> ByteReader {
    let part = try part(index)
    guard ContentHash.of(part.bytes) == part.hash else { throw ByteReader.Damage() }
    return ByteReader(bytes, places[index].range)
  }

  func decode<Item: Decodable>(_ index: Int) throws -> Item {
    try PositionalDecoder.value(of: try reader(index))
  }
}
