import Diagnostics
import DuckDBEngine
import EngineCore
import Foundation
import Jinja
import Planner
import Project
import StateStore
import Synchronization
import Tabular

@testable import Runner

/// A small project in a folder of its own, with a DuckDB file, whose nodes are written by the test.
final class Fixture {
  let root: String
  let engine: DuckDBEngine
  var nodes: [Node] = []
  var steps: [Step] = []
  var onRunStart: [Hook] = []
  var onRunEnd: [Hook] = []
  var targetSchema = "main"

  init() throws {
    root = NSTemporaryDirectory() + "weir-runner-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    engine = try DuckDBEngine(path: root + "/shop.duckdb")
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: root) } catch { print("left behind: \(root): \(error)") }
  }

  // MARK: Making a project

  func relation(_ name: String, schema: String? = nil) -> Relation {
    Relation(database: "shop", schema: schema ?? targetSchema, identifier: name)
  }

  /// Adds a model and the step that builds it. `this` in the SQL stands for `{{ this }}` where it is written
  /// so.
  @discardableResult
  func model(
    _ name: String, _ sql: String, as materialization: Materialization = .table, after: [String] = [],
    reads: [String] = [], checks: [String] = [], schema: String? = nil,
    configure: (inout NodeConfig) -> Void = { _ in }
  ) -> Node {
    var config = NodeConfig(materialization: materialization, values: .dict(DataMap()))
    configure(&config)
    var node = Node(
      id: id(name), resourceType: .model, name: name, package: "shop", path: "\(name).sql",
      originalPath: "models/\(name).sql", fqn: ["shop", name],
      span: SourceSpan(file: "models/\(name).sql", line: 1),
      config: config, code: sql, checksum: "")
    node.relation = relation(name, schema: schema)
    node.dependencies = reads.map(id)
    add(node, after, checks)
    return node
  }

  /// Adds a seed, its file and the step that builds it.
  func seed(_ name: String, _ bytes: [UInt8], configure: (inout NodeConfig) -> Void = { _ in }) throws {
    try FileManager.default.createDirectory(atPath: root + "/seeds", withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: "\(root)/seeds/\(name).csv"))
    var config = NodeConfig(materialization: .seed, values: .dict(DataMap()))
    configure(&config)
    var node = Node(
      id: NodeID(.seed, "shop", name), resourceType: .seed, name: name, package: "shop", path: "\(name).csv",
      originalPath: "seeds/\(name).csv", fqn: ["shop", name], span: SourceSpan(file: "seeds/\(name).csv"),
      config: config, code: "", checksum: "")
    node.relation = relation(name)
    nodes.removeAll { $0.id == node.id }
    steps.removeAll { $0.node == node.id }
    nodes.append(node)
    steps.append(Step(node: node.id, action: .build, waitsFor: [], audits: []))
  }

  func seed(_ name: String, _ text: String, configure: (inout NodeConfig) -> Void = { _ in }) throws {
    try seed(name, Array(text.utf8), configure: configure)
  }

  /// Adds a check, which is an audit or gets a step of its own.
  func check(
    _ name: String, _ sql: String, asStepAfter after: [String]? = nil, reads: [String] = [],
    configure: (inout NodeConfig) -> Void = { _ in }
  ) {
    var config = NodeConfig(materialization: .check, values: .dict(DataMap()))
    configure(&config)
    var node = Node(
      id: NodeID(.check, "shop", name), resourceType: .check, name: name, package: "shop",
      path: "\(name).sql",
      originalPath: "tests/\(name).sql", fqn: ["shop", name],
      span: SourceSpan(file: "tests/\(name).sql", line: 1),
      config: config, code: sql, checksum: "")
    node.check = .singular
    node.dependencies = reads.map(id)
    nodes.append(node)
    if let after {
      steps.append(Step(node: node.id, action: .check, waitsFor: after.map(id), audits: []))
    }
  }

  private func add(_ node: Node, _ after: [String], _ checks: [String]) {
    nodes.removeAll { $0.id == node.id }
    steps.removeAll { $0.node == node.id }
    nodes.append(node)
    steps.append(
      Step(
        node: node.id, action: .build, waitsFor: after.map(id),
        audits: checks.map { NodeID(.check, "shop", $0) }))
  }

  func id(_ name: String) -> NodeID { NodeID(.model, "shop", name) }

  // MARK: Running

  var project: Project {
    var settings = ProjectSettings(
      name: "shop", root: root, file: "weir.yml", values: .dict(DataMap()))
    settings.onRunStart = onRunStart
    settings.onRunEnd = onRunEnd
    let target = Target(
      profileName: "shop", name: "dev", type: "duckdb", database: "shop", schema: targetSchema, threads: 1,
      profile: ConnectionProfile(type: "duckdb", settings: [:], projectRoot: root),
      visibleValues: .dict(DataMap()))
    return Project(
      settings: settings, target: target, nodes: nodes, sources: [], exposures: [], macros: [], docs: [],
      disabled: [], vars: .dict(DataMap()))
  }

  func invocation(isFullRefresh: Bool = false) -> Invocation {
    var options = LoadOptions(
      projectRoot: root, vars: .dict(DataMap()), environment: [:], startedAt: 0,
      invocationID: UUID().uuidString, command: "build")
    options.isFullRefresh = isFullRefresh
    return Invocation(options)
  }

  func driver(
    threads: Int = 1, isFullRefresh: Bool = false, isFailFast: Bool = false, storesFailures: Bool? = nil,
    state: StateStore? = nil, engine: (any Engine)? = nil, onlyChanges: Bool = false,
    databases: DatabaseWatch? = nil, skipsNodesIfStartFails: Bool = false,
    events: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> RunDriver {
    var options = RunOptions(threads: threads, invocation: invocation(isFullRefresh: isFullRefresh))
    options.isFailFast = isFailFast
    options.storesFailures = storesFailures
    options.onlyChanges = onlyChanges
    options.databases = databases
    options.skipsNodesIfStartFails = skipsNodesIfStartFails
    let project = project
    return RunDriver(
      project: project, graph: try Graph(project), plan: Plan(command: "build", steps: steps),
      engine: engine ?? self.engine, state: state, options: options,
      makeCompiler: { connection, log in FixtureCompiler(connection, log) }, events: events)
  }

  /// Builds everything.
  @discardableResult
  func run(
    threads: Int = 1, isFullRefresh: Bool = false, isFailFast: Bool = false, storesFailures: Bool? = nil
  ) async throws -> RunResult {
    try await driver(
      threads: threads, isFullRefresh: isFullRefresh, isFailFast: isFailFast, storesFailures: storesFailures
    ).run()
  }

  /// A query's rows as text, NULL as `NULL`.
  func rows(_ sql: String) async throws -> [[String]] {
    let session = try await engine.makeSession()
    defer { Task { await session.close() } }
    return try await session.run { connection in
      let columns = try connection.columns(ofQuery: sql).map {
        "coalesce(CAST(\"\($0.name)\" AS VARCHAR), 'NULL')"
      }
      return try connection.query("SELECT \(columns.joined(separator: ", ")) FROM (\(sql)) AS t").rows.map {
        row in
        row.map { if case .text(let text) = $0 { text } else { "\($0)" } }
      }
    }
  }

  /// Runs statements as someone else would.
  func execute(_ sql: String) async throws {
    let session = try await engine.makeSession()
    try await session.run { connection in _ = try connection.execute(sql) }
    await session.close()
  }

  /// The columns of a table, each `name type`.
  func columns(_ name: String) async throws -> [String] {
    let session = try await engine.makeSession()
    let relation = relation(name)
    let columns = try await session.run { try $0.columns(of: relation).map { "\($0.name) \($0.type)" } }
    await session.close()
    return columns
  }

  func kind(_ name: String) async throws -> RelationKind? {
    let session = try await engine.makeSession()
    let relation = relation(name)
    let found = try await session.run { try $0.find(relation)?.kind }
    await session.close()
    return found
  }
}

