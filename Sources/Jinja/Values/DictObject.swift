import Diagnostics

/// A mutable mapping that keeps the order of insertion. Keys compare as in Python: `1`, `1.0` and `True` are one key.
public final class DictObject {
  /// The entries in order.
  @exclusivity(unchecked) private(set) var entries: [DictEntry] = []
  /// Whether there was a key that is an object, which may equal a text (text marked safe). To find a key then calls the
  /// host.
  @exclusivity(unchecked) private(set) var hasObjectKeys = false
  /// Open addressing over `entries`; empty while a linear search is quicker.
  @exclusivity(unchecked) private var table: [Int32] = []

  private static let linearLimit = 8

  /// An empty dictionary.
  public init() {}

  private init(copying other: DictObject) {
    entries = other.entries
    table = other.table
    hasObjectKeys = other.hasObjectKeys
  }

  deinit {
    guard nestsDeeply else { return }
    var nested = takeNested()
    Unwinding.release(&nested)
  }

  /// Whether it takes more than a level or two to free it.
  private var nestsDeeply: Bool {
    entries.withCells { cells in
      for index in cells.indices where cells[index].nestsDeeply { return true }
      return false
    }
  }

  /// How many entries there are.
  public var count: Int { entries.count }

  /// The keys in order.
  public var keys: [Value] { entries.map(\.key) }

  /// The values in order.
  public var values: [Value] { entries.map(\.value) }

  /// The value under `key`; nil when there is none or `key` cannot be a key. Setting nil removes the entry;
  /// setting under a list or a dictionary does nothing (use a tuple).
  public subscript(key: Value) -> Value? {
    get {
      guard let index = position(of: key) else { return nil }
      return entries[index].value
    }
    set {
      if let newValue { set(key, to: newValue) } else { remove(key) }
    }
  }

  /// The value under a text key.
  public subscript(key: String) -> Value? {
    get {
      guard let index = position(ofString: key) else { return nil }
      return entries[index].value
    }
    set {
      if let newValue { set(string: key, to: newValue) } else { remove(.string(key)) }
    }
  }

  /// The value under a text key.
  @inline(__always)
  subscript(key: DictKey) -> Value? {
    guard let index = position(of: key) else { return nil }
    return entries[index].value
  }

  /// Writes the text or the integer under a text key where it lies, or nothing where there is none; false where there
  /// is something else.
  func write(_ key: DictKey, to output: Output) throws -> Bool {
    guard let index = position(of: key) else { return true }
    return try entries.withCells { try $0[index].write(to: output) }
  }

  /// The integer under a text key, if there is one.
  @inline(__always)
  func integer(_ key: DictKey) -> Int? {
    guard let index = position(of: key), case .int(let number) = entries[index].value else { return nil }
    return number
  }

  /// Whether the list under a text key has a text; nil where there is no list, or an object in it that may equal the text.
  func list(under key: DictKey, contains text: String) -> Bool? {
    guard let index = position(of: key), case .list(let list) = entries[index].value else { return nil }
    return Value.items(list.items, containText: text)
  }

  /// Whether there is no value under a text key, or the undefined one.
  func isUndefined(_ key: DictKey) -> Bool {
    guard let index = position(of: key) else { return true }
    if case .undefined = entries[index].value { return true }
    return false
  }

  /// A new dictionary with the same entries.
  public func copy() -> DictObject { DictObject(copying: self) }

  func set(string key: String, to value: Value) { set(DictKey(key), to: value) }

  func set(_ key: DictKey, to value: Value) {
    if let index = position(of: key) {
      entries[index].value = value
    } else {
      append(.string(key.text), value)
    }
  }

  /// Puts a value in the place of one that is there.
  func replaceValue(at index: Int, with value: Value) { entries[index].value = value }

  func set(_ key: Value, to value: Value) {
    guard key.isHashable else { return }
    if let index = position(of: key) {
      entries[index].value = value
    } else {
      append(key, value)
    }
  }

