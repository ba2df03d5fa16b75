import Diagnostics
import EngineCore
import Jinja
import Project

/// Any database that has an ODBC driver, through DuckDB's `odbc_scanner`. Types are what the driver says.
struct ODBCSource: DatabaseSource {
  private let settings: DataValue

  init(_ connection: ResolvedConnection) throws {
    settings = connection.settings
    guard settings["dsn"] != nil || settings["driver"] != nil else {
      throw Diagnostic(
        .sourceUnreachable, "the connection '\(connection.name)' names neither a 'dsn' nor a 'driver'")
    }
  }

  var extensionName: String? { "odbc_scanner" }

  func attaching(as alias: String) -> [String] {
    ["SET VARIABLE \(alias) = odbc_connect(\(StandardQuoting.literal(connectionString)))"]
  }

  func detaching(_ alias: String) -> [String] {
    ["SELECT odbc_close(getvariable(\(StandardQuoting.literal(alias))))", "RESET VARIABLE \(alias)"]
  }

  /// ODBC's catalogue functions are not within reach: the standard's own views are asked, which most servers have.
  func tables(_ alias: String, _ connection: any Connection) throws -> [SourceTableDescription] {
    let sql = """
      SELECT table_schema, table_name FROM information_schema.tables
      WHERE table_schema NOT IN ('information_schema', 'INFORMATION_SCHEMA', 'pg_catalog', 'sys')
      """
    return try connection.texts(remote(sql, alias)).map { row in
      SourceTableDescription(name: QualifiedName(schema: row[0], table: row[1] ?? "").text)
    }
  }

  func columns(
    of name: QualifiedName, _ alias: String, _ connection: any Connection
  ) throws -> [ColumnDescription] {
    try connection.columns(ofQuery: remote("SELECT * FROM \(quoted(name)) WHERE 1 = 0", alias))
  }

  func select(_ table: TableToRead, _ alias: String, _ connection: any Connection) throws -> SourceRead {
    var sql = "SELECT * FROM \(quoted(table.name))"
    if let column = table.bounds.column {
      let name = quote + column.name.replacing(quote, with: quote + quote) + quote
      if let condition = table.bounds.condition(on: name, StandardQuoting.literal) {
        sql += " WHERE " + condition
      }
    }
    return SourceRead(selects: [remote(sql, alias)])
  }

  func select(query: String, _ alias: String, _ connection: any Connection) throws -> String {
    remote(query, alias)
  }

  private func remote(_ sql: String, _ alias: String) -> String {
    "SELECT * FROM odbc_query(getvariable(\(StandardQuoting.literal(alias))), \(StandardQuoting.literal(sql)))"
  }

  /// What the driver's server quotes names with: the standard's quotes unless the connection says otherwise.
  private var quote: String { settings["quote"]?.stringValue ?? "\"" }

  private func quoted(_ name: QualifiedName) -> String {
    [name.schema, name.table].compactMap { $0 }
      .map { quote + $0.replacing(quote, with: quote + quote) + quote }.joined(separator: ".")
  }

  /// ODBC's form: keys and values, parted by semicolons.
  private var connectionString: String {
    var parts: [(String, String)] = []
    for (key, name) in [("dsn", "DSN"), ("driver", "Driver"), ("user", "UID"), ("password", "PWD")] {
      if let value = settings[key]?.stringValue { parts.append((name, value)) }
    }
    for (key, value) in settings["options"]?.dictValue.map(Array.init) ?? [] {
      parts.append((key, value.stringValue ?? value.intValue.map(String.init) ?? ""))
    }
    return parts.map { "\($0)=\(Self.braced($1))" }.joined(separator: ";")
  }

  /// Drivers read plain values more surely than braced ones: braces stand only where they must.
  private static func braced(_ value: String) -> String {
    let isPlain = value.allSatisfy { !"[]{}(),;?*=!@".contains($0) } && !value.hasPrefix(" ")
    return isPlain ? value : "{\(value.replacing("}", with: "}}"))}"
  }
}
