import Diagnostics

/// Jinja's own filters.
///
/// Where Python gives a generator (`map`, `select`, `batch`, …) these give a list.
enum BuiltinFilters {
  /// A filter in a box: a bare function in a dictionary is wrapped again at each use.
  struct Entry {
    let apply: Interpreter.Filter
  }

  /// The filters by name.
  ///
  /// Unsafe only in name: the table is made once and never changes, and its functions hold no state.
  nonisolated(unsafe) static let table: [String: Entry] = {
    var table: [String: Entry] = [:]
    for part in [TextFilters.table(), SequenceFilters.table(), NumberFilters.table(), MarkupFilters.table()] {
      table.merge(part) { old, _ in old }
    }
    return table
  }()
}

extension Interpreter {
  /// The filter of this name, the host's before the built-in one.
  func filter(named name: String) throws -> Filter {
    if let filter = filters[name] ?? BuiltinFilters.table[name]?.apply { return filter }
    throw fault("No filter named \(Repr.quoted(name)).")
  }

  /// The test of this name, the host's before the built-in one.
  func test(named name: String) throws -> Test {
    if let test = tests[name] ?? BuiltinTests.table[name]?.holds { return test }
    throw fault("No test named \(Repr.quoted(name)).")
  }
}

/// How filters read their arguments.
extension Arguments {
  /// As `bind`, with the value before the filter counted among the arguments in messages, as Python does.
  func filterBind(_ names: [String], required: Int = 0, _ function: String) throws -> [Value?] {
    try bind(names, required: required, implicit: 1, function: "do_" + function)
  }

  /// Drops the first argument.
  func dropFirst() -> Arguments { Arguments(Array(positional.dropFirst()), keyword: keyword) }
}

/// The attribute that filters such as `sort(attribute="a.b.0")` look at.
struct AttributePath {
  private let parts: [Part]

  private struct Part {
    let value: Value
    /// The same, where it is a name.
    let key: DictKey?

    init(_ value: Value) {
      self.value = value
      if case .string(let name) = value { key = DictKey(name) } else { key = nil }
    }
  }

  init(_ value: Value?) throws {
    switch value {
    case nil, .some(.none): parts = []
    case .some(let value):
      guard let text = value.stringValue else {
        parts = [Part(value)]
        return
      }
      guard text.utf8.contains(where: { $0 == 0x2E || $0 &- 0x30 < 10 }) else {
        // Nearly always one name.
        parts = [Part(.string(text))]
        return
      }
      parts = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
        if !part.isEmpty, part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(part) {
          return Part(.int(number))
        }
        return Part(.string(String(part)))
      }
    }
  }

  /// The paths of a list of attributes with commas between them.
  static func several(_ value: Value?) throws -> [AttributePath] {
    guard let text = value?.stringValue else { return [try AttributePath(value)] }
    return try text.split(separator: ",", omittingEmptySubsequences: false).map {
      try AttributePath(.string(String($0)))
    }
  }

  /// What the path, which is a single name, gives in a dictionary that has it; nil in all other cases. Finds it without
  /// counting a reference to the dictionary, which takes longer.
  func value(ofItem index: Int, in items: [Value]) -> Value? {
    guard parts.count == 1, let key = parts[0].key else { return nil }
    let value = items.withCells { cells in
      cells[index].dictionary()?._withUnsafeGuaranteedRef { $0[key] }
    }
    return value?.isUndefined == true ? nil : value
  }

  /// As `value(ofItem:in:)`, whether the value counts as true; nil for objects, too, which must be asked.
  func flag(ofItem index: Int, in items: [Value]) -> Bool? {
    guard parts.count == 1, let key = parts[0].key else { return nil }
    return items.withCells { cells in
      cells[index].dictionary()?._withUnsafeGuaranteedRef { $0[key]?.quickTruth }
    }
  }

  func value(of item: Value, fallback: Value? = nil, _ interpreter: Interpreter) throws -> Value {
    var value = item
    for part in parts {
      if case .dict(let dict) = value, let key = part.key, !dict.hasObjectKeys, let item = dict[key] {
        value = item
      } else {
        value = try Access.item(of: value, part.value, interpreter)
      }
      if value.isUndefined, let fallback { value = fallback }
    }
    return value
  }
}

extension Value {
  /// Text in lower case, for comparing without regard to case; anything else as it is.
  var ignoringCase: Value {
    guard let text = stringValue else { return self }
    // Nearly always it is in lower case already.
    let isLower = text.utf8.withContiguousStorageIfAvailable { bytes in
      for byte in bytes where byte >= 0x80 || byte &- 0x41 < 26 { return false }
      return true
    }
    return .string(isLower == true ? text : text.lowercased())
  }
}
