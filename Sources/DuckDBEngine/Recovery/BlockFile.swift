#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open database file as its header of last describes it (storage versions 64 to 67, not encrypted).
///
/// Three headers of 4096 bytes, of which the second and the third take turns; then blocks of one size. A header and a
/// block begin with a checksum of the rest.
struct BlockFile {
  /// What a checkpoint leaves in its header.
  struct Header {
    var iteration: UInt64
    /// The part at which the catalog begins.
    var root: UInt64
    /// The part at which the lists of free and metadata blocks begin.
    var lists: UInt64
    var blockCount: Int
    var blockSize: Int
  }

  private static let headerSize = 4096
  private static let partsPerBlock = 64

  let descriptor: Int32
  let header: Header

  /// Reads the headers; nil if they are not what this version of DuckDB writes.
  init?(_ descriptor: Int32) {
    self.descriptor = descriptor
    // Behind the checksum: "DUCK", the version, flags of which the first bit says encrypted.
    guard let main = Self.read(descriptor, at: 0, count: Self.headerSize),
      main[8..<12].elementsEqual("DUCK".utf8), (64...67).contains(Self.word(main, 12)),
      Self.word(main, 20) & 1 == 0
    else { return nil }
    let headers = [1, 2].compactMap { Self.header(descriptor, at: $0 * Self.headerSize) }
    guard let header = headers.max(by: { $0.iteration < $1.iteration }) else { return nil }
    self.header = header
  }

  private static func header(_ descriptor: Int32, at offset: Int) -> Header? {
    guard let bytes = read(descriptor, at: offset, count: headerSize), word(bytes, 0) == checksum(bytes),
      let blockCount = Int(exactly: word(bytes, 32)), let blockSize = Int(exactly: word(bytes, 40)),
      (4096...(1 << 24)).contains(blockSize), blockSize.isMultiple(of: 4096), blockCount < 1 << 40
    else { return nil }
    return Header(
      iteration: word(bytes, 8), root: word(bytes, 16), lists: word(bytes, 24), blockCount: blockCount,
      blockSize: blockSize)
  }

  /// Where a block begins.
  func offset(of block: Int) -> Int { 3 * Self.headerSize + block * header.blockSize }

  /// A block with its checksum, or nil if the file does not reach so far.
  func block(_ block: Int) -> [UInt8]? {
    guard (0..<header.blockCount).contains(block) else { return nil }
    return Self.read(descriptor, at: offset(of: block), count: header.blockSize)
  }

  /// Writes a checksum; false if the file takes none.
  func write(_ checksum: UInt64, at offset: Int) -> Bool {
    var value = checksum.littleEndian
    return pwrite(descriptor, &value, 8, off_t(offset)) == 8
  }

  /// The blocks that hold the catalog and these lists, with a bit for each part that is free; none if the lists do not
  /// read as such.
  func metadataBlocks() -> [(block: Int, freeParts: UInt64)] {
    guard let bytes = chain(from: header.lists) else { return [] }
    var position = 0
    func next() -> UInt64? {
      defer { position += 8 }
      return position + 8 <= bytes.count ? Self.word(bytes, position) : nil
    }
    // Free blocks, then blocks of several users with the number of these, then what is asked for.
    guard let free = next(), free < bytes.count else { return [] }
    position += Int(free) * 8
    guard let shared = next(), shared < bytes.count else { return [] }
    position += Int(shared) * 12
    guard let count = next(), count <= UInt64(header.blockCount) else { return [] }
    var blocks: [(block: Int, freeParts: UInt64)] = []
    for _ in 0..<count {
      guard let block = next().flatMap(Int.init(exactly:)), let parts = next() else { return [] }
      blocks.append((block, parts))
    }
    return blocks
  }

  /// The bytes of a row of parts that are linked, each beginning with the next one's place; nil if a link leads astray.
  private func chain(from first: UInt64) -> [UInt8]? {
    let partSize = (header.blockSize - 8) / Self.partsPerBlock & ~7
    var bytes: [UInt8] = []
    var link = first
    var remaining = header.blockCount * Self.partsPerBlock
    while link != .max {
      // The place: the part's number in the highest byte, the block's below.
      let (part, block) = (Int(link >> 56), Int(link & (1 << 56 - 1)))
      guard remaining > 0, part < Self.partsPerBlock, block < header.blockCount,
        let content = Self.read(descriptor, at: offset(of: block) + 8 + part * partSize, count: partSize)
      else { return nil }
      remaining -= 1
      link = Self.word(content, 0)
      bytes += content.dropFirst(8)
    }
    return bytes
  }

  /// DuckDB's checksum of a header or a block: of all words behind the first.
  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { bytes in
      stride(from: 8, to: bytes.count, by: 8).reduce(into: 5381 as UInt64) { sum, offset in
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        sum ^= word &* 0xBF58_476D_1CE4_E5B9
      }
    }
  }

  /// The number of eight bytes, the least first, at an offset from the beginning.
  static func word(_ bytes: some Collection<UInt8>, _ offset: Int) -> UInt64 {
    bytes.dropFirst(offset).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func read(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return pread(descriptor, &bytes, count, off_t(offset)) == count ? bytes : nil
  }
}
