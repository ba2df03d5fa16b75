import Diagnostics
import EngineCore

/// New rows that wait to be taken up, and the table that takes them.
public struct StrategyRequest: Sendable {
  /// The model.
  public var node: Node
  /// The table.
  public var target: Relation
  /// The relation that holds the new rows.
  public var source: Relation
  /// The table's columns that are written.
  public var columns: [ColumnDescription]
  /// The columns that the new rows have.
  public var sourceColumns: [ColumnDescription]
  /// The span of time that is replaced, for microbatch models.
  public var batch: EventBatch?

  /// Makes a request.
  public init(
    node: Node, target: Relation, source: Relation, columns: [ColumnDescription],
    sourceColumns: [ColumnDescription], batch: EventBatch? = nil
  ) {
    self.node = node
    self.target = target
    self.source = source
    self.columns = columns
    self.sourceColumns = sourceColumns
    self.batch = batch
  }
}

/// The statements of the strategies that are built in. Pure.
///
/// `incremental_predicates` may name what dbt-duckdb names: `DBT_INCREMENTAL_TARGET` for delete+insert,
/// `DBT_INTERNAL_DEST` and `DBT_INTERNAL_SOURCE` for merge.
public struct StrategySQL {
  let dialect: any Dialect
  let target: Relation
  let source: Relation
  let columns: [ColumnDescription]
  let uniqueKey: [String]
  let predicates: [String]

  /// Statements for a request.
  public init(_ request: StrategyRequest, dialect: any Dialect) {
    self.init(
      dialect: dialect, target: request.target, source: request.source, columns: request.columns,
      uniqueKey: request.node.config.uniqueKey, predicates: request.node.config.incrementalPredicates)
  }

  init(
    dialect: any Dialect, target: Relation, source: Relation, columns: [ColumnDescription],
    uniqueKey: [String], predicates: [String]
  ) {
    self.dialect = dialect
    self.target = target
    self.source = source
    self.columns = columns
    self.uniqueKey = uniqueKey
    self.predicates = predicates
  }

  /// Adds all new rows.
  public func append() -> [String] {
    ["INSERT INTO \(table) (\(list))\nSELECT \(list) FROM \(rows)"]
  }

  /// Deletes the rows whose key comes again, then adds all new rows. A NULL in a key matches nothing. Without a key
  /// nothing is deleted.
  public func deleteInsert() -> [String] {
    guard !uniqueKey.isEmpty else { return append() }
    let conditions = predicates.map { "\n  AND (\($0))" }.joined()
    let delete: String
    if uniqueKey.count == 1, !predicatesNameTheAlias {
      let key = key(uniqueKey[0])
      delete = "DELETE FROM \(table)\nWHERE (\(key)) IN (SELECT (\(key)) FROM \(rows))\(conditions)"
    } else {
      let matches = uniqueKey.map { "\(rows).\(key($0)) = DBT_INCREMENTAL_TARGET.\(key($0))" }
      delete = """
        DELETE FROM \(table) AS DBT_INCREMENTAL_TARGET
        USING \(rows)
        WHERE \(matches.joined(separator: "\n  AND "))\(conditions)
        """
    }
    return [delete] + append()
  }

  /// Replaces the rows of a span of time. New rows outside of it are left out, as in dbt-duckdb.
  public func microbatch(_ batch: EventBatch, eventTime: String) -> [String] {
    let span = Self.condition(eventTime, batch, dialect)
    let conditions = predicates.map { "\n  AND (\($0))" }.joined()
    return [
      "DELETE FROM \(table)\nWHERE \(span)\(conditions)",
      "INSERT INTO \(table) (\(list))\nSELECT \(list) FROM \(rows)\nWHERE \(span)",
    ]
  }

  /// Whether a row belongs to a span of time.
  static func condition(_ eventTime: String, _ batch: EventBatch, _ dialect: any Dialect) -> String {
    "\(eventTime) >= \(dialect.literal(batch.startText)) AND \(eventTime) < \(dialect.literal(batch.endText))"
  }

  /// A query for keys that several of the new rows share: each, and how many rows they are; nil where the key is no
  /// plain column. NULL is no key.
  public func repeatedKeys(limit: Int) -> String? {
    let names = uniqueKey.map(column)
    guard !names.isEmpty, !names.contains(nil) else { return nil }
    let keys = names.compactMap { $0 }.map(dialect.quoted)
    let given = keys.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
    let list = keys.joined(separator: ", ")
    return """
      SELECT \(list), count(*) AS weir_rows FROM \(rows)
      WHERE \(given) GROUP BY \(list) HAVING count(*) > 1
      ORDER BY \(list) LIMIT \(limit)
      """
  }

  /// A query that gives a row if the table itself holds a key more than once, or is empty.
  public func tableHasRepeatedKeys() -> String? {
    let names = uniqueKey.map(column)
    guard !names.isEmpty, !names.contains(nil) else { return nil }
    let list = names.compactMap { $0 }.map(dialect.quoted).joined(separator: ", ")
    return """
      SELECT 1 FROM (SELECT \(list) FROM \(table) GROUP BY \(list) HAVING count(*) > 1 LIMIT 1)
      UNION ALL SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM \(table))
      """
  }

  var table: String { dialect.rendered(target) }
  var rows: String { dialect.rendered(source) }
  private var list: String { columns.map { dialect.quoted($0.name) }.joined(separator: ", ") }

  /// dbt-duckdb gives the target its alias only where the key is a list; a predicate that uses it tells.
  private var predicatesNameTheAlias: Bool {
    predicates.contains { $0.lowercased().contains("dbt_incremental_target") }
  }

  private func column(_ text: String) -> String? {
    columns.first { $0.name.lowercased() == text.lowercased() }?.name
  }

  /// A column's name is quoted; anything else is SQL of the user's.
  func key(_ text: String) -> String { column(text).map(dialect.quoted) ?? text }
}
