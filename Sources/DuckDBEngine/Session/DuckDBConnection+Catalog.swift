import Diagnostics
import EngineCore
import Tabular

extension DuckDBConnection {
  // Literals rather than parameters, and no ORDER BY: planning is most of what these queries cost.

  /// The tables and views of a schema, by name; about a millisecond. Throws a `Diagnostic`.
  public func relations(database: String?, schema: String) throws -> [Relation] {
    let place = "\(matches("database_name", database)) AND \(matches("schema_name", schema))"
    let rows = try query(
      """
      SELECT database_name, schema_name, table_name, false FROM duckdb_tables() WHERE \(place)
      UNION ALL
      SELECT database_name, schema_name, view_name, true FROM duckdb_views() WHERE \(place) AND NOT internal
      """
    ).rows
    return rows.map { row in
      Relation(
        database: row[0].textValue, schema: row[1].textValue, identifier: row[2].textValue ?? "",
        kind: row[3] == .boolean(true) ? .view : .table)
    }.sorted { $0.identifier < $1.identifier }
  }

  /// The macros of a schema, by name. Throws a `Diagnostic`.
  public func functions(database: String?, schema: String) throws -> [FunctionDescription] {
    let place = "\(matches("database_name", database)) AND \(matches("schema_name", schema))"
    let rows = try query(
      """
      SELECT DISTINCT database_name, schema_name, function_name, function_type = 'table_macro'
      FROM duckdb_functions() WHERE \(place) AND NOT internal AND function_type IN ('macro', 'table_macro')
      """
    ).rows
    return rows.map { row in
      FunctionDescription(
        relation: Relation(
          database: row[0].textValue, schema: row[1].textValue, identifier: row[2].textValue ?? "",
          kind: .function), givesRows: row[3] == .boolean(true))
    }.sorted {
      ($0.relation.identifier, $0.givesRows ? 1 : 0) < ($1.relation.identifier, $1.givesRows ? 1 : 0)
    }
  }

  /// The schemas of a database, by name. Throws a `Diagnostic`.
  public func schemas(database: String?) throws -> [String] {
    try query("SELECT schema_name FROM duckdb_schemas() WHERE \(matches("database_name", database))").rows
      .compactMap(\.first?.textValue).sorted()
  }

  /// The columns of a relation, their types as DuckDB spells them; those of a temporary table where the name
  /// alone is given and there is one. Empty if there is no such relation. Throws a `Diagnostic`.
  public func columns(of relation: Relation) throws -> [ColumnDescription] {
    if let expression = relation.expression { return try columns(ofQuery: "SELECT * FROM \(expression)") }
    let place =
      "\(matches("database_name", relation.database)) AND \(matches("schema_name", relation.schema))"
    let isTemporary = relation.schema == nil && relation.database == nil ? "database_name = 'temp' OR " : ""
    let rows = try query(
      """
      SELECT column_name, data_type, is_nullable, database_name = 'temp', column_index FROM duckdb_columns()
      WHERE \(matches("table_name", relation.identifier)) AND (\(isTemporary)(\(place)))
      """
    ).rows
    // A temporary table hides one of the same name.
    let hasTemporary = rows.contains { $0[3] == .boolean(true) }
    return rows.filter { $0[3] == .boolean(hasTemporary) }
      .sorted { ($0[4].integerValue ?? 0) < ($1[4].integerValue ?? 0) }
      .map { row in
        ColumnDescription(
          name: row[0].textValue ?? "", type: row[1].textValue ?? "", isNullable: row[2] != .boolean(false))
      }
  }

  /// SQL that compares a name as DuckDB does; the session's own if there is none.
  private func matches(_ column: String, _ name: String?) -> String {
    guard let name else { return "\(column) = current_\(column.dropLast("_name".count))()" }
    return "lower(\(column)) = lower(\(dialect.literal(name)))"
  }

  /// The columns that a query would give; its files must exist. Throws a `Diagnostic` placed in `sql`.
  public func columns(ofQuery sql: String) throws -> [ColumnDescription] {
    do {
      return try oneStatementEach { try query("DESCRIBE \(sql)", maximumRows: nil) }.rows.map { row in
        ColumnDescription(
          name: row[0].textValue ?? "", type: row[1].textValue ?? "", isNullable: row[2] != .text("NO"))
      }
    } catch let diagnostic as Diagnostic {
      // Its place counts from DESCRIBE: the query alone fails at the right one.
      try checkBinding(of: sql)
      throw diagnostic
    }
  }

  /// Binds every statement of `sql` without running any. Throws a `Diagnostic`.
  private func checkBinding(of sql: String) throws {
    try exclusively {
      let statements = try oneStatementEach { try extract(sql) }
      for index in 0..<statements.count { _ = try statements.prepare(index) }
    }
  }
}

extension Scalar {
  /// The text, if it is one.
  var textValue: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The number, if it is a whole one.
  var integerValue: Int64? {
    if case .integer(let number) = self { number } else { nil }
  }
}
