import Diagnostics
import EngineCore
import Jinja
import Project

/// PostgreSQL, through DuckDB's `postgres_scanner`: binary COPY in parallel, all tables of a transaction as of one
/// moment (`REPEATABLE READ`, its snapshot exported to every reader).
///
/// `numeric` is exact: where DuckDB's decimal cannot hold a column (no precision, more than 38 digits, NaN), its
/// values are read as text and become the narrowest exact type that holds them all.
struct PostgresSource: DatabaseSource {
  private let settings: DataValue
  private let name: String

  init(_ connection: ResolvedConnection) throws {
    settings = connection.settings
    name = connection.name
  }

  var extensionName: String? { "postgres_scanner" }

  var peer: PeerSockets? {
    PeerSockets(host: settings["host"]?.stringValue ?? "localhost", port: number("port", 5432))
  }

  var patience: SourceWatch.Patience { SourceWatch.Patience(seconds: number("read_timeout", 900)) }

  func attaching(as alias: String) -> [String] {
    let options = (mode + times).joined(separator: " ")
    return [
      ConnectionParts(settings, alias: alias).secret(type: "postgres"),
      "ATTACH \(StandardQuoting.literal(options)) AS \(alias) (TYPE postgres, READ_ONLY, SECRET \(alias))",
    ]
  }

  private var mode: [String] {
    settings["sslmode"]?.stringValue.map { ["sslmode=\(ConnectionParts.libpqValue($0))"] } ?? []
  }

  /// How long libpq waits for a connection, and how it notices that the network is gone: it would wait for ever otherwise.
  private var times: [String] {
    let idle = number("keepalives_idle", 30)
    return ["connect_timeout=\(number("connect_timeout", 10))", "keepalives=\(idle == 0 ? 0 : 1)"]
      + (idle == 0 ? [] : ["keepalives_idle=\(idle)", "keepalives_interval=10", "keepalives_count=3"])
      + ["tcp_user_timeout=60000"]
  }

  private func number(_ key: String, _ unsaid: Int) -> Int {
    settings[key]?.wholeNumber ?? unsaid
  }

  func detaching(_ alias: String) -> [String] {
    ["DETACH DATABASE IF EXISTS \(alias)", "DROP TEMPORARY SECRET IF EXISTS \(alias)"]
  }

  func tables(_ alias: String, _ connection: any Connection) throws -> [SourceTableDescription] {
    let rows = try connection.texts(
      remote(
        """
        SELECT n.nspname, c.relname, (
          SELECT string_agg(a.attname, chr(1) ORDER BY array_position(i.indkey::int2[], a.attnum))
          FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
          WHERE i.indrelid = c.oid AND i.indisprimary)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition
          AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
          AND has_table_privilege(c.oid, 'SELECT')
        """, alias))
    return rows.map { row in
      SourceTableDescription(
        name: QualifiedName(schema: row[0] == "public" ? nil : row[0], table: row[1] ?? "").text,
        key: (row[2] ?? "").split(separator: "\u{1}").map(String.init))
    }
  }

  func columns(
    of name: QualifiedName, _ alias: String, _ connection: any Connection
  ) throws -> [ColumnDescription] {
    try connection.columns(
      of: Relation(database: alias, schema: name.schema ?? "public", identifier: name.table))
  }

  func select(_ table: TableToRead, _ alias: String, _ connection: any Connection) throws -> SourceRead {
    let numbers = try NumericSurvey(self, alias, table, connection)
    let dialect = connection.dialect
    let json = try jsonColumns(table.name, alias, connection)
    let outer = table.columns.map { column in
      let name = dialect.quoted(column.name)
      if let type = numbers.types[column.name] { return "CAST(\(name) AS \(type)) AS \(name)" }
      // A new label would change an enumeration's type; a text takes it as it comes.
      if column.type.hasPrefix("ENUM") { return "CAST(\(name) AS VARCHAR) AS \(name)" }
      return json.contains(column.name) ? "CAST(\(name) AS JSON) AS \(name)" : name
    }.joined(separator: ", ")
    guard !numbers.types.isEmpty || !table.bounds.isAll else {
      let relation = Relation(
        database: alias, schema: table.name.schema ?? "public", identifier: table.name.table)
      return SourceRead(selects: ["SELECT \(outer) FROM \(dialect.rendered(relation))"])
    }
    // The server's own indexes serve a condition only where the table is not read by pieces.
    let inner = table.columns.map { column in
      let name = StandardQuoting.quoted(column.name)
      return numbers.types[column.name] == nil ? name : "\(name)::text AS \(name)"
    }.joined(separator: ", ")
    let sql = "SELECT \(inner) FROM \(rendered(table.name))\(condition(table.bounds))"
    return SourceRead(selects: ["SELECT \(outer) FROM (\(remote(sql, alias)))"])
  }

