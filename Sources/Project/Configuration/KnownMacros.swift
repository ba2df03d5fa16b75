/// What the macros of a project and its packages add to what may be configured.
struct KnownMacros: Sendable {
  /// Nil where macros are not known: then everything may be.
  private let macros: MacroTable?
  /// The kind of the engine that the target names.
  let adapter: String

  /// Nothing is known.
  init() {
    macros = nil
    adapter = "duckdb"
  }

  init(_ macros: MacroTable, adapter: String) {
    self.macros = macros
    self.adapter = adapter
  }

  /// Whether the project or a package has a macro of that name.
  func hasMacro(_ name: String) -> Bool { macros.map { !$0.packages(defining: name).isEmpty } ?? false }

  /// The macro that carries out a materialization; nil if the one that is built in does, or none is known.
  func materialization(_ name: String) -> MacroDefinition? {
    macros.flatMap { MaterializationLookup(macros: $0, adapter: adapter).macro(for: name) }
  }

  /// The names of materializations that macros define, sorted.
  var materializations: [String] { macros?.materializationNames ?? [] }
}

/// Finds the macro that carries out a materialization, by dbt's rules: the adapter's own goes before a `default`, the
/// project's before a package's, a package's before what is built in; but no package replaces what is built in.
struct MaterializationLookup {
  let macros: MacroTable
  let adapter: String

  /// The materializations that dbt-duckdb has of its own, and those that all adapters share.
  private static let ofAdapter: [String: Set<String>] = [
    "duckdb": ["table", "incremental", "external", "table_function"]
  ]
  private static let shared: Set<String> = [
    "view", "table", "incremental", "seed", "snapshot", "materialized_view", "test", "unit", "clone",
    "function",
  ]

  /// The macro; nil if the one that is built in goes first, or there is none.
  func macro(for name: String) -> MacroDefinition? {
    let own = Self.ofAdapter[adapter] ?? []
    let isBuiltIn = own.contains(name) || Self.shared.contains(name)
    for type in [adapter, "default"] {
      let macro = "materialization_\(name)_\(type)"
      if let found = macros.macro(macro, of: macros.root) { return found }
      if !isBuiltIn, let package = macros.packages(defining: macro).first {
        return macros.macro(macro, of: package)
      }
      if (type == adapter ? own : Self.shared).contains(name) { return nil }
    }
    return nil
  }
}
