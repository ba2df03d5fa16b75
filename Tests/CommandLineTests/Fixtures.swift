import Diagnostics
import EngineCore
import Jinja
import Project
import Runner
import Tabular

@testable import CommandLine

/// A few nodes and what became of them.
enum Fixtures {
  static func model(
    _ name: String, _ materialization: Materialization = .table, schema: String = "main"
  ) -> Node {
    var node = Node(
      id: NodeID(.model, "shop", name), resourceType: .model, name: name, package: "shop",
      path: "\(name).sql", originalPath: "models/\(name).sql", fqn: ["shop", name],
      span: SourceSpan(file: "models/\(name).sql", line: 1),
      config: NodeConfig(materialization: materialization, values: .none), code: "", checksum: "c0ffee")
    node.relation = Relation(database: "shop", schema: schema, identifier: name)
    return node
  }

  static func seed(_ name: String) -> Node {
    var node = model(name, .seed)
    node.id = NodeID(.seed, "shop", name)
    node.resourceType = .seed
    node.originalPath = "seeds/\(name).csv"
    return node
  }

  static func check(_ name: String) -> Node {
    var node = model(name, .check)
    node.id = NodeID(.check, "shop", name)
    node.resourceType = .check
    node.relation = nil
    node.span = SourceSpan(file: "models/schema.yml", line: 12, column: 11)
    return node
  }

  static func result(
    _ node: Node, _ status: NodeStatus, rows: Int? = nil, failures: Int? = nil, seconds: Double = 0.02,
    audits: [NodeResult] = []
  ) -> NodeResult {
    var result = NodeResult(node: node.id, resourceType: node.resourceType, status: status)
    result.rows = rows
    result.failures = failures
    result.duration = .seconds(seconds)
    result.audits = audits
    return result
  }

  /// A table of two columns.
  static func table(_ rows: [(Int64, String?)]) -> Table {
    let schema = Schema([Field("id", .int64), Field("status", .text)])
    let columns = [
      Column(.scalars(rows.map { .integer($0.0) })),
      Column(.scalars(rows.map { $0.1.map { .text($0) } ?? .null })),
    ]
    return Table(
      schema: schema, batches: [Batch(schema: schema, columns: columns, rowCount: rows.count)])
  }

  /// Half past four in the afternoon of a day in 2026, wherever the test runs.
  static let time: Double = 1_795_364_999
}
