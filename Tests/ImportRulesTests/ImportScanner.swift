/// An `import` line, taken apart.
struct ImportLine: Equatable {
  /// `public`, `internal`, `private`, … if the line says.
  var access: String?
  /// The module, without what is named of it.
  var module: String
}

/// Finds imports in Swift text.
enum ImportScanner {
  private static let accesses: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
  private static let kinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "var", "let", "actor",
  ]

  /// The import that a line makes, if it makes one, behind any attributes (`@testable`, `@preconcurrency`, …).
  static func parse(_ line: Substring) -> ImportLine? {
    var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
    while let first = words.first, first.hasPrefix("@") { words = words.dropFirst() }
    var access: String?
    if let first = words.first, accesses.contains(first) {
      access = String(first)
      words = words.dropFirst()
    }
    while let first = words.first, first.hasPrefix("@") { words = words.dropFirst() }
    guard words.first == "import" else { return nil }
    words = words.dropFirst()
    if let first = words.first, kinds.contains(first) { words = words.dropFirst() }
    guard let name = words.first?.prefix(while: { $0 != "." && $0 != ";" }), !name.isEmpty else { return nil }
    return ImportLine(access: access, module: String(name))
  }
}
