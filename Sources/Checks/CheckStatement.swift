import Diagnostics
import EngineCore
import Project

/// The SQL that a check runs: its compiled query, whose rows are the failures, with what its configuration asks for.
public struct CheckStatement: Sendable {
  private let node: Node
  private let rows: String
  private let dialect: any Dialect

  /// Takes a check and its compiled query. Throws if `warn_if` or `error_if` is not a comparison.
  public init(node: Node, compiledSQL: String, dialect: any Dialect) throws(Diagnostic) {
    try Threshold.verify(node.config.warnIf, key: "warn_if", of: node)
    try Threshold.verify(node.config.errorIf, key: "error_if", of: node)
    self.node = node
    self.dialect = dialect
    rows = Self.withoutEnd(compiledSQL)
  }

  /// A query of one row: `failures`, `should_warn`, `should_error`.
  public var evaluationSQL: String { evaluation(of: limitedRows) }

  /// The same, of rows that were stored before by `storeSQL`.
  public func evaluationSQL(ofStored relation: Relation) -> String {
    evaluation(of: "select *\nfrom \(dialect.rendered(relation))")
  }

  /// A query of the failing rows, `limit` of them at most.
  public func failingRowsSQL(limit: Int) -> String {
    let count = node.config.limit.map { min($0, limit) } ?? limit
    return "select *\nfrom (\n\(rows)\n) dbt_internal_test\nlimit \(count)"
  }

  /// A statement that stores the failing rows as a table, or as a view if the configuration says so.
  public func storeSQL(into relation: Relation) -> String {
    node.config.storesFailuresAs == .view
      ? dialect.createView(relation, as: limitedRows, replacing: true)
      : dialect.createTable(relation, as: limitedRows, replacing: true)
  }

  private var limitedRows: String {
    guard let limit = node.config.limit else { return rows }
    return "select *\nfrom (\n\(rows)\n) dbt_internal_limited\nlimit \(limit)"
  }

  private func evaluation(of rows: String) -> String {
    let count = node.config.failureCalculation
    return """
      select
        \(count) as failures,
        \(count) \(node.config.warnIf) as should_warn,
        \(count) \(node.config.errorIf) as should_error
      from (
      \(rows)
      ) dbt_internal_test
      """
  }

  /// A query that is to stand in brackets must not end with a semicolon.
  private static func withoutEnd(_ sql: String) -> String {
    var text = Substring(sql)
    while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
