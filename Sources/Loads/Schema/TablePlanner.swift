import Diagnostics
import EngineCore
import Project

/// Compares what a source gives with what the warehouse has, and says what to do. Pure: it looks at descriptions only.
public struct TablePlanner: Sendable {
  let table: LoadTable
  let naming: NamingRule
  let dialect: any Dialect
  /// Whether the source's types were found out from text and may be read otherwise.
  var infersTypes: Bool
  /// Columns of the warehouse's table that loads themselves fill: never vanished.
  var ownColumns: Set<String>
  /// Inferred columns of text that turned out to fit the table's type.
  public var fitting: Set<String> = []
  /// Columns that no number type holds without loss.
  public var lossy: Set<String> = []
  /// Whether `fitting` says all there is to say; else doubtful columns are believed to fit.
  public var isSure = false

  /// Makes a planner of one table.
  public init(
    table: LoadTable, naming: NamingRule, dialect: any Dialect, infersTypes: Bool,
    ownColumns: Set<String> = []
  ) {
    self.table = table
    self.naming = naming
    self.dialect = dialect
    self.infersTypes = infersTypes
    self.ownColumns = Set(ownColumns.map { $0.lowercased() })
  }

  private func nameless(_ column: ColumnDescription) -> Diagnostic {
    let name = column.name.split(separator: "\0", omittingEmptySubsequences: false).joined(separator: "\\0")
    return Diagnostic(
      .sourceUnreadable, "the column '\(name)' of '\(table.from)' has a name, or a field, that holds a NUL",
      at: table.span, hint: "SQL has no way to write such a name: rename it in the source")
  }

  /// The plan for a source of these columns and a table of those; nil if there is no table yet. Throws a
  /// `DiagnosticList` with everything that speaks against it.
  public func plan(source: [ColumnDescription], destination: [ColumnDescription]?) throws -> TablePlan {
    var draft = Draft(self, destination)
    for column in source where isTaken(column.name) {
      guard !column.name.utf8.contains(0), !column.type.utf8.contains(0) else {
        draft.problems.append(nameless(column))
        continue
      }
      draft.take(column.name, path: [column.name], dialect.quoted(column.name), SQLType(column.type))
    }
    draft.finish()
    if !draft.problems.isEmpty { throw DiagnosticList(draft.problems) }
    return draft.plan
  }

  /// The columns as one column set of its own, without comparing: for previews.
  public func isTaken(_ column: String) -> Bool {
    func names(_ list: [String]) -> Bool {
      list.contains { item in
        item.lowercased() == column.lowercased() || item.lowercased() == naming.name(for: column).lowercased()
      }
    }
    return (table.selected.isEmpty || names(table.selected) || isOwn(column)) && !names(table.excluded)
  }

  /// The columns that the reader adds are wanted whatever else is selected.
  private func isOwn(_ column: String) -> Bool {
    column == table.fileNameColumn || column == table.rowNumberColumn
  }

  /// The type that a declaration gives a column.
  func declaredType(_ name: String) -> SQLType? {
    table.columnTypes.first { $0.column.lowercased() == name.lowercased() }.map { SQLType($0.type) }
  }

  /// What the values of a doubtful column are checked by.
  func rule(_ kind: KeyPath<Contract, Contract.Rule>) -> Contract.Rule { table.contract[keyPath: kind] }
}

/// A plan in the making.
private struct Draft {
  let planner: TablePlanner
  let destination: [ColumnDescription]?
  var plan = TablePlan()
  var problems: [Diagnostic] = []
  /// The source's names by the name that they get.
  private var origins: [String: String] = [:]

  init(_ planner: TablePlanner, _ destination: [ColumnDescription]?) {
    self.planner = planner
    self.destination = destination
  }

