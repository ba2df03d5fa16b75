import Diagnostics
import EngineCore
import Project
import Tabular

extension StepExecutor {
  /// How many wrong keys a message names.
  private static let exampleCount = 5

  /// Begins or continues a snapshot's history, within the transaction that is open; gives how many versions began.
  func takeSnapshot(_ select: String, _ node: Node, _ target: Relation, _ existing: Relation?) throws -> Int {
    if existing?.kind == .view {
      throw Diagnostic(
        .relationInTheWay,
        "the snapshot '\(node.name)' cannot write to \(dialect.rendered(target)), a view",
        at: node.span, hint: "drop the view if it is not needed, or give the snapshot another alias")
    }
    let given = try statements.columnNames(of: select)
    let strategy = try compiler.snapshotStrategy(
      for: node, compiledSQL: select, targetExists: existing != nil)
    let snapshot = SnapshotMaterialization(
      target: target, dialect: dialect, config: node.config.snapshot ?? SnapshotConfig(), strategy: strategy)
    try refuseReserved(given, snapshot, node)
    try refuseToReadNothing(snapshot, node)
    guard existing != nil else {
      let rows = try statements.execute(snapshot.create(select: select))
      try refuseWrongKeys(snapshot.wrongKeys(inStaging: false, limit: Self.exampleCount), snapshot, node)
      return rows
    }
    return try continueHistory(snapshot, select, node)
  }

  /// With `--empty` no row is read, and each that is not read would count as deleted.
  private func refuseToReadNothing(_ snapshot: SnapshotMaterialization, _ node: Node) throws {
    guard context.options.invocation.readsNothing, snapshot.findsDeletions else { return }
    throw Diagnostic(
      .notSupported,
      "the snapshot '\(node.name)' is not taken with --empty: all of its rows would count as deleted",
      at: node.span, hint: "leave it out (--exclude resource_type:snapshot), or run without --empty")
  }

  private func continueHistory(
    _ snapshot: SnapshotMaterialization, _ select: String, _ node: Node
  ) throws -> Int {
    let history = try connection.columns(of: snapshot.target)
    try refuseForeign(history, snapshot, node)
    try statements.execute(snapshot.stage(select: select))
    try refuseWrongKeys(snapshot.wrongKeys(inStaging: true, limit: Self.exampleCount), snapshot, node)
    try refuseOpenTwice(snapshot, node)
    try statements.execute(snapshot.findChanges())
    if snapshot.findsDeletions { try statements.execute(snapshot.findDeletions()) }
    let staged = try connection.columns(
      ofQuery: "SELECT * FROM \(dialect.quoted(snapshot.staging.identifier))")
    let keys = Set(snapshot.strategy.uniqueKey.columns)
    let new = staged.filter { !keys.contains($0.name) }
    let plan = SnapshotColumnPlan(history: history, new: new)
    try refuseLossy(plan, node)
    for column in plan.added { try statements.execute(snapshot.add(column)) }
    for (name, type) in plan.widened { try statements.execute(snapshot.change(name, to: type)) }
    let added = Set(snapshot.addedColumns.map { $0.lowercased() })
    let columns = new.map(\.name).filter { !added.contains($0.lowercased()) }
    let before = Set(history.map { $0.name.lowercased() })
    let kept = columns.filter { before.contains($0.lowercased()) }
    var rows = 0
    do {
      for statement in snapshot.apply(columns: columns, kept: kept) {
        let count = try statements.execute(statement)
        if statement.hasPrefix("INSERT") { rows += count }
      }
    } catch let diagnostic as Diagnostic where !plan.cast.isEmpty {
      throw unfitting(diagnostic, plan, node)
    }
    for statement in snapshot.unstage() { try statements.execute(statement) }
    return rows
  }

  // MARK: - What would break a history

  /// A query must not give the names that a history adds.
  private func refuseReserved(_ given: [String], _ snapshot: SnapshotMaterialization, _ node: Node) throws {
    let reserved = Set(
      (snapshot.addedColumns + snapshot.strategy.uniqueKey.columns).map { $0.lowercased() })
    let taken = given.filter { reserved.contains($0.lowercased()) }
    guard !taken.isEmpty else { return }
    let names = taken.map { "'\($0)'" }.joined(separator: ", ")
    throw Diagnostic(
      .snapshotColumns,
      "the query of snapshot '\(node.name)' gives \(names), which the history adds itself", at: node.span,
      hint: "leave \(taken.count == 1 ? "it" : "them") out of the query, or rename the history's columns "
        + "with snapshot_meta_column_names")
  }

