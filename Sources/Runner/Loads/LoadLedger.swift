import Connectors
import Diagnostics
import EngineCore
import Loads
import Tabular

/// What loads keep in the warehouse about themselves: reads and edits it on a session's thread.
public struct LoadLedger {
  private let connection: any Connection
  private let tables: StateTables

  /// The ledger of a schema.
  public init(_ connection: any Connection, database: String?, schema: String) {
    self.connection = connection
    tables = StateTables(database: database, schema: schema, dialect: connection.dialect)
  }

  /// Whether loads have ever written to the schema. Throws `WEIR-E1112` if a later version of Weir did.
  public func exists() throws -> Bool {
    guard try connection.find(tables.relation(.version)) != nil else { return false }
    let version = try connection.query(tables.readVersion).rows.first?.first?.wholeNumber ?? 0
    guard version <= StateTables.version else {
      throw Diagnostic(
        .badLoadState,
        "the state of the loads in '\(tables.schema)' has version \(version), and this program knows \(StateTables.version)",
        hint: "use the version of Weir that wrote it, or a later one")
    }
    return true
  }

  /// Where each table of a load, or of all, stopped; sorted by name. Throws a `Diagnostic`.
  public func states(load: String? = nil) throws -> [TableState] {
    guard try exists() else { return [] }
    var files: [String: Int] = [:]
    for row in try connection.query(tables.readFiles(load: load)).rows {
      files["\(row[0].plainText ?? "")\u{1}\(row[1].plainText ?? "")", default: 0] += 1
    }
    return try connection.query(tables.readCursors(load: load)).rows.map { row in
      var state = TableState(
        load: row[0].plainText ?? "", table: row[1].plainText ?? "", cursor: row[2].plainText,
        cursorType: row[3].plainText, sourceState: row[4].plainText, schemaVersion: row[5].wholeNumber ?? 1,
        loadedAt: row[6].plainText)
      state.files = files["\(state.load)\u{1}\(state.table)"] ?? 0
      return state
    }
  }

  /// The files that each table of a load has seen. Throws a `Diagnostic`.
  public func files(load: String) throws -> [String: [SeenFile]] {
    guard try exists() else { return [:] }
    var files: [String: [SeenFile]] = [:]
    for row in try connection.query(tables.readFiles(load: load)).rows {
      files[row[1].plainText ?? "", default: []].append(
        SeenFile(
          path: row[2].plainText ?? "", size: row[3].wholeNumber, modified: row[4].plainText, tag: row[5].plainText))
    }
    return files
  }

  /// Sets the cursor of a table by hand, as text of its type. Throws `WEIR-E1111` if the table has none, or if the
  /// text is no value of its type.
  public func setCursor(load: String, table: String, to text: String, at now: Double) throws {
    guard var state = try states(load: load).first(where: { $0.table == table }), let type = state.cursorType else {
      throw Diagnostic(
        .badCursor, "the table '\(table)' of the load '\(load)' has no cursor yet",
        hint: "run `weir load \(load)` first, or begin with `initial:` in its file")
    }
    let value = "TRY_CAST(\(connection.dialect.literal(text)) AS \(type))"
    let exact =
      SQLType(type) == .timestampWithZone
      ? "CAST(\(value) AT TIME ZONE 'UTC' AS VARCHAR) || '+00'" : "CAST(\(value) AS VARCHAR)"
    guard let cursor = try connection.query("SELECT \(exact)").rows.first?.first?.plainText else {
      throw Diagnostic(.badCursor, "'\(text)' is no \(type), which the cursor of '\(load).\(table)' is")
    }
    state.cursor = cursor
    try inTransaction(tables.store(state, at: now))
  }

  /// Forgets where a load, or one table of it, stopped: the next load begins anew, and replaces nothing by itself.
  public func forget(load: String, table: String? = nil) throws {
    guard try exists() else { return }
    try inTransaction(tables.forget(load: load, table: table))
  }

  /// Forgets which files were seen, and nothing else.
  public func forgetFiles(load: String, table: String? = nil) throws {
    guard try exists() else { return }
    try inTransaction(tables.forgetFiles(load: load, table: table))
  }

  private func inTransaction(_ statements: [String]) throws {
    let runner = StatementRunner(connection)
    try runner.transaction {
      for statement in statements { try runner.execute(statement) }
      return true
    }
  }
}

extension Scalar {
  /// The text of a text.
  var plainText: String? {
    if case .text(let text) = self { return text }
    return nil
  }
}
