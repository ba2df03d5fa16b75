import Diagnostics
import EngineCore
import Jinja
import Project

/// Definitions put together by hand.
enum CatalogFixture {
  static func mapping(_ entries: [(String, DataValue)]) -> DataValue { .dict(DataMap(entries)) }

  static func project(
    root: String = "/shop", nodes: [Node] = [], sources: [SourceTable] = [], exposures: [Exposure] = [],
    macros: [MacroDefinition] = [], docs: [DocsBlock] = [], disabled: [Node] = []
  ) -> Project {
    let settings = ProjectSettings(name: "shop", root: root, file: "dbt_project.yml", values: .none)
    let profile = ConnectionProfile(type: "duckdb", settings: [:], projectRoot: root)
    let target = Target(
      profileName: "shop", name: "dev", type: "duckdb", database: "shop", schema: "main", threads: 1,
      profile: profile, visibleValues: .none)
    return Project(
      settings: settings, target: target, nodes: nodes, sources: sources, exposures: exposures,
      macros: macros, docs: docs, disabled: disabled, vars: .none)
  }

  static func model(_ name: String, in folder: String = "", reads: [NodeID] = []) -> Node {
    let path = (folder.isEmpty ? "" : folder + "/") + "\(name).sql"
    var node = Node(
      id: NodeID(.model, "shop", name), resourceType: .model, name: name, package: "shop", path: path,
      originalPath: "models/\(path)", fqn: ["shop"] + (folder.isEmpty ? [] : [folder]) + [name],
      span: SourceSpan(file: "models/\(path)", line: 1),
      config: NodeConfig(materialization: .table, values: mapping([("materialized", .string("table"))])),
      code: "select 1", checksum: "abc")
    node.relation = Relation(database: "shop", schema: "main", identifier: name, kind: .table)
    node.dependencies = reads
    return node
  }

  static func genericCheck(
    _ name: String, of kind: String = "unique", attachedTo attached: NodeID, column: String? = "id",
    arguments: DataValue = .none
  ) -> Node {
    var config = NodeConfig(materialization: .check, values: mapping([("materialized", .string("test"))]))
    config.schema = "dbt_test__audit"
    var node = Node(
      id: NodeID("test.shop.\(name).0123456789"), resourceType: .check, name: name, package: "shop",
      path: "\(name).sql", originalPath: "models/schema.yml", fqn: ["shop", name],
      span: SourceSpan(file: "models/schema.yml", line: 4, column: 9), config: config,
      code: "{{ test_\(kind)(**_dbt_generic_test_kwargs) }}", checksum: "")
    node.dependencies = [attached]
    node.check = .generic(
      GenericCheck(namespace: nil, name: kind, arguments: arguments, attachedNode: attached, column: column))
    return node
  }

  static func seed(_ name: String) -> Node {
    var node = Node(
      id: NodeID(.seed, "shop", name), resourceType: .seed, name: name, package: "shop",
      path: "\(name).csv", originalPath: "seeds/\(name).csv", fqn: ["shop", name],
      span: SourceSpan(file: "seeds/\(name).csv", line: 1),
      config: NodeConfig(materialization: .seed, values: mapping([("materialized", .string("seed"))])),
      code: "id\n1\n", checksum: "def")
    node.relation = Relation(database: "shop", schema: "main", identifier: name, kind: .table)
    return node
  }

  static func source(_ source: String, _ table: String) -> SourceTable {
    SourceTable(
      id: NodeID("source.shop.\(source).\(table)"), package: "shop", sourceName: source, name: table,
      identifier: table, relation: Relation(database: "shop", schema: source, identifier: table),
      fqn: ["shop", source, table], originalPath: "models/sources.yml",
      span: SourceSpan(file: "models/sources.yml", line: 3), meta: .none, config: .none, properties: .none)
  }

  static func invocation(_ environment: [String: String] = [:]) -> Invocation {
    let options = LoadOptions(
      projectRoot: "/shop", vars: mapping([("day", .string("2026-01-01"))]), environment: environment,
      startedAt: 1_795_363_510.989282, invocationID: "b2c91369", command: "build")
    return Invocation(options)
  }
}
