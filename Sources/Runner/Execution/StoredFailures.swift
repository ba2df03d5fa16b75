import Diagnostics
import EngineCore
import Glibc

/// A check's stored rows, kept in a file across the rollback that undoes their table. (A COPY to a file is
/// not undone.)
struct StoredFailures {
  let relation: Relation
  private let path: String
  private let columns: [ColumnDescription]

  /// Writes the rows of `relation` to the file at `path`.
  static func save(_ relation: Relation, to path: String, _ statements: StatementRunner) throws
    -> StoredFailures
  {
    let dialect = statements.connection.dialect
    let columns = try statements.connection.columns(of: relation)
    let values = columns.map { column in
      let name = dialect.quoted(column.name)
      return travels(column.type) ? name : "CAST(\(name) AS VARCHAR) AS \(name)"
    }
    try statements.execute(
      """
      COPY (SELECT \(values.joined(separator: ", ")) FROM \(dialect.rendered(relation)))
      TO \(dialect.literal(path)) (FORMAT parquet)
      """)
    return StoredFailures(relation: relation, path: path, columns: columns)
  }

  /// Makes the table again from the file, and deletes the file.
  func restore(_ statements: StatementRunner) throws {
    let dialect = statements.connection.dialect
    let values = columns.map { column in
      let name = dialect.quoted(column.name)
      return Self.travels(column.type) ? name : "CAST(\(name) AS \(column.type)) AS \(name)"
    }
    let rows = "SELECT \(values.joined(separator: ", ")) FROM read_parquet(\(dialect.literal(path)))"
    // A view would show the version that is live again, so that the rows become a table in any case.
    if let existing = try statements.connection.find(relation), existing.kind == .view {
      try statements.execute(dialect.drop(existing))
    }
    try statements.execute(dialect.createTable(relation, as: rows, replacing: true))
    discard()
  }

  /// Deletes the file. What cannot be deleted now goes with the next run's cleaning.
  func discard() { unlink(path) }

  /// Whether Parquet keeps a type's values as they are.
  private static func travels(_ type: String) -> Bool {
    let lossy = [
      "HUGEINT", "BIT", "ENUM", "UNION", "TIME", "INTERVAL", "UUID", "BIGNUM", "VARIANT", "GEOMETRY", "JSON",
    ]
    let upper = type.uppercased()
    if upper == "TIMESTAMP" || upper == "TIME" || upper == "TIMESTAMP WITH TIME ZONE" { return true }
    return !lossy.contains { upper.contains($0) }
  }
}
