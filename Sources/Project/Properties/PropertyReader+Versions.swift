import Diagnostics
import Jinja

extension PropertyReader {
  /// The entry itself, or one for each of the model's versions.
  mutating func versions(of model: ResourceProperties) -> [ResourceProperties] {
    guard let node = model.item["versions"], !node.isNull, node.items?.isEmpty != true else { return [model] }
    let what = "model '\(model.name)'"
    let items = list(node, "versions", what)
    var seen: Set<String> = []
    let versions = items.compactMap { item -> (item: YAMLNode, value: DataValue)? in
      guard let value = versionValue(item, what) else { return nil }
      guard seen.insert(value.scalarText ?? "").inserted else {
        report(.duplicateName, "\(what) has the version '\(value.scalarText ?? "")' twice", item["v"] ?? item)
        return nil
      }
      return (item, value)
    }
    guard let highest = versions.map(\.value).max(by: ModelVersion.precedes) else { return [] }
    let latest = latestVersion(of: model, among: versions.map(\.value)) ?? highest
    return versions.map { item, value in
      version(ModelVersion(value: value, latest: latest), item, of: model)
    }
  }

  private mutating func versionValue(_ item: YAMLNode, _ what: String) -> DataValue? {
    guard let node = item["v"], let text = node.scalarText, !text.isEmpty, node.bool == nil else {
      report(
        .missingKey, "a version of \(what) does not say which: it has no 'v'", item["v"] ?? item,
        hint: "write for example 'v: 2'")
      return nil
    }
    return node.data
  }

  private mutating func latestVersion(of model: ResourceProperties, among known: [DataValue]) -> DataValue? {
    guard let node = model.item["latest_version"], !node.isNull else { return nil }
    if let found = known.first(where: { $0.scalarText == node.scalarText }) { return found }
    let shown = known.compactMap(\.scalarText).joined(separator: ", ")
    report(
      .badValue,
      "'latest_version: \(node.scalarText ?? "")' is none of the versions of model '\(model.name)'", node,
      hint: "they are: \(shown)")
    return nil
  }

  private mutating func version(
    _ version: ModelVersion, _ item: YAMLNode, of model: ResourceProperties
  ) -> ResourceProperties {
    let what = "version '\(version.text)' of model '\(model.name)'"
    checkKeys(item, PropertyKeys.version, what)
    var result = model
    result.item = item
    result.span = item.span(in: file)
    result.version = VersionProperties(
      version: version, fileNames: fileNames(version, item, of: model), model: model.item)
    if let described = description(item, what), described.scalarText?.isEmpty == false {
      result.description = described
    }
    result.config = Self.joined(model.config, config(item, what))
    if let config = item["config"] ?? model.item["config"] { result.configSpan = config.span(in: file) }
    result.columns = columns(of: item, model.columns, what)
    if PropertyKeys.checks.contains(where: { item[$0] != nil }) { result.checks = checks(item, what) }
    if item["constraints"] != nil { result.constraints = constraints(item, what) }
    result.properties = model.properties.setting(
      "deprecation_date", to: item["deprecation_date"]?.data ?? .none)
    return result
  }

  private func fileNames(
    _ version: ModelVersion, _ item: YAMLNode, of model: ResourceProperties
  ) -> [String] {
    let own = item["defined_in"]?.scalarText.map { [$0] }
    return (own ?? ["\(model.name)_v\(version.text)", "\(model.name).v\(version.text)"])
      + (version.isLatest ? [model.name] : [])
  }

  /// The version's configuration over the model's: mappings are joined at every level, anything else is replaced.
  private static func joined(_ base: DataValue, _ additions: DataValue) -> DataValue {
    guard base.entries != nil, let entries = additions.entries else { return additions }
    var result = base
    for (key, value) in entries {
      result = result.setting(key, to: result[key].map { joined($0, value) } ?? value)
    }
    return result
  }

  /// The model's columns that the version takes over, and its own.
  private mutating func columns(
    of item: YAMLNode, _ inherited: [ColumnProperties], _ what: String
  ) -> [ColumnProperties] {
    guard let node = item["columns"], !node.isNull else { return inherited }
    var kept = inherited
    var own: [ColumnProperties] = []
    var hasRule = false
    for column in list(node, "columns", what) {
      if column["include"] != nil || column["exclude"] != nil {
        if hasRule {
          report(.badValue, "\(what) has more than one entry of 'include' and 'exclude'", column)
        }
        hasRule = true
        kept = takenOver(inherited, by: column, what)
      } else if let name = name(column, "a column of \(what)") {
        own.append(readColumn(column, name, what))
      }
    }
    return kept + own
  }

  private mutating func takenOver(
    _ columns: [ColumnProperties], by rule: YAMLNode, _ what: String
  ) -> [ColumnProperties] {
    checkKeys(rule, ["include", "exclude"], "the column rule of \(what)")
    let names = Set(columns.map(\.definition.name))
    func listed(_ key: String) -> (all: Bool, names: Set<String>)? {
      guard let node = rule[key], !node.isNull else { return nil }
      guard let texts = node.data.texts else {
        report(.badValue, "'\(key)' of \(what) must be a list of columns, not \(node.typeName)", node)
        return nil
      }
      let all = texts.contains { $0 == "*" || $0 == "all" }
      for name in texts where !all && !names.contains(name) {
        report(
          .badValue, "'\(key)' of \(what) names the column '\(name)', which the model does not have", node,
          hint: Spelling.hint(for: name, among: names.sorted()))
      }
      return (all, Set(texts))
    }
    let included = listed("include") ?? (true, [])
    let excluded = listed("exclude") ?? (false, [])
    return columns.filter { column in
      let name = column.definition.name
      return (included.all || included.names.contains(name)) && !excluded.all
        && !excluded.names.contains(name)
    }
  }
}
