import Diagnostics
import Jinja

/// Reads a property file's YAML into entries and collects what is wrong with it.
struct PropertyReader {
  let file: String
  /// The file's value before its Jinja was rendered.
  private let written: YAMLNode?
  var result: PropertyFile

  init(file: String, written: YAMLNode?) {
    self.file = file
    self.written = written
    result = PropertyFile(file: file)
  }

  /// The entries of a file whose Jinja has been rendered.
  mutating func read(_ root: YAMLNode?) -> PropertyFile {
    guard let root, !root.isNull else { return result }
    guard let entries = root.entries else {
      report(.badValue, "a property file must be a mapping, not \(root.typeName)", root)
      return result
    }
    for entry in entries { readSection(entry) }
    return result
  }

  private mutating func readSection(_ section: YAMLEntry) {
    guard PropertyKeys.sections.contains(section.key) else {
      result.problems.append(unknown(section, among: PropertyKeys.sections, in: "a property file"))
      return
    }
    if section.key == "version" { return checkVersion(section.value) }
    guard section.key != "anchors", !section.value.isNull else { return }
    guard let items = section.value.items else {
      report(.badValue, "'\(section.key)' must be a list, not \(section.value.typeName)", section.value)
      return
    }
    for item in items {
      guard item.entries != nil else {
        report(.badValue, "an entry of '\(section.key)' must be a mapping, not \(item.typeName)", item)
        continue
      }
      readEntry(item, section.key)
    }
  }

  private mutating func checkVersion(_ node: YAMLNode) {
    guard case .int(2) = node.content else {
      if node.scalarText != "2" {
        // dbt does not look at it any more.
        result.problems.append(
          Diagnostic(
            .badValue, "'version' of a property file must be 2; it is read as if it were",
            at: node.span(in: file), severity: .warning, hint: "write 'version: 2' or leave it out"))
      }
      return
    }
  }

  private mutating func readEntry(_ item: YAMLNode, _ section: String) {
    guard let name = name(item, "an entry of '\(section)'") else { return }
    switch section {
    case "sources": readSource(item, name)
    case "unit_tests": readUnitTest(item, name)
    case "functions": readFunction(item, name)
    case "exposures":
      checkKeys(item, PropertyKeys.exposure, "exposure '\(name)'")
      result.exposures.append(entry(item, name))
    case "groups":
      checkKeys(item, PropertyKeys.group, "group '\(name)'")
      if ["name", "email"].allSatisfy({ item["owner"]?[$0]?.scalarText == nil }) {
        report(
          .missingKey, "group '\(name)' has no owner", item["owner"] ?? item,
          hint: "say who: owner: {name: …, email: …}")
      }
      result.groups.append(entry(item, name))
    case "macros":
      checkKeys(item, PropertyKeys.macro, "macro '\(name)'")
      result.macros.append(entry(item, name))
    case "semantic_models", "metrics", "saved_queries":
      if let kind = SemanticWords.kinds[section] { readSemantic(item, name, kind) }
    default:
      let kind = section == "analyses" ? "analysis" : String(section.dropLast())
      let keys =
        switch section {
        case "snapshots": PropertyKeys.snapshot
        case "analyses": PropertyKeys.analysis
        default: PropertyKeys.resource
        }
      let resource = resource(item, name, section, "\(kind) '\(name)'", keys)
      result.resources += section == "models" ? versions(of: resource) : [resource]
    }
  }

  private func entry(_ item: YAMLNode, _ name: String) -> EntryProperties {
    EntryProperties(
      name: name, file: file, span: item.span(in: file), description: item["description"], node: item)
  }

  mutating func name(_ item: YAMLNode, _ what: String) -> String? {
    guard let node = item["name"], let name = node.scalarText, !name.isEmpty else {
      report(.missingKey, "\(what) has no name", item)
      return nil
    }
    if node.bool != nil {
      report(.badValue, "the name of \(what) must be text, not a boolean", node, hint: "put it in quotes")
      return nil
    }
    return name
  }

  // MARK: - Resources and columns

  mutating func resource(
    _ item: YAMLNode, _ name: String, _ section: String, _ what: String, _ keys: Set<String>
  ) -> ResourceProperties {
    checkKeys(item, keys, what)
    var columns: [ColumnProperties] = []
    if let node = item["columns"], !node.isNull {
      for column in list(node, "columns", what) {
        guard let columnName = self.name(column, "a column of \(what)") else { continue }
        columns.append(readColumn(column, columnName, what))
      }
    }
    var result = ResourceProperties(
      section: section, name: name, file: file, span: item.span(in: file),
      description: description(item, what), columns: columns, config: config(item, what),
      configSpan: (item["config"] ?? item).span(in: file), checks: checks(item, what),
      item: item,
      properties: .mapping(
        (item.entries ?? []).filter {
          !["columns", "tests", "data_tests", "checks", "config"].contains($0.key)
        }
        .map { ($0.key, $0.value.data) }))
    result.constraints = constraints(item, what)
    return result
  }

  mutating func readColumn(_ item: YAMLNode, _ name: String, _ owner: String) -> ColumnProperties {
    let what = "column '\(name)' of \(owner)"
    checkKeys(item, PropertyKeys.column, what)
    let config = item["config"]?.data
    let meta = (item["meta"]?.data ?? .emptyMapping).merging(config?["meta"] ?? .emptyMapping)
    var definition = ColumnDefinition(
      name: name, description: "", dataType: item["data_type"]?.scalarText, quote: item["quote"]?.bool,
      meta: meta)
    let written = [item["tags"], item["config"]?["tags"]].compactMap { $0 }
    if !written.isEmpty {
      let tags = ConfigMerge.merge(
        .mapping([("tags", item["tags"]?.data ?? .list([]))]),
        .mapping([("tags", config?["tags"] ?? .list([]))]))
      definition.tags = tags["tags"]?.texts ?? []
    }
    for node in written where node.data.texts == nil {
      report(.badValue, "'tags' of \(what) must be text or a list of it", node)
    }
    if let quote = item["quote"], !quote.isNull, quote.bool == nil {
      report(.badValue, "'quote' of \(what) must be true or false, not \(quote.typeName)", quote)
    }
    definition.constraints = constraints(item, what)
    definition.granularity = granularity(item, what)
    return ColumnProperties(
      definition: definition, description: description(item, what), checks: checks(item, what),
      span: item.span(in: file))
  }

