extension Scalar {
  /// The value as JSON: numbers exact, JSON values as they are, structures and maps as objects, what JSON has
  /// no form for as the text of `text(as:)`. NaN and the infinities, which JSON does not have, are null.
  public func json(as type: LogicalType) -> String {
    switch self {
    case .null: return "null"
    case .boolean, .integer, .unsigned, .huge, .unsignedHuge, .bignum: return text(as: type)
    case .decimal:
      let text = text(as: type)
      if text.hasPrefix(".") { return "0" + text }
      return text.hasPrefix("-.") ? "-0" + text.dropFirst() : text
    case .float32(let value): return value.isFinite ? text(as: type) : "null"
    case .float64(let value): return value.isFinite ? text(as: type) : "null"
    case .text(let text): return type == .json ? text : jsonString(text)
    case .list(let items): return "[" + items.map { $0.json(as: type.element) }.joined(separator: ",") + "]"
    case .map(let keys, let values):
      let (keyType, valueType) = type.pair
      return jsonObject(zip(keys, values).map { ($0.text(as: keyType), $1.json(as: valueType)) })
    case .structure(let names, let values):
      let types = type.members
      let members = values.enumerated().map { $1.json(as: $0 < types.count ? types[$0].type : .null) }
      if !names.isEmpty, names.allSatisfy(\.isEmpty) { return "[" + members.joined(separator: ",") + "]" }
      return jsonObject(Array(zip(names, members)))
    case .union(let tag, let value):
      return jsonObject([(tag, value.json(as: type.members.first { $0.name == tag }?.type ?? .null))])
    case .variant(let type, let value): return value.json(as: type)
    default: return jsonString(text(as: type))
    }
  }
}

extension Batch {
  /// Every row as a JSON object with the columns' names as keys, in order.
  public func jsonRows() -> [String] {
    (0..<rowCount).map { row in
      jsonObject(zip(schema.fields, columns).map { ($0.name, $1.value(at: row).json(as: $0.type)) })
    }
  }
}

private func jsonObject(_ members: [(String, String)]) -> String {
  "{" + members.map { "\(jsonString($0)):\($1)" }.joined(separator: ",") + "}"
}

/// A text in JSON's quotes.
func jsonString(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\r": quoted += "\\r"
    case "\t": quoted += "\\t"
    case "\u{0}"..<"\u{20}":
      let digits = String(scalar.value, radix: 16)
      quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}
