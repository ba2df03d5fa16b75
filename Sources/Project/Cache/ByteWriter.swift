import Jinja

/// Collects numbers and texts as bytes that `ByteReader` reads in the same order.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(byte: UInt8) { bytes.append(byte) }

  /// A number, seven bits a byte, the lowest first; small numbers of either sign take one byte.
  mutating func write(_ number: Int64) {
    var rest = UInt64(bitPattern: (number << 1) ^ (number >> 63))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func write(_ number: Double) {
    withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      write(Int64(utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  mutating func write(_ part: [UInt8]) {
    write(Int64(part.count))
    bytes.append(contentsOf: part)
  }

  mutating func write(_ value: DataValue) {
    switch value {
    case .none: write(byte: 0)
    case .bool(let flag): write(byte: flag ? 2 : 1)
    case .int(let number):
      write(byte: 3)
      write(Int64(number))
    case .float(let number):
      write(byte: 4)
      write(number)
    case .string(let text):
      write(byte: 5)
      write(text)
    case .list(let items):
      write(byte: 6)
      write(Int64(items.count))
      for item in items { write(item) }
    case .dict(let map):
      write(byte: 7)
      write(Int64(map.count))
      for (key, value) in map {
        write(key)
        write(value)
      }
    }
  }
}
