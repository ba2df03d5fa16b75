import CommandTesting
import Connectors
import Diagnostics
import DuckDBEngine
import EngineCore
import Jinja
import Project
import Tabular

/// What a source's table looks like once the engine has read it: the columns' types, and the rows as text.
struct ReadTable: Equatable {
  var types: [String]
  var rows: [[String?]]
}

/// Reads tables of a source in one transaction, as a load does.
struct DatabaseFixture {
  let connection: ResolvedConnection

  init(_ type: ConnectionType, _ settings: [(String, DataValue)], secrets: [String] = []) {
    connection = ResolvedConnection(
      name: "shop", type: type, settings: .dict(DataMap(settings)), redactor: Redactor(secrets: secrets))
  }

  /// The session of an engine in memory that finds the extensions of the set-up.
  func withSession<T: Sendable>(_ body: (any Session) async throws -> T) async throws -> T {
    let engine = try DuckDBEngine(
      path: nil,
      configuration: ["extension_directory": Command.extensionFolder, "threads": "2"])
    let session = try await engine.makeSession()
    let result: Result<T, any Error>
    do {
      try await session.run { engine in _ = try engine.execute("SET TimeZone = 'UTC'") }
      result = .success(try await body(session))
    } catch { result = .failure(error) }
    await session.close()
    await engine.close()
    return try result.get()
  }

  /// What the source offers.
  func discover() async throws -> [SourceTableDescription] {
    try await withSession { session in
      let reader = try DatabaseReader(connection)
      let tables = try await reader.discover(on: session)
      await reader.close(on: session)
      return tables
    }
  }

  /// One table, sorted by its first column. `between` runs after the reading was prepared.
  func read(_ request: ReadRequest, between: @escaping @Sendable () async throws -> Void = {}) async throws
    -> ReadTable
  {
    try await withSession { session in
      let reader = try DatabaseReader(connection)
      let read = try await reader.open(request, on: session)
      try await between()
      let table = try await session.run { engine in
        try engine.execute("BEGIN")
        let table = try Self.rows(read, engine)
        try engine.execute("COMMIT")
        return table
      }
      await reader.close(on: session)
      return table
    }
  }

  static func rows(_ read: SourceRead, _ engine: any Connection) throws -> ReadTable {
    let select = read.selects.joined(separator: " UNION ALL BY NAME ")
    let columns = try engine.columns(ofQuery: select)
    let texts = columns.map { "CAST(\(engine.dialect.quoted($0.name)) AS VARCHAR)" }.joined(separator: ", ")
    let rows = try engine.query("SELECT \(texts) FROM (\(select)) ORDER BY 1").rows
    return ReadTable(
      types: columns.map(\.type),
      rows: rows.map { row in row.map { if case .text(let text) = $0 { text } else { nil } } })
  }
}

/// A request for a table.
func request(_ from: String, cursor: CursorRule? = nil) -> ReadRequest {
  var table = LoadTable(name: "t", from: from, span: SourceSpan(file: "loads/shop.yml", line: 4, column: 9))
  table.cursor = cursor
  return ReadRequest(table: table)
}
