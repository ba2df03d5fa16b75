import Diagnostics
import Jinja

extension LoadFileReader {
  /// A table and its entry with the load's defaults in it.
  struct ReadTable {
    var table: LoadTable
    var node: YAMLNode
  }

  /// The tables of a load, each with the load's defaults in it. `isKnown` says whether the source's kind is known.
  mutating func readTables(
    _ load: YAMLNode, _ origin: Origin, isKnown: Bool, _ subject: String
  ) -> [ReadTable] {
    let fields = isKnown ? LoadShapes.tableFields(of: origin.type) : LoadShapes.anyTable
    if let defaults = load["defaults"], !defaults.isNull {
      check(
        defaults, .mapping(fields.filter { $0.key != "name" }.map(\.loosened)), "'defaults' of \(subject)")
    }
    var tables: [ReadTable] = []
    for item in load["tables"]?.items ?? [] {
      guard item.entries != nil else {
        report(.badValue, "a table of \(subject) must be a mapping, not \(item.typeName)", at: item)
        continue
      }
      let written = item["name"]?.scalarText ?? ""
      let shown = written.isEmpty ? "a table of \(subject)" : "table '\(written)' of \(subject)"
      check(item, .mapping(fields.map(\.loosened)), shown)
      let node = Self.merged(item, load["defaults"])
      require(isKnown ? fields : LoadShapes.commonTable, node, shown)
      guard !written.isEmpty else { continue }
      let table = readTable(node, origin)
      if isKnown || !table.isPattern {
        let rules = LoadRules(file: file, type: origin.type, subject: shown, node: node, table: table)
        problems += rules.broken()
      }
      tables.append(ReadTable(table: table, node: node))
    }
    if let node = load["tables"], node.items?.isEmpty == true {
      report(.missingKey, "\(subject) has no tables", at: node, hint: "list at least one under 'tables'")
    }
    checkNames(tables, subject)
    return tables
  }

  /// The entry over its load's defaults; what is a mapping in both is merged key by key.
  private static func merged(_ item: YAMLNode, _ defaults: YAMLNode?) -> YAMLNode {
    guard let inherited = defaults?.entries, var entries = item.entries else { return item }
    for entry in inherited where entry.key != "name" {
      guard let index = entries.firstIndex(where: { $0.key == entry.key }) else {
        entries.append(entry)
        continue
      }
      guard let own = entries[index].value.entries, let base = entry.value.entries else { continue }
      entries[index].value.content = .map(
        own + base.filter { key in !own.contains { $0.key == key.key } })
    }
    var copy = item
    copy.content = .map(entries)
    return copy
  }

  // MARK: - One table

  private func readTable(_ node: YAMLNode, _ origin: Origin) -> LoadTable {
    let name = node["name"]?.scalarText ?? ""
    var table = LoadTable(
      name: name, from: node["from"]?.scalarText ?? origin.item ?? name, span: node.span(in: file))
    if let word = node["write"]?.scalarText.flatMap(WriteDisposition.init(rawValue:)) {
      table.disposition = word
    }
    table.key = texts(node["key"])
    table.cursor = cursor(node)
    table.contract = contract(node["contract"])
    for column in node["columns"]?.items ?? [] {
      guard let name = column["name"]?.scalarText, let type = column["data_type"]?.scalarText else {
        continue
      }
      table.columnTypes.append((name, type))
    }
    table.selected = texts(node["select"])
    table.excluded = texts(node["exclude"])
    table.condition = node["where"]?.scalarText
    table.deletion = deletion(node["delete"])
    table.nesting = node["nested"]?.scalarText.flatMap(NestingRule.init(rawValue:)) ?? .keep
    if case .int(let limit)? = node["rejects"]?["limit"]?.content { table.rejectLimit = limit }
    table.fileNameColumn = columnName(node["filename"], standard: "file_name")
    table.rowNumberColumn = columnName(node["row_number"], standard: "row_number")
    table.validity = (
      node["validity"]?["from"]?.scalarText ?? "valid_from", node["validity"]?["to"]?.scalarText ?? "valid_to"
    )
    table.settings = own(LoadShapes.ownTableFields(of: origin.type), of: node)
    return table
  }

  private func texts(_ node: YAMLNode?) -> [String] { node?.data.texts ?? [] }

  private func cursor(_ node: YAMLNode) -> CursorRule? {
    guard let column = node["cursor"]?.scalarText else { return nil }
    var rule = CursorRule(column: column, initial: node["initial"]?.scalarText)
    switch node["lookback"]?.content {
    case .int(let value): (rule.lookback, rule.isLookbackTime) = (Double(value), false)
    case .float(let value): (rule.lookback, rule.isLookbackTime) = (value, false)
    case .string(let text): rule.lookback = Quantity.seconds(text) ?? 0
    default: break
    }
    return rule
  }

  private func contract(_ node: YAMLNode?) -> Contract {
    func rule(_ node: YAMLNode?) -> Contract.Rule? {
      node?.scalarText.flatMap(Contract.Rule.init(rawValue:))
    }
    guard let node else { return Contract() }
    if let word = rule(node) {
      // Whole tables cannot be left out by leaving out columns or rows.
      return Contract(tables: word == .freeze ? .freeze : .evolve, columns: word, types: word)
    }
    return Contract(
      tables: rule(node["tables"]) ?? .evolve, columns: rule(node["columns"]) ?? .evolve,
      types: rule(node["types"]) ?? .evolve)
  }

  private func deletion(_ node: YAMLNode?) -> DeletionRule? {
    guard let condition = node?["when"]?.scalarText else { return nil }
    let isSoft = node?["mode"]?.scalarText == "soft"
    return DeletionRule(
      condition: condition, softColumn: isSoft ? node?["column"]?.scalarText ?? "deleted_at" : nil)
  }

  /// `true` means the standard name, text another one.
  private func columnName(_ node: YAMLNode?, standard: String) -> String? {
    guard let node else { return nil }
    if let isWanted = node.bool { return isWanted ? standard : nil }
    return node.scalarText
  }

  // MARK: - Names

  /// Two tables that would be one in the warehouse, and names that are Weir's own.
  private mutating func checkNames(_ tables: [ReadTable], _ subject: String) {
    var first: [String: LoadTable] = [:]
    for table in tables.map(\.table) {
      guard let other = first[table.name.lowercased()] else {
        first[table.name.lowercased()] = table
        continue
      }
      let isSame = other.name == table.name
      problems.append(
        Diagnostic(
          isSame ? .duplicateName : .nameCollision,
          isSame
            ? "\(subject) has two tables called '\(table.name)'"
            : "the tables '\(other.name)' and '\(table.name)' of \(subject) are one in the warehouse",
          at: table.span, notes: ["the other is at \(other.span)"], hint: "rename one of them"))
    }
  }
}