  mutating func take(_ source: String, path: [String], _ expression: String, _ incoming: SQLType) {
    if planner.table.nesting != .keep, case .structure(let fields) = incoming {
      for field in fields {
        let inner = "\(expression).\(planner.dialect.quoted(field.name))"
        take(source, path: path + [field.name], inner, field.type)
      }
      return
    }
    let name = path.map(planner.naming.name).joined(separator: "__")
    if planner.table.nesting == .split, case .list(let item) = incoming {
      guard claim(name, path) else { return }
      plan.lists.append(PlannedList(expression: expression, name: name, item: item))
      return
    }
    guard claim(name, path) else { return }
    // JSON's NULLs and empty objects tell nothing of a type; text holds whatever comes.
    let type = planner.declaredType(name) ?? (incoming == .null ? .text : incoming)
    let known = destination?.first { $0.name.lowercased() == name.lowercased() }
    if let known {
      compare(source, expression, incoming, type, known)
    } else {
      add(source, expression, incoming, type, name)
    }
  }

  /// Notes the name; says whether it is the first of that name.
  private mutating func claim(_ name: String, _ path: [String]) -> Bool {
    let origin = path.joined(separator: ".")
    guard let other = origins.updateValue(origin, forKey: name.lowercased()) else {
      guard !planner.ownColumns.contains(name.lowercased()) else {
        problems.append(
          Diagnostic(
            .nameCollision,
            "the column '\(origin)' of '\(planner.table.from)' has the name of a column that Weir fills",
            at: planner.table.span, hint: "leave it out with `exclude`, or name Weir's column otherwise"))
        return false
      }
      return true
    }
    problems.append(
      Diagnostic(
        .nameCollision,
        "the columns '\(other)' and '\(origin)' of '\(planner.table.from)' would both be '\(name)'",
        at: planner.table.span,
        hint: "leave one out with `exclude`, or keep the source's names: `naming: keep`"))
    return false
  }

  private mutating func add(
    _ source: String, _ expression: String, _ incoming: SQLType, _ type: SQLType, _ name: String
  ) {
    let rule = destination == nil ? .evolve : planner.rule(\.columns)
    if rule == .evolve {
      let value = converted(expression, incoming, type, name)
      plan.columns.append(
        PlannedColumn(source: source, expression: value, name: name, type: type, isKnown: false))
    }
    guard destination != nil else { return }
    switch rule {
    case .evolve:
      plan.alterations.append(.add(column: name, type: type))
      plan.changes.append(.added(column: name, type: type))
    case .freeze:
      problems.append(broken("the column '\(name)' (\(type.sql)) is new", "columns"))
    case .discardColumns:
      plan.changes.append(.left(column: name))
    case .discardRows:
      plan.changes.append(.left(column: name))
      plan.rowRules.append(
        RowRule(
          condition: "\(expression) IS NOT NULL", column: name, reason: "the contract allows no new column"))
    }
  }

  private mutating func compare(
    _ source: String, _ expression: String, _ incoming: SQLType, _ declared: SQLType,
    _ known: ColumnDescription
  ) {
    let existing = SQLType(known.type)
    var column = PlannedColumn(
      source: source, expression: expression, name: known.name, type: existing, isKnown: true)
    defer { plan.columns.append(column) }
    if existing == declared || incoming == .null {
      column.expression = converted(expression, incoming, existing, known.name)
      return
    }
    if planner.infersTypes, declared == .text, existing != .text {
      // Nothing but blanks is text to a reader that guesses, and so is one stray word.
      plan.doubtful.append(
        Doubt(column: known.name, misfit: Conversion.doubt(expression, incoming, existing)))
      if !planner.isSure || planner.fitting.contains(known.name) {
        column.expression = Conversion.sql(expression, incoming, existing)
        return
      }
    }
    var joined = existing.joined(with: declared)
    if joined == existing {
      column.expression = converted(expression, incoming, existing, known.name)
      return
    }
    if planner.lossy.contains(known.name) { joined = .text }
    widen(&column, expression, incoming, existing, joined)
  }

