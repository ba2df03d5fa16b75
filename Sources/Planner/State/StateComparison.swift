import Diagnostics
import Jinja

/// Compares two manifests by dbt's rules: what counts as a change, and what does not.
struct StateComparison {
  let saved: SavedManifest
  let current: SavedManifest
  let now: Double
  let comparesUnrendered: Bool
  /// Contracts that break, and seeds that cannot be compared.
  private(set) var problems: [Diagnostic] = []
  private var modifiedMacros: [String: Bool] = [:]

  init(saved: SavedManifest, current: SavedManifest, now: Double, comparesUnrendered: Bool = false) {
    self.saved = saved
    self.current = current
    self.now = now
    self.comparesUnrendered = comparesUnrendered
  }

  /// Whether the resource of that name stands so to the saved manifest.
  mutating func stands(_ id: String, _ aspect: StateAspect) -> Bool {
    guard let new = current.resources[id] else { return false }
    let old = saved.resources[id]
    switch aspect {
    case .new: return old == nil
    case .old: return old != nil
    case .modified: return isModified(new, old)
    case .unmodified: return !isModified(new, old)
    case .modifiedBody: return hasBody(new) && (old.map { !hasSameBody(new, $0) } ?? true)
    case .modifiedConfigs:
      return kind(new) != "unit_test" && (old.map { !hasSameConfig(new, $0) } ?? true)
    case .modifiedRelation:
      return (hasBody(new) || kind(new) == "source") && (old.map { !hasSameRelation(new, $0) } ?? true)
    case .modifiedDescriptions: return hasBody(new) && (old.map { !hasSameDescriptions(new, $0) } ?? true)
    case .modifiedMacros: return dependsOnModifiedMacro(new)
    case .modifiedContract: return hasBody(new) && (old.map { !hasSameContract(new, $0) } ?? true)
    }
  }

  /// Looks at the models that are gone: a contract that goes with its model breaks.
  mutating func checkRemoved(_ aspect: StateAspect) {
    guard [.modified, .unmodified, .modifiedContract].contains(aspect) else { return }
    for (id, node) in saved.resources.sorted(by: { $0.key < $1.key }) where kind(node) == "model" {
      let isDisabled = current.disabled.contains(id)
      guard isDisabled || current.resources[id] == nil, isEnforced(node) else { continue }
      if let date = node["deprecation_date"]?.stringValue.flatMap(Moment.seconds), date <= now { continue }
      tell(["the model was \(isDisabled ? "disabled" : "deleted or renamed")"], of: node)
    }
  }

  // MARK: - Parts

  private func kind(_ node: DataValue) -> String { node["resource_type"]?.stringValue ?? "" }

  /// Whether it is a node of the manifest, which has a text, a relation and descriptions.
  private func hasBody(_ node: DataValue) -> Bool {
    ["model", "seed", "snapshot", "test", "analysis", "operation", "function"].contains(kind(node))
  }

  private mutating func isModified(_ new: DataValue, _ old: DataValue?) -> Bool {
    let isChanged = !hasSameContents(new, old)
    let hasMacro = dependsOnModifiedMacro(new)
    guard let old, kind(old) == "model" else { return isChanged || hasMacro }
    return !hasSameContract(new, old) || isChanged || hasMacro
  }

  private mutating func hasSameContents(_ new: DataValue, _ old: DataValue?) -> Bool {
    switch kind(new) {
    // As in dbt, these are no changes when they are new.
    case "source": return old.map { hasSameSource(new, $0) } ?? true
    case "exposure": return old.map { hasSameExposure(new, $0) } ?? true
    case "metric", "semantic_model", "saved_query": return old.map { hasSameMeaning(new, $0) } ?? true
    case "unit_test": return old.map { same("checksum", new, $0) } ?? false
    default:
      guard let old else { return false }
      let hasSamePlace = hasSameConfig(new, old) && same("fqn", new, old)
      if new["test_metadata"]?.dictValue != nil { return hasSamePlace }
      let hasSameText = hasSameBody(new, old)
      return hasSamePlace && hasSameText && hasSameDescriptions(new, old) && hasSameRelation(new, old)
        && hasSameReferability(new, old)
    }
  }

  private func same(_ key: String, _ new: DataValue, _ old: DataValue) -> Bool {
    (new[key] ?? DataValue.none) == (old[key] ?? DataValue.none)
  }

  private func same(_ keys: [String], _ new: DataValue, _ old: DataValue) -> Bool {
    keys.allSatisfy { same($0, new, old) }
  }

