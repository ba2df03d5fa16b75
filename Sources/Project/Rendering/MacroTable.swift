import Jinja

/// The macros of the project and its packages by name.
struct MacroTable: Sendable {
  let macros: [MacroDefinition]
  /// The project's own name.
  let root: String
  /// Where `dispatch` looks for what belongs to a package, as the project file says.
  private let searchOrders: [String: [String]]
  /// Where `macros` holds a name of a package.
  private var positions: [String: [String: Int]] = [:]

  init(_ macros: [MacroDefinition], root: String, searchOrders: [String: [String]] = [:]) {
    self.macros = macros
    self.root = root
    self.searchOrders = searchOrders
    for (index, macro) in macros.enumerated() where positions[macro.package]?[macro.name] == nil {
      positions[macro.package, default: [:]][macro.name] = index
    }
  }

  /// The macro that a text of `package` means by a name alone: one of its own package's, or else of the project's.
  func macro(_ name: String, from package: String) -> MacroDefinition? {
    if package != root, let own = macro(name, of: package) { return own }
    return macro(name, of: root)
  }

  /// The macro of that name in that package.
  func macro(_ name: String, of package: String) -> MacroDefinition? {
    positions[package]?[name].map { macros[$0] }
  }

  /// Whether a package of that name has macros.
  func has(package: String) -> Bool { positions[package] != nil }

  /// The packages that have a macro of that name, sorted.
  func packages(defining name: String) -> [String] {
    positions.filter { $0.value[name] != nil }.keys.sorted()
  }

  /// The names of the materializations that macros define, sorted.
  var materializationNames: [String] {
    let found = macros.compactMap { macro -> String? in
      let definition = macro.template.definitions[macro.definitionIndex]
      guard case .materialization = definition.kind else { return nil }
      return definition.name
    }
    return Set(found).sorted()
  }

  /// Every name, sorted.
  var names: [String] { Set(positions.values.flatMap(\.keys)).sorted() }

  /// The packages that `adapter.dispatch(…, namespace)` goes through, as dbt orders them; nil if the namespace is none that
  /// is known: then the macro is looked for as any other is.
  func searchOrder(of namespace: String) -> [String]? {
    if let order = searchOrders[namespace] { return order }
    if namespace == root { return [root] }
    return has(package: namespace) || Self.builtInPackages.contains(namespace) ? [root, namespace] : nil
  }

  /// The packages whose macros are built in.
  static let builtInPackages: Set<String> = ["dbt", "dbt_duckdb"]

  /// Which macros a text of `package` may call, in order: names followed by a parenthesis, and what
  /// `adapter.dispatch()` may find.
  func calls(in code: String, of package: String, adapter: String) -> [NodeID] {
    var found: [NodeID] = []
    var scanner = SQLScanner(code)
    var word: String?
    var namespace: String?
    var isDispatch = false
    var isAfterDot = false
    while let token = scanner.next() {
      let symbol = token.kind == .symbol ? scanner.bytes[token.range.lowerBound] : 0
      let isOpening = symbol == UInt8(ascii: "(")
      if isDispatch, token.kind == .literal || token.kind == .quotedName {
        let name = scanner.text(token).dropFirst().dropLast()
        found += [adapter, "default"].compactMap { macro("\($0)__\(name)", from: package)?.id }
      }
      isDispatch = isOpening && word == "dispatch"
      if isOpening, let word, let called = id(of: word, in: namespace, from: package) { found.append(called) }
      if token.kind == .word {
        namespace = isAfterDot ? word : nil
        word = scanner.text(token)
      } else if symbol != UInt8(ascii: ".") {
        (word, namespace) = (nil, nil)
      }
      isAfterDot = symbol == UInt8(ascii: ".")
    }
    var seen: Set<NodeID> = []
    return found.filter { seen.insert($0).inserted }
  }

  private func id(of name: String, in namespace: String?, from package: String) -> NodeID? {
    if let namespace, let called = macro(name, of: namespace) { return called.id }
    if let own = macro(name, from: package) { return own.id }
    return NativeMacros.has(name) ? NodeID(.macro, "dbt", name) : nil
  }
}
