import Jinja

/// Reads what `ByteWriter` wrote. Bytes that it did not write give an error or other values, never a crash.
struct ByteReader {
  private let bytes: [UInt8]
  private var place: Int
  private let end: Int

  /// What is there is not what was to be read.
  struct Damage: Error {}

  /// How deep lists and mappings may lie in each other.
  private static let maximumDepth = 500

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    place = 0
    end = bytes.count
  }

  var isAtEnd: Bool { place == end }

  /// The next byte, which stays to be read.
  func peek() throws -> UInt8 {
    guard place < end else { throw Damage() }
    return bytes[place]
  }

  mutating func readByte() throws -> UInt8 {
    let byte = try peek()
    place += 1
    return byte
  }

  mutating func readNumber() throws -> Int64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try readByte()
      guard shift < 64 else { throw Damage() }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return Int64(bitPattern: result >> 1) ^ -Int64(bitPattern: result & 1)
  }

  /// A number of things that follow, each of a byte at least.
  mutating func readCount() throws -> Int {
    let count = try readNumber()
    guard count >= 0, count <= end - place else { throw Damage() }
    return Int(count)
  }

  mutating func readDouble() throws -> Double {
    guard end - place >= 8 else { throw Damage() }
    var pattern: UInt64 = 0
    for index in 0..<8 { pattern |= UInt64(bytes[place + index]) << UInt64(index * 8) }
    place += 8
    return Double(bitPattern: pattern)
  }

  mutating func readText() throws -> String {
    let range = try readRange()
    return bytes.withUnsafeBufferPointer { String(decoding: $0[range], as: UTF8.self) }
  }

  mutating func readBytes() throws -> [UInt8] { Array(bytes[try readRange()]) }

  /// Where a part stands that `ByteWriter` wrote as bytes.
  mutating func readRange() throws -> Range<Int> {
    let count = try readCount()
    defer { place += count }
    return place..<place + count
  }

  /// A list whose items `read` reads one by one.
  mutating func readList<Item>(_ read: (inout ByteReader) throws -> Item) throws -> [Item] {
    let count = try readCount()
    var items: [Item] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try read(&self)) }
    return items
  }

  mutating func readData(depth: Int = 0) throws -> DataValue {
    guard depth < Self.maximumDepth else { throw Damage() }
    switch try readByte() {
    case 0: return .none
    case 1: return .bool(false)
    case 2: return .bool(true)
    case 3: return .int(Int(try readNumber()))
    case 4: return .float(try readDouble())
    case 5: return .string(try readText())
    case 6:
      let count = try readCount()
      var items: [DataValue] = []
      items.reserveCapacity(count)
      for _ in 0..<count { items.append(try readData(depth: depth + 1)) }
      return .list(items)
    case 7:
      let count = try readCount()
      var entries: [(String, DataValue)] = []
      entries.reserveCapacity(count)
      for _ in 0..<count {
        let key = try readText()
        entries.append((key, try readData(depth: depth + 1)))
      }
      return .dict(DataMap(entries))
    default: throw Damage()
    }
  }
}
