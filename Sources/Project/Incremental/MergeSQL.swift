import EngineCore

/// The one statement of the strategy `merge`. Pure.
///
/// What is written out in the configuration goes into the statement as it is; where nothing is, columns are named one by
/// one, so that a column that only one side has is no mistake under `on_schema_change: ignore`.
public struct MergeSQL {
  let base: StrategySQL
  let config: MergeConfig
  let sourceColumns: [ColumnDescription]

  /// The statement for a request.
  public init(_ request: StrategyRequest, dialect: any Dialect) {
    base = StrategySQL(request, dialect: dialect)
    config = request.node.config.incremental.merge
    sourceColumns = request.sourceColumns
  }

  init(_ base: StrategySQL, _ config: MergeConfig, sourceColumns: [ColumnDescription]) {
    self.base = base
    self.config = config
    self.sourceColumns = sourceColumns
  }

  /// The statement.
  public func statement() -> String {
    var parts = [
      "MERGE INTO \(base.table) AS DBT_INTERNAL_DEST", "USING \(base.rows) AS DBT_INTERNAL_SOURCE",
    ]
    parts.append(join)
    if let clauses = config.matched {
      parts += clauses.map { "WHEN MATCHED\(conditions($0.conditions)) THEN \(action($0))" }
    } else {
      let columns = updatedColumns
      let update =
        columns.isEmpty && config.assignments.isEmpty
        ? "DO NOTHING" : "UPDATE SET " + assignments(config.assignments, columns)
      parts.append("WHEN MATCHED\(conditions(config.updateCondition.map { [$0] } ?? [])) THEN \(update)")
    }
    if let clauses = config.notMatched {
      parts += clauses.map { clause in
        let side = clause.side.map { " BY \($0.uppercased())" } ?? ""
        return "WHEN NOT MATCHED\(side)\(conditions(clause.conditions)) THEN \(action(clause))"
      }
    } else {
      let names = sharedColumns.map(base.dialect.quoted)
      let values = names.map { "DBT_INTERNAL_SOURCE.\($0)" }
      parts.append(
        "WHEN NOT MATCHED\(conditions(config.insertCondition.map { [$0] } ?? [])) THEN "
          + "INSERT (\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))")
    }
    if !config.returning.isEmpty { parts.append("RETURNING \(config.returning.joined(separator: ", "))") }
    return parts.joined(separator: "\n")
  }

  private var join: String {
    if !config.usingColumns.isEmpty {
      let columns = config.usingColumns.map(base.key)
      guard !base.predicates.isEmpty else { return "USING (\(columns.joined(separator: ", ")))" }
      return on(columns.map { "DBT_INTERNAL_SOURCE.\($0) = DBT_INTERNAL_DEST.\($0)" })
    }
    let keys = base.uniqueKey.map(base.key)
    return on(keys.isEmpty ? ["FALSE"] : keys.map { "DBT_INTERNAL_SOURCE.\($0) = DBT_INTERNAL_DEST.\($0)" })
  }

  private func on(_ matches: [String]) -> String {
    "ON " + (matches + base.predicates).map { "(\($0))" }.joined(separator: " AND ")
  }

  /// The table's columns that the new rows have, by the table's names.
  private var sharedColumns: [String] {
    let given = Set(sourceColumns.map { $0.name.lowercased() })
    return base.columns.map(\.name).filter { given.contains($0.lowercased()) }
  }

  /// The columns that a match updates, beyond those that are set to something of their own.
  private var updatedColumns: [String] { columns(config.updateColumns, without: config.excludedColumns) }

  private func columns(_ include: [String], without exclude: [String]) -> [String] {
    if !include.isEmpty { return include.map(base.key) }
    let left = Set(exclude.map { Self.plain($0) })
    return sharedColumns.filter { !left.contains($0.lowercased()) }.map(base.dialect.quoted)
  }

  private func assignments(_ own: [MergeConfig.Assignment], _ columns: [String]) -> String {
    let taken = Set(own.map { Self.plain($0.column) })
    let set = own.map { "\(base.key($0.column)) = \($0.expression)" }
    let rest = columns.filter { !taken.contains(Self.plain($0)) }.map { "\($0) = DBT_INTERNAL_SOURCE.\($0)" }
    return (set + rest).joined(separator: ", ")
  }

  /// A column's name without quotes, in lower case.
  private static func plain(_ name: String) -> String { name.filter { $0 != "\"" && $0 != "'" }.lowercased() }

  private func conditions(_ texts: [String]) -> String {
    texts.isEmpty ? "" : " AND " + texts.map { "(\($0))" }.joined(separator: " AND ")
  }

  private func action(_ clause: MergeClause) -> String {
    switch clause.action {
    case .update: update(clause)
    case .insert: insert(clause)
    case .delete: "DELETE"
    case .doNothing: "DO NOTHING"
    case .error: "ERROR" + (clause.message.map { " \(base.dialect.literal($0))" } ?? "")
    }
  }

  private func update(_ clause: MergeClause) -> String {
    if clause.side != nil { return "UPDATE SET " + assignments(clause.assignments, []) }
    switch clause.mode {
    case .byName: return "UPDATE BY NAME"
    case .byPosition: return "UPDATE BY POSITION"
    case .star: return "UPDATE SET *"
    case .explicit:
      return "UPDATE SET "
        + assignments(clause.assignments, columns(clause.include, without: clause.exclude))
    }
  }

  private func insert(_ clause: MergeClause) -> String {
    switch clause.mode {
    case .byName: return "INSERT BY NAME"
    case .byPosition: return "INSERT BY POSITION"
    case .star: return "INSERT *"
    case .explicit:
      let columns = clause.insertColumns.map(base.key).joined(separator: ", ")
      return "INSERT (\(columns)) VALUES (\(clause.insertValues.joined(separator: ", ")))"
    }
  }
}
