import Jinja
import Project

extension Selectable {
  /// A text of the configuration.
  func text(of key: String) -> String? {
    guard case .string(let text)? = configured(key) else { return nil }
    return text
  }

  /// Whether the configuration at `keys` is `value`, or a list that holds it. Only texts and truth values compare.
  func matches(config keys: [String], value: String) -> Bool {
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

  private static func equals(_ found: DataValue, _ value: String, ignoresCase: Bool) -> Bool {
    switch found {
    case .string(let text): ignoresCase ? text.lowercased() == value.lowercased() : text == value
    case .bool(let truth): value.lowercased() == (truth ? "true" : "false")
    default: false
    }
  }

  /// The value of a configuration's key: as merged, or what it is if nothing sets it.
  private func configured(_ key: String) -> DataValue? {
    switch self {
    // As in dbt, unit tests cannot be found by their configuration.
    case .node(let node) where node.unitTest != nil: nil
    case .node(let node): node.config.values[key] ?? Self.standard(key, of: node)
    case .source(let source): source.config[key] ?? (key == "enabled" ? .bool(source.isEnabled) : nil)
    case .exposure: nil
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
