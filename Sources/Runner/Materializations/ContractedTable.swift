import EngineCore
import Project

/// A table whose columns and constraints its contract says.
struct ContractedTable {
  let node: Node
  let target: Relation
  let dialect: any Dialect
  let capabilities: Capabilities
  /// Where what a foreign key refers to lies.
  let place: (ConstraintDefinition.Target) -> Relation?

  /// What turns `existing` into the table of what `select` gives; the last statement writes the rows.
  func statements(select: String, existing: Relation?) -> [String] {
    let isReplacing = capabilities.replacesTables && existing?.kind != .view
    let drop = existing.flatMap { isReplacing && $0.kind != .view ? nil : [dialect.drop($0)] } ?? []
    return drop + [create(isReplacing: isReplacing), insert(select)]
  }

  /// Writes a table anew without its constraints: one that a foreign key refers to could not be replaced otherwise.
  func release() -> String {
    dialect.createTable(target, as: "SELECT * FROM \(dialect.rendered(target))", replacing: true)
  }

  private func create(isReplacing: Bool) -> String {
    let lines = node.columns.map(column) + node.constraints.compactMap(table)
    return "CREATE \(isReplacing ? "OR REPLACE " : "")TABLE \(dialect.rendered(target)) (\n  "
      + lines.joined(separator: ",\n  ") + "\n)"
  }

  /// The rows by the columns' names: the contract's order is the table's.
  private func insert(_ select: String) -> String {
    let names = list(node.columns.map(\.name))
    return """
      INSERT INTO \(dialect.rendered(target)) (\(names))
      SELECT \(names) FROM (
      \(select)
      ) AS weir_model_rows
      """
  }

  private func column(_ column: ColumnDefinition) -> String {
    ([dialect.quoted(column.name), column.dataType ?? ""] + column.constraints.compactMap(of))
      .joined(separator: " ")
  }

  /// A column's constraint.
  private func of(_ constraint: ConstraintDefinition) -> String? {
    let more = constraint.expression.map { " " + $0 } ?? ""
    switch constraint.kind {
    case .check: return constraint.expression.map { "CHECK (\($0))" }
    case .notNull: return "NOT NULL" + more
    case .unique: return "UNIQUE" + more
    case .primaryKey: return "PRIMARY KEY" + more
    case .foreignKey: return reference(constraint).map { "REFERENCES \($0)" }
    case .custom: return constraint.expression
    }
  }

  /// A constraint of the model.
  private func table(_ constraint: ConstraintDefinition) -> String? {
    let name = constraint.name.map { "CONSTRAINT \(dialect.quoted($0)) " } ?? ""
    let columns = "(\(list(constraint.columns)))"
    let more = constraint.expression.map { " " + $0 } ?? ""
    let body: String?
    switch constraint.kind {
    case .check: body = constraint.expression.map { "CHECK (\($0))" }
    // A table has no NOT NULL of its own: it is a condition on each of the columns.
    case .notNull: body = constraint.columns.isEmpty ? nil : "CHECK (\(presence(of: constraint.columns)))"
    case .unique: body = "UNIQUE\(more) \(columns)"
    case .primaryKey: body = "PRIMARY KEY\(more) \(columns)"
    case .foreignKey: body = reference(constraint).map { "FOREIGN KEY \(columns) REFERENCES \($0)" }
    case .custom: body = constraint.expression
    }
    return body.map { name + $0 }
  }

  private func presence(of columns: [String]) -> String {
    columns.map { "\(name(of: $0)) IS NOT NULL" }.joined(separator: " AND ")
  }

  private func reference(_ constraint: ConstraintDefinition) -> String? {
    guard let target = constraint.target, !constraint.toColumns.isEmpty else { return constraint.expression }
    guard var relation = place(target) else { return nil }
    // A key lies within its own database; some engines refuse to be told so.
    if relation.database?.lowercased() == self.target.database?.lowercased() { relation.database = nil }
    return "\(dialect.rendered(relation)) (\(list(constraint.toColumns)))"
  }

  private func list(_ names: [String]) -> String { names.map(name(of:)).joined(separator: ", ") }

  /// A column's name in quotes; what is quoted already stays.
  private func name(of column: String) -> String {
    column.utf8.first == UInt8(ascii: "\"") ? column : dialect.quoted(column)
  }
}
