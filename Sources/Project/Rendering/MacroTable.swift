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

  /// Which macros a text may call, in order: names followed by a parenthesis, and what `adapter.dispatch()` may find.
  func calls(in code: String, adapter: String) -> [NodeID] {
    var found: [NodeID] = []
    var scanner = SQLScanner(code)
    var word: String?
    var isDispatch = false
    while let token = scanner.next() {
      let isOpening = token.kind == .symbol && scanner.bytes[token.range.lowerBound] == UInt8(ascii: "(")
      if isDispatch, token.kind == .literal || token.kind == .quotedName {
        let name = scanner.text(token).dropFirst().dropLast()
        found += [adapter, "default"].compactMap { self["\($0)__\(name)"]?.id }
      }
      isDispatch = isOpening && word == "dispatch"
      if isOpening, let word, let called = id(of: word) { found.append(called) }
      word = token.kind == .word ? scanner.text(token) : nil
    }
    var seen: Set<NodeID> = []
    return found.filter { seen.insert($0).inserted }
  }

  private func id(of name: String) -> NodeID? {
    if let own = self[name] { return own.id }
    return NativeMacros.has(name) ? NodeID(.macro, "dbt", name) : nil
  }
}
