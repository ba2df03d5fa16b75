import Catalog
import Diagnostics
import EngineCore
import Jinja
import Planner
import Project
import Runner
import StateStore
import Synchronization

/// Makes what a selection means by pointing at where a saved manifest has it, and says what was done.
struct CloneOperation: Sendable {
  let session: CommandSession
  let project: ProjectOptions
  let selection: SelectionOptions
  let kinds: ResourceTypeOptions
  let fullRefresh: Bool?
  /// What of an earlier run is done again, in place of a selection.
  var retried: RetriedNodes?

  /// What became of a node, and what the log says of it.
  private struct Entry: Sendable {
    var record: ResultRecord
    var line: String
  }

  func perform() async throws -> ExitStatus {
    let workspace = try await Workspace.open(session, project, isFullRefresh: fullRefresh)
    let reader = StateReader(workspace: workspace, flags: selection.state)
    let manifest = try reader.manifestToDeferTo()
    try session.report(warnings: reader.sameFolder)
    let selected =
      try retried?.selection(in: workspace)
      ?? workspace.select(selection, kinds, defaultKinds: [.model, .seed, .snapshot])
    let requests = workspace.graph.order.filter(selected.nodes.contains).compactMap { id -> Cloner.Request? in
      guard let node = workspace.project.node(id), let target = node.relation,
        [.model, .seed, .snapshot].contains(node.resourceType), node.config.materialization != .ephemeral
      else { return nil }
      return Cloner.Request(
        node: node, target: target, origin: manifest.relation(of: id.rawValue).map(Relation.init))
    }
    guard !requests.isEmpty else {
      let text = "Nothing to do: no enabled node is selected."
      session.printer.log(text, LogRecord(.warn, "NothingToDo", "Q035", text))
      return .success
    }
    let lock = try ProjectLock.acquire(
      root: workspace.root, command: "weir clone", startedAt: Quantities.timeOfDay(session.startedAt))
    defer { withExtendedLifetime(lock) {} }
    return try await session.interruptible { try await clone(requests, in: workspace) }
  }

  private func clone(_ requests: [Cloner.Request], in workspace: Workspace) async throws -> ExitStatus {
    let engine = try await workspace.openEngine()
    var cloner = Cloner(engine: engine, isFullRefresh: workspace.invocation.isFullRefresh)
    cloner.connection = { connection, node in
      guard let commented = CommentedConnection(connection, workspace.project) else { return connection }
      commented.comment = try workspace.compiler(commented).queryComment(for: node)
      return commented
    }
    let entries = Mutex<[Entry]>([])
    do {
      try await cloner.perform(requests) { request, outcome in
        let entry = entry(request, outcome)
        if case .failed(let problem) = outcome { session.printer.report([problem]) }
        session.printer.log(entry.line, LogRecord(.info, "LogCloneResult", "Q047", entry.line))
        entries.withLock { $0.append(entry) }
      }
    } catch {
      await engine.close()
      throw error
    }
    await engine.close()
    let records = entries.withLock { $0.map(\.record) }
    try write(records, in: workspace)
    let failed = records.count { $0.status == .error }
    let elapsed = Quantities.duration(.seconds(session.program.now() - session.startedAt))
    let text =
      "Cloned \(Quantities.count(records.count - failed, "node")) in \(elapsed)"
      + (failed > 0 ? "; \(failed) failed." : ".")
    session.printer.log(text, LogRecord(failed > 0 ? .error : .info, "CloneOutcome", "I903", text))
    return failed > 0 ? .failure : .success
  }

  private func entry(_ request: Cloner.Request, _ outcome: Cloner.Outcome) -> Entry {
    let name = request.target.path.dropFirst(request.target.database == nil ? 0 : 1).joined(separator: ".")
    var record = ResultRecord(id: request.node.id, status: .success, threadName: "main", executionTime: 0)
    record.relationName = StandardDialect().rendered(request.target)
    let line: String
    switch outcome {
    case .cloned(_, let duration):
      record.executionTime = Quantities.seconds(duration)
      line = "cloned  \(name)  from \(request.origin?.path.joined(separator: ".") ?? "")"
    case .present:
      record.message = "No-op"
      line = "present  \(name)"
    case .unknown:
      record.message = "No-op"
      line = "unknown  \(name)  (the state's manifest does not have it)"
    case .failed(let problem):
      record.status = .error
      record.message = problem.message
      line = "failed  \(name)"
    }
    return Entry(record: record, line: line)
  }

  private func write(_ records: [ResultRecord], in workspace: Workspace) throws {
    guard try session.writesArtifacts() else { return }
    try workspace.writeManifest(compiled: [:])
    let artifact = RunResultsArtifact(
      results: records, invocation: workspace.invocation, generatedAt: session.program.now(),
      elapsedSeconds: session.program.now() - session.startedAt,
      arguments: RunArguments(session: session, project: project, selection: selection, kinds: kinds)
        .values([("full_refresh", .bool(workspace.invocation.isFullRefresh))]))
    try ArtifactWriter(project: workspace.project, redactor: workspace.redactor)
      .write(artifact.encoded(redactor: workspace.redactor), as: "run_results.json")
  }
}
