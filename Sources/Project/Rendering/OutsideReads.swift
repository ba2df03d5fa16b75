import Diagnostics
import Jinja

/// What rendering used beyond a node's own definition: as long as none of it changes, rendering again gives the same text.
public struct OutsideReads: Sendable, Hashable {
  /// Variables, the environment's variables and macros, in the words that `OutsideValues` reads.
  public private(set) var names: Set<String> = []
  /// What may be another each time, in words that fit "it uses …": `run_started_at`, `the warehouse's answers`.
  public private(set) var changing: Set<String> = []

  /// Nothing.
  public init() {}

  /// Takes in what another text used.
  mutating func add(_ other: OutsideReads) {
    names.formUnion(other.names)
    changing.formUnion(other.changing)
  }

  mutating func note(environment name: String) { names.insert("env \(name)") }

  /// The environment's variable that one of the names is; nil if it is something else.
  public static func variable(_ name: String) -> String? {
    name.hasPrefix("env ") ? String(name.dropFirst(4)) : nil
  }

  mutating func note(variable name: String, of package: String) { names.insert("var \(package) \(name)") }

  mutating func note(macro id: NodeID) { names.insert("macro \(id.rawValue)") }

  /// Notes the name of something that differs from run to run, or shows more than a node's fingerprint holds.
  mutating func note(name: String) {
    if Self.changingNames.contains(name) { changing.insert(name) }
  }

  mutating func noteWarehouse() { changing.insert(Self.warehouse) }

  /// Whether rendering may have asked the warehouse, or changed something there.
  public var asksWarehouse: Bool { changing.contains(Self.warehouse) }

  private static let changingNames: Set<String> = [
    "dbt_metadata_envs", "flags", "graph", "invocation_args_dict", "invocation_id", "model", "modules",
    "run_started_at", "selected_resources", "thread_id",
  ]

  private static let warehouse = "the warehouse's answers"
}

/// Tells whether what texts used outside of themselves is as it was.
public struct OutsideValues {
  private let project: Project
  private let environment: [String: String]
  private let macros: [String: MacroDefinition]
  private var known: [String: String] = [:]

  /// Over a project as it is now, with the environment that templates see.
  public init(_ project: Project, environment: [String: String]) {
    self.project = project
    self.environment = environment
    macros = Dictionary(project.macros.map { ($0.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Stands for the values of names that `OutsideReads` gave, in their order.
  public mutating func digest(of names: [String]) -> String {
    guard !names.isEmpty else { return "" }
    var writer = JSONWriter()
    writer.array { for name in names { $0.string(value(of: name)) } }
    return Digest.sha256(writer.bytes)
  }

  private mutating func value(of name: String) -> String {
    if let value = known[name] { return value }
    let value = read(name)
    known[name] = value
    return value
  }

  private func read(_ name: String) -> String {
    let words = name.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return "" }
    switch words[0] {
    case "env": return environment[words[1]].map { "=" + $0 } ?? ""
    case "var":
      let parts = words[1].split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return "" }
      let vars = project.packageVars.isEmpty ? project.vars : project.packageVars[parts[0]] ?? project.vars
      return vars[parts[1]].map { "=" + $0.json(sortKeys: true) } ?? ""
    case "macro": return text(of: words[1])
    default: return ""
    }
  }

  /// A macro with all that its text calls, however they call each other.
  private func text(of id: String) -> String {
    var seen: Set<String> = []
    var stack = [id]
    while let next = stack.popLast() {
      guard seen.insert(next).inserted, let macro = macros[next] else { continue }
      stack.append(contentsOf: macro.dependencies.map(\.rawValue))
    }
    var writer = JSONWriter()
    writer.array { list in for id in seen.sorted() { list.string(id + "\n" + (macros[id]?.code ?? "")) } }
    return Digest.sha256(writer.bytes)
  }
}

extension Project {
  /// The macros that take the place of what is built in: what they say concerns every node.
  public var replacingMacros: [MacroDefinition] {
    macros.filter { macro in
      let parts = macro.name.split(separator: "_", omittingEmptySubsequences: false)
      // `default__name` and `duckdb__name` are versions of `name`.
      let plain = parts.count > 2 && parts[1].isEmpty ? parts.dropFirst(2).joined(separator: "_") : macro.name
      return NativeMacros.has(macro.name) || NativeMacros.has(plain)
    }
  }
}