  mutating func config(_ item: YAMLNode, _ what: String) -> DataValue {
    var config: DataValue = .emptyMapping
    for key in PropertyKeys.movedToConfig {
      if let value = item[key], !value.isNull { config = config.setting(key, to: value.data) }
    }
    guard let node = item["config"], !node.isNull else { return config }
    guard node.entries != nil else {
      report(.badValue, "'config' of \(what) must be a mapping, not \(node.typeName)", node)
      return config
    }
    return ConfigMerge.merge(config, node.data)
  }

  mutating func checks(_ item: YAMLNode, _ what: String) -> [YAMLNode] {
    let written = PropertyKeys.checks.compactMap { key in item[key].map { (key, $0) } }.filter {
      !$0.1.isNull
    }
    guard let (first, node) = written.first else { return [] }
    if written.count > 1 {
      report(
        .badCheck, "\(what) has both '\(first)' and '\(written[1].0)', which mean the same", written[1].1,
        hint: "keep '\(first)'")
    }
    guard let items = node.items else {
      report(.badCheck, "the checks of \(what) must be a list, not \(node.typeName)", node)
      return []
    }
    return items
  }

  mutating func description(_ item: YAMLNode, _ what: String) -> YAMLNode? {
    guard let node = item["description"], !node.isNull else { return nil }
    if node.string == nil {
      report(
        .badValue, "the description of \(what) must be text, not \(node.typeName)", node,
        hint: node.scalarText == nil ? nil : "put it in quotes")
      return nil
    }
    return node
  }

  mutating func list(_ node: YAMLNode, _ key: String, _ what: String) -> [YAMLNode] {
    guard let items = node.items else {
      report(.badValue, "'\(key)' of \(what) must be a list, not \(node.typeName)", node)
      return []
    }
    return items.filter { item in
      if item.entries != nil { return true }
      report(.badValue, "an entry of '\(key)' of \(what) must be a mapping, not \(item.typeName)", item)
      return false
    }
  }

  // MARK: - Sources

  private mutating func readSource(_ item: YAMLNode, _ name: String) {
    let what = "source '\(name)'"
    checkKeys(item, PropertyKeys.source, what)
    let sourceConfig = config(item, what)
    refuseTwoAges(item, what)
    let place = (item.line, item.column)
    let writtenItem = written?["sources"]?.items?.first { ($0.line, $0.column) == place } ?? item
    guard let tables = item["tables"], !tables.isNull else { return }
    for table in list(tables, "tables", what) {
      guard let tableName = self.name(table, "a table of \(what)") else { continue }
      let shown = "source '\(name).\(tableName)'"
      refuseTwoAges(table, shown)
      let resource = resource(table, tableName, "sources", shown, PropertyKeys.table)
      result.sources.append(
        SourceProperties(
          source: name, table: inheriting(item, resource), sourceDescription: item["description"],
          database: item["database"]?.scalarText, schema: item["schema"]?.scalarText ?? name,
          identifier: table["identifier"]?.scalarText ?? tableName,
          loader: table["loader"]?.scalarText ?? item["loader"]?.scalarText ?? "", sourceConfig: sourceConfig,
          sourceItem: item, writtenItem: writtenItem)
      )
    }
  }

  /// A column and a query both say when rows were loaded: as in dbt, of one entry only one may.
  private mutating func refuseTwoAges(_ item: YAMLNode, _ what: String) {
    func written(_ key: String) -> YAMLNode? {
      [item["config"]?[key], item[key]].compactMap { $0 }.first { !$0.isNull }
    }
    guard written("loaded_at_field") != nil, let query = written("loaded_at_query") else { return }
    report(
      .badValue, "\(what) has both 'loaded_at_field' and 'loaded_at_query'", query, hint: "keep one of them")
  }

  /// The table with what artifacts show of its source where it says nothing itself.
  private func inheriting(_ source: YAMLNode, _ table: ResourceProperties) -> ResourceProperties {
    var table = table
    for key in ["freshness", "loaded_at_field", "loaded_at_query", "quoting"] {
      guard table.properties[key] == nil, let value = source[key], !value.isNull else { continue }
      table.properties = table.properties.setting(key, to: value.data)
    }
    return table
  }

  // MARK: - Problems

  mutating func checkKeys(_ item: YAMLNode, _ known: Set<String>, _ what: String) {
    for entry in item.entries ?? [] where !known.contains(entry.key) {
      result.problems.append(unknown(entry, among: known, in: what))
    }
  }

  /// As dbt does, an unknown key of a property file is a warning, not an error.
  private func unknown(_ entry: YAMLEntry, among known: Set<String>, in what: String) -> Diagnostic {
    Diagnostic(
      .unknownKey, "\(what) has no key '\(entry.key)'; it is ignored", at: entry.span(in: file),
      severity: .warning,
      hint: Spelling.hint(for: entry.key, among: known.sorted()) ?? "own values belong under 'config.meta'")
  }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, _ node: YAMLNode, hint: String? = nil
  ) {
    result.problems.append(Diagnostic(code, message, at: node.span(in: file), hint: hint))
  }
}
