import Jinja
import Project

/// The definitions of `selectors.yml` as dbt's manifest shows them: expressions of the command line taken apart, and
/// inherited definitions in their places.
public enum SelectorEntries {
  /// The entries by name, the last of each name.
  public static func normalized(_ selectors: [SelectorDefinition]) -> DataMap {
    var result = DataMap()
    for selector in selectors {
      guard case .dict(var entry) = selector.entry else { continue }
      entry["definition"] = definition(entry["definition"] ?? .none, among: result)
      result[selector.name] = .dict(entry)
    }
    return result
  }

  private static func definition(_ value: DataValue, among known: DataMap) -> DataValue {
    switch value {
    case .string(let text): return Criterion.parts(of: text)
    case .dict(let map):
      for key in ["union", "intersection"] {
        if let items = map[key]?.listValue {
          return .dict([(key, .list(items.map { definition($0, among: known) }))])
        }
      }
      return mapping(map, among: known)
    case .none, .bool, .int, .float, .list: return value
    }
  }

  /// What the first key says decides, as in dbt.
  private static func mapping(_ map: DataMap, among known: DataMap) -> DataValue {
    guard let key = map.keys.first, var value = map[key] else { return .dict(map) }
    if case .list(let items) = value { value = .list(items.map { definition($0, among: known) }) }
    if key == "exclude" { return .dict([(key, value)]) }
    if map.count == 1 { return .dict([("method", .string(key)), ("value", value)]) }
    if key == "method", value == "selector", let name = map["value"]?.stringValue {
      return known[name]?["definition"] ?? .dict(map)
    }
    return .dict(map)
  }
}
