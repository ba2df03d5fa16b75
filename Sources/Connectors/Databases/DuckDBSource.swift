import Diagnostics
import EngineCore
import Jinja
import Project

/// Another file of DuckDB's.
struct DuckDBSource: DatabaseSource {
  private let path: String

  init(_ connection: ResolvedConnection) throws {
    path = connection.settings["path"]?.stringValue ?? ""
    guard LocalPath.isFile(path) else {
      throw Diagnostic(.sourceUnreachable, "there is no DuckDB file '\(path)'")
    }
  }

  var extensionName: String? { nil }

  func attaching(as alias: String) -> [String] {
    ["ATTACH \(StandardQuoting.literal(path)) AS \(alias) (TYPE duckdb, READ_ONLY)"]
  }

  func detaching(_ alias: String) -> [String] { ["DETACH DATABASE IF EXISTS \(alias)"] }

  func tables(_ alias: String, _ connection: any Connection) throws -> [SourceTableDescription] {
    let name = StandardQuoting.literal(alias)
    let rows = try connection.texts(
      """
      SELECT schema_name, table_name, (
        SELECT first(array_to_string(constraint_column_names, chr(1))) FROM duckdb_constraints() c
        WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_oid = t.table_oid AND c.database_name = \(name))
      FROM duckdb_tables() t WHERE database_name = \(name) AND NOT internal
      UNION ALL
      SELECT schema_name, view_name, NULL FROM duckdb_views() WHERE database_name = \(name) AND NOT internal
      """)
    return rows.map { row in
      SourceTableDescription(
        name: QualifiedName(schema: row[0] == "main" ? nil : row[0], table: row[1] ?? "").text,
        key: (row[2] ?? "").split(separator: "\u{1}").map(String.init))
    }
  }

  func columns(
    of name: QualifiedName, _ alias: String, _ connection: any Connection
  ) throws -> [ColumnDescription] {
    try connection.columns(of: relation(name, alias))
  }

  func select(_ table: TableToRead, _ alias: String, _ connection: any Connection) throws -> SourceRead {
    let dialect = connection.dialect
    let condition = table.bounds.condition(dialect).map { " WHERE " + $0 } ?? ""
    return SourceRead(selects: ["SELECT * FROM \(dialect.rendered(relation(table.name, alias)))\(condition)"])
  }

  /// DuckDB takes one dialect on both sides: the query's names are looked up in the attached file first.
  func select(query: String, _ alias: String, _ connection: any Connection) throws -> String {
    throw Diagnostic(
      .notSupported, "a DuckDB source takes tables and views, no query",
      hint: "make the query a view of the file, or a model that reads the loaded tables")
  }

  private func relation(_ name: QualifiedName, _ alias: String) -> Relation {
    Relation(database: alias, schema: name.schema ?? "main", identifier: name.table)
  }
}
