import Catalog
import Diagnostics
import EngineCore
import Jinja
import Planner
import Project
import Runner
import Synchronization

/// Everything that a run leaves under the target folder. Nodes' SQL is written as they end, the rest afterwards.
final class RunArtifacts: Sendable {
  private let workspace: Workspace
  /// Hides the secrets of sources that were used so far.
  private let hidden: @Sendable () -> Redactor
  private let arguments: DataValue
  private let problems = Mutex([Diagnostic]())

  /// `arguments` is what the command was called with, as `run_results.json` shows it.
  init(_ workspace: Workspace, arguments: DataValue, hidden: @escaping @Sendable () -> Redactor) {
    self.workspace = workspace
    self.arguments = arguments
    self.hidden = hidden
  }

  /// Throws if nothing could be written: to be asked before anything runs.
  func verify() throws(Diagnostic) { try writer.verifyFolder() }

  private var redactor: Redactor { workspace.redactor.adding(hidden()) }

  private var writer: ArtifactWriter { ArtifactWriter(project: workspace.project, redactor: redactor) }

  /// Writes the SQL of a node and of its checks. May be called from any thread.
  func write(_ result: NodeResult) {
    let writer = writer
    for item in [result] + result.audits {
      let project = workspace.project
      guard let node = project.node(item.node) ?? project.operation(item.node) else { continue }
      do throws(Diagnostic) {
        if let sql = item.compiledSQL { try writer.writeCompiled(sql, of: node) }
        if let sql = item.executedSQL { try writer.writeExecuted(sql, of: node) }
      } catch {
        // A full disk fails every file: one of the messages is enough.
        problems.withLock { if $0.isEmpty { $0.append(error) } }
      }
    }
  }

  /// Writes `manifest.json` and `run_results.json`; gives what went wrong with any file.
  func finish(_ result: RunResult, at time: Double) -> [Diagnostic] {
    var compiled: [NodeID: CompiledNode] = [:]
    for item in result.all {
      if let sql = item.compiledSQL {
        compiled[item.node] = CompiledNode(id: item.node, sql: sql, ephemeralParents: [])
      }
    }
    let records = result.all.map { item in
      ResultRecord(
        item, id: workspace.project.node(item.node)?.artifactID ?? item.node,
        message: item.message(in: workspace.project))
    }
    let artifact = RunResultsArtifact(
      results: records, invocation: workspace.invocation, generatedAt: time,
      elapsedSeconds: Quantities.seconds(result.elapsed), arguments: arguments)
    do throws(Diagnostic) {
      try workspace.writeManifest(compiled: compiled, hiding: hidden())
      try writer.write(artifact.encoded(redactor: redactor), as: "run_results.json")
    } catch {
      problems.withLock { $0.append(error) }
    }
    return problems.withLock { $0 }
  }

  /// Where a node's compiled SQL lies, relative to the project, if it does.
  func compiledPath(_ id: NodeID) -> String? {
    guard let node = workspace.project.node(id) ?? workspace.project.operation(id) else { return nil }
    let path = "\(writer.folder)/compiled/\(ArtifactWriter.path(of: node))"
    return LocalFiles.exists(path) ? LocalFiles.relative(path, to: workspace.root) : nil
  }
}

extension Workspace {
  /// What writes into the target folder.
  var artifacts: ArtifactWriter { ArtifactWriter(project: project, redactor: redactor) }

  /// What must not be shown or written.
  var redactor: Redactor { Redactor(secrets: session.environment.secrets + project.target.secrets) }

  /// Where the semantic layer's own manifest lies in a target folder.
  static func semanticManifestPath(in targetFolder: String) -> String {
    targetFolder + "/semantic_manifest.json"
  }

  /// Where the manifest lies in a target folder.
  static func manifestPath(in targetFolder: String) -> String { targetFolder + "/manifest.json" }

  var manifestPath: String { Self.manifestPath(in: targetFolder) }

  /// Writes `manifest.json`, unless artifacts are not wanted.
  func writeManifest(
    compiled: [NodeID: CompiledNode], hiding hidden: Redactor = .none
  ) throws(Diagnostic) {
    guard try session.writesArtifacts() else { return }
    let manifest = Manifest(
      project: project, graph: graph, compiled: compiled, invocation: invocation,
      generatedAt: session.program.now())
    let redactor = redactor.adding(hidden)
    try manifest.write(to: manifestPath, redactor: redactor)
    try SemanticManifest(project: project).write(
      to: Self.semanticManifestPath(in: targetFolder), redactor: redactor)
  }
}

extension ResultRecord {
  /// What became of the node that the artifacts call `id`; `message` is what they say of it.
  init(_ result: NodeResult, id: NodeID, message: String?) {
    let status: ResultStatus =
      switch result.status {
      case .success: .success
      case .error, .interrupted: .error
      case .skipped: .skipped
      case .upToDate: .upToDate
      case .pass: .pass
      case .warn: .warn
      case .fail: .fail
      case .partialSuccess: .partialSuccess
      }
    self.init(
      id: id, status: status, threadName: result.thread, executionTime: Quantities.seconds(result.duration))
    compile = result.timings.first { $0.name == "compile" }.map(Interval.init)
    execute = result.timings.first { $0.name == "execute" }.map(Interval.init)
    self.message = message
    failures = result.failures
    batches = result.batches.map { batch in
      BatchRecord(start: batch.batch.startText, end: batch.batch.endText, isBuilt: batch.isBuilt)
    }
    rowsAffected = result.rows
    compiledSQL = result.compiledSQL
    if result.resourceType != .function {
      relationName = result.relation.map { StandardDialect().rendered($0) }
    }
    isAnswered = result.resourceType != .operation
    isCompilable = [.model, .check, .snapshot, .operation, .unitTest, .function].contains(result.resourceType)
  }
}

extension Interval {
  fileprivate init(_ timing: NodeTiming) {
    self.init(start: timing.startedAt, end: timing.endedAt)
  }
}
