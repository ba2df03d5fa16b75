import Connectors
import Diagnostics
import EngineCore
import Loads
import Project

extension TableLoad {
  /// Decides how the source's columns become the table's.
  mutating func plan(_ existing: [ColumnDescription]?) throws -> PlannedSource {
    var selects = way?.selects ?? read.selects
    var columns = try describe(selects)
    var planner = TablePlanner(
      table: table, naming: load.naming, dialect: dialect, infersTypes: read.infersTypes,
      ownColumns: ownColumns)
    // What is replaced follows its source, unless the contract holds it to what it was.
    let isBound = !isReplacing || table.contract.columns != .evolve || table.contract.types != .evolve
    let destination = isBound ? existing : nil
    var plan = try planner.plan(source: columns, destination: destination)
    let texts = textColumns(plan, columns)
    if !texts.isEmpty, let asText = way.map(\.asText) ?? read.asText {
      selects = asText(texts)
      columns = try describe(selects)
      plan = try planner.plan(source: columns, destination: destination)
    }
    planner.fitting = try fitting(plan.doubtful, selects)
    planner.isSure = true
    plan = try planner.plan(source: columns, destination: destination)
    planner.lossy = try lossy(plan.lossy)
    if !planner.lossy.isEmpty { plan = try planner.plan(source: columns, destination: destination) }
    let sql = TableSQL(
      target: target, table: table, plan: plan, naming: load.naming, dialect: dialect, now: startedAt)
    try check(sql, columns)
    var source = PlannedSource(selects: selects, plan: plan, sql: sql, changes: plan.changes)
    if !isBound, let existing { source.changes = try changes(of: planner, columns, existing) }
    source.examples = try examples(plan, selects)
    return source
  }

  /// The columns that a load fills by itself.
  private var ownColumns: Set<String> {
    var columns: Set<String> = []
    if table.disposition == .scd2 { columns.formUnion([table.validity.from, table.validity.to]) }
    if let soft = table.deletion?.softColumn { columns.insert(soft) }
    if table.nesting == .split { columns.insert(ListTable.row) }
    return columns
  }

  private func describe(_ selects: [String]) throws -> [ColumnDescription] {
    if selects == read.selects, let known = read.columns { return known }
    return try reading { try connection.columns(ofQuery: TableSQL.union(selects)) }
  }

  /// The source's columns that the table holds as text, and a reader that guesses took for something else.
  private func textColumns(_ plan: TablePlan, _ columns: [ColumnDescription]) -> Set<String> {
    guard read.infersTypes else { return [] }
    let guessed = Set(columns.filter { SQLType($0.type) != .text }.map(\.name))
    return Set(plan.columns.filter { $0.type == .text && guessed.contains($0.source) }.map(\.source))
  }

  private func fitting(_ doubts: [Doubt], _ selects: [String]) throws -> Set<String> {
    guard !doubts.isEmpty else { return [] }
    let tests = doubts.map { "coalesce(bool_or(\($0.misfit)), false)" }.joined(separator: ", ")
    let sql = "SELECT \(tests) FROM (\n\(TableSQL.union(selects))\n) AS weir_source"
    let row = try reading { try statements.query(sql, maximumRows: 1, isOwn: true).rows.first ?? [] }
    return Set(zip(doubts, row).filter { $0.1 == .boolean(false) }.map(\.0.column))
  }

  private func lossy(_ doubts: [Doubt]) throws -> Set<String> {
    guard !doubts.isEmpty else { return [] }
    let tests = doubts.map { "coalesce(bool_or(\($0.misfit)), false)" }.joined(separator: ", ")
    let row =
      try statements.query("SELECT \(tests) FROM \(dialect.rendered(target))", maximumRows: 1, isOwn: true)
      .rows.first ?? []
    return Set(zip(doubts, row).filter { $0.1 == .boolean(true) }.map(\.0.column))
  }

  /// What replacing changes about the table's columns.
  private func changes(
    of planner: TablePlanner, _ columns: [ColumnDescription], _ existing: [ColumnDescription]
  ) throws -> [SchemaChange] {
    try planner.plan(source: columns, destination: existing).changes
  }

