/// Holds a large part of a value, so that copies of the value share it until one of them changes it.
///
/// Safe to send: whoever changes what it holds makes sure first that nobody else has the box.
final class SharedBox<Value: Sendable>: @unchecked Sendable {
  @exclusivity(unchecked) var value: Value

  init(_ value: Value) { self.value = value }
}

extension SharedBox: Codable where Value: Codable {
  convenience init(from decoder: any Decoder) throws { self.init(try Value(from: decoder)) }

  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
