import Catalog
import Diagnostics
import EngineCore
import Planner
import Project
import Runner

/// Asks how fresh sources are: load, select, plan, ask, write `sources.json`, say what was found. It writes nothing to
/// the warehouse.
struct FreshnessOperation: Sendable {
  let session: CommandSession
  let project: ProjectOptions
  let selection: SelectionOptions
  /// Where the artifact goes, if not into the target folder.
  let outputPath: String?

  func perform() async throws -> ExitStatus {
    var opened = try await Workspace.open(session, project)
    let selected = try opened.select(selection, nil)
    opened.invocation.selected = selected.nodes.sorted()
    let workspace = opened
    let plan = FreshnessPlan.plan(selected, project: workspace.project)
    var options = RunOptions(threads: workspace.project.target.threads, invocation: workspace.invocation)
    options.reportsProgress = session.printer.showsProgress
    return try await session.interruptible { [options] in try await run(plan, options, in: workspace) }
  }

  private func run(_ plan: Plan, _ options: RunOptions, in workspace: Workspace) async throws -> ExitStatus {
    let nodes = plan.steps.compactMap { workspace.project.source($0.node) }.map(NodeFacts.init)
    greet(workspace, nodes, options)
    guard !nodes.isEmpty else {
      let text = "Nothing to do: no source is selected that says how fresh it must be."
      session.printer.log(text, LogRecord(.warn, "NothingToDo", "Q035", text))
      return .success
    }
    var project = workspace.project
    if project.flag("source_freshness_run_project_hooks")?.boolValue == false {
      (project.settings.onRunStart, project.settings.onRunEnd) = ([], [])
    }
    let writesArtifacts = try session.writesArtifacts()
    if writesArtifacts { try ArtifactWriter(project: project).verifyFolder() }
    let engine = try await workspace.openEngine()
    let display = RunDisplay(printer: session.printer, nodes: nodes, hooks: NodeFacts.hooks(of: project))
    let driver = RunDriver(
      project: project, graph: workspace.graph, plan: plan, engine: engine, state: nil, options: options,
      events: { display.show($0) })
    let result = await session.showingProgress { await driver.run() }
    await engine.close()
    var problems: [Diagnostic] = []
    if writesArtifacts {
      do throws(Diagnostic) { try write(result, of: workspace) } catch { problems.append(error) }
    }
    session.printer.report(result.diagnostics)
    display.end(result, unwritten: problems) { _ in nil }
    if result.status == .succeeded, !problems.isEmpty { return .unusable }
    if result.status == .succeeded, try session.warningPolicy().bansStaleSources,
      result.nodes.contains(where: { $0.status == .warn })
    {
      return .failure
    }
    return ExitStatus(rawValue: result.exitCode) ?? .failure
  }

  private func write(_ result: RunResult, of workspace: Workspace) throws(Diagnostic) {
    let artifact = SourcesArtifact(
      records: result.nodes.compactMap { record($0, workspace.project) }, invocation: workspace.invocation,
      generatedAt: session.program.now(), elapsedSeconds: Quantities.seconds(result.elapsed))
    let path =
      outputPath.map { LocalFiles.absolute($0, from: session.program.workingFolder) }
      ?? workspace.targetFolder + "/sources.json"
    try artifact.write(to: path, redactor: workspace.redactor)
    try workspace.writeManifest(compiled: [:])
  }

  private func record(_ result: NodeResult, _ project: Project) -> FreshnessRecord? {
    guard let source = project.source(result.node), result.status != .skipped, result.status != .interrupted
    else { return nil }
    let status: ResultStatus =
      switch result.status {
      case .warn: .warn
      case .pass, .success: .pass
      default: .fail
      }
    var record = FreshnessRecord(
      id: source.id, reading: result.status == .error ? nil : result.freshness, status: status,
      criteria: source.freshness ?? FreshnessCriteria(), threadName: result.thread,
      executionTime: Quantities.seconds(result.duration))
    record.error = result.message
    record.compile = result.timings.first { $0.name == "compile" }.map(interval)
    record.execute = result.timings.first { $0.name == "execute" }.map(interval)
    return record
  }

  private func interval(_ timing: NodeTiming) -> Interval {
    Interval(start: timing.startedAt, end: timing.endedAt)
  }

  private func greet(_ workspace: Workspace, _ nodes: [NodeFacts], _ options: RunOptions) {
    let target = workspace.project.target
    let threads = Quantities.count(options.threads, "thread")
    let text =
      "weir \(session.program.version), project \(workspace.project.settings.name), target \(target.name) "
      + "(\(target.profile.type)), \(threads)" + (nodes.isEmpty ? "" : "\n\(Tally(nodes).text)\n")
    session.printer.log(
      text,
      LogRecord(.info, "MainReportVersion", "A001", "Running with weir=\(session.program.version)") {
        [session] in
        $0.member("version", session.program.version)
      })
  }
}
