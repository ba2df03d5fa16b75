import EngineCore
import Project

/// A table that keeps the history of what a query gives: a row for each version of each row, and when it was valid. Pure:
/// what is to be run, in SQL.
///
/// A history that is there is taken further in three steps. The query's rows are put aside, each with its key and what
/// its version would be (`stage`). Of them, and of the versions that are valid now, the changes are found and put aside
/// (`findChanges`, `findDeletions`). Then versions end and others begin (`apply`).
struct SnapshotMaterialization {
  let target: Relation
  let dialect: any Dialect
  let config: SnapshotConfig
  let strategy: SnapshotStrategy
  /// The query's rows, with their keys.
  let staging: Relation
  /// Those of them that begin a version, with the version that it ends.
  let changes: Relation
  /// The versions whose rows the query no longer gives.
  let deletions: Relation

  init(target: Relation, dialect: any Dialect, config: SnapshotConfig, strategy: SnapshotStrategy) {
    self.target = target
    self.dialect = dialect
    self.config = config
    self.strategy = strategy
    staging = Relation(identifier: target.identifier + "__weir_rows", kind: .table)
    changes = Relation(identifier: target.identifier + "__weir_changes", kind: .table)
    deletions = Relation(identifier: target.identifier + "__weir_deletions", kind: .table)
  }

  private static let endedID = "weir_ended_id"
  private static let isOpen = "weir_is_open"

  /// Whether rows that are gone are looked for.
  var findsDeletions: Bool { strategy.hardDeletes != .ignore }

  /// Whether versions say whether their row is deleted.
  var marksDeletions: Bool { strategy.hardDeletes == .newRecord }

  /// The columns that the history adds to the query's own.
  var addedColumns: [String] {
    [config.columns.id, config.columns.updatedAt, config.columns.validFrom, config.columns.validTo]
      + (marksDeletions ? [config.columns.isDeleted] : [])
  }

  // MARK: - A history that begins

  /// Makes the table of the first versions of what `select` gives.
  func create(select: String) -> String {
    dialect.createTable(
      target,
      as: """
        SELECT weir_rows.*,
          \(version.joined(separator: ",\n  "))
        FROM (
        \(select)
        ) AS weir_rows
        """, replacing: false)
  }

  /// What a version has beyond the query's columns, in the order of `addedColumns`.
  private var version: [String] {
    let columns = config.columns
    let values = [
      (strategy.versionID, columns.id), (strategy.updatedAt, columns.updatedAt),
      (strategy.updatedAt, columns.validFrom),
      // The type is the one that both ends of a version's time have.
      (
        "CASE WHEN FALSE THEN \(strategy.updatedAt) ELSE \(config.validToCurrent ?? "NULL") END",
        columns.validTo
      ),
    ]
    return (values + (marksDeletions ? [("'False'", columns.isDeleted)] : [])).map {
      "\($0.0) AS \(dialect.quoted($0.1))"
    }
  }

  // MARK: - A history that goes on

  /// Puts aside what `select` gives.
  func stage(select: String) -> String {
    dialect.createTemporaryTable(
      staging,
      as: """
        SELECT weir_rows.*,
          \((keys + version).joined(separator: ",\n  "))
        FROM (
        \(select)
        ) AS weir_rows
        """)
  }

  private var keys: [String] {
    zip(strategy.uniqueKey.expressions, strategy.uniqueKey.columns).map { "\($0) AS \($1)" }
  }

  /// The versions that are valid now, with their keys.
  private var open: String {
    """
    SELECT weir_history.*,
        \(keys.joined(separator: ",\n    ")),
        TRUE AS \(Self.isOpen)
      FROM \(dialect.rendered(target)) AS weir_history
      WHERE \(isOpen("weir_history"))
    """
  }

  private func isOpen(_ alias: String) -> String {
    let column = "\(alias).\(dialect.quoted(config.columns.validTo))"
    guard let current = config.validToCurrent else { return "\(column) IS NULL" }
    return "(\(column) = (\(current)) OR \(column) IS NULL)"
  }

  private func isDeleted(_ alias: String) -> String {
    "\(alias).\(dialect.quoted(config.columns.isDeleted)) IS NOT DISTINCT FROM 'True'"
  }

  /// That a row and a version have the same key.
  private var sameKey: String {
    let comparison = config.matchesNullKeys ? "IS NOT DISTINCT FROM" : "="
    return strategy.uniqueKey.columns.map {
      "\(SnapshotStrategy.historyAlias).\($0) \(comparison) \(SnapshotStrategy.sourceAlias).\($0)"
    }.joined(separator: " AND ")
  }

  /// Puts aside the rows that are new or have changed, each with the version that ends.
  func findChanges() -> String {
    let (history, source) = (SnapshotStrategy.historyAlias, SnapshotStrategy.sourceAlias)
    let isBack = marksDeletions ? "\n  OR \(isDeleted(history))" : ""
    return dialect.createTemporaryTable(
      changes,
      as: """
        SELECT \(source).*, \(history).\(dialect.quoted(config.columns.id)) AS \(Self.endedID)
        FROM \(dialect.quoted(staging.identifier)) AS \(source)
        LEFT JOIN (
          \(open)
        ) AS \(history) ON \(sameKey)
        WHERE \(history).\(Self.isOpen) IS NULL
          OR (\(strategy.rowChanged))\(isBack)
        """)
  }

