import Diagnostics
import EngineCore
import Jinja
import Project

/// MySQL and MariaDB, through DuckDB's `mysql_scanner`. Tables of one transaction are read as of one moment where
/// their storage engine has snapshots (InnoDB).
///
/// `TINYINT(1)` stays a number, `TIMESTAMP` is an instant, and a `DECIMAL` of more than 38 digits is text: it would
/// lose digits otherwise. Dates with a zero month or day have no other meaning than NULL.
struct MySQLSource: DatabaseSource {
  private let settings: DataValue

  init(_ connection: ResolvedConnection) throws { settings = connection.settings }

  var extensionName: String? { "mysql_scanner" }

  var peer: PeerSockets? {
    PeerSockets(
      host: settings["host"]?.stringValue ?? "localhost", port: settings["port"]?.wholeNumber ?? 3306)
  }

  var patience: SourceWatch.Patience {
    SourceWatch.Patience(seconds: settings["read_timeout"]?.wholeNumber ?? 900)
  }

  func attaching(as alias: String) -> [String] {
    [
      "SET mysql_tinyint1_as_boolean = false", "SET mysql_session_time_zone = '+00:00'",
      "SET mysql_incomplete_dates_as_nulls = true", "SET mysql_query_timeout_enabled = false",
      ConnectionParts(settings, alias: alias).secret(type: "mysql"),
      "ATTACH '' AS \(alias) (TYPE mysql, READ_ONLY, SECRET \(alias))",
    ]
  }

  func detaching(_ alias: String) -> [String] {
    ["DETACH DATABASE IF EXISTS \(alias)", "DROP TEMPORARY SECRET IF EXISTS \(alias)"]
  }

  func tables(_ alias: String, _ connection: any Connection) throws -> [SourceTableDescription] {
    let rows = try connection.texts(
      remote(
        """
        SELECT CAST(t.table_name AS CHAR), (
          SELECT GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position SEPARATOR '\u{1}')
          FROM information_schema.key_column_usage k
          WHERE k.table_schema = t.table_schema AND k.table_name = t.table_name
            AND k.constraint_name = 'PRIMARY')
        FROM information_schema.tables t WHERE t.table_schema = DATABASE()
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
    let schema = try name.schema ?? database(alias, connection)
    return try connection.columns(of: Relation(database: alias, schema: schema, identifier: name.table))
  }

  func select(_ table: TableToRead, _ alias: String, _ connection: any Connection) throws -> SourceRead {
    let schema = try table.name.schema ?? database(alias, connection)
    let declared = try declaredTypes(schema, table.name.table, alias, connection)
    let dialect = connection.dialect
    let wide = table.columns.filter { Self.isTooWide(declared[$0.name] ?? "") }
    let outer = table.columns.map { column -> String in
      let name = dialect.quoted(column.name)
      switch declared[column.name]?.lowercased() ?? "" {
      case let type where type.hasPrefix("timestamp"): return "\(name) AT TIME ZONE 'UTC' AS \(name)"
      case let type where type.hasPrefix("json"): return "CAST(\(name) AS JSON) AS \(name)"
      default: return name
      }
    }.joined(separator: ", ")
    let conditions = conditions(table.bounds, declared, dialect)
    // What the scanner cannot spell or hold is asked for in the server's own SQL, on a connection of its own.
    guard !wide.isEmpty || table.columns.contains(where: { $0.name.contains("`") }) else {
      let relation = Relation(database: alias, schema: schema, identifier: table.name.table)
      return SourceRead(selects: conditions.map { "SELECT \(outer) FROM \(dialect.rendered(relation))\($0)" })
    }
    let inner = table.columns.map { column -> String in
      let name = Self.quoted(column.name)
      let isText = column.type == "VARCHAR" || wide.contains { $0.name == column.name }
      return isText ? "CONVERT(\(name) USING utf8mb4) AS \(name)" : name
    }.joined(separator: ", ")
    let sql = "SELECT \(inner) FROM \(Self.quoted(schema)).\(Self.quoted(table.name.table))"
    return SourceRead(selects: conditions.map { "SELECT \(outer) FROM (\(remote(sql, alias)))\($0)" })
  }

  func select(query: String, _ alias: String, _ connection: any Connection) throws -> String {
    remote(query, alias)
  }

  private func remote(_ sql: String, _ alias: String) -> String {
    "SELECT * FROM mysql_query(\(StandardQuoting.literal(alias)), \(StandardQuoting.literal(sql)), "
      + "stream_results = true)"
  }

  private func database(_ alias: String, _ connection: any Connection) throws -> String {
    try connection.texts(remote("SELECT CAST(DATABASE() AS CHAR)", alias)).first?.first?.flatMap(\.self) ?? ""
  }

  /// The columns' types as the server declares them, by name.
  private func declaredTypes(
    _ schema: String, _ table: String, _ alias: String, _ connection: any Connection
  ) throws -> [String: String] {
    let rows = try connection.texts(
      remote(
        """
        SELECT CAST(column_name AS CHAR), CAST(column_type AS CHAR) FROM information_schema.columns
        WHERE table_schema = \(Self.literal(schema)) AND table_name = \(Self.literal(table))
        """, alias))
    return Dictionary(rows.map { ($0[0] ?? "", $0[1] ?? "") }, uniquingKeysWith: { first, _ in first })
  }

  /// The bounds on the column as the scanner gives it, before it becomes an instant, so that the server can apply
  /// them: a condition for each read. Rows without a cursor take one of their own, as the scanner hands over no OR.
  private func conditions(
    _ bounds: CursorBounds, _ declared: [String: String], _ dialect: any Dialect
  ) -> [String] {
    guard let column = bounds.column else { return [""] }
    let name = dialect.quoted(column.name)
    let isInstant = declared[column.name]?.lowercased().hasPrefix("timestamp") == true
    let range = bounds.range(of: name) { bound in
      let text = dialect.literal(bound)
      return isInstant
        ? "(CAST(\(text) AS TIMESTAMPTZ) AT TIME ZONE 'UTC')" : "CAST(\(text) AS \(column.type))"
    }
    return [range.map { " WHERE " + $0 } ?? ""] + (bounds.takesNulls ? [" WHERE \(name) IS NULL"] : [])
  }

  /// Whether a declared type has more digits than the engine's decimal.
  private static func isTooWide(_ type: String) -> Bool {
    guard type.lowercased().hasPrefix("decimal("), let digits = type.split(separator: "(").last else {
      return false
    }
    return (Int(digits.prefix { $0.isNumber }) ?? 0) > 38
  }

  private static func quoted(_ identifier: String) -> String { "`\(identifier.replacing("`", with: "``"))`" }

  private static func literal(_ text: String) -> String {
    StandardQuoting.literal(text.replacing("\\", with: "\\\\"))
  }
}