/// Takes a node's text as it is, but for `{{ this }}` and what stands before or after `-- incremental:`.
final class FixtureCompiler: NodeCompiler {
  private let connection: any Connection
  private let log: @Sendable (LogLine) -> Void

  init(_ connection: any Connection, _ log: @escaping @Sendable (LogLine) -> Void) {
    self.connection = connection
    self.log = log
  }

  func compile(_ node: Node, isIncremental: Bool) throws -> CompiledNode {
    let halves = node.code.components(separatedBy: "-- incremental:\n")
    let text = isIncremental ? halves.last ?? "" : halves[0]
    if text.contains("{{ broken }}") {
      throw Diagnostic(
        .nodeFailed, "'broken' is undefined", at: SourceSpan(file: node.originalPath, line: 3, column: 5))
    }
    return CompiledNode(id: node.id, sql: filled(text, node), ephemeralParents: [])
  }

  func snapshotStrategy(
    for node: Node, compiledSQL: String, targetExists: Bool
  ) throws -> SnapshotStrategy {
    throw Diagnostic(.notSupported, "the fixture takes no snapshots")
  }

  func freshness(of source: SourceTable) throws -> FreshnessReading {
    throw Diagnostic(.notSupported, "the fixture knows no freshness")
  }

  func render(_ hook: Hook, for node: Node) throws -> String { filled(hook.sql, node) }

  func render(_ hook: Hook, after reports: [NodeReport]?) throws -> String {
    log(LogLine(level: .info, message: "hook: \(hook.sql)"))
    return hook.sql
  }

  private func filled(_ text: String, _ node: Node) -> String {
    guard let relation = node.relation else { return text }
    return text.replacingOccurrences(of: "{{ this }}", with: connection.dialect.rendered(relation))
  }
}

/// What a run told, in order.
final class EventLog: Sendable {
  private let events = Mutex<[RunEvent]>([])

  var all: [RunEvent] { events.withLock { $0 } }

  var receive: @Sendable (RunEvent) -> Void {
    { [self] event in events.withLock { $0.append(event) } }
  }

  /// Each event in a few words.
  var texts: [String] {
    all.compactMap { event in
      switch event {
      case .planned(let plan): "planned \(plan.steps.count)"
      case .started(let node, let index, let total, _): "start \(index)/\(total) \(node)"
      case .finished(let result, let index, let total): "\(result.status) \(index)/\(total) \(result.node)"
      case .hookStarted(let hook, let index, let total, _): "start \(index)/\(total) \(hook)"
      case .hookFinished(let result, let index, let total):
        "\(result.status) \(index)/\(total) \(result.node)"
      case .log(let line): "log \(line.message)"
      case .ended(let result): "ended \(result.status)"
      case .progress, .fetched: nil
      }
    }
  }
}
