/// The names that loads, connections and patterns may have.
enum LoadNames {
  /// Letters, digits, underscores and dashes, and no digit first.
  static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else {
      return false
    }
    return text.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
  }
}

/// A pattern of table names: `*` stands for any run of characters; letters count without their case.
public struct TablePattern: Sendable, Hashable {
  private let parts: [String]

  /// Takes a pattern; text without `*` fits itself alone.
  public init(_ text: String) {
    parts = text.lowercased().split(separator: "*", omittingEmptySubsequences: false).map(String.init)
  }

  /// Whether the whole name fits.
  public func matches(_ name: String) -> Bool {
    guard let first = parts.first, let last = parts.last else { return false }
    let name = name.lowercased()
    guard parts.count > 1 else { return name == first }
    guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count else {
      return false
    }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}

extension LoadDefinition {
  /// The entry that a table of the warehouse comes from: the one of its name, else the first pattern that fits.
  public func table(named name: String) -> LoadTable? {
    let exact = tables.first { !$0.isPattern && $0.name.lowercased() == name.lowercased() }
    return exact
      ?? tables.first { table in
        table.isPattern && TablePattern(table.name).matches(name)
          && !table.excluded.contains { TablePattern($0).matches(name) }
      }
  }
}
