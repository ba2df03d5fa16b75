import Connectors
import Diagnostics
import EngineCore
import Loads
import Project
import StateStore
import Tabular

/// Shows what a load would bring, without writing anything to the warehouse.
public struct LoadPreview: Sendable {
  /// A table's first rows as they would be written.
  public struct Result: Sendable {
    /// The table's name in the warehouse.
    public var table: String
    /// What is read.
    public var from: String
    /// Its columns and their types.
    public var columns: [ColumnDescription]
    /// The first rows.
    public var rows: Table
  }

  private let project: Project
  private let engine: any Engine
  private let services: LoadServices
  private let run: String

  /// Makes a preview. `run` names this invocation.
  public init(project: Project, engine: any Engine, services: LoadServices, run: String) {
    self.project = project
    self.engine = engine
    self.services = services
    self.run = run
  }

  /// The tables of a load, each with `limit` rows at most. Throws `Diagnostic`s.
  public func results(of node: Node, limit: Int) async throws -> [Result] {
    guard let definition = node.load else { return [] }
    let (connection, load) = try await services.resolve(definition, node.span)
    let folder = StateFolder(root: project.settings.root)
    let spool = LoadFolder(folder, run: run, load: load.name)
    try spool.create(in: folder)
    defer { spool.remove() }
    let session = try await engine.makeSession()
    do {
      let reader = try services.readers.reader(for: connection, spooling: spool.path)
      let results: [Result]
      do {
        results = try await self.results(of: load, reader, session, limit)
      } catch {
        await reader.close(on: session)
        throw error
      }
      await reader.close(on: session)
      await session.close()
      return results
    } catch {
      await session.close()
      throw error
    }
  }

  private func results(
    of load: LoadDefinition, _ reader: any SourceReader, _ session: any Session, _ limit: Int
  ) async throws -> [Result] {
    var results: [Result] = []
    for table in try await LoadExecutor.expanded(load, reader, on: session) {
      var request = ReadRequest(table: table)
      request.maximumRows = limit
      let read = try await reader.open(request, on: session)
      do {
        results.append(
          try await session.run { connection in
            func rows() throws -> Result { try Self.rows(table, load, read, connection, limit, level: 0) }
            return try read.watch?.reading(table.from, rows) ?? rows()
          })
      } catch var diagnostic as Diagnostic {
        diagnostic.span = table.span
        throw diagnostic
      }
    }
    return results
  }

  /// The rows, read as fast as they let themselves be read.
  private static func rows(
    _ table: LoadTable, _ load: LoadDefinition, _ read: SourceRead, _ connection: any Connection,
    _ limit: Int,
    level: Int
  ) throws -> Result {
    let way = level > 0 ? read.fallbacks[level - 1] : nil
    do {
      for sql in way?.prepare ?? [] { try connection.execute(sql) }
      let result = try rows(table, load, read, way?.selects ?? read.selects, connection, limit)
      for sql in way?.cleanUp ?? [] { try connection.execute(sql) }
      return result
    } catch let diagnostic as Diagnostic where diagnostic.code == .sqlData {
      guard let next = read.wayBehind(level, after: diagnostic) else { throw diagnostic }
      return try rows(table, load, read, connection, limit, level: next)
    }
  }

  private static func rows(
    _ table: LoadTable, _ load: LoadDefinition, _ read: SourceRead, _ selects: [String],
    _ connection: any Connection, _ limit: Int
  ) throws -> Result {
    let dialect = connection.dialect
    let source = TableSQL.union(selects)
    let planner = TablePlanner(
      table: table, naming: load.naming, dialect: dialect, infersTypes: read.infersTypes)
    let plan = try planner.plan(source: try connection.columns(ofQuery: source), destination: nil)
    let values = plan.columns.map { "\($0.expression) AS \(dialect.quoted($0.name))" }
    let condition = table.condition.map { "\nWHERE \($0)" } ?? ""
    let sql = """
      SELECT \(values.joined(separator: ", ")) FROM (
      \(source)
      ) AS weir_source\(condition)
      """
    return Result(
      table: table.name, from: table.from, columns: try connection.columns(ofQuery: sql),
      rows: try connection.query("\(sql)\nLIMIT \(limit)", maximumRows: limit))
  }
}
