import Jinja

/// Writes values as their declarations order them, without names: small, fast, and readable only by the program that
/// wrote it. The items of a list are each led by a 1, and a 0 ends it; what may be missing is led by a 1 or is a 0.
///
/// Dictionaries with texts as keys are refused: nothing would say which keys they have.
final class PositionalEncoder: Encoder {
  fileprivate(set) var output = ByteWriter()
  /// Whether the value that is being written began a list.
  fileprivate var isList = false
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  /// The bytes of one value.
  static func bytes(of value: some Encodable) throws -> [UInt8] {
    let encoder = PositionalEncoder()
    try encoder.write(value)
    return encoder.output.bytes
  }

  func write<Item: Encodable>(_ value: Item) throws {
    if Item.self == DataValue.self, let data = value as? DataValue { return output.write(data) }
    if Item.self == [String].self, let texts = value as? [String] { return write(texts: texts) }
    let outer = isList
    isList = false
    try value.encode(to: self)
    if isList { output.write(byte: 0) }
    isList = outer
  }

  private func write(texts: [String]) {
    output.write(Int64(texts.count))
    for text in texts { output.write(text) }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Fields<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    isList = true
    return Items(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Whole(encoder: self) }

  fileprivate func refused(_ what: String) -> EncodingError {
    EncodingError.invalidValue(what, .init(codingPath: [], debugDescription: "\(what) cannot be written"))
  }
}

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: PositionalEncoder
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) throws { throw encoder.refused("nothing") }
  func encode(_ value: Bool, forKey key: Key) { encoder.output.write(byte: value ? 1 : 0) }
  func encode(_ value: Int, forKey key: Key) { encoder.output.write(Int64(value)) }
  func encode(_ value: Int64, forKey key: Key) { encoder.output.write(value) }
  func encode(_ value: Double, forKey key: Key) { encoder.output.write(value) }
  func encode(_ value: String, forKey key: Key) { encoder.output.write(value) }
  func encode<Item: Encodable>(_ value: Item, forKey key: Key) throws { try encoder.write(value) }

  func encodeIfPresent(_ value: Bool?, forKey key: Key) {
    encoder.output.write(byte: value.map { $0 ? 2 : 1 } ?? 0)
  }

  func encodeIfPresent(_ value: Int?, forKey key: Key) {
    encoder.output.write(byte: value == nil ? 0 : 1)
    if let value { encoder.output.write(Int64(value)) }
  }

  func encodeIfPresent(_ value: Double?, forKey key: Key) {
    encoder.output.write(byte: value == nil ? 0 : 1)
    if let value { encoder.output.write(value) }
  }

  func encodeIfPresent(_ value: String?, forKey key: Key) {
    encoder.output.write(byte: value == nil ? 0 : 1)
    if let value { encoder.output.write(value) }
  }

  func encodeIfPresent<Item: Encodable>(_ value: Item?, forKey key: Key) throws {
    encoder.output.write(byte: value == nil ? 0 : 1)
    if let value { try encoder.write(value) }
  }

  /// A case of an enumeration and what belongs to it.
  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Inner> {
    encoder.output.write(key.stringValue)
    return encoder.container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder }
  func superEncoder(forKey key: Key) -> any Encoder { encoder }
}

private struct Items: UnkeyedEncodingContainer {
  let encoder: PositionalEncoder
  var count = 0
  var codingPath: [any CodingKey] { [] }

  init(encoder: PositionalEncoder) { self.encoder = encoder }

  func encodeNil() throws { throw encoder.refused("nothing") }

  mutating func encode<Item: Encodable>(_ value: Item) throws {
    encoder.output.write(byte: 1)
    try encoder.write(value)
    count += 1
  }

  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    encoder.container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder }
}

private struct Whole: SingleValueEncodingContainer {
  let encoder: PositionalEncoder
  var codingPath: [any CodingKey] { [] }

  func encodeNil() throws { throw encoder.refused("nothing") }
  func encode(_ value: Bool) { encoder.output.write(byte: value ? 1 : 0) }
  func encode(_ value: Int) { encoder.output.write(Int64(value)) }
  func encode(_ value: Int8) { encoder.output.write(Int64(value)) }
  func encode(_ value: Int16) { encoder.output.write(Int64(value)) }
  func encode(_ value: Int32) { encoder.output.write(Int64(value)) }
  func encode(_ value: Int64) { encoder.output.write(value) }
  func encode(_ value: UInt) { encoder.output.write(Int64(bitPattern: UInt64(value))) }
  func encode(_ value: UInt8) { encoder.output.write(Int64(value)) }
  func encode(_ value: UInt16) { encoder.output.write(Int64(value)) }
  func encode(_ value: UInt32) { encoder.output.write(Int64(value)) }
  func encode(_ value: UInt64) { encoder.output.write(Int64(bitPattern: value)) }
  func encode(_ value: Float) { encoder.output.write(Double(value)) }
  func encode(_ value: Double) { encoder.output.write(value) }
  func encode(_ value: String) { encoder.output.write(value) }
  func encode<Item: Encodable>(_ value: Item) throws { try encoder.write(value) }
}
