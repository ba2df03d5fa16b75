import Jinja

/// How this module reads and builds plain data.
extension DataValue {
  /// A mapping in this order; of a repeated key the last value counts, at the first place.
  static func mapping(_ entries: [(String, DataValue)]) -> DataValue { .dict(DataMap(entries)) }

  static var emptyMapping: DataValue { .dict(DataMap()) }

  /// The entries, if the value is a mapping.
  var entries: [(key: String, value: DataValue)]? { dictValue.map(Array.init) }

  /// The items, if the value is a list.
  var items: [DataValue]? { listValue }

  /// The value with one entry set; anything but a mapping becomes one.
  func setting(_ key: String, to value: DataValue) -> DataValue {
    var map = dictValue ?? DataMap()
    map[key] = value
    return .dict(map)
  }

  /// The mapping with the other's entries over its own, one level deep.
  func merging(_ other: DataValue) -> DataValue {
    guard let additions = other.dictValue, !additions.isEmpty else { return self }
    var map = dictValue ?? DataMap()
    for (key, value) in additions { map[key] = value }
    return .dict(map)
  }

  /// One text, or a list of texts, as a list; nil for anything else.
  var texts: [String]? {
    switch self {
    case .none: return []
    case .string(let text): return [text]
    case .list(let items):
      var texts: [String] = []
      for item in items {
        guard let text = item.scalarText else { return nil }
        texts.append(text)
      }
      return texts
    default: return nil
    }
  }

  /// Text, or a number or truth value as text.
  var scalarText: String? {
    switch self {
    case .string(let text): text
    case .int(let value): String(value)
    case .float(let value): String(value)
    case .bool(let value): value ? "true" : "false"
    default: nil
    }
  }

  /// What the value is called in messages.
  var typeName: String { kindName }

  /// Python's `str()` of the value, as names of checks need it.
  var pythonText: String {
    if case .string(let text) = self { return text }
    return Jinja.Value(self).description
  }
}