  /// A table that is no history must not be taken for one.
  private func refuseForeign(
    _ history: [ColumnDescription], _ snapshot: SnapshotMaterialization, _ node: Node
  ) throws {
    let present = Set(history.map { $0.name.lowercased() })
    let columns = snapshot.config.columns
    let needed =
      [columns.id, columns.validFrom, columns.validTo] + (snapshot.marksDeletions ? [columns.isDeleted] : [])
    let missing = needed.filter { !present.contains($0.lowercased()) }
    guard !missing.isEmpty else { return }
    let table = dialect.rendered(snapshot.target)
    let isMarkOnly = missing == [columns.isDeleted]
    throw Diagnostic(
      .snapshotColumns,
      "Snapshot target is missing configured columns: \(table), the history of snapshot '\(node.name)', has no "
        + missing.map { "'\($0)'" }.joined(separator: ", "), at: node.span,
      notes: ["it has: " + history.map(\.name).joined(separator: ", ")],
      hint: isMarkOnly
        ? "add it: ALTER TABLE \(table) ADD COLUMN \(dialect.quoted(columns.isDeleted)) VARCHAR DEFAULT 'False'"
        : "it may be no snapshot: give this one another alias; or say in snapshot_meta_column_names what its "
          + "columns are called")
  }

  private func refuseWrongKeys(_ sql: String, _ snapshot: SnapshotMaterialization, _ node: Node) throws {
    let found = try statements.query(sql, maximumRows: Self.exampleCount, isOwn: false).rows
    guard let count = found.first?.first?.wholeNumber else { return }
    let key = snapshot.strategy.uniqueKey.expressions.joined(separator: ", ")
    throw Diagnostic(
      .snapshotKey,
      "the unique key (\(key)) of snapshot '\(node.name)' does not identify a row: \(Self.keys(count)) "
        + "twice or NULL", at: node.span, notes: Self.examples(found, of: count),
      hint: "choose a key that every row has and no two share, or filter the query; the history is unchanged")
  }

  private func refuseOpenTwice(_ snapshot: SnapshotMaterialization, _ node: Node) throws {
    let sql = snapshot.openTwice(limit: Self.exampleCount)
    let found = try statements.query(sql, maximumRows: Self.exampleCount, isOwn: false).rows
    guard let count = found.first?.first?.wholeNumber else { return }
    throw Diagnostic(
      .snapshotKey,
      "the history of snapshot '\(node.name)' is broken: of \(count == 1 ? "a key" : "\(count) keys") "
        + "several versions are valid now", at: node.span,
      notes: ["in \(dialect.rendered(snapshot.target))"] + Self.examples(found, of: count),
      hint: "end all but one version of each, by setting "
        + "\(snapshot.config.columns.validTo), before the next snapshot")
  }

  private static func keys(_ count: Int) -> String {
    count == 1 ? "1 key is there" : "\(count) keys are there"
  }

  /// Keys of rows of count of keys, count of rows, and the key's parts.
  private static func examples(_ rows: [[Scalar]], of count: Int) -> [String] {
    let shown = rows.map { row in
      let parts = row.dropFirst(2).map { $0 == .null ? "NULL" : "\($0)" }.joined(separator: ", ")
      return "\(parts) (\(row[1].wholeNumber ?? 0) times)"
    }
    let rest = count > rows.count ? ", …" : ""
    return ["for example: " + shown.joined(separator: "; ") + rest]
  }

  private func refuseLossy(_ plan: SnapshotColumnPlan, _ node: Node) throws {
    guard !plan.lossy.isEmpty else { return }
    let what = plan.lossy.map { "'\($0.name)' is \($0.old) and comes as \($0.new)" }
    throw Diagnostic(
      .snapshotColumns,
      "the history of snapshot '\(node.name)' does not hold what the query gives: "
        + what.joined(separator: "; "), at: node.span,
      hint: "cast it in the query, or change the table's column: the values would be rounded")
  }

  private func unfitting(_ cause: Diagnostic, _ plan: SnapshotColumnPlan, _ node: Node) -> Diagnostic {
    let what = plan.cast.map { "'\($0.name)' is \($0.old) and comes as \($0.new)" }
    var diagnostic = Diagnostic(
      .snapshotColumns,
      "the history of snapshot '\(node.name)' does not take what the query gives: \(cause.message)",
      at: node.span, notes: what,
      hint: "cast it in the query, or change the type of the table's column")
    diagnostic.isTransient = cause.isTransient
    return diagnostic
  }
}
