import Diagnostics
import EngineCore
import Project

/// A model that takes up new rows into the table that is there.
struct IncrementalMaterialization {
  let target: Relation
  let dialect: any Dialect
  let config: NodeConfig

  /// The session's own table that holds the new rows while they are taken up.
  let staging: Relation

  init(target: Relation, dialect: any Dialect, config: NodeConfig) {
    self.target = target
    self.dialect = dialect
    self.config = config
    staging = Relation(identifier: target.identifier + "__weir_new", kind: .table)
  }

  /// Whether rows that come again replace those that are there; else all new rows are added.
  var replacesRows: Bool { config.incrementalStrategy != .append && !config.uniqueKey.isEmpty }

  /// The target's columns, in order, by the names that the new rows have for them. A column that the new rows
  /// have beyond them is left out, as dbt does; one that they lack is refused.
  func columns(
    target targetColumns: [ColumnDescription], new: [ColumnDescription], node: Node
  ) throws(Diagnostic) -> [String] {
    let given = Set(new.map { $0.name.lowercased() })
    let missing = targetColumns.map(\.name).filter { !given.contains($0.lowercased()) }
    guard missing.isEmpty else {
      let names = missing.map { "'\($0)'" }.joined(separator: ", ")
      throw Diagnostic(
        .incrementalMismatch,
        "the new rows of '\(node.name)' lack \(missing.count == 1 ? "column" : "columns") \(names)",
        at: node.span,
        notes: ["the table has: " + targetColumns.map(\.name).joined(separator: ", ")],
        hint: "select them, or rebuild the table with --full-refresh")
    }
    return targetColumns.map(\.name)
  }

  /// Adds what `select` gives.
  func append(select: String, columns: [String]) -> String {
    let names = list(columns)
    return """
      INSERT INTO \(dialect.rendered(target)) (\(names))
      SELECT \(names) FROM (
      \(select)
      ) AS weir_new_rows
      """
  }

  /// Puts the new rows aside, so that they are the same while old ones are deleted.
  func stage(select: String) -> String {
    dialect.createTemporaryTable(staging, as: select)
  }

  /// Takes the staged rows up: deletes those that come again, then adds all. The aliases are dbt-duckdb's:
  /// `incremental_predicates` may name them. A NULL in a key matches nothing.
  func apply(columns: [String]) -> [String] {
    let rows = dialect.quoted(staging.identifier)
    let predicates = config.incrementalPredicates.map { "\n  AND (\($0))" }.joined()
    let table = dialect.rendered(target)
    let delete: String
    if config.uniqueKey.count == 1, !predicatesNameTheAlias {
      let key = key(config.uniqueKey[0], columns)
      delete = "DELETE FROM \(table)\nWHERE (\(key)) IN (SELECT (\(key)) FROM \(rows))\(predicates)"
    } else {
      let matches = config.uniqueKey.map { name in
        let key = key(name, columns)
        return "\(rows).\(key) = DBT_INCREMENTAL_TARGET.\(key)"
      }
      delete = """
        DELETE FROM \(table) AS DBT_INCREMENTAL_TARGET
        USING \(rows)
        WHERE \(matches.joined(separator: "\n  AND "))\(predicates)
        """
    }
    return [delete, "INSERT INTO \(table) (\(list(columns)))\nSELECT \(list(columns)) FROM \(rows)"]
  }

  /// dbt-duckdb gives the target its alias only where the key is a list; a predicate that uses it tells.
  private var predicatesNameTheAlias: Bool {
    config.incrementalPredicates.contains { $0.lowercased().contains("dbt_incremental_target") }
  }

  /// Removes the staged rows.
  func unstage() -> String { "DROP TABLE \(dialect.quoted(staging.identifier))" }

  private func list(_ columns: [String]) -> String {
    columns.map(dialect.quoted).joined(separator: ", ")
  }

  /// A column's name is quoted; anything else is SQL of the user's.
  private func key(_ text: String, _ columns: [String]) -> String {
    let column = columns.first { $0.lowercased() == text.lowercased() }
    return column.map(dialect.quoted) ?? text
  }
}
