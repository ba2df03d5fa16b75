import Diagnostics
import EngineCore
import Jinja
import Project

/// A SQLite file, through DuckDB's `sqlite_scanner`. SQLite lets any column hold any value: a column whose values do
/// not all have its declared type is read as text, so that nothing is lost and nothing fails.
struct SQLiteSource: DatabaseSource {
  private let path: String

  init(_ connection: ResolvedConnection) throws {
    path = connection.settings["path"]?.stringValue ?? ""
    guard LocalPath.isFile(path) else {
      throw Diagnostic(.sourceUnreachable, "there is no SQLite file '\(path)'")
    }
  }

  var extensionName: String? { "sqlite_scanner" }

  func attaching(as alias: String) -> [String] {
    ["ATTACH \(StandardQuoting.literal(path)) AS \(alias) (TYPE sqlite, READ_ONLY)"]
  }

  func detaching(_ alias: String) -> [String] { ["DETACH DATABASE IF EXISTS \(alias)"] }

  func tables(_ alias: String, _ connection: any Connection) throws -> [SourceTableDescription] {
    let rows = try connection.texts(
      remote(
        """
        SELECT m.name, (SELECT group_concat(p.name, char(1)) FROM pragma_table_info(m.name) p WHERE p.pk > 0)
        FROM sqlite_master m WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        """, alias))
    return rows.map { row in
      SourceTableDescription(
        name: QualifiedName(schema: nil, table: row[0] ?? "").text,
        key: (row[1] ?? "").split(separator: "\u{1}").map(String.init))
    }
  }

  func columns(
    of name: QualifiedName, _ alias: String, _ connection: any Connection
  ) throws -> [ColumnDescription] {
    try connection.columns(of: Relation(database: alias, schema: "main", identifier: name.table))
  }

  func select(_ table: TableToRead, _ alias: String, _ connection: any Connection) throws -> SourceRead {
    let dialect = connection.dialect
    let mixed = try mixedColumns(table, alias, connection)
    let condition = table.bounds.condition(dialect).map { " WHERE " + $0 } ?? ""
    guard !mixed.isEmpty else {
      let relation = Relation(database: alias, schema: "main", identifier: table.name.table)
      return SourceRead(selects: ["SELECT * FROM \(dialect.rendered(relation))\(condition)"])
    }
    // What a query of SQLite's gives is text to the engine's reader: bytes go through it as digits.
    let inner = table.columns.map { column in
      let name = StandardQuoting.quoted(column.name)
      let isBytes = column.type == "BLOB" && !mixed.contains(column.name)
      let value = isBytes ? "CASE WHEN \(name) IS NOT NULL THEN hex(\(name)) END" : "CAST(\(name) AS TEXT)"
      return "\(value) AS \(name)"
    }.joined(separator: ", ")
    let outer = table.columns.map { column in
      let name = dialect.quoted(column.name)
      if mixed.contains(column.name) || column.type == "VARCHAR" { return name }
      return column.type == "BLOB"
        ? "unhex(\(name)) AS \(name)" : "CAST(\(name) AS \(column.type)) AS \(name)"
    }.joined(separator: ", ")
    let sql = "SELECT \(inner) FROM \(StandardQuoting.quoted(table.name.table))"
    return SourceRead(selects: ["SELECT * FROM (SELECT \(outer) FROM (\(remote(sql, alias))))\(condition)"])
  }

  func select(query: String, _ alias: String, _ connection: any Connection) throws -> String {
    remote(query, alias)
  }

  private func remote(_ sql: String, _ alias: String) -> String {
    "SELECT * FROM sqlite_query(\(StandardQuoting.literal(alias)), \(StandardQuoting.literal(sql)))"
  }

  /// The columns that hold a value which the engine's reader would refuse or round.
  private func mixedColumns(
    _ table: TableToRead, _ alias: String, _ connection: any Connection
  ) throws -> Set<String> {
    let tests = table.columns.compactMap { column -> (String, String)? in
      let name = StandardQuoting.quoted(column.name)
      switch column.type {
      case "BIGINT": return (column.name, "typeof(\(name)) NOT IN ('integer', 'null')")
      case "DOUBLE":
        return (
          column.name,
          "typeof(\(name)) NOT IN ('integer', 'real', 'null') "
            + "OR (typeof(\(name)) = 'integer' AND abs(\(name)) > 9007199254740992)"
        )
      case "DATE", "TIMESTAMP":
        let form = column.type == "DATE" ? "date(\(name))" : "datetime(\(name))"
        return (
          column.name, "typeof(\(name)) != 'null' AND (typeof(\(name)) != 'text' OR \(form) IS NULL)"
        )
      case "VARCHAR": return (column.name, "typeof(\(name)) = 'blob'")
      default: return nil
      }
    }
    guard !tests.isEmpty else { return [] }
    let measures = tests.map { "coalesce(max(\($0.1)), 0) || ''" }.joined(separator: ", ")
    let row =
      try connection.query(
        remote("SELECT \(measures) FROM \(StandardQuoting.quoted(table.name.table))", alias)
      ).rows.first ?? []
    return Set(zip(tests, row).filter { $1 != .text("0") }.map(\.0.0))
  }
}
