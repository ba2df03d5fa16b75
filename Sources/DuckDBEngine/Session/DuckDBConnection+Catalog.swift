import Diagnostics
import EngineCore
import Tabular

extension DuckDBConnection {
  public func relations(database: String?, schema: String) throws -> [Relation] {
    let rows = try query(
      """
      SELECT database_name, schema_name, table_name AS name, 'table' FROM duckdb_tables()
      WHERE lower(database_name) = lower(coalesce($1, current_database())) AND lower(schema_name) = lower($2)
      UNION ALL
      SELECT database_name, schema_name, view_name, 'view' FROM duckdb_views()
      WHERE lower(database_name) = lower(coalesce($1, current_database())) AND lower(schema_name) = lower($2)
        AND NOT internal
      ORDER BY name
      """, [database.map(Scalar.text) ?? .null, .text(schema)])
    return rows.map { row in
      Relation(
        database: row[0].textValue, schema: row[1].textValue, identifier: row[2].textValue ?? "",
        kind: row[3] == .text("view") ? .view : .table)
    }
  }

  public func schemas(database: String?) throws -> [String] {
    try query(
      """
      SELECT schema_name FROM duckdb_schemas()
      WHERE lower(database_name) = lower(coalesce($1, current_database())) ORDER BY schema_name
      """, [database.map(Scalar.text) ?? .null]
    ).compactMap(\.first?.textValue)
  }

  public func columns(of relation: Relation) throws -> [ColumnDescription] {
    if let expression = relation.expression { return try columns(ofQuery: "SELECT * FROM \(expression)") }
    let rows = try query(
      """
      SELECT column_name, data_type, is_nullable FROM duckdb_columns()
      WHERE lower(table_name) = lower($3) AND CASE
        WHEN $2 IS NULL AND $1 IS NULL THEN
          database_name = 'temp' OR (database_name = current_database() AND schema_name = current_schema())
        ELSE lower(database_name) = lower(coalesce($1, current_database()))
          AND lower(schema_name) = lower(coalesce($2, current_schema()))
      END
      ORDER BY database_name <> 'temp', column_index
      """,
      [
        relation.database.map(Scalar.text) ?? .null, relation.schema.map(Scalar.text) ?? .null,
        .text(relation.identifier),
      ])
    return rows.map { row in
      ColumnDescription(
        name: row[0].textValue ?? "", type: row[1].textValue ?? "", isNullable: row[2] != .boolean(false))
    }
  }

  public func columns(ofQuery sql: String) throws -> [ColumnDescription] {
    do {
      return try query("DESCRIBE \(sql)", maximumRows: nil).rows.map { row in
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
      let statements = try ExtractedStatements(handle, sql)
      for index in 0..<statements.count { _ = try statements.prepare(index) }
    }
  }

  /// A query's rows with values bound to its parameters.
  private func query(_ sql: String, _ values: [Scalar]) throws -> [[Scalar]] {
    let statement = try prepare(sql)
    for (index, value) in values.enumerated() { try statement.bind(value, at: index + 1) }
    return try statement.query().rows
  }
}

extension Scalar {
  /// The text, if it is one.
  var textValue: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
