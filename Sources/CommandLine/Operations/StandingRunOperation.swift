import Catalog
import Diagnostics
import Jinja
import Project
import Runner
import StateStore

/// Carries out a run that would do nothing, because all that it takes is as an earlier run left it: what was kept of that run
/// is told again and recorded, and the artifacts are those of a run of their own.
struct StandingRunOperation: Sendable {
  let workspace: StandingWorkspace
  /// Stands for what says which nodes the run takes.
  let request: String
  let options: RunOptions
  /// What the command was called with.
  let arguments: DataValue

  private var session: CommandSession { workspace.session }

  /// Nil if there is something to do, or that cannot be told: then nothing was done. Throws what any run throws that may
  /// not begin.
  func perform() throws -> ExitStatus? {
    let kept = workspace.project.kept
    guard workspace.project.edits.isEmpty, let (run, _) = kept.value(StandingRun.self, at: .run),
      run.request == request
    else { return nil }
    let root = workspace.options.projectRoot
    let lock = try ProjectLock.acquire(
      root: root, command: "weir \(session.verb.rawValue)",
      startedAt: Quantities.timeOfDay(session.startedAt))
    defer { withExtendedLifetime(lock) {} }
    let state = try StateStore(path: StateFolder(root: root).stateFile)
    session.printer.report(state.warnings)
    guard isStanding(run, state),
      let (outcomes, identity) = kept.value([StandingRun.Outcome].self, at: .results),
      identity == run.results
    else {
      try state.close()
      return nil
    }
    return try carryOut(run, outcomes, state)
  }

  /// Whether all is as the run left it, and its manifest can be said to be that of this run.
  private func isStanding(_ run: StandingRun, _ state: StateStore) -> Bool {
    let root = workspace.options.projectRoot
    let environment = session.environment.values
    do {
      let databases = try DatabaseWatch(workspace.project.target, state, run: options.invocation.id)
      guard try state.lastRun() == run.run,
        run.evidence.holds(root: root, environment: environment, databases)
      else { return false }
      if try !session.writesArtifacts() { return true }
      return run.artifacts.holds(root: root, environment: environment, databases)
        || workspace.project.kept.isWritten(workspace.manifestPath)
          && LocalFiles.exists(Workspace.semanticManifestPath(in: workspace.targetFolder))
    } catch {
      // The run that is carried out in full says what is wrong.
      return false
    }
  }

  private func carryOut(
    _ run: StandingRun, _ outcomes: [StandingRun.Outcome], _ state: StateStore
  ) throws -> ExitStatus? {
    try workspace.announce()
    let nodes = outcomes.map(\.facts)
    RunGreeting(session: session, settings: workspace.project.settings, target: workspace.project.target)
      .print(nodes, threads: options.threads)
    let display = RunDisplay(printer: session.printer, nodes: nodes, hooks: [])
    let driver = StandingDriver(state: state, options: options) { display.show($0) }
    let result = driver.run(
      session.verb.rawValue, target: workspace.project.target.name, StandingRun.results(outcomes))
    var problems: [Diagnostic] = []
    do throws(Diagnostic) {
      try writeArtifacts(result, outcomes)
      try state.close()
    } catch {
      problems.append(error)
    }
    if result.keptRecords, problems.isEmpty { keep(run, wroteArtifacts: try session.writesArtifacts()) }
    session.printer.report(result.diagnostics)
    display.end(result, unwritten: problems) { _ in nil }
    return problems.isEmpty ? .success : .unusable
  }

  private func writeArtifacts(
    _ result: RunResult, _ outcomes: [StandingRun.Outcome]
  ) throws(Diagnostic) {
    guard try session.writesArtifacts() else { return }
    let time = session.program.now()
    let results = RunResultsArtifact(
      results: zip(result.all, outcomes).map { ResultRecord($0, id: $1.artifactID, message: $0.message) },
      invocation: options.invocation, generatedAt: time,
      elapsedSeconds: Quantities.seconds(result.elapsed), arguments: arguments)
    try results.write(to: workspace.targetFolder + "/run_results.json", redactor: workspace.redactor)
    let metadata = ManifestMetadata(
      workspace.project.settings, workspace.project.target, options.invocation, generatedAt: time)
    try metadata.replace(in: workspace.manifestPath, redactor: workspace.redactor)
  }

  /// Keeps what this run leaves in place of what it found.
  private func keep(_ run: StandingRun, wroteArtifacts: Bool) {
    var run = run
    run.run = options.invocation.id
    if wroteArtifacts { run.watchArtifacts(in: workspace.targetFolder) }
    _ = workspace.project.kept.keep(run, as: .run)
  }
}