  /// Some values that did not fit, with their keys.
  private func examples(_ plan: TablePlan, _ selects: [String]) throws -> [String] {
    var examples: [String] = []
    for change in plan.changes {
      guard let (name, existing) = change.misfit, let column = plan.columns.first(where: { $0.name == name })
      else {
        continue
      }
      let source = dialect.quoted(column.source)
      let places = (table.key + [table.fileNameColumn, table.rowNumberColumn].compactMap { $0 }).compactMap {
        name in
        plan.columns.first { $0.name.lowercased() == name.lowercased() && $0.name != column.name }
      }
      let place = places.map { ", \(dialect.literal($0.name + " = ")), \($0.expression)" }.joined(
        separator: ", '; '")
      let sql = """
        SELECT concat(left(CAST(\(source) AS VARCHAR), 80)\(place.isEmpty ? "" : ", ' at '" + place)) FROM (
        \(TableSQL.union(selects))
        ) AS weir_source WHERE \(source) IS NOT NULL AND TRY_CAST(\(source) AS \(existing.sql)) IS NULL LIMIT 3
        """
      let rows = try reading { try statements.query(sql, maximumRows: 3, isOwn: false).rows }
      let values = rows.compactMap(\.first?.plainText).map { "'\($0)'" }
      if !values.isEmpty { examples.append("for example in '\(name)': " + values.joined(separator: ", ")) }
    }
    return examples
  }

  /// Refuses keys and cursors that the source does not have or that cannot serve.
  private func check(_ sql: TableSQL, _ columns: [ColumnDescription]) throws {
    var problems: [Diagnostic] = []
    let names = sql.columnNames
    let needsKey = table.disposition == .merge || table.disposition == .scd2
    if needsKey, table.key.isEmpty {
      problems.append(
        Diagnostic(
          .badLoadKey, "'\(table.name)' is written by \(table.disposition.rawValue) and has no key",
          at: table.span,
          hint: "name the columns that identify a row: `key: […]`"))
    }
    for key in sql.key where !names.contains(key) {
      problems.append(
        Diagnostic(
          .badLoadKey, "the key '\(key)' is no column of '\(table.from)'", at: table.span,
          hint: Spelling.hint(for: key, among: names) ?? "it has: " + names.joined(separator: ", ")))
    }
    if let rule = table.cursor { problems += problemsOfCursor(rule, sql, columns) }
    if table.deletion?.softColumn != nil, table.disposition != .merge {
      problems.append(
        Diagnostic(
          .badValue, "'\(table.name)' marks rows as deleted, which needs `write: merge`", at: table.span,
          hint: "use `write: merge`, or `delete: {mode: hard}`"))
    }
    if !problems.isEmpty { throw DiagnosticList(problems) }
  }

  private func problemsOfCursor(_ rule: CursorRule, _ sql: TableSQL, _ columns: [ColumnDescription])
    -> [Diagnostic]
  {
    guard let cursor = sql.cursor else {
      return [
        Diagnostic(
          .badCursor, "the cursor '\(rule.column)' is no column that is taken of '\(table.from)'",
          at: table.span,
          hint: Spelling.hint(for: rule.column, among: columns.map(\.name))
            ?? "it has: " + columns.map(\.name).joined(separator: ", "))
      ]
    }
    guard cursor.type.isOrdered else {
      return [
        Diagnostic(
          .badCursor,
          "the cursor '\(rule.column)' is \(cursor.type.sql), whose values do not tell what is new",
          at: table.span)
      ]
    }
    guard let before = prepared.position?.cursorType, !isReplacing else { return [] }
    let type = SQLType(before)
    if cursor.type == type || (cursor.type.holds(type) && cursor.type != .text) { return [] }
    return [
      Diagnostic(
        .badCursor, "the cursor '\(rule.column)' was \(before), and is \(cursor.type.sql) now",
        at: table.span,
        notes: ["the last position, '\(prepared.position?.cursor ?? "")', says nothing of the new values"],
        hint: "give the column a `data_type`, or load the table anew: --full-refresh")
    ]
  }
}

extension SchemaChange {
  /// The column whose values do not fit, and the type that they should have.
  fileprivate var misfit: (String, SQLType)? {
    switch self {
    case .conflict(let column, let existing, _, _): (column, existing)
    case .widened(let column, let from, .text), .widened(let column, let from, .json): (column, from)
    default: nil
    }
  }
}
