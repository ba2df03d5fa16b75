import Diagnostics
import Jinja

/// A project as a `manifest.json` shows it, dbt-core's or Weir's: what states are compared by.
public struct SavedManifest: Sendable {
  /// Nodes, sources, exposures and the like by unique name, each as the manifest has it.
  let resources: [String: DataValue]
  /// What is switched off, by unique name.
  let disabled: Set<String>
  let macros: [String: DataValue]
  /// The packages whose macros come with dbt itself and are no part of any project.
  private let builtIn: Set<String>

  /// The newest version of the form that is understood.
  private static let version = 12
  private static let sections = [
    "nodes", "sources", "exposures", "metrics", "semantic_models", "unit_tests", "saved_queries", "functions",
  ]

  /// Reads the text of a manifest; `file` is what messages call it. Throws if it is none, or of a version that is not
  /// known yet. Holds the whole file as values: some times its size.
  public init(json text: String, file: String) throws(Diagnostic) {
    let root = try SavedArtifact.read(text, kind: "manifest", upTo: Self.version, file: file)
    var resources: [String: DataValue] = [:]
    for section in Self.sections {
      for (id, value) in root[section]?.dictValue ?? DataMap() { resources[id] = value }
    }
    self.resources = resources
    var macros: [String: DataValue] = [:]
    for (id, value) in root["macros"]?.dictValue ?? DataMap() { macros[id] = value }
    self.macros = macros
    disabled = Set((root["disabled"]?.dictValue ?? DataMap()).keys)
    let adapter = root["metadata"]?["adapter_type"]?.stringValue ?? "duckdb"
    builtIn = ["dbt", "dbt_\(adapter)"]
  }

  /// Whether a macro comes with dbt.
  func isBuiltIn(_ macro: String) -> Bool {
    let parts = macro.split(separator: ".")
    return parts.count > 1 && builtIn.contains(String(parts[1]))
  }

  /// Where the manifest's target has a node; nil for what is not stored, or not in the manifest.
  public func relation(of id: String) -> SavedRelation? {
    guard let node = resources[id], let type = node["resource_type"]?.stringValue,
      ["model", "seed", "snapshot", "function"].contains(type),
      node["config"]?["materialized"] != "ephemeral",
      let schema = node["schema"]?.stringValue
    else { return nil }
    return SavedRelation(
      database: node["database"]?.stringValue, schema: schema,
      identifier: node["alias"]?.stringValue ?? node["name"]?.stringValue ?? "",
      name: node["relation_name"]?.stringValue)
  }
}

/// Where a saved manifest says that a node is stored.
public struct SavedRelation: Sendable, Hashable {
  /// The database.
  public var database: String?
  /// The schema.
  public var schema: String
  /// The name.
  public var identifier: String
  /// The whole name as it was rendered, if it was.
  public var name: String?
}

/// What the artifacts have in common.
enum SavedArtifact {
  /// The values of an artifact's text. Throws if it is no artifact of that kind, or of a newer version.
  static func read(
    _ text: String, kind: String, upTo version: Int, file: String
  ) throws(Diagnostic) -> DataValue {
    let root: DataValue
    do {
      root = try DataValue.parse(json: text)
    } catch {
      throw Diagnostic(
        .badState, "'\(file)' does not parse", at: SourceSpan(file: file), hint: "let it be written again",
        cause: error.message)
    }
    let schema = root["metadata"]?["dbt_schema_version"]?.stringValue ?? ""
    let words = schema.split(separator: "/")
    let last = words.last.map { $0.hasSuffix(".json") ? $0.dropLast(5) : $0 } ?? ""
    guard words.dropLast().last == kind[...], last.first == "v", let found = Int(last.dropFirst()) else {
      throw Diagnostic(
        .badState, "'\(file)' is no \(kind.replacing("-", with: " ")) of dbt or Weir",
        at: SourceSpan(file: file))
    }
    guard found <= version else {
      throw Diagnostic(
        .badState, "'\(file)' has version \(found), and versions up to \(version) are understood",
        at: SourceSpan(file: file))
    }
    return root
  }
}
