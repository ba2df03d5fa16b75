import Diagnostics
import EngineCore
import Loads
import Project
import Runner

/// A run as records of the JSON log, by dbt's event names and codes. Pure.
struct RunRecords: Sendable {
  private let facts: [NodeID: NodeFacts]
  private let total: Int

  /// Prepares for a plan's nodes and checks, and for the hooks of the whole run.
  init(nodes: [NodeFacts], hooks: [NodeFacts] = []) {
    facts = Dictionary((nodes + hooks).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    total = nodes.count
  }

  /// A node begins.
  func started(_ id: NodeID, index: Int, at time: Double) -> LogRecord {
    let node = facts[id] ?? NodeFacts(unknown: id)
    let description = description(node)
    let total = total
    return LogRecord(
      .info, "LogStartLine", "Q011", "\(index) of \(total) START \(description)"
    ) { writer in
      writer.member("description", description)
      writer.member("index", index)
      Self.write(node, status: "started", startedAt: time, finishedAt: nil, to: &writer)
      writer.member("total", total)
    }
  }

  /// A node and its checks ended; the checks' places follow the node's own.
  func finished(_ result: NodeResult, index: Int, at time: Double) -> [LogRecord] {
    ([result] + result.audits).enumerated().map { record(of: $1, index: index + $0, time) }
  }

  private func record(of result: NodeResult, index: Int, _ time: Double) -> LogRecord {
    let total = total
    let node = facts[result.node] ?? NodeFacts(unknown: result.node)
    let seconds = Quantities.seconds(result.duration)
    let (name, code) =
      switch (result.status, result.resourceType) {
      case (.skipped, _): ("SkippingDetails", "Q034")
      case (.upToDate, _): ("LogNodeNoOpResult", "Q019")
      case (_, .check): ("LogTestResult", "Q007")
      case (_, .unitTest): ("LogUnitTestResult", "Q007")
      case (_, .seed): ("LogSeedResult", "Q016")
      case (_, .snapshot): ("LogSnapshotResult", "Q015")
      case (_, .source): ("LogFreshnessResult", "Q018")
      case (_, .function): ("LogFunctionResult", "Q047")
      case (_, .load): ("LogLoadResult", "W001")
      default: ("LogModelResult", "Q012")
      }
    let description = description(node)
    let message =
      "\(index) of \(total) \(result.status.rawValue.uppercased()) \(description) in \(Quantities.duration(result.duration))"
    let startedAt = time - seconds
    return LogRecord(Self.level(of: result.status), name, code, message) { writer in
      if let attached = node.attachedNode { writer.member("attached_node", attached.rawValue) }
      writer.member("description", description)
      writer.key("execution_time")
      writer.number(seconds)
      writer.member("index", index)
      Self.write(node, status: result.status.rawValue, startedAt: startedAt, finishedAt: time, to: &writer)
      if [.check, .unitTest].contains(result.resourceType) { writer.member("num_failures", result.failures) }
      if let rows = result.rows { writer.member("rows_affected", rows) }
      if let reading = result.freshness {
        writer.key("max_loaded_at_time_ago_in_s")
        writer.number(reading.age)
      }
      if result.resourceType == .load { Self.write(result.loads, to: &writer) }
      writer.member("status", result.status.rawValue)
      if let moment = result.upToDateSince { writer.member("up_to_date_since", Quantities.timestamp(moment)) }
      if let reason = result.reason { writer.member("reason", reason) }
      if let cause = result.skippedBecause { writer.member("skipped_because", cause.rawValue) }
      writer.member("total", total)
      Self.write(result.diagnostics, to: &writer)
    }
  }

  /// The end of a run: what failed, how long it took, the counts.
  func ended(_ summary: RunSummary) -> [LogRecord] {
    let elapsed = Quantities.seconds(summary.result.elapsed)
    let counts = summary.counts
    let isInterrupted = summary.result.status == .interrupted
    let tally = Tally(summary.result.all.map { facts[$0.node] ?? NodeFacts(unknown: $0.node) }).text
    var records = [
      LogRecord(
        .info, "FinishedRunningStats", "E047",
        "Finished running \(tally) in \(Quantities.duration(summary.result.elapsed))."
      ) { writer in
        writer.key("execution_time")
        writer.number(elapsed)
        writer.member("stat_line", tally)
      },
      LogRecord(
        summary.isFine ? .info : .error, "EndOfRunSummary", "Z030", summary.verdict
      ) {
        $0.member("keyboard_interrupt", isInterrupted)
        $0.member("num_errors", counts.error)
        $0.member("num_warnings", counts.warn)
      },
    ]
    records += summary.result.all.flatMap { problem($0, summary) }
    records.append(
      LogRecord(.info, "StatsLine", "Z023", counts.line) { writer in
        writer.key("stats")
        writer.object { stats in
          stats.member("error", counts.error)
          if counts.same > 0 { stats.member("no_op", counts.same) }
          stats.member("pass", counts.pass)
          stats.member("skip", counts.skip)
          stats.member("total", counts.total)
          stats.member("warn", counts.warn)
        }
      })
    return records
  }

  private func problem(_ item: NodeResult, _ summary: RunSummary) -> [LogRecord] {
    guard [.error, .fail, .warn, .partialSuccess].contains(item.status) else { return [] }
    let node = facts[item.node] ?? NodeFacts(unknown: item.node)
    let isWarning = item.status == .warn
    let message = item.diagnostics.first?.message ?? item.message ?? "\(node.name): \(item.status.rawValue)"
    let compiled = summary.compiledPath(item.node)
    return [
      LogRecord(
        isWarning ? .warn : .error, isWarning ? "RunResultWarning" : "RunResultError",
        isWarning ? "Z021" : "Z024", message
      ) { writer in
        Self.write(node, status: item.status.rawValue, startedAt: nil, finishedAt: nil, to: &writer)
        writer.member("node_name", node.name)
        writer.member("path", node.originalPath)
        if let line = node.span?.line, line > 0 { writer.member("line", line) }
        if let compiled { writer.member("compiled_path", compiled) }
        if let path = item.failingRowsPath { writer.member("failing_rows_path", path) }
        writer.key("diagnostics")
        writer.array { list in
          for diagnostic in item.diagnostics { diagnostic.write(to: &list) }
        }
      }
    ]
  }

  private func description(_ node: NodeFacts) -> String {
    switch node.resourceType {
    case .check: "test \(node.name)"
    case .source: "freshness of \(node.name)"
    case .unitTest: "unit_test \(node.title)"
    case .load: "load \(node.name)"
    case .function: "function \(node.title)"
    case .exposure, .savedQuery: "\(node.kind) \(node.name)"
    default: "\(node.kind) \(node.resourceType.rawValue) \(node.title)"
    }
  }

  /// A hook of the whole run begins.
  func hookStarted(_ id: NodeID, index: Int, total: Int, at time: Double) -> LogRecord {
    let node = facts[id] ?? NodeFacts(unknown: id)
    return LogRecord(
      .info, "LogHookStartLine", "Q032", "\(index) of \(total) START hook: \(node.title)"
    ) { writer in
      writer.member("index", index)
      Self.write(node, status: "started", startedAt: time, finishedAt: nil, to: &writer)
      writer.member("statement", node.title)
      writer.member("total", total)
    }
  }

  /// A hook of the whole run ended, or is skipped.
  func hookFinished(_ result: NodeResult, index: Int, total: Int, at time: Double) -> LogRecord {
    let node = facts[result.node] ?? NodeFacts(unknown: result.node)
    let seconds = Quantities.seconds(result.duration)
    let status = result.status.rawValue
    let message =
      "\(index) of \(total) \(status.uppercased()) hook: \(node.title) in \(Quantities.duration(result.duration))"
    return LogRecord(Self.level(of: result.status), "LogHookEndLine", "Q033", message) { writer in
      writer.key("execution_time")
      writer.number(seconds)
      writer.member("index", index)
      Self.write(node, status: status, startedAt: time - seconds, finishedAt: time, to: &writer)
      writer.member("statement", node.title)
      writer.member("status", status)
      writer.member("total", total)
      Self.write(result.diagnostics, to: &writer)
    }
  }

  private static func write(_ diagnostics: [Diagnostic], to writer: inout JSONWriter) {
    guard !diagnostics.isEmpty else { return }
    writer.key("diagnostics")
    writer.array { list in
      for diagnostic in diagnostics { diagnostic.write(to: &list) }
    }
  }

  private static func level(of status: NodeStatus) -> LogLevel {
    switch status {
    case .success, .pass, .skipped, .upToDate: .info
    case .warn: .warn
    case .error, .fail, .interrupted, .partialSuccess: .error
    }
  }

  private static func write(_ loads: [LoadRecord], to writer: inout JSONWriter) {
    writer.key("tables")
    writer.array { list in
      for load in loads {
        list.object { table in
          table.member("name", load.table)
          table.member("rows_read", load.rowsRead)
          table.member("rows_inserted", load.rowsInserted)
          table.member("rows_updated", load.rowsUpdated)
          table.member("rows_deleted", load.rowsDeleted)
          table.member("rows_rejected", load.rowsRejected)
          if let bytes = load.bytes { table.member("bytes", bytes) }
        }
      }
    }
  }

  private static func write(
    _ node: NodeFacts, status: String, startedAt: Double?, finishedAt: Double?, to writer: inout JSONWriter
  ) {
    writer.key("node_info")
    writer.object { info in
      info.member("materialized", node.materialization)
      info.member("node_checksum", node.checksum)
      info.member("node_finished_at", finishedAt.map(Quantities.timestamp) ?? "")
      info.member("node_name", node.name)
      info.member("node_path", node.path)
      info.key("node_relation")
      info.object { relation in
        relation.member("alias", node.alias)
        relation.member("database", node.database)
        relation.member("schema", node.schema)
      }
      info.member("node_started_at", startedAt.map(Quantities.timestamp) ?? "")
      info.member("node_status", status)
      info.member("resource_type", node.resourceType.rawValue)
      info.member("unique_id", node.id.rawValue)
    }
  }
}
