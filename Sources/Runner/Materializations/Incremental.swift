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

  /// The strategy; one that deletes by a key that is not there comes to adding.
  var strategy: IncrementalStrategy {
    let strategy = config.incrementalStrategy ?? (config.uniqueKey.isEmpty ? .append : .deleteInsert)
    return strategy == .deleteInsert && config.uniqueKey.isEmpty ? .append : strategy
  }

  /// The columns that are written under the rule `ignore`: the target's, in order, by its own names. A column that the
  /// new rows have beyond them is left out, as dbt does; one that they lack is refused, but by a merge, which leaves
  /// it as it is.
  func columns(
    target targetColumns: [ColumnDescription], new: [ColumnDescription], node: Node
  ) throws(Diagnostic) -> [ColumnDescription] {
    guard [.append, .deleteInsert, .microbatch].contains(strategy) else { return targetColumns }
    let given = Set(new.map { $0.name.lowercased() })
    let missing = targetColumns.map(\.name).filter { !given.contains($0.lowercased()) }
    guard missing.isEmpty else {
      let names = missing.map { "'\($0)'" }.joined(separator: ", ")
      throw Diagnostic(
        .incrementalMismatch,
        "the new rows of '\(node.name)' lack \(missing.count == 1 ? "column" : "columns") \(names)",
        at: node.span,
        notes: ["the table has: " + targetColumns.map(\.name).joined(separator: ", ")],
        hint: "select them, rebuild the table with --full-refresh, or set on_schema_change")
    }
    return targetColumns
  }

  /// Adds what `select` gives.
  func append(select: String, columns: [ColumnDescription]) -> String {
    let names = columns.map { dialect.quoted($0.name) }.joined(separator: ", ")
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

  /// Takes the staged rows up by what is built in.
  func statements(_ request: StrategyRequest) -> [String] {
    let sql = StrategySQL(request, dialect: dialect)
    switch strategy {
    case .append: return sql.append()
    case .merge: return [MergeSQL(request, dialect: dialect).statement()]
    case .microbatch:
      guard let batch = request.batch, let eventTime = config.incremental.microbatch?.eventTime else {
        return sql.append()
      }
      return sql.microbatch(batch, eventTime: eventTime)
    default: return sql.deleteInsert()
    }
  }

  /// Removes the staged rows.
  func unstage() -> String { "DROP TABLE \(dialect.quoted(staging.identifier))" }
}