  func select(query: String, _ alias: String, _ connection: any Connection) throws -> String {
    remote(query, alias)
  }

  /// A SELECT of what the server answers to `sql`, in the transaction's snapshot.
  func remote(_ sql: String, _ alias: String) -> String {
    "SELECT * FROM postgres_query(\(StandardQuoting.literal(alias)), \(StandardQuoting.literal(sql)))"
  }

  func rendered(_ name: QualifiedName) -> String {
    StandardQuoting.quoted(name.schema ?? "public") + "." + StandardQuoting.quoted(name.table)
  }

  /// The bounds in the server's SQL: literals take the column's type there.
  func condition(_ bounds: CursorBounds) -> String {
    guard let column = bounds.column else { return "" }
    let condition = bounds.condition(on: StandardQuoting.quoted(column.name), StandardQuoting.literal)
    return condition.map { " WHERE " + $0 } ?? ""
  }

  private func jsonColumns(
    _ name: QualifiedName, _ alias: String, _ connection: any Connection
  ) throws -> Set<String> {
    Set(try catalogColumns(name, "a.atttypid IN ('json'::regtype, 'jsonb'::regtype)", alias, connection))
  }

  /// The columns of a table of which a condition on `pg_attribute a` holds.
  func catalogColumns(
    _ name: QualifiedName, _ condition: String, _ alias: String, _ connection: any Connection
  ) throws -> [String] {
    let relation = StandardQuoting.literal(rendered(name))
    return try connection.texts(
      remote(
        """
        SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = \(relation)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND (\(condition))
        """, alias)
    ).compactMap { $0.first ?? nil }
  }
}

/// Which `numeric` columns of a table the engine's reader would not give exactly, and the types that hold them.
struct NumericSurvey {
  /// The type of each such column, by name.
  let types: [String: String]

  /// Looks at the columns' declarations, and once at the rows if they leave it open.
  init(_ source: PostgresSource, _ alias: String, _ table: TableToRead, _ connection: any Connection) throws {
    // A declared scale of a type modifier is signed and 11 bits wide; -1 means that nothing is declared.
    let numeric = try source.catalogColumns(table.name, "a.atttypid = 'numeric'::regtype", alias, connection)
    guard !numeric.isEmpty else {
      types = [:]
      return
    }
    let open = Set(
      try source.catalogColumns(
        table.name,
        "a.atttypid = 'numeric'::regtype AND (a.atttypmod < 0 OR ((a.atttypmod - 4) >> 16) & 65535 > 38 "
          + "OR ((a.atttypmod - 4) & 2047) > ((a.atttypmod - 4) >> 16) & 65535)", alias, connection))
    let measures = numeric.enumerated().map { index, column in
      let name = StandardQuoting.quoted(column)
      let special = "coalesce(bool_or(\(name)::text IN ('NaN', 'Infinity', '-Infinity')), false)"
      let finite = "CASE WHEN \(name)::text NOT IN ('NaN', 'Infinity', '-Infinity') THEN \(name) END"
      guard open.contains(column) else {
        return
          "coalesce(bool_or(\(name) = 'NaN'), false)::text AS a\(index), '0' AS b\(index), '0' AS c\(index)"
      }
      return "\(special)::text AS a\(index), coalesce(max(scale(\(finite))), 0)::text AS b\(index), "
        + "coalesce(max(length(trunc(abs(\(finite)))::text)), 1)::text AS c\(index)"
    }
    let sql =
      "SELECT \(measures.joined(separator: ", ")) FROM \(source.rendered(table.name))\(source.condition(table.bounds))"
    let row = try connection.query(source.remote(sql, alias)).rows.first ?? []
    var types: [String: String] = [:]
    for (index, column) in numeric.enumerated() {
      let cells = row.dropFirst(index * 3).prefix(3).map { if case .text(let text) = $0 { text } else { "" } }
      guard cells.count == 3 else { continue }
      let scale = Int(cells[1]) ?? 0
      let digits = Int(cells[2]) ?? 1
      if cells[0] == "true" || scale + digits > 38 {
        types[column] = "VARCHAR"
      } else if open.contains(column) {
        types[column] = "DECIMAL(38, \(scale))"
      }
    }
    self.types = types
  }
}
