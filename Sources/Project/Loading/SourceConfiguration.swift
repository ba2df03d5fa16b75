import Jinja

/// What property files configure of a source's table: its source's entry and its own, joined by dbt's rule for each key.
struct SourceConfiguration {
  private let source: YAMLNode
  private let table: YAMLNode

  init(source: YAMLNode, table: YAMLNode) {
    self.source = source
    self.table = table
  }

  /// The entries and what stands under their `config`, the strongest last.
  private var layers: [YAMLNode] { [source, source["config"], table, table["config"]].compactMap { $0 } }

  /// All of it, to be laid over what the project file says.
  var declared: DataValue {
    var values = (source["config"]?.data ?? .emptyMapping).merging(table["config"]?.data ?? .emptyMapping)
    for entry in [source, table] {
      if let enabled = entry["enabled"], !enabled.isNull, values["enabled"] == nil {
        values = values.setting("enabled", to: enabled.data)
      }
    }
    if let freshness { values = values.setting("freshness", to: freshness) }
    for key in ["loaded_at_field", "loaded_at_query"] { values = values.setting(key, to: last(key)) }
    values = values.setting("meta", to: Self.meta(layers))
    let written = layers.compactMap { $0["tags"]?.data }
    // What is wrong stays as it is, to be complained about.
    let tags = written.first { $0.texts == nil } ?? .list(Self.sorted(written.flatMap { $0.texts ?? [] }))
    return values.setting("tags", to: tags)
  }

  /// Everything under the source's own `meta`.
  var sourceMeta: DataValue { Self.meta([source, source["config"]].compactMap { $0 }) }

  /// The tags that checks of the table have too: as in dbt, those under `config` are not among them.
  var checkTags: [String] { [source, table].flatMap { $0["tags"]?.data.texts ?? [] } }

  private static func meta(_ layers: [YAMLNode]) -> DataValue {
    let written = layers.compactMap { $0["meta"]?.data }.filter { !$0.isNone }
    return written.first { $0.entries == nil } ?? written.reduce(.emptyMapping) { $0.merging($1) }
  }

  private static func sorted(_ tags: [String]) -> [DataValue] { Set(tags).sorted().map { .string($0) } }

  private func last(_ key: String) -> DataValue { layers.last { $0[key] != nil }?[key]?.data ?? .none }

  /// The first that is neither a mapping nor nothing.
  private static func wrong(_ values: [DataValue]) -> DataValue? {
    values.first { !$0.isNone && $0.entries == nil }
  }

  /// The limits of all layers; none where the last word is that there are none, nil where nothing is said.
  private var freshness: DataValue? {
    let written = layers.compactMap { $0["freshness"]?.data }
    guard let last = written.last else { return nil }
    guard !last.isNone else { return DataValue.none }
    // What is wrong stays as it is, to be complained about.
    if let wrong = Self.wrong(written) { return wrong }
    var result: DataValue = .emptyMapping
    for layer in written {
      for (key, value) in layer.entries ?? [] where !["warn_after", "error_after", "filter"].contains(key) {
        result = result.setting(key, to: value)
      }
    }
    for key in ["warn_after", "error_after"] {
      if let wrong = Self.wrong(written.compactMap { $0[key] }) {
        result = result.setting(key, to: wrong)
        continue
      }
      var limit: DataValue = .mapping([("count", .none), ("period", .none)])
      for layer in written {
        for (name, value) in layer[key]?.entries ?? [] where !value.isNone {
          limit = limit.setting(name, to: value)
        }
      }
      result = result.setting(key, to: limit)
    }
    let filter = written.compactMap { $0["filter"] }.last { !$0.isNone }
    return result.setting("filter", to: filter ?? .none)
  }
}
