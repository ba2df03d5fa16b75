import Diagnostics

/// Plain data: the `Sendable`, JSON-like twin of `Value`, for configurations, variables and what YAML holds.
public enum DataValue: Sendable, Hashable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case list([DataValue])
  case dict(DataMap)
}

/// A mapping from text to data that keeps the order of insertion. Two are equal whatever their order.
///
/// Most maps are small and are copied often: the entries stand in one array, and only a large map has an index too.
public struct DataMap: Sendable {
  private var entries: [(key: String, value: DataValue)] = []
  /// Where each key stands; empty while the map is small enough to be looked through.
  private var places: [String: Int] = [:]
  /// The most entries that are looked through.
  private static let smallCount = 32

  /// An empty map.
  public init() {}

  /// The given entries; a repeated key keeps its first place and last value.
  public init(_ entries: [(String, DataValue)]) {
    self.entries.reserveCapacity(entries.count)
    for (key, value) in entries { self[key] = value }
  }

  /// The keys in order.
  public var keys: [String] { entries.map(\.key) }
  /// How many entries there are.
  public var count: Int { entries.count }
  /// Whether there is no entry.
  public var isEmpty: Bool { entries.isEmpty }
  /// The values in order.
  public var values: [DataValue] { entries.map(\.value) }

  /// The value under `key`. Setting nil removes the entry, in time that grows with the map.
  public subscript(key: String) -> DataValue? {
    get { place(of: key).map { entries[$0].value } }
    set {
      guard let newValue else { return remove(key) }
      if let place = place(of: key) {
        entries[place].value = newValue
      } else {
        append(key, newValue)
      }
    }
  }

  private func place(of key: String) -> Int? {
    places.isEmpty ? entries.firstIndex { $0.key == key } : places[key]
  }

  private mutating func append(_ key: String, _ value: DataValue) {
    entries.append((key, value))
    if !places.isEmpty {
      places[key] = entries.count - 1
    } else if entries.count > Self.smallCount {
      index()
    }
  }

  private mutating func remove(_ key: String) {
    guard let place = place(of: key) else { return }
    entries.remove(at: place)
    places = [:]
    if entries.count > Self.smallCount { index() }
  }

  private mutating func index() {
    places.reserveCapacity(entries.count)
    for (place, entry) in entries.enumerated() { places[entry.key] = place }
  }
}

extension DataMap: Hashable {
  /// Whether both hold the same values under the same keys, in whatever order.
  public static func == (left: DataMap, right: DataMap) -> Bool {
    left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
  }

  /// Hashes what equality compares.
  public func hash(into hasher: inout Hasher) {
    var combined = 0
    for entry in entries {
      var own = Hasher()
      own.combine(entry.key)
      own.combine(entry.value)
      combined ^= own.finalize()
    }
    hasher.combine(combined)
  }
}

extension DataMap: Sequence {
  /// Goes through the entries in order.
  public struct Iterator: IteratorProtocol {
    fileprivate var entries: [(key: String, value: DataValue)].Iterator

    /// The next entry.
    public mutating func next() -> (key: String, value: DataValue)? { entries.next() }
  }

  /// The entries in order.
  public func makeIterator() -> Iterator { Iterator(entries: entries.makeIterator()) }

  /// How many entries there are.
  public var underestimatedCount: Int { entries.count }
}

extension DataMap: ExpressibleByDictionaryLiteral {
  /// A map, in the order written.
  public init(dictionaryLiteral elements: (String, DataValue)...) { self.init(elements) }
}

extension DataValue {
  /// A dictionary with these entries, in this order.
  public static func dict(_ entries: [(String, DataValue)]) -> DataValue { .dict(DataMap(entries)) }

  /// The value under `key`, if this is a dictionary that has it.
  public subscript(key: String) -> DataValue? { dictValue?[key] }

  /// The item at `index`, if this is a list that has it.
  public subscript(index: Int) -> DataValue? {
    guard case .list(let items) = self, items.indices.contains(index) else { return nil }
    return items[index]
  }

  /// Whether this is `none`.
  public var isNone: Bool {
    if case .none = self { return true }
    return false
  }

  /// The text, if this is text.
  public var stringValue: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  /// The truth value, if this is one.
  public var boolValue: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  /// The integer, if this is one.
  public var intValue: Int? {
    if case .int(let value) = self { return value }
    return nil
  }

  /// The number, if this is an integer or a floating-point number.
  public var doubleValue: Double? {
    switch self {
    case .int(let value): return Double(value)
    case .float(let value): return value
    default: return nil
    }
  }