  /// Puts aside the versions whose rows are gone, but for those that say so already.
  func findDeletions() -> String {
    let (history, source) = (SnapshotStrategy.historyAlias, SnapshotStrategy.sourceAlias)
    let isNews = marksDeletions ? "\n  AND NOT (\(isDeleted(history)))" : ""
    return dialect.createTemporaryTable(
      deletions,
      as: """
        SELECT \(history).*
        FROM (
          \(open)
        ) AS \(history)
        WHERE NOT EXISTS (
          SELECT 1 FROM \(dialect.quoted(staging.identifier)) AS \(source)
          WHERE \(sameKey)
        )\(isNews)
        """)
  }

  /// Ends versions and begins others: statements that each count as one of the two. `columns` are the query's own that
  /// the history has now, and `kept` those that it had before.
  func apply(columns: [String], kept: [String]) -> [String] {
    // A version whose row does not say when it was changed ends now: it must not stay valid beside the next one.
    let changedAt = "coalesce(weir_found.\(dialect.quoted(config.columns.validFrom)), \(strategy.now))"
    var statements = [end(changes, id: Self.endedID, at: changedAt)]
    if findsDeletions {
      statements.append(end(deletions, id: dialect.quoted(config.columns.id), at: strategy.now))
    }
    statements.append(
      insert(
        columns + addedColumns, from: changes,
        values: (columns + addedColumns).map { "weir_new.\(dialect.quoted($0))" }, alias: "weir_new"))
    if marksDeletions { statements.append(recordDeletions(kept: kept)) }
    return statements
  }

  private func end(_ found: Relation, id: String, at time: String) -> String {
    let validTo = dialect.quoted(config.columns.validTo)
    return """
      UPDATE \(dialect.rendered(target)) AS weir_history
      SET \(validTo) = \(time)
      FROM \(dialect.quoted(found.identifier)) AS weir_found
      WHERE weir_history.\(dialect.quoted(config.columns.id)) = weir_found.\(id)
        AND \(isOpen("weir_history"))
      """
  }

  private func recordDeletions(kept: [String]) -> String {
    let history = SnapshotStrategy.historyAlias
    let columns = config.columns
    let names = kept + [columns.id, columns.updatedAt, columns.validFrom, columns.validTo, columns.isDeleted]
    let values =
      kept.map { "\(history).\(dialect.quoted($0))" } + [
        strategy.deletionID, strategy.now, strategy.now, "\(history).\(dialect.quoted(columns.validTo))",
        "'True'",
      ]
    return insert(names, from: deletions, values: values, alias: history)
  }

  private func insert(_ columns: [String], from rows: Relation, values: [String], alias: String) -> String {
    """
    INSERT INTO \(dialect.rendered(target)) (\(columns.map(dialect.quoted).joined(separator: ", ")))
    SELECT \(values.joined(separator: ", "))
    FROM \(dialect.quoted(rows.identifier)) AS \(alias)
    """
  }

  /// Removes what was put aside.
  func unstage() -> [String] {
    ([staging, changes] + (findsDeletions ? [deletions] : [])).map {
      "DROP TABLE \(dialect.quoted($0.identifier))"
    }
  }

  // MARK: - Questions

  /// How many keys of the query's rows are there more than once or are NULL, then the keys with how often; at most
  /// `limit` of them.
  func wrongKeys(inStaging: Bool, limit: Int) -> String {
    let columns = strategy.uniqueKey.columns
    let table =
      inStaging
      ? dialect.quoted(staging.identifier)
      : "(SELECT \(keys.joined(separator: ", ")) FROM \(dialect.rendered(target))) AS weir_rows"
    let isMissing = config.matchesNullKeys ? "" : columns.map { " OR \($0) IS NULL" }.joined()
    return grouped(table, columns, having: "count(*) > 1\(isMissing)", limit)
  }

  /// The same, of keys that several versions are valid now of. Versions without a key are nobody's.
  func openTwice(limit: Int) -> String {
    let columns = strategy.uniqueKey.columns
    let hasKey = config.matchesNullKeys ? [] : columns.map { "\($0) IS NOT NULL" }
    let having = (["count(*) > 1"] + hasKey).joined(separator: " AND ")
    return grouped("(\n  \(open)\n) AS weir_open", columns, having: having, limit)
  }

  private func grouped(_ table: String, _ columns: [String], having: String, _ limit: Int) -> String {
    let list = columns.joined(separator: ", ")
    return """
      SELECT count(*) OVER (), count(*), \(list)
      FROM \(table)
      GROUP BY \(list)
      HAVING \(having)
      ORDER BY \(list)
      LIMIT \(limit)
      """
  }

  // MARK: - Columns

  /// Adds a column to the history.
  func add(_ column: ColumnDescription) -> String {
    "ALTER TABLE \(dialect.rendered(target)) ADD COLUMN \(dialect.quoted(column.name)) \(column.type)"
  }

  /// Gives a column of the history another type.
  func change(_ column: String, to type: String) -> String {
    "ALTER TABLE \(dialect.rendered(target)) ALTER COLUMN \(dialect.quoted(column)) TYPE \(type)"
  }
}
