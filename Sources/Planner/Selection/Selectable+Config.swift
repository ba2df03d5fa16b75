import Jinja
import Project

extension Selectable {
  /// A text of the configuration.
  func text(of key: String) -> String? {
    guard case .string(let text)? = configured(key) else { return nil }
    return text
  }

  /// Whether the configuration at `keys` is `value`, or a list that holds it.
  func matches(config keys: [String], value: DataValue) -> Bool {
    guard let first = keys.first, var found = configured(first) else { return false }
    for key in keys.dropFirst() {
      guard let next = found[key] else { return false }
      found = next
    }
    let ignoresCase = keys == ["severity"]
    if case .list(let items) = found {
      return items.contains { Self.equals($0, value, ignoresCase: ignoresCase) }
    }
    return Self.equals(found, value, ignoresCase: ignoresCase)
  }

  /// As dbt compares: truth values by their words in any case, all else by value, so that numbers are equal to
  /// numbers of `selectors.yml` only.
  private static func equals(_ found: DataValue, _ value: DataValue, ignoresCase: Bool) -> Bool {
    switch found {
    case .string(let text):
      guard case .string(let wanted) = value else { return false }
      return ignoresCase ? text.lowercased() == wanted.lowercased() : text == wanted
    case .bool(let truth): return value.plainText.lowercased() == (truth ? "true" : "false")
    case .int, .float: return found.doubleValue == value.doubleValue
    case .none, .list, .dict: return found == value
    }
  }

  /// The value of a configuration's key: as merged, or what it is if nothing sets it.
  private func configured(_ key: String) -> DataValue? {
    switch self {
    // As in dbt, unit tests and functions cannot be found by their configuration.
    case .node(let node) where node.unitTest != nil || node.function != nil: nil
    case .node(let node): node.config.values[key] ?? Self.standard(key, of: node)
    case .source(let source): Self.configured(key, of: source)
    case .exposure, .semantic: nil
    }
  }

  /// Tags and `meta` count however they are written.
  private static func configured(_ key: String, of source: SourceTable) -> DataValue? {
    switch key {
    case "enabled": .bool(source.isEnabled)
    case "tags": .list(source.tags.map { .string($0) })
    case "meta": source.meta
    default: source.config[key]
    }
  }

  private static func standard(_ key: String, of node: Node) -> DataValue? {
    let config = node.config
    switch key {
    case "enabled": return .bool(config.isEnabled)
    case "materialized": return .string(config.materializationName)
    case "tags": return .list(config.tags.map { .string($0) })
    case "schema": return config.schema.map { .string($0) }
    case "database": return config.database.map { .string($0) }
    case "alias": return config.alias.map { .string($0) }
    case "full_refresh": return config.fullRefresh.map { .bool($0) }
    case "incremental_strategy": return config.incrementalStrategy.map { .string($0.rawValue) }
    case "severity" where node.check != nil: return .string(config.severity.rawValue)
    case "store_failures" where node.check != nil: return .bool(config.storesFailures)
    case "publish": return .string(config.publish.rawValue)
    default: return nil
    }
  }
}
