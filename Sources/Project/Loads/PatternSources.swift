import Diagnostics
import EngineCore
import Jinja

/// Tables that a load names by a pattern only: they become sources where something reads them.
struct PatternSources {
  let loads: [DeclaredLoad]
  let package: String
  let target: Target

  /// Whether there is any pattern at all.
  var isEmpty: Bool { loads.allSatisfy { $0.definition.tables.allSatisfy { !$0.isPattern } } }

  /// Adds the tables that `source()` asks for.
  func add(to parsed: inout ParsedProject) {
    guard !isEmpty else { return }
    let asked = Set(parsed.nodes.flatMap(\.sourceReferences) + parsed.exposures.flatMap(\.sourceReferences))
    let known = Set(parsed.sources.map { SourceReference(source: $0.sourceName, table: $0.name) })
    for reference in asked.subtracting(known) {
      if let table = table(reference) { parsed.sources.append(table) }
    }
  }

  /// The table that a `source()` means, if a pattern brings it.
  private func table(_ reference: SourceReference) -> SourceTable? {
    guard let load = loads.first(where: { $0.definition.name == reference.source }) else { return nil }
    return table(reference.table, of: load)
  }

  /// The table that a name of plain SQL means, if a pattern brings it.
  func table(_ reference: TableReference) -> SourceTable? {
    guard let schema = reference.schema?.lowercased(), !schema.isEmpty else { return nil }
    for load in loads {
      let definition = load.definition
      guard [definition.schema.lowercased(), definition.name.lowercased()].contains(schema) else { continue }
      let database = definition.database ?? target.database
      if let catalog = reference.catalog, !catalog.isEmpty, catalog.lowercased() != database.lowercased() {
        continue
      }
      if let table = table(reference.name, of: load) { return table }
    }
    return nil
  }

  private func table(_ name: String, of load: DeclaredLoad) -> SourceTable? {
    guard let pattern = load.definition.table(named: name), pattern.isPattern else { return nil }
    var table = SourceTable(
      id: NodeID(.source, package, "\(load.definition.name).\(name)"), package: package,
      sourceName: load.definition.name, name: name, identifier: name,
      relation: load.relation(of: name, target), fqn: load.fqn(of: name, in: package),
      originalPath: load.place.path, span: pattern.span, meta: .emptyMapping,
      config: .mapping([("enabled", .bool(true))]), properties: .emptyMapping)
    table.sourceDescription = load.description?.scalarText ?? ""
    table.loader = "weir"
    table.tags = Set(load.tags).sorted()
    table.loadedBy = load.id(in: package)
    return table
  }
}

extension DeclaredLoad {
  /// Where a table of the load lies.
  func relation(of table: String, _ target: Target) -> Relation {
    Relation(
      database: definition.database ?? target.database, schema: definition.schema, identifier: table)
  }

  func fqn(of table: String, in package: String) -> [String] {
    [package] + place.folders + [definition.name, table]
  }
}

extension SourceTable {
  /// Takes what another declaration of the same table adds to it.
  mutating func document(with other: SourceTable) {
    if description.isEmpty { description = other.description }
    if sourceDescription.isEmpty { sourceDescription = other.sourceDescription }
    for column in other.columns {
      let place = columns.firstIndex { $0.name.lowercased() == column.name.lowercased() }
      guard let place else {
        columns.append(column)
        continue
      }
      if columns[place].description.isEmpty { columns[place].description = column.description }
      if columns[place].dataType == nil { columns[place].dataType = column.dataType }
      columns[place].tags = Set(columns[place].tags + column.tags).sorted()
      columns[place].meta = column.meta.merging(columns[place].meta)
    }
    tags = Set(tags + other.tags).sorted()
    meta = other.meta.merging(meta)
    config = other.config.merging(config)
    properties = other.properties.merging(properties)
    isEnabled = isEnabled && other.isEnabled
  }
}
