import Jinja

/// The project's macros by name.
struct MacroTable: Sendable {
  let macros: [MacroDefinition]
  let package: String
  private let positions: [String: Int]

  init(_ macros: [MacroDefinition], package: String) {
    self.macros = macros
    self.package = package
    positions = Dictionary(
      macros.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The macro of that name.
  subscript(name: String) -> MacroDefinition? { positions[name].map { macros[$0] } }

  /// Every name, sorted.
  var names: [String] { positions.keys.sorted() }

  /// Which of the project's macros a text may call: names followed by a parenthesis.
  func calls(in code: String) -> [NodeID] {
    var found: Set<String> = []
    var scanner = SQLScanner(code)
    var word: String?
    while let token = scanner.next() {
      let isOpening = token.kind == .symbol && scanner.bytes[token.range.lowerBound] == UInt8(ascii: "(")
      if isOpening, let word, positions[word] != nil { found.insert(word) }
      word = token.kind == .word ? scanner.text(token) : nil
    }
    return found.sorted().compactMap { self[$0]?.id }
  }
}
