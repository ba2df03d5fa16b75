import Catalog
import Diagnostics
import EngineCore
import Jinja
import Project
import Runner
import Synchronization

/// What `show` ran, and the `run_results.json` that it leaves.
final class ShownOutcomes: Sendable {
  private let outcomes = Mutex<[Preview.Outcome]>([])

  /// Takes note of a query. May be called from any thread.
  func add(_ outcome: Preview.Outcome) {
    outcomes.withLock { known in
      // Where there was no row, the columns are asked for again.
      if !known.contains(where: { $0.node?.id == outcome.node?.id }) { known.append(outcome) }
    }
  }

  /// Writes the results, unless artifacts are not wanted.
  func write(
    _ workspace: Workspace, _ arguments: RunArguments, inline: String?, limit: Int, _ form: RowForm
  ) throws {
    guard try workspace.session.writesArtifacts() else { return }
    let records = outcomes.withLock { $0.map { Self.record($0, workspace) } }
    let end = workspace.session.program.now()
    var values: [(String, DataValue)] = [("limit", .int(limit)), ("output", .string(form.rawValue))]
    if let inline { values.append(("inline", .string(inline))) }
    let artifact = RunResultsArtifact(
      results: records, invocation: workspace.invocation, generatedAt: end,
      elapsedSeconds: end - workspace.session.startedAt, arguments: arguments.values(values))
    try LookResults.write(artifact, in: workspace)
  }

  private static func record(_ outcome: Preview.Outcome, _ workspace: Workspace) -> ResultRecord {
    var record = InlineRecord.make(outcome.sql, in: workspace)
    if let node = outcome.node {
      record.id = node.artifactID
      record.relationName = node.relation.map { StandardDialect().rendered($0) }
    }
    record.executionTime = outcome.execute.endedAt - outcome.compile.startedAt
    record.compile = Interval(start: outcome.compile.startedAt, end: outcome.compile.endedAt)
    record.execute = Interval(start: outcome.execute.startedAt, end: outcome.execute.endedAt)
    return record
  }
}

/// A text of the command line among the results.
enum InlineRecord {
  /// What became of it, by dbt's name.
  static func make(_ sql: String, in workspace: Workspace) -> ResultRecord {
    var record = ResultRecord(
      id: NodeID("sql_operation.\(workspace.project.settings.name).inline_query"), status: .success,
      threadName: "Thread-1", executionTime: 0)
    record.compiledSQL = sql
    return record
  }
}
