import EngineCore

/// The tables in which loads keep what they know, in the schema that they write to, as statements.
public struct StateTables: Sendable {
  /// The version of their layout that this program reads and writes.
  public static let version = 1

  /// The database that they are in; nil for the session's own.
  public let database: String?
  /// The schema that they are in.
  public let schema: String
  let dialect: any Dialect

  /// The tables of a schema.
  public init(database: String?, schema: String, dialect: any Dialect) {
    self.database = database
    self.schema = schema
    self.dialect = dialect
  }

  /// One of the tables.
  public enum Name: String, Sendable, CaseIterable {
    case version = "_weir_version"
    case cursors = "_weir_cursors"
    case files = "_weir_files"
    case loads = "_weir_loads"
    case rejects = "_weir_rejects"
  }

  /// Where a table is.
  public func relation(_ name: Name) -> Relation {
    Relation(database: database, schema: schema, identifier: name.rawValue, kind: .table)
  }

  func name(_ name: Name) -> String { dialect.rendered(relation(name)) }

  /// Creates what is not there. Whoever creates the first table writes the version.
  public func creation(isFresh: Bool) -> [String] {
    let version = isFresh ? ["INSERT INTO \(name(.version)) VALUES (\(Self.version))"] : []
    return ["CREATE TABLE IF NOT EXISTS \(name(.version)) (version INTEGER)"] + version + [
      """
      CREATE TABLE IF NOT EXISTS \(name(.cursors)) (load_name VARCHAR, table_name VARCHAR, "cursor" VARCHAR,
        cursor_type VARCHAR, source_state VARCHAR, schema_version INTEGER, loaded_at TIMESTAMPTZ)
      """,
      """
      CREATE TABLE IF NOT EXISTS \(name(.files)) (load_name VARCHAR, table_name VARCHAR, path VARCHAR, size BIGINT,
        modified VARCHAR, tag VARCHAR, load_id VARCHAR)
      """,
      """
      CREATE TABLE IF NOT EXISTS \(name(.loads)) (load_id VARCHAR, load_name VARCHAR, table_name VARCHAR,
        write_disposition VARCHAR, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, rows_read BIGINT, rows_inserted BIGINT,
        rows_updated BIGINT, rows_deleted BIGINT, rows_rejected BIGINT, bytes BIGINT, schema_version INTEGER,
        cursor_from VARCHAR, cursor_to VARCHAR, schema_changes VARCHAR[])
      """,
      """
      CREATE TABLE IF NOT EXISTS \(name(.rejects)) (load_id VARCHAR, load_name VARCHAR, table_name VARCHAR,
        "file" VARCHAR, line BIGINT, column_name VARCHAR, reason VARCHAR, row_text VARCHAR)
      """,
    ]
  }

  // MARK: - Reading

  /// The layout's version.
  public var readVersion: String { "SELECT max(version) FROM \(name(.version))" }

  /// Table, cursor, its type, the source's state, schema version, time; of one load or of all.
  public func readCursors(load: String?) -> String {
    """
    SELECT load_name, table_name, "cursor", cursor_type, source_state, schema_version, CAST(loaded_at AS VARCHAR)
    FROM \(name(.cursors))\(filter(load, nil)) ORDER BY ALL
    """
  }

  /// Load, table, path, size, modified, tag; of one load or of all.
  public func readFiles(load: String?) -> String {
    "SELECT load_name, table_name, path, size, modified, tag FROM \(name(.files))\(filter(load, nil)) ORDER BY ALL"
  }

  /// When a load last ended that brought a table.
  public func lastLoad(of table: String, by load: String) -> String {
    "SELECT max(ended_at) FROM \(name(.loads))\(filter(load, table))"
  }

  private func filter(_ load: String?, _ table: String?) -> String {
    let conditions = [load.map { ("load_name", $0) }, table.map { ("table_name", $0) }].compactMap { $0 }
    if conditions.isEmpty { return "" }
    return " WHERE " + conditions.map { "\($0.0) = \(dialect.literal($0.1))" }.joined(separator: " AND ")
  }

  // MARK: - Writing

  /// Forgets where a table's load stopped: cursor, files and state.
  public func forget(load: String, table: String?) -> [String] {
    [
      "DELETE FROM \(name(.cursors))\(filter(load, table))",
      "DELETE FROM \(name(.files))\(filter(load, table))",
    ]
  }

