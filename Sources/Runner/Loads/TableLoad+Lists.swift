import Diagnostics
import EngineCore
import Loads
import Project

extension TableLoad {
  /// Writes the items of the lists that are tables of their own, after the rows that they belong to.
  mutating func writeLists(_ source: PlannedSource, isFresh: Bool) throws {
    guard !source.plan.lists.isEmpty else { return }
    guard table.disposition != .scd2 else {
      throw Diagnostic(
        .badValue, "'\(table.name)' keeps a history, which lists in tables of their own do not have",
        at: table.span,
        hint: "use `nested: flatten`, which leaves lists in their rows")
    }
    let sql = source.sql
    for (number, list) in source.plan.lists.enumerated() {
      let child = ListTable(
        list, of: table.name, identity: sql.identity, naming: load.naming, dialect: dialect)
      let existing = try connection.find(relation(child.name))
      let parents = sql.listed(number, child: existing, isFresh: isFresh)
      try write(child, parents, sql, isFresh: isFresh)
    }
  }

  private func relation(_ name: String) -> Relation {
    Relation(database: target.database, schema: target.schema, identifier: name, kind: .table)
  }

  private mutating func write(_ child: ListTable, _ parents: String, _ parent: TableSQL, isFresh: Bool) throws
  {
    let place = relation(child.name)
    let items = child.items(of: parents, dialect)
    let isNew = try connection.find(place) == nil
    if isNew, table.contract.tables == .freeze, !isFirstLoad {
      throw Diagnostic(
        .contractBroken, "the list '\(child.name)' is new, and the contract freezes the load's tables",
        at: table.span,
        notes: ["nothing was written"], hint: "allow it with `contract: {tables: evolve}`")
    }
    var record = LoadRecord(id: record.id, load: load.name, table: child.name)
    record.disposition = table.disposition.rawValue
    record.startedAt = startedAt
    let own = try connection.columns(ofQuery: items).filter { !$0.name.hasPrefix("_weir_list_") }
    var described = LoadTable(name: child.name, from: table.from, span: table.span)
    described.contract = table.contract
    let isMade = isNew || isFresh
    let planner = TablePlanner(table: described, naming: .keep, dialect: dialect, infersTypes: false)
    let plan = try planner.plan(source: own, destination: isMade ? nil : try connection.columns(of: place))
    let sql = TableSQL(
      target: place, table: described, plan: plan, naming: .keep, dialect: dialect, now: startedAt)
    for alteration in plan.alterations { try statements.execute(alteration.sql(place, dialect)) }
    // Rows that come again bring their items again: the old ones go. The engine wants a table altered before
    // its rows are deleted.
    if !isMade, table.disposition == .merge {
      record.rowsDeleted = try statements.execute(parent.removeItems(of: place))
    }
    let select = sql.select(from: [items], bounds: [])
    record.rowsRead = try statements.execute(isMade ? sql.create(as: select) : sql.insert(select))
    record.rowsInserted = record.rowsRead
    record.changes = isMade ? [] : plan.changes.map(\.text)
    childRecords.append(record)
    for (number, list) in child.lists.enumerated() {
      let inner = ListTable(
        list, of: child.name, identity: child.identity, naming: load.naming, dialect: dialect, outer: child)
      try write(inner, child.inner(number, of: items, dialect), parent, isFresh: isFresh)
    }
  }
}