  /// Removes the entry and returns its value. Takes time in proportion to the size.
  @discardableResult
  func remove(_ key: Value) -> Value? {
    guard let index = position(of: key) else { return nil }
    return remove(at: index).value
  }

  func remove(at index: Int) -> DictEntry {
    let removed = entries.remove(at: index)
    rebuild()
    return removed
  }

  func removeAll() {
    entries = []
    table = []
  }

  /// Whether nothing that it holds may hold something.
  var isFlat: Bool {
    entries.withCells { cells in
      for index in cells.indices where cells[index].nests { return false }
      return true
    }
  }

  /// Empties the dictionary and hands over the containers that it held.
  func takeNested() -> [Value] {
    guard !isFlat else { return [] }
    var nested: [Value] = []
    for entry in entries where Unwinding.nests(entry.value) || Unwinding.nests(entry.key) {
      nested.append(entry.value)
      nested.append(entry.key)
    }
    if !nested.isEmpty { removeAll() }
    return nested
  }

  /// Fails for a value that cannot be a key.
  static func check(_ key: Value) throws {
    guard key.isHashable else { throw fault("unhashable type: '\(key.typeName)'") }
  }
}

// MARK: - Finding

extension DictObject {
  func position(of key: Value) -> Int? {
    if case .string(let text) = key { return position(ofString: text) }
    guard key.isHashable else { return nil }
    if table.isEmpty { return entries.firstIndex { $0.key.isEqual(to: key) } }
    var slot = key.hashed & (table.count - 1)
    while true {
      let index = Int(table[slot])
      if index < 0 { return nil }
      if entries[index].key.isEqual(to: key) { return index }
      slot = (slot + 1) & (table.count - 1)
    }
  }

  @inline(__always)
  func position(ofString text: String) -> Int? { position(of: DictKey(text)) }

  func position(of key: DictKey) -> Int? {
    guard table.isEmpty else { return position(inTable: key.text) }
    var index = candidate(key.fingerprint, from: 0)
    while index >= 0 {
      if case .string(let text) = entries[index].key, text.isSame(as: key.text) { return index }
      index = candidate(key.fingerprint, from: index &+ 1)
    }
    return hasObjectKeys ? entries.firstIndex { $0.key.isEqual(to: .string(key.text)) } : nil
  }

  /// Where the next key with this fingerprint is; -1 where there is none.
  @inline(__always)
  private func candidate(_ fingerprint: UInt32, from start: Int) -> Int {
    entries.withCells { cells in
      var index = start
      while index < cells.count {
        if cells[index].fingerprint == fingerprint { return index }
        index &+= 1
      }
      return -1
    }
  }

  private func position(inTable text: String) -> Int? {
    var slot = text.hashValue & (table.count - 1)
    while true {
      let index = Int(table[slot])
      if index < 0 { return nil }
      if case .string(let key) = entries[index].key, key.isSame(as: text) { return index }
      slot = (slot + 1) & (table.count - 1)
    }
  }

  private func append(_ key: Value, _ value: Value) {
    if case .object = key { hasObjectKeys = true }
    entries.append(DictEntry(key, value))
    if entries.count * 2 > table.count, entries.count > Self.linearLimit {
      rebuild()
    } else if !table.isEmpty {
      place(entries.count - 1)
    }
  }

  private func place(_ index: Int) {
    var slot = entries[index].key.hashed & (table.count - 1)
    while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
    table[slot] = Int32(truncatingIfNeeded: index)
  }

  private func rebuild() {
    guard entries.count > Self.linearLimit else {
      table = []
      return
    }
    var size = 32
    while size < entries.count * 4 { size *= 2 }
    table = [Int32](repeating: -1, count: size)
    for index in entries.indices { place(index) }
  }
}

/// An entry of a dictionary.
struct DictEntry {
  let key: Value
  /// A text key's, else 0: most keys that are not meant differ in it.
  let fingerprint: UInt32
  var value: Value