  /// The items, if this is a list.
  public var listValue: [DataValue]? {
    if case .list(let items) = self { return items }
    return nil
  }

  /// The entries, if this is a dictionary.
  public var dictValue: DataMap? {
    if case .dict(let map) = self { return map }
    return nil
  }

  /// What kind of data this is, in words for messages.
  public var kindName: String {
    switch self {
    case .none: "null"
    case .bool: "a boolean"
    case .int: "an integer"
    case .float: "a number"
    case .string: "text"
    case .list: "a list"
    case .dict: "a mapping"
    }
  }
}

extension DataValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A number with a fraction.
  public init(floatLiteral value: Double) { self = .float(value) }
  /// A list.
  public init(arrayLiteral elements: DataValue...) { self = .list(elements) }
  /// A map, in the order written.
  public init(dictionaryLiteral elements: (String, DataValue)...) { self = .dict(DataMap(elements)) }
}

// MARK: - Coding

extension DataValue: Codable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads any JSON-like value. A dictionary's keys come in the order of their text: decoders do not tell theirs.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Name.self) {  // a probe: the next one follows
      var map = DataMap()
      for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
        map[key.stringValue] = try container.decode(DataValue.self, forKey: key)
      }
      self = .dict(map)
      return
    }
    if var container = try? decoder.unkeyedContainer() {  // a probe: the next one follows
      var items: [DataValue] = []
      while !container.isAtEnd { items.append(try container.decode(DataValue.self)) }
      self = .list(items)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let value = try? container.decode(Bool.self) {  // a probe: the next one follows
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {  // a probe: the next one follows
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {  // a probe: the next one follows
      self = .float(value)
    } else {
      self = .string(try container.decode(String.self))
    }
  }

  /// Writes the value as plain data.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .dict(let map):
      var container = encoder.container(keyedBy: Name.self)
      for (key, value) in map { try container.encode(value, forKey: Name(stringValue: key)) }
    case .list(let items):
      var container = encoder.unkeyedContainer()
      for item in items { try container.encode(item) }
    default:
      var container = encoder.singleValueContainer()
      switch self {
      case .bool(let value): try container.encode(value)
      case .int(let value): try container.encode(value)
      case .float(let value): try container.encode(value)
      case .string(let value): try container.encode(value)
      default: try container.encodeNil()
      }
    }
  }
}

// MARK: - To and from values

extension Value {
  /// The data as a value; lists and dictionaries are new ones.
  public init(_ data: DataValue) {
    switch data {
    case .none: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .float(let value): self = .float(value)
    case .string(let value): self = .string(value)
    case .list(let items): self = .list(ListObject(items.map { Value($0) }))
    case .dict(let map):
      let dict = DictObject()
      for (key, value) in map { dict.set(string: key, to: Value(value)) }
      self = .dict(dict)
    }
  }

  /// The value as plain data: tuples become lists, keys become text, as in JSON.
  ///
  /// Throws for what data cannot hold: undefined values, functions, objects (other than text marked safe and what
  /// `range` gives), and values that nest deeper than 200 levels.
  public func data() throws -> DataValue {
    var budget = 10_000_000
    return try data(depth: 0, &budget)
  }

  private func data(depth: Int, _ budget: inout Int) throws -> DataValue {
    budget -= 1
    guard budget > 0 else { throw excess("a value is too large to be converted to data") }
    guard depth < Value.maxNesting else { throw excess("values nest too deeply to be converted to data") }
    switch self {
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .float(let value): return .float(value)
    case .string(let value): return .string(value)
    case .list(let list): return .list(try list.items.map { try $0.data(depth: depth + 1, &budget) })
    case .tuple(let items): return .list(try items.map { try $0.data(depth: depth + 1, &budget) })
    case .dict(let dict):
      var map = DataMap()
      for entry in dict.entries {
        map[try entry.key.dataKey()] = try entry.value.data(depth: depth + 1, &budget)
      }
      return .dict(map)
    case .object(let object):
      if let text = stringValue { return .string(text) }
      if let namespace = object as? NamespaceObject {
        return try Value.dict(namespace.attributes).data(depth: depth + 1, &budget)
      }
    case .undefined, .callable: break
    }
    throw fault("Object of type \(typeName) is not JSON serializable")
  }

  /// The value as a key, as Python's `json` makes one.
  private func dataKey() throws -> String {
    switch self {
    case .none: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .int, .float: return description
    default:
      if let text = stringValue { return text }
      throw fault("keys must be str, int, float, bool or None, not \(typeName)")
    }
  }
}