  private mutating func hasSameBody(_ new: DataValue, _ old: DataValue) -> Bool {
    guard kind(new) == "seed" else { return same("raw_code", new, old) }
    if new["checksum"]?["name"] == "path" {
      let name = new["name"]?.stringValue ?? ""
      let hadPath = old["checksum"]?["name"] == "path"
      let what = hadPath ? "its path is compared instead" : "it was smaller before, and counts as changed"
      add(
        Diagnostic(
          .seedNotCompared, "the seed '\(name)' is larger than 1 MiB: \(what)", severity: .warning))
    }
    return same("checksum", new, old)
  }

  /// What names it, and what its descriptions are worth, are compared elsewhere.
  private static let unnamed: Set<String> = ["alias", "schema", "database", "tags", "group"]
  private static let checkKeys = [
    "severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as",
  ]

  /// Configurations are compared as they are written, before their Jinja: the target must not matter.
  private func hasSameConfig(_ new: DataValue, _ old: DataValue) -> Bool {
    switch kind(new) {
    case "semantic_model", "saved_query": return same("config", new, old)
    default: break
    }
    let own = new["unrendered_config"] ?? .dict(DataMap())
    let other = old["unrendered_config"] ?? .dict(DataMap())
    if kind(new) == "test" { return Self.checkKeys.allSatisfy { own[$0] == other[$0] } }
    let keys = Set(own.dictValue?.keys ?? []).union(other.dictValue?.keys ?? [])
    let excluded = kind(new) == "source" || kind(new) == "exposure" ? [] : Self.unnamed
    return keys.allSatisfy { excluded.contains($0) || own[$0] == other[$0] }
  }

  private func hasSameDescriptions(_ new: DataValue, _ old: DataValue) -> Bool {
    let persisted = new["config"]?["persist_docs"]
    if Self.isTrue(persisted?["relation"]), !same("description", new, old) { return false }
    guard Self.isTrue(persisted?["columns"]) else { return true }
    return Self.descriptions(new) == Self.descriptions(old)
  }

  private static func isTrue(_ value: DataValue?) -> Bool { value?.boolValue ?? false }

  private static func descriptions(_ node: DataValue) -> [String: String] {
    var texts: [String: String] = [:]
    for (name, column) in node["columns"]?.dictValue ?? DataMap() {
      texts[name] = column["description"]?.stringValue ?? ""
    }
    return texts
  }

  private func hasSameRelation(_ new: DataValue, _ old: DataValue) -> Bool {
    if kind(new) == "source" {
      let prefix = comparesUnrendered ? "unrendered_" : ""
      return same([prefix + "database", prefix + "schema", "identifier"], new, old)
    }
    return ["database", "schema", "alias"].allSatisfy {
      new["unrendered_config"]?[$0] == old["unrendered_config"]?[$0]
    }
  }

  /// What may break those who refer to the model.
  private func hasSameReferability(_ new: DataValue, _ old: DataValue) -> Bool {
    switch kind(new) {
    case "model": same(["latest_version", "access", "deprecation_date"], new, old)
    case "function": same(["arguments", "returns"], new, old)
    default: true
    }
  }

  private func hasSameSource(_ new: DataValue, _ old: DataValue) -> Bool {
    hasSameRelation(new, old) && hasSameConfig(new, old)
      && same(["fqn", "quoting", "freshness", "loaded_at_field", "external"], new, old)
  }

  private func hasSameExposure(_ new: DataValue, _ old: DataValue) -> Bool {
    let keys = ["fqn", "type", "owner", "maturity", "url", "description", "label"]
    let own = Set(new["depends_on"]?["nodes"]?.listValue ?? [])
    let other = Set(old["depends_on"]?["nodes"]?.listValue ?? [])
    return same(keys, new, old) && own == other && hasSameConfig(new, old)
  }

  /// Metrics and their kin: all that gives them a meaning.
  private func hasSameMeaning(_ new: DataValue, _ old: DataValue) -> Bool {
    let keys =
      switch kind(new) {
      case "metric": ["filter", "metadata", "type", "type_params", "description", "label"]
      case "semantic_model":
        [
          "model", "description", "defaults", "entities", "dimensions", "measures", "primary_entity", "group",
        ]
      default: ["query_params", "description", "label", "group", "exports", "tags"]
      }
    return same(keys, new, old) && hasSameConfig(new, old)
  }

  // MARK: - Macros

  /// Whether a macro that the node's text calls, directly or through others, has another text now.
  private mutating func dependsOnModifiedMacro(_ node: DataValue) -> Bool {
    var stack = Self.macros(of: node)
    var seen: Set<String> = []
    while let id = stack.popLast() {
      guard seen.insert(id).inserted else { continue }
      if isModified(macro: id) { return true }
      if let macro = current.macros[id] { stack += Self.macros(of: macro) }
    }
    return false
  }

