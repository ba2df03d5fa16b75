import EngineCore
import Jinja

/// What became of a node of a run, as the hooks at the run's end see it.
public struct NodeReport: Sendable {
  /// The node.
  public var node: NodeID
  /// How it ended, by dbt's words.
  public var status: String
  /// What there is to say about it.
  public var message: String?
  /// All told, in seconds.
  public var executionTime: Double
  /// How many failures a check found.
  public var failures: Int?
  /// How many rows the engine changed, if it says.
  public var rows: Int?
  /// The thread's name.
  public var thread: String
  /// Its phases, in seconds since 1970.
  public var timings: [(name: String, start: Double, end: Double)] = []

  /// Makes a report.
  public init(
    node: NodeID, status: String, message: String?, executionTime: Double, failures: Int?, rows: Int?,
    thread: String
  ) {
    self.node = node
    self.status = status
    self.message = message
    self.executionTime = executionTime
    self.failures = failures
    self.rows = rows
    self.thread = thread
  }
}

/// One of `results`: `result.status`, `result.node.name`, `result.to_dict()`.
final class ReportObject: HostObject {
  private let values: [(String, Value)]
  let typeName = "RunResult"

  init(_ report: NodeReport, _ project: Project?) {
    let timings: [Value] = report.timings.map { timing in
      .object(
        RecordObject(
          "TimingInfo",
          [
            ("name", .string(timing.name)), ("started_at", Self.moment(timing.start)),
            ("completed_at", Self.moment(timing.end)),
          ]))
    }
    let rows = report.rows.map { [("rows_affected", Value.int($0))] } ?? []
    values = [
      ("status", .string(report.status)), ("timing", Value(timings)), ("thread_id", .string(report.thread)),
      ("execution_time", .float(report.executionTime)), ("adapter_response", Value(rows)),
      ("message", report.message.map { .string($0) } ?? Value.none),
      ("failures", report.failures.map { .int($0) } ?? Value.none),
      ("node", RecordObject.wrapping(GraphValues.named(report.node, project), "Node")),
      ("unique_id", .string(report.node.rawValue)),
    ]
  }

  private static func moment(_ seconds: Double) -> Value {
    .object(DateTimeObject(secondsSince1970: seconds, isAware: false))
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if name == "to_dict" { return .function(name) { [values] _, _ in Value(values) } }
    return values.first { $0.0 == name }?.1
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    try key.stringValue.flatMap { try attribute($0, interpreter) }
  }
}

/// What `results`, `schemas` and `database_schemas` show at a run's end.
struct RunValues {
  let reports: [NodeReport]
  let project: Project?

  var results: Value { Value(reports.map { .object(ReportObject($0, project)) }) }

  var schemas: Value { Value(Set(places.map(\.schema)).sorted().map { .string($0) }) }

  var databaseSchemas: Value {
    Value(places.map { .tuple([$0.database.map { .string($0) } ?? Value.none, .string($0.schema)]) })
  }

  /// Where nodes were built, sorted.
  private var places: [Place] {
    let built = reports.filter { ["success", "pass", "warn"].contains($0.status) }
    return Set(
      built.compactMap { report in
        guard let relation = project?.node(report.node)?.relation, let schema = relation.schema else {
          return nil
        }
        return Place(database: relation.database, schema: schema)
      }
    ).sorted { ($0.database ?? "", $0.schema) < ($1.database ?? "", $1.schema) }
  }

  private struct Place: Hashable {
    var database: String?
    var schema: String
  }
}
