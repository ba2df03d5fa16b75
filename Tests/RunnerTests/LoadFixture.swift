import Connectors
import Diagnostics
import EngineCore
import Foundation
import Jinja
import Loads
import Planner
import Project

@testable import Runner

/// Loads from files that the test writes, into the fixture's warehouse.
final class LoadFixture {
  let fixture: Fixture
  var tables: [LoadTable] = []
  var options: (inout RunOptions) -> Void = { _ in }
  var isFullRefresh = false
  /// Seconds since 1970, as the next load sees them.
  var now = 1_767_225_600.0
  var checks: [String] = []
  var factory: (any SourceReaderFactory)?

  init() throws { fixture = try Fixture() }

  /// Writes a file of the source.
  func file(_ name: String, _ text: String) throws { try file(name, bytes: Array(text.utf8)) }

  func file(_ name: String, bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: "\(fixture.root)/data/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// Declares a table that is read from `from`, a path below `data`.
  func table(_ name: String, from: String, _ configure: (inout LoadTable) -> Void = { _ in }) {
    var table = LoadTable(
      name: name, from: from, span: SourceSpan(file: "loads/shop.yml", line: 5, column: 7))
    configure(&table)
    tables.removeAll { $0.name == name }
    tables.append(table)
  }

  /// Runs the load once.
  @discardableResult
  func load() async throws -> NodeResult {
    let definition = LoadDefinition(
      name: "shop", origin: .location("data", .files), database: "shop", schema: "shop_raw", tables: tables)
    var node = Node(
      id: NodeID(.load, "shop", "shop"), resourceType: .load, name: "shop", package: "shop", path: "shop.yml",
      originalPath: "loads/shop.yml", fqn: ["shop", "shop"],
      span: SourceSpan(file: "loads/shop.yml", line: 2),
      config: NodeConfig(materialization: .load, values: .dict(DataMap())), code: "", checksum: "")
    node.load = definition
    fixture.nodes.removeAll { $0.resourceType == .load }
    fixture.nodes.append(node)
    let step = Step(
      node: node.id, action: .build, waitsFor: [], audits: checks.map { NodeID(.check, "shop", $0) })
    var options = RunOptions(threads: 1, invocation: fixture.invocation(isFullRefresh: isFullRefresh))
    self.options(&options)
    let project = fixture.project
    let root = fixture.root
    let time = now
    now += 3600
    let services = LoadServices(readers: factory ?? FileReaders()) { load, _ in
      let connection = ResolvedConnection(
        name: "data", type: .files, settings: .dict(["path": .string(root + "/data")]), root: root,
        redactor: .none)
      return (connection, load)
    }
    let driver = RunDriver(
      project: project, graph: try Graph(project), plan: Plan(command: "load", steps: [step]),
      engine: fixture.engine, state: nil, options: options,
      clock: RunClock(now: { time }, uptime: RunClock.system.uptime), loads: services,
      makeCompiler: { connection, log in FixtureCompiler(connection, log) }, events: { _ in })
    let result = await driver.run()
    return result.nodes.first
      ?? NodeResult(node: node.id, resourceType: .load, status: .error, message: "nothing was run")
  }

  /// A query's rows, each value as text.
  func rows(_ sql: String) async throws -> [[String]] { try await fixture.rows(sql) }

  /// The columns of a loaded table, each `name type`.
  func columns(_ table: String) async throws -> [String] {
    let session = try await fixture.engine.makeSession()
    let relation = Relation(database: "shop", schema: "shop_raw", identifier: table)
    let columns = try await session.run { try $0.columns(of: relation).map { "\($0.name) \($0.type)" } }
    await session.close()
    return columns
  }

  /// Read, inserted, updated, deleted and rejected rows of a table's last load.
  func counts(_ result: NodeResult, _ table: String? = nil) -> [Int] {
    guard let record = result.loads.first(where: { $0.table == table ?? $0.table }) else { return [] }
    return [
      record.rowsRead, record.rowsInserted, record.rowsUpdated, record.rowsDeleted, record.rowsRejected,
    ]
  }
}

/// Reads files of this machine alone.
private struct FileReaders: SourceReaderFactory {
  func reader(for connection: ResolvedConnection, spooling folder: String) throws -> any SourceReader {
    try FileReader(connection, spooling: folder)
  }
}