  private static func macros(of node: DataValue) -> [String] {
    (node["depends_on"]?["macros"]?.listValue ?? []).compactMap(\.stringValue)
  }

  /// dbt's own macros are no part of the project: which version runs it is not a change of it.
  private mutating func isModified(macro id: String) -> Bool {
    if let known = modifiedMacros[id] { return known }
    let isBuiltIn = current.isBuiltIn(id) || saved.isBuiltIn(id)
    let isModified = !isBuiltIn && current.macros[id]?["macro_sql"] != saved.macros[id]?["macro_sql"]
    modifiedMacros[id] = isModified
    return isModified
  }

  // MARK: - Contracts

  private func isEnforced(_ node: DataValue) -> Bool { Self.isTrue(node["contract"]?["enforced"]) }

  private mutating func hasSameContract(_ new: DataValue, _ old: DataValue) -> Bool {
    guard kind(new) == "model" else { return true }
    if !isEnforced(old) { return !isEnforced(new) }
    if isEnforced(new), same("checksum", new["contract"] ?? DataValue.none, old["contract"] ?? DataValue.none)
    {
      return true
    }
    let changes = ContractChanges(new: new, old: old, isEnforced: isEnforced(new)).found
    if !changes.isEmpty { tell(changes, of: new) }
    return false
  }

  /// A change that may break readers is a warning; of a model that has versions, whose readers rely on them, an error.
  private mutating func tell(_ changes: [String], of node: DataValue) {
    let name = node["name"]?.stringValue ?? ""
    let isVersioned = !(node["version"] ?? DataValue.none).isNone
    add(
      Diagnostic(
        .brokenContract, "the contract of '\(name)' changed so that its readers may break",
        at: node["original_file_path"]?.stringValue.map { SourceSpan(file: $0) },
        severity: isVersioned ? .error : .warning, notes: changes,
        hint: isVersioned
          ? "make a new version of the model instead" : "give the model versions, and change a new one"))
  }

  private mutating func add(_ problem: Diagnostic) {
    if !problems.contains(problem) { problems.append(problem) }
  }
}

/// What of a model's contract changed in a way that may break its readers.
struct ContractChanges {
  let new: DataValue
  let old: DataValue
  /// Whether the contract still holds.
  let isEnforced: Bool

  /// The changes, one a line.
  var found: [String] {
    var changes = isEnforced ? [] : ["it is not enforced any more"]
    let oldColumns = old["columns"]?.dictValue ?? DataMap()
    let holdsConstraints = Self.holdsConstraints(old)
    for (name, column) in oldColumns.sorted(by: { $0.key < $1.key }) {
      guard let current = new["columns"]?[name] else {
        changes.append("the column '\(name)' is gone")
        continue
      }
      let (was, isNow) = (Self.baseType(column), Self.baseType(current))
      if was != isNow {
        let (before, after) = (column["data_type"]?.stringValue, current["data_type"]?.stringValue)
        changes.append("the column '\(name)' was \(before ?? "untyped") and is \(after ?? "untyped")")
      }
      if holdsConstraints {
        changes += Self.lost(column, current).map { "the column '\(name)' lost its constraint \($0)" }
      }
    }
    if holdsConstraints {
      changes += Self.lost(old, new).map { "the model lost its constraint \($0)" }
      let hadConstraints =
        !Self.constraints(old).isEmpty || oldColumns.contains { !Self.constraints($0.value).isEmpty }
      if !Self.holdsConstraints(new), hadConstraints {
        changes.append(
          "it was materialized as \(Self.materialization(old)) and is as \(Self.materialization(new)),"
            + " which holds no constraints")
      }
    }
    return changes
  }

  private static func materialization(_ node: DataValue) -> String {
    node["config"]?["materialized"]?.stringValue ?? ""
  }

  private static func holdsConstraints(_ node: DataValue) -> Bool {
    ["table", "incremental"].contains(materialization(node))
  }

  private static func constraints(_ node: DataValue) -> [DataValue] { node["constraints"]?.listValue ?? [] }

  private static func lost(_ old: DataValue, _ new: DataValue) -> [String] {
    let current = constraints(new)
    return constraints(old).filter { !current.contains($0) && $0["type"] != "custom" }.map {
      $0["name"]?.stringValue ?? $0["type"]?.stringValue ?? ""
    }
  }

  /// A type without size and precision, which may change.
  private static func baseType(_ column: DataValue) -> String? {
    column["data_type"]?.stringValue.map { type in
      type.prefix { $0 != "(" }.lowercased().trimmingSpaces
    }
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.last == " " { text = text.dropLast() }
    return String(text.drop { $0 == " " })
  }
}