  /// Forgets the files that were seen, alone.
  public func forgetFiles(load: String, table: String?) -> [String] {
    ["DELETE FROM \(name(.files))\(filter(load, table))"]
  }

  /// Remembers where a table's load stopped.
  public func store(_ state: TableState, at now: Double) -> [String] {
    var statements = ["DELETE FROM \(name(.cursors))\(filter(state.load, state.table))"]
    let values = [
      dialect.literal(state.load), dialect.literal(state.table), literal(state.cursor),
      literal(state.cursorType),
      literal(state.sourceState), String(state.schemaVersion), instant(now),
    ]
    statements.append("INSERT INTO \(name(.cursors)) VALUES (\(values.joined(separator: ", ")))")
    return statements
  }

  /// Remembers files in place of what was known of them.
  public func store(_ files: [FileRecord], load: String, table: String, id: String) -> [String] {
    stride(from: 0, to: files.count, by: 500).flatMap { start in
      let part = files[start..<min(start + 500, files.count)]
      let paths = part.map { dialect.literal($0.path) }.joined(separator: ", ")
      let rows = part.map { file in
        let values = [
          dialect.literal(load), dialect.literal(table), dialect.literal(file.path),
          file.size.map(String.init) ?? "NULL", literal(file.modified), literal(file.tag),
          dialect.literal(id),
        ]
        return "(\(values.joined(separator: ", ")))"
      }
      return [
        "DELETE FROM \(name(.files))\(filter(load, table)) AND path IN (\(paths))",
        "INSERT INTO \(name(.files)) VALUES \(rows.joined(separator: ", "))",
      ]
    }
  }

  /// Adds the record of what a load did to a table.
  public func store(_ record: LoadRecord) -> String {
    let changes = "[" + record.changes.map(dialect.literal).joined(separator: ", ") + "]"
    let values = [
      dialect.literal(record.id), dialect.literal(record.load), dialect.literal(record.table),
      dialect.literal(record.disposition), instant(record.startedAt), instant(record.endedAt),
      String(record.rowsRead), String(record.rowsInserted), String(record.rowsUpdated),
      String(record.rowsDeleted),
      String(record.rowsRejected), record.bytes.map(String.init) ?? "NULL", String(record.schemaVersion),
      literal(record.cursorFrom), literal(record.cursorTo), changes,
    ]
    return "INSERT INTO \(name(.loads)) VALUES (\(values.joined(separator: ", ")))"
  }

  /// Keeps rows that could not be taken; `select` gives file, line, column, reason and text.
  public func reject(_ select: String, of record: LoadRecord) -> String {
    let head = [record.id, record.load, record.table].map(dialect.literal).joined(separator: ", ")
    return "INSERT INTO \(name(.rejects)) SELECT \(head), * FROM (\n\(select)\n) AS weir_rejects"
  }

  private func literal(_ text: String?) -> String { text.map(dialect.literal) ?? "NULL" }
  private func instant(_ seconds: Double) -> String { "make_timestamptz(\(Int64(seconds * 1_000_000)))" }
}

/// Where the last committed load of a table stopped.
public struct TableState: Sendable, Hashable {
  /// The load.
  public var load: String
  /// The table.
  public var table: String
  /// The greatest cursor, as the engine writes it.
  public var cursor: String?
  /// The cursor's type.
  public var cursorType: String?
  /// What the source keeps itself: JSON.
  public var sourceState: String?
  /// How often the table's columns changed, from 1.
  public var schemaVersion: Int
  /// When it was committed, as the engine writes it.
  public var loadedAt: String?
  /// How many files were seen.
  public var files = 0

  /// Makes a state.
  public init(
    load: String, table: String, cursor: String? = nil, cursorType: String? = nil, sourceState: String? = nil,
    schemaVersion: Int = 1, loadedAt: String? = nil
  ) {
    self.load = load
    self.table = table
    self.cursor = cursor
    self.cursorType = cursorType
    self.sourceState = sourceState
    self.schemaVersion = schemaVersion
    self.loadedAt = loadedAt
  }
}

/// A file that was read, as it is remembered.
public struct FileRecord: Sendable, Hashable {
  /// The path or URL.
  public var path: String
  /// Its size in bytes.
  public var size: Int?
  /// Its time of change, as the store tells it.
  public var modified: String?
  /// The store's own mark of its contents.
  public var tag: String?

  /// Makes a record.
  public init(path: String, size: Int?, modified: String?, tag: String?) {
    self.path = path
    self.size = size
    self.modified = modified
    self.tag = tag
  }
}
