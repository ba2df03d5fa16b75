import Jinja

/// Reads what `PositionalEncoder` wrote. Throws if the bytes are not those of such a value.
final class PositionalDecoder: Decoder {
  var input: ByteReader
  private var depth = 0
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  /// How deep values may lie in each other.
  private static let maximumDepth = 500

  init(_ input: ByteReader) { self.input = input }

  /// One value, which takes all the bytes.
  static func value<Item: Decodable>(of input: ByteReader) throws -> Item {
    let decoder = PositionalDecoder(input)
    let value: Item = try decoder.read()
    guard decoder.input.isAtEnd else { throw ByteReader.Damage() }
    return value
  }

  func read<Item: Decodable>() throws -> Item {
    if Item.self == DataValue.self, let data = try input.readData() as? Item { return data }
    if Item.self == [String].self, let texts = try readTexts() as? Item { return texts }
    guard depth < Self.maximumDepth else { throw ByteReader.Damage() }
    depth += 1
    defer { depth -= 1 }
    return try Item(from: self)
  }

  private func readTexts() throws -> [String] {
    let count = try input.readCount()
    var texts: [String] = []
    texts.reserveCapacity(count)
    for _ in 0..<count { texts.append(try input.readText()) }
    return texts
  }

  fileprivate func readBool() throws -> Bool { try input.readByte() != 0 }

  fileprivate func readInteger<Number: FixedWidthInteger>() throws -> Number {
    let number = try input.readNumber()
    guard let value = Number(exactly: number) else { throw ByteReader.Damage() }
    return value
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields<Key>(decoder: self))
  }

  func unkeyedContainer() -> any UnkeyedDecodingContainer { Items(decoder: self) }
  func singleValueContainer() -> any SingleValueDecodingContainer { Whole(decoder: self) }
}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: PositionalDecoder
  var codingPath: [any CodingKey] { [] }

  /// The case of an enumeration that was written: nothing else asks for keys.
  var allKeys: [Key] {
    do {
      return [try decoder.input.readText()].compactMap { Key(stringValue: $0) }
    } catch {
      // Whoever asks complains of a case that is none.
      return []
    }
  }

  func contains(_ key: Key) -> Bool { true }
  func decodeNil(forKey key: Key) throws -> Bool { false }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decoder.readBool() }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try decoder.readInteger() }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try decoder.input.readNumber() }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try decoder.input.readDouble() }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try decoder.input.readText() }
  func decode<Item: Decodable>(_ type: Item.Type, forKey key: Key) throws -> Item { try decoder.read() }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
    let byte = try decoder.input.readByte()
    return byte == 0 ? nil : byte == 2
  }

  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
    try decoder.readBool() ? try decoder.readInteger() : nil
  }

  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
    try decoder.readBool() ? try decoder.input.readDouble() : nil
  }

  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try decoder.readBool() ? try decoder.input.readText() : nil
  }

  func decodeIfPresent<Item: Decodable>(_ type: Item.Type, forKey key: Key) throws -> Item? {
    try decoder.readBool() ? try decoder.read() : nil
  }

  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) -> KeyedDecodingContainer<Inner> {
    decoder.container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
  func superDecoder() -> any Decoder { decoder }
  func superDecoder(forKey key: Key) -> any Decoder { decoder }
}

private struct Items: UnkeyedDecodingContainer {
  let decoder: PositionalDecoder
  var currentIndex = 0
  let count: Int? = nil
  private var isEnded = false
  var codingPath: [any CodingKey] { [] }

  init(decoder: PositionalDecoder) {
    self.decoder = decoder
    endIfNothingFollows()
  }

  var isAtEnd: Bool { isEnded }

  /// Takes the mark before the next item, or the one that ends the list; bytes that are neither fail as items.
  private mutating func endIfNothingFollows() {
    do {
      isEnded = try decoder.input.readByte() == 0
    } catch {
      // The item that is read next throws: there are no bytes for it.
      isEnded = false
    }
  }

  mutating func decodeNil() throws -> Bool { false }

  mutating func decode<Item: Decodable>(_ type: Item.Type) throws -> Item {
    guard !isEnded, !decoder.input.isAtEnd else { throw ByteReader.Damage() }
    let item: Item = try decoder.read()
    currentIndex += 1
    endIfNothingFollows()
    return item
  }

  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    decoder.container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
  func superDecoder() -> any Decoder { decoder }
}

private struct Whole: SingleValueDecodingContainer {
  let decoder: PositionalDecoder
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }
  func decode(_ type: Bool.Type) throws -> Bool { try decoder.readBool() }
  func decode(_ type: Int.Type) throws -> Int { try decoder.readInteger() }
  func decode(_ type: Int8.Type) throws -> Int8 { try decoder.readInteger() }
  func decode(_ type: Int16.Type) throws -> Int16 { try decoder.readInteger() }
  func decode(_ type: Int32.Type) throws -> Int32 { try decoder.readInteger() }
  func decode(_ type: Int64.Type) throws -> Int64 { try decoder.readInteger() }
  func decode(_ type: UInt.Type) throws -> UInt { UInt(UInt64(bitPattern: try decoder.input.readNumber())) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.readInteger() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.readInteger() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.readInteger() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { UInt64(bitPattern: try decoder.input.readNumber()) }
  func decode(_ type: Float.Type) throws -> Float { Float(try decoder.input.readDouble()) }
  func decode(_ type: Double.Type) throws -> Double { try decoder.input.readDouble() }
  func decode(_ type: String.Type) throws -> String { try decoder.input.readText() }
  func decode<Item: Decodable>(_ type: Item.Type) throws -> Item { try decoder.read() }
}
