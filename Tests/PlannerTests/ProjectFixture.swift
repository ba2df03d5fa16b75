import Diagnostics
import EngineCore
import Jinja
import Planner
import Project

/// A project put together by hand.
struct ProjectFixture {
  var name = "shop"
  var nodes: [Node] = []
  var sources: [SourceTable] = []
  var exposures: [Exposure] = []
  var disabled: [Node] = []

  /// Adds a model under `models/`, reading what `reads` names (`a`, `source.raw.orders`, `seed.s`).
  mutating func model(
    _ name: String, in folder: String = "", reads: [String] = [],
    _ materialization: Materialization = .table, tags: [String] = [], publish: PublishRule = .afterChecks,
    values: DataValue = .none, package: String? = nil
  ) {
    let folders = folder.isEmpty ? [] : folder.split(separator: "/").map(String.init)
    var config = NodeConfig(materialization: materialization, values: values)
    config.tags = tags
    config.publish = publish
    let package = package ?? self.name
    var node = Node(
      id: NodeID(.model, package, name), resourceType: .model, name: name, package: package,
      path: (folders + ["\(name).sql"]).joined(separator: "/"),
      originalPath: (["models"] + folders + ["\(name).sql"]).joined(separator: "/"),
      fqn: [package] + folders + [name],
      span: SourceSpan(file: (["models"] + folders + ["\(name).sql"]).joined(separator: "/"), line: 1),
      config: config, code: "select 1", checksum: "0")
    node.dependencies = reads.map(id).sorted()
    node.propertiesPath = (["models"] + folders + ["schema.yml"]).joined(separator: "/")
    nodes.append(node)
  }

  /// Adds a seed.
  mutating func seed(_ name: String) {
    nodes.append(
      Node(
        id: NodeID(.seed, self.name, name), resourceType: .seed, name: name, package: self.name,
        path: "\(name).csv", originalPath: "seeds/\(name).csv", fqn: [self.name, name],
        span: SourceSpan(file: "seeds/\(name).csv", line: 1),
        config: NodeConfig(materialization: .seed, values: .none), code: "", checksum: "0"))
  }

  /// Adds a check: a singular one under `tests/`, or a generic one of that kind attached to its first node.
  mutating func check(
    _ name: String, reads: [String], generic: String? = nil, severity: CheckSeverity = .error,
    tags: [String] = []
  ) {
    var config = NodeConfig(materialization: .check, values: .none)
    config.severity = severity
    config.tags = tags
    let file = generic == nil ? "tests/\(name).sql" : "models/schema.yml"
    var node = Node(
      id: NodeID(.check, self.name, name), resourceType: .check, name: name, package: self.name,
      path: "\(name).sql", originalPath: file, fqn: [self.name, name], span: SourceSpan(file: file, line: 1),
      config: config, code: "select 1", checksum: "0")
    node.dependencies = reads.map(id).sorted()
    node.check = .singular
    if let generic, let attached = reads.first.map(id) {
      node.check = .generic(
        GenericCheck(
          namespace: nil, name: generic, arguments: .none, attachedNode: attached, column: nil))
    }
    nodes.append(node)
  }

  /// Adds a table of a source.
  mutating func source(_ source: String, _ table: String, tags: [String] = []) {
    var definition = SourceTable(
      id: NodeID("source.\(name).\(source).\(table)"), package: name, sourceName: source, name: table,
      identifier: table, relation: Relation(schema: source, identifier: table),
      fqn: [name, "staging", source, table], originalPath: "models/staging/sources.yml",
      span: SourceSpan(file: "models/staging/sources.yml", line: 1), meta: .none, config: .none,
      properties: .none)
    definition.tags = tags
    sources.append(definition)
  }

  /// Adds a load and the tables that it brings.
  mutating func load(_ name: String, _ tables: [String], tags: [String] = []) {
    var config = NodeConfig(materialization: .load, values: .none)
    config.tags = tags
    var node = Node(
      id: NodeID(.load, self.name, name), resourceType: .load, name: name, package: self.name,
      path: "\(name).yml", originalPath: "loads/\(name).yml", fqn: [self.name, name],
      span: SourceSpan(file: "loads/\(name).yml", line: 1), config: config, code: "", checksum: "0")
    node.load = LoadDefinition(name: name, origin: .location("data", .files), schema: name, tables: [])
    nodes.append(node)
    for table in tables {
      source(name, table)
      sources[sources.count - 1].loadedBy = node.id
    }
  }

  /// Adds an exposure.
  mutating func exposure(_ name: String, reads: [String]) {
    var exposure = Exposure(
      id: NodeID(.exposure, self.name, name), package: self.name, name: name, fqn: [self.name, name],
      originalPath: "models/exposures.yml", span: SourceSpan(file: "models/exposures.yml", line: 1),
      properties: .none)
    exposure.dependencies = reads.map(id).sorted()
    exposures.append(exposure)
  }

  /// The unique name of what a short one means: `a`, `seed.s`, `test.t` or `source.raw.orders`.
  func id(_ short: String) -> NodeID {
    let parts = short.split(separator: ".").map(String.init)
    switch parts.count {
    case 1: return NodeID(.model, name, short)
    case 2: return NodeID("\(parts[0]).\(name).\(parts[1])")
    default: return NodeID("\(parts[0]).\(name).\(parts[1]).\(parts[2])")
    }
  }

  var project: Project {
    let settings = ProjectSettings(name: name, root: "/shop", file: "dbt_project.yml", values: .none)
    let profile = ConnectionProfile(type: "duckdb", settings: [:], projectRoot: "/shop")
    let target = Target(
      profileName: name, name: "dev", type: "duckdb", database: "shop", schema: "main", threads: 1,
      profile: profile, visibleValues: .none)
    return Project(
      settings: settings, target: target, nodes: nodes, sources: sources, exposures: exposures,
      macros: [], docs: [], disabled: disabled, vars: .none)
  }

  /// The graph of the project.
  func graph() throws -> Graph { try Graph(project) }

  /// A unique name without its kind's and the project's part: `a`, `seed.s`, `test.t`, `source.raw.orders`.
  static func short(_ id: NodeID) -> String {
    var parts = id.rawValue.split(separator: ".").map(String.init)
    if parts.count > 1 { parts.remove(at: 1) }
    if parts[0] == "model" { parts.removeFirst() }
    return parts.joined(separator: ".")
  }
}