  private mutating func widen(
    _ column: inout PlannedColumn, _ expression: String, _ incoming: SQLType, _ existing: SQLType,
    _ joined: SQLType
  ) {
    let rule = planner.rule(\.types)
    switch rule {
    case .evolve:
      column.type = joined
      column.expression = converted(expression, incoming, joined, column.name)
      plan.alterations.append(.widen(column: column.name, from: existing, to: joined))
      plan.changes.append(.widened(column: column.name, from: existing, to: joined))
      if joined == .double, existing != .float {
        let name = planner.dialect.quoted(column.name)
        let back = "CAST(CAST(\(name) AS DOUBLE) AS \(existing.sql))"
        plan.lossy.append(Doubt(column: column.name, misfit: "TRY(\(back)) IS DISTINCT FROM \(name)"))
      }
    case .freeze:
      problems.append(
        broken(
          "the column '\(column.name)' is \(existing.sql), and the source now has \(incoming.sql)", "types"))
    case .discardColumns, .discardRows:
      let misfit = Conversion.doubt(expression, incoming, existing)
      column.expression = "CASE WHEN \(misfit) THEN NULL ELSE TRY_CAST(\(expression) AS \(existing.sql)) END"
      plan.changes.append(.conflict(column: column.name, existing: existing, incoming: incoming, rule: rule))
      guard rule == .discardRows else { return }
      plan.rowRules.append(
        RowRule(condition: misfit, column: column.name, reason: "the value is no \(existing.sql)"))
    }
  }

  /// The value as the type. If it may not be one, the row is set aside where that is borne, and ends the load else.
  private mutating func converted(_ expression: String, _ from: SQLType, _ to: SQLType, _ name: String)
    -> String
  {
    if from == .null || to.holds(from) { return Conversion.sql(expression, from, to) }
    let misfit = Conversion.misfit(expression, from, to)
    guard planner.table.rejectLimit > 0 else {
      let message =
        "'column ''\(name.replacing("'", with: "''"))'': ' || CAST(\(expression) AS VARCHAR) || ' is no \(to.sql)'"
      return "CASE WHEN \(misfit) THEN error(\(message)) ELSE \(Conversion.sql(expression, from, to)) END"
    }
    plan.rowRules.append(
      RowRule(condition: misfit, column: name, reason: "the value is no \(to.sql)", isLimited: true))
    return "CASE WHEN NOT \(misfit) THEN \(Conversion.sql(expression, from, to)) END"
  }

  private func broken(_ message: String, _ part: String) -> Diagnostic {
    Diagnostic(
      .contractBroken, "'\(planner.table.name)': \(message), and the contract freezes \(part)",
      at: planner.table.span,
      notes: ["nothing was written"],
      hint: "allow it with `contract: {\(part): evolve}`, or leave it out: discard_columns, discard_rows")
  }

  mutating func finish() {
    identifyRows()
    guard let destination else { return }
    let taken = Set((plan.columns.map(\.name) + plan.lists.map(\.name)).map { $0.lowercased() })
    plan.kept = destination.filter { !taken.contains($0.name.lowercased()) }
    let vanished = plan.kept.filter { !planner.ownColumns.contains($0.name.lowercased()) }
    let added = plan.columns.filter { !$0.isKnown && $0.name != ListTable.row }
    for column in vanished {
      if vanished.count == 1, added.count == 1, added[0].type == SQLType(column.type) {
        plan.changes.append(.perhapsRenamed(from: column.name, to: added[0].name))
      } else {
        plan.changes.append(.vanished(column: column.name))
      }
    }
  }

  /// Gives rows that have lists and no key something that their items can name.
  private mutating func identifyRows() {
    guard !plan.lists.isEmpty, planner.table.key.isEmpty else { return }
    let isKnown = destination?.contains { $0.name == ListTable.row } ?? false
    plan.columns.append(
      PlannedColumn(
        source: "", expression: "CAST(uuid() AS VARCHAR)", name: ListTable.row, type: .text, isKnown: isKnown)
    )
    if destination != nil, !isKnown { plan.alterations.append(.add(column: ListTable.row, type: .text)) }
  }
}
