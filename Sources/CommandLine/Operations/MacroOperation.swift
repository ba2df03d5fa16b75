import Catalog
import Diagnostics
import EngineCore
import Jinja
import Project
import Runner
import StateStore

/// Calls a macro for what it does. Its statements are committed as they run; hooks of the run are not run.
struct MacroOperation: Sendable {
  let workspace: Workspace

  func perform(_ name: String, _ arguments: DataValue) async throws -> ExitStatus {
    let call = MacroCall(name, arguments: arguments)
    let target = try call.target(in: workspace.project)
    let session = workspace.session
    let lock = try ProjectLock.acquire(
      root: workspace.root, command: "weir \(session.verb.rawValue)",
      startedAt: Quantities.timeOfDay(session.startedAt))
    defer { withExtendedLifetime(lock) {} }
    let writer =
      try session.writesArtifacts()
      ? ArtifactWriter(project: workspace.project, redactor: workspace.redactor) : nil
    try writer?.verifyFolder()
    let start = session.program.now()
    let problems = try await session.interruptible { try await run(call) }
    let end = session.program.now()
    session.printer.report(problems)
    let hasFailed = problems.contains { $0.severity == .error }
    if let writer { try write(target.id, Interval(start: start, end: end), hasFailed, call, writer) }
    guard !hasFailed else { return .failure }
    let text = "Ran the macro \(call.name) in \(Quantities.duration(.seconds(end - start)))."
    session.printer.log(text, LogRecord(.info, "RunOperationOutcome", "I903", text))
    return .success
  }

  /// Runs the macro in a session of its own; gives what went wrong.
  private func run(_ call: MacroCall) async throws -> [Diagnostic] {
    let engine = try await workspace.openEngine()
    do {
      let session = try await engine.makeSession()
      let problems = try await session.run { connection in try Self.run(call, connection, workspace) }
      await session.close()
      await engine.close()
      return problems
    } catch {
      await engine.close()
      throw error
    }
  }

  private static func run(
    _ call: MacroCall, _ connection: any Connection, _ workspace: Workspace
  ) throws -> [Diagnostic] {
    var problems: [Diagnostic] = []
    do {
      let commented = CommentedConnection(connection, workspace.project)
      let compiler = workspace.compiler(commented ?? connection)
      commented?.comment = try compiler.queryComment(for: nil)
      try compiler.run(call)
    } catch let error as CancellationError {
      throw error
    } catch {
      problems = DiagnosticList.collecting(error, else: .nodeFailed, "the macro '\(call.name)' failed")
    }
    do {
      try connection.execute("ROLLBACK")
    } catch {
      // There was no transaction to undo: all is as it should be.
      return problems
    }
    if problems.isEmpty {
      problems.append(
        Diagnostic(
          .nodeFailed, "the macro '\(call.name)' begins a transaction and does not end it",
          notes: ["what it did in it was rolled back"], hint: "let it end with COMMIT"))
    }
    return problems
  }

  private func write(
    _ id: NodeID, _ interval: Interval, _ hasFailed: Bool, _ call: MacroCall,
    _ writer: ArtifactWriter
  ) throws(Diagnostic) {
    var record = ResultRecord(
      id: id, status: hasFailed ? .error : .success, threadName: "MainThread",
      executionTime: interval.end - interval.start)
    record.execute = interval
    record.failures = hasFailed ? 1 : 0
    let artifact = RunResultsArtifact(
      results: [record], invocation: workspace.invocation, generatedAt: interval.end,
      elapsedSeconds: interval.end - interval.start,
      arguments: .dict([
        ("macro", .string([call.package, call.name].compactMap { $0 }.joined(separator: "."))),
        ("args", call.arguments),
      ]))
    try workspace.writeManifest(compiled: [:])
    try writer.write(artifact.encoded(redactor: workspace.redactor), as: "run_results.json")
  }
}
