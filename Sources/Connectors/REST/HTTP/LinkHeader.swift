/// The `Link` header of RFC 8288.
enum LinkHeader {
  /// The first target whose relation is `relation`, among the headers' values.
  static func target(of relation: String, in values: [String]) -> String? {
    for value in values {
      var rest = Array(value.utf8)[...]
      while let link = nextLink(&rest) {
        if link.relations.contains(relation.lowercased()) { return link.target }
      }
    }
    return nil
  }

  private static func nextLink(_ rest: inout ArraySlice<UInt8>) -> (target: String, relations: [String])? {
    guard let open = rest.firstIndex(of: 0x3C), let close = rest[open...].firstIndex(of: 0x3E) else {
      return nil
    }
    let target = String(decoding: rest[(open + 1)..<close], as: UTF8.self)
    rest = rest[(close + 1)...]
    var relations: [String] = []
    while let parameter = nextParameter(&rest) {
      if parameter.name == "rel", relations.isEmpty {
        relations = parameter.value.lowercased().split(separator: " ").map(String.init)
      }
    }
    return (target, relations)
  }

  /// The next `; name=value`; nil at a comma or at the end.
  private static func nextParameter(_ rest: inout ArraySlice<UInt8>) -> (name: String, value: String)? {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    guard rest.first == 0x3B else { return nil }
    let name = rest.dropFirst().prefix { $0 != 0x3D && $0 != 0x3B && $0 != 0x2C }
    rest = rest[name.endIndex...]
    var value: [UInt8] = []
    if rest.first == 0x3D {
      rest = rest.dropFirst().drop { $0 == 0x20 }
      if rest.first == 0x22 {
        rest = rest.dropFirst()
        while let byte = rest.popFirst(), byte != 0x22 {
          value.append(byte == 0x5C ? rest.popFirst() ?? byte : byte)
        }
      } else {
        value = Array(rest.prefix { $0 != 0x3B && $0 != 0x2C })
        rest = rest.dropFirst(value.count)
      }
    }
    let text = String(decoding: name, as: UTF8.self)
    return (text.filter { !$0.isWhitespace }.lowercased(), trimmed(String(decoding: value, as: UTF8.self)))
  }

  private static func trimmed(_ text: String) -> String {
    text.split(separator: " ").joined(separator: " ")
  }
}
