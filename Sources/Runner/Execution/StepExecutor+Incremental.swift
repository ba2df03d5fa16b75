import Diagnostics
import EngineCore
import Project
import Tabular

extension StepExecutor {
  /// Takes new rows up into the table that is there; gives how many the last statement wrote. Runs within the node's
  /// transaction.
  func takeUp(
    _ select: String, _ node: Node, _ target: Relation, batch: EventBatch? = nil, _ result: inout NodeResult
  ) throws -> Int {
    let incremental = IncrementalMaterialization(target: target, dialect: dialect, config: node.config)
    let hasOwnStrategy = compiler.hasOwnStrategy(node)
    let staging = try compiler.creation(incremental.staging, as: select, of: node, isTemporary: true)
    if incremental.strategy == .append, !hasOwnStrategy, staging == nil {
      let columns = try fit(incremental, node, new: connection.columns(ofQuery: select))
      return try statements.execute(incremental.append(select: select, columns: columns))
    }
    try statements.execute(staging ?? incremental.stage(select: select), mayBeSeveral: staging != nil)
    let new = try connection.columns(
      ofQuery: "SELECT * FROM \(dialect.quoted(incremental.staging.identifier))")
    let request = StrategyRequest(
      node: node, target: target, source: incremental.staging,
      columns: try fit(incremental, node, new: new), sourceColumns: new, batch: batch)
    let rows: Int
    if hasOwnStrategy, let sql = try compiler.strategyStatements(request) {
      rows = try statements.execute(sql, mayBeSeveral: true)
    } else {
      try lookForRepeatedKeys(request, incremental.strategy, &result)
      rows = try incremental.statements(request).reduce(0) { _, statement in
        try statements.execute(statement)
      }
    }
    try statements.execute(incremental.unstage())
    return rows
  }

  /// Makes the table fit the new rows by the model's rule; gives the columns that are written.
  private func fit(
    _ incremental: IncrementalMaterialization, _ node: Node, new: [ColumnDescription]
  ) throws -> [ColumnDescription] {
    let target = try connection.columns(of: incremental.target)
    let rule = node.config.incremental.onSchemaChange
    guard rule != .ignore else { return try incremental.columns(target: target, new: new, node: node) }
    let changes = SchemaChanges(source: new, target: target)
    if rule == .fail, !changes.isEmpty {
      throw Diagnostic(
        .incrementalMismatch, "the columns of '\(node.name)' are not those of its table any more",
        at: node.span,
        notes: changes.description,
        hint:
          "rebuild the table with --full-refresh, or set on_schema_change to append_new_columns or sync_all_columns"
      )
    }
    for statement in changes.statements(rule, target: incremental.target, dialect: dialect) {
      try statements.execute(statement)
    }
    return new
  }

  // MARK: - Keys that come more than once

  /// A merge would take one of the rows that share a key and lose the others, or add them all: it is refused. Deleting
  /// and inserting keeps them all, which is right where the key names a group of rows: it is told of only if the
  /// key was unique until now.
  private func lookForRepeatedKeys(
    _ request: StrategyRequest, _ strategy: IncrementalStrategy, _ result: inout NodeResult
  ) throws {
    let merge = request.node.config.incremental.merge
    guard strategy == .deleteInsert || (strategy == .merge && !merge.hasOwnClauses) else { return }
    var keyed = request
    if !merge.usingColumns.isEmpty { keyed.node.config.uniqueKey = merge.usingColumns }
    let sql = StrategySQL(keyed, dialect: dialect)
    guard let query = sql.repeatedKeys(limit: 3) else { return }
    let found = try statements.query(query, maximumRows: 3, isOwn: false)
    guard !found.rows.isEmpty else { return }
    if strategy == .deleteInsert {
      guard let look = sql.tableHasRepeatedKeys(),
        try statements.query(look, maximumRows: 1, isOwn: false).rows.isEmpty
      else { return }
    }
    let node = request.node
    let names = keyed.node.config.uniqueKey.joined(separator: ", ")
    var problem = Diagnostic(
      .repeatedKeys, "several of the new rows of '\(node.name)' have the same \(names)", at: node.span,
      notes: found.rows.map { Self.described($0, keyed.node.config.uniqueKey) })
    if strategy == .merge {
      problem.hint = "keep one row a key: qualify row_number() over (partition by \(names) order by …) = 1"
      problem.notes.append(
        "a merge would keep one of them and lose the others, or add them all; nothing was changed")
      throw problem
    }
    problem.severity = .warning
    problem.notes.append("delete+insert keeps all of them; the table held each key once until now")
    result.diagnostics.append(problem)
  }

  private static func described(_ row: [Scalar], _ names: [String]) -> String {
    let values = zip(names, row).map { "\($0) = \($1.description)" }.joined(separator: ", ")
    return "\(values): \(row.last?.description ?? "") rows"
  }
}