  init(_ key: Value, _ value: Value) {
    self.key = key
    if case .string(let text) = key { fingerprint = text.fingerprint } else { fingerprint = 0 }
    self.value = value
  }
}

/// An entry in a dictionary's memory, to be read where it lies: see `Slot`. Has the layout of `DictEntry`.
struct EntryCell: ~Copyable {
  let key: Value
  let fingerprint: UInt32
  let value: Value

  /// Whether the key or the value may hold other values.
  @inline(__always)
  var nests: Bool { Unwinding.nests(value) || Unwinding.nests(key) }

  /// Writes the value, if it is a text or an integer.
  @inline(__always)
  borrowing func write(to output: Output) throws -> Bool {
    switch value {
    case .string(let text): try output.append(text)
    case .int(let number): try output.append(number)
    default: return false
    }
    return true
  }

  /// Whether the key or the value may hold other values that hold others.
  @inline(__always)
  var nestsDeeply: Bool { Unwinding.nestsDeeply(value) || Unwinding.nests(key) }
}

extension [DictEntry] {
  /// Lends the entries' memory.
  @inline(__always)
  func withCells<Result>(_ body: (UnsafeBufferPointer<EntryCell>) throws -> Result) rethrows -> Result {
    try withUnsafeBytes { try body($0.assumingMemoryBound(to: EntryCell.self)) }
  }
}

/// A text key and its fingerprint, computed once.
struct DictKey {
  let text: String
  let fingerprint: UInt32

  init(_ text: String) {
    self.text = text
    fingerprint = text.fingerprint
  }
}

extension String {
  /// A small number that depends on the text's length and on its first and last bytes; never 0.
  var fingerprint: UInt32 {
    if let found = utf8.withContiguousStorageIfAvailable(String.fingerprint) { return found }
    var text = self
    return text.withUTF8(String.fingerprint)
  }

  @inline(__always)
  private static func fingerprint(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let raw = UnsafeRawBufferPointer(bytes)
    let count = raw.count
    let (first, last): (UInt64, UInt64)
    if count >= 8 {
      first = raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
      last = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    } else if count >= 4 {
      first = UInt64(raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
      last = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
    } else if count > 0 {
      first = UInt64(raw[0]) | UInt64(raw[count &>> 1]) &<< 8
      last = UInt64(raw[count &- 1])
    } else {
      (first, last) = (0, 0)
    }
    let mixed = (first ^ (last &<< 29 | last &>> 35) ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15
    return UInt32(truncatingIfNeeded: mixed &>> 32) | 0x8000_0000
  }
}

extension Value {
  /// Whether the value can be a dictionary key.
  var isHashable: Bool {
    switch self {
    case .list, .dict: false
    case .tuple(let items): items.allSatisfy(\.isHashable)
    default: true
    }
  }

  /// An integer's hash: the standard library's takes as long as all else that finding a key does.
  @inline(__always)
  private static func hash(_ value: Int) -> Int {
    let mixed = UInt(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15
    return Int(bitPattern: mixed ^ (mixed &>> 32))
  }

  /// Equal values have equal hashes.
  var hashed: Int {
    switch self {
    case .undefined, .none: return 0
    case .bool(let value): return Value.hash(value ? 1 : 0)
    case .int(let value): return Value.hash(value)
    case .float(let value): return Int(exactly: value).map(Value.hash) ?? value.hashValue
    case .string(let value): return value.hashValue
    case .list(let list): return ObjectIdentifier(list).hashValue
    case .dict(let dict): return ObjectIdentifier(dict).hashValue
    case .callable(let callable): return ObjectIdentifier(callable).hashValue
    case .tuple(let items): return items.reduce(1) { $0 &* 31 &+ $1.hashed }
    case .object(let object):
      if let markup = object as? MarkupObject { return markup.content.hashValue }
      return ObjectIdentifier(object).hashValue
    }
  }
}
