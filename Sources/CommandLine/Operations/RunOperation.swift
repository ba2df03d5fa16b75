import Catalog
import Diagnostics
import EngineCore
import Jinja
import Planner
import Project
import Runner
import StateStore

/// Builds and checks what a selection means: load, select, plan, run, write artifacts, say what happened.
struct RunOperation: Sendable {
  let session: CommandSession
  let project: ProjectOptions
  let selection: SelectionOptions
  let kinds: ResourceTypeOptions?
  var fullRefresh: Bool?
  var failFast: Bool?
  var storesFailures: Bool?
  var empty: Bool?
  var loads: LoadSelection?
  /// Whether what is up to date is left as it is.
  let onlyChanges: Bool
  /// What of an earlier run is done again, in place of a selection.
  var retried: RetriedNodes?
  /// Which time microbatch models are built for, in microseconds since 1970; all that is due if none.
  private let eventTime: (start: Int, end: Int)?
  private let eventTimeOptions: EventTimeOptions?
  private let sample: SampleWindow?

  init(
    session: CommandSession, project: ProjectOptions, selection: SelectionOptions,
    kinds: ResourceTypeOptions?, fullRefresh: Bool? = nil, failFast: Bool? = nil,
    storesFailures: Bool? = nil, empty: Bool? = nil, loads: LoadSelection? = nil,
    eventTime: EventTimeOptions? = nil, onlyChanges: Bool? = nil
  ) throws(Diagnostic) {
    self.session = session
    self.project = project
    self.selection = selection
    self.kinds = kinds
    self.fullRefresh = fullRefresh
    self.failFast = failFast
    self.storesFailures = storesFailures
    self.empty = empty
    self.loads = loads
    self.onlyChanges = onlyChanges ?? false
    eventTimeOptions = eventTime
    sample = try eventTime?.window(session.environment, now: session.startedAt)
    // As in dbt, of a sample only its own time is built.
    if let sample {
      self.eventTime = (sample.start, sample.end)
    } else {
      self.eventTime = try eventTime?.span(session.environment)
    }
  }

  func perform() async throws -> ExitStatus {
    if let status = try await performStanding() { return status }
    var opened = try await Workspace.open(
      session, project, isFullRefresh: fullRefresh, storesFailures: storesFailures)
    let command = PlanCommand(rawValue: session.verb.rawValue) ?? .build
    let selected = try select(in: opened)
    opened.invocation.selected = selected.nodes.sorted()
    opened.invocation.deferral = try StateReader(workspace: opened, flags: selection.state).deferral()
    opened.invocation.readsNothing = try empty ?? session.environment.isOn("DBT_EMPTY") ?? false
    opened.invocation.sample = sample
    opened.invocation.add(arguments: arguments(try runOptions(opened)))
    let workspace = opened
    let plan = PlanBuilder.plan(
      PlanRequest(command: command, selection: selected), project: workspace.project, graph: workspace.graph)
    let options = try runOptions(workspace)
    let request = try selected.warnings.isEmpty ? standingRequest(in: workspace) : nil
    return try await session.interruptible { try await run(plan, options, request, in: workspace) }
  }

  private func select(in workspace: Workspace) throws -> Selection {
    if let retried { return retried.selection(in: workspace) }
    return try loads?.select(selection, in: workspace) ?? workspace.select(selection, kinds)
  }

  private func runOptions(_ workspace: Workspace) throws -> RunOptions {
    var options = try runOptions(workspace.invocation, workspace.project.settings, workspace.project.target)
    options.retriedBatches = retried?.batches(in: workspace) ?? [:]
    return options
  }

  private func runOptions(
    _ invocation: Invocation, _ settings: ProjectSettings, _ target: Target
  ) throws -> RunOptions {
    var options = RunOptions(threads: target.threads, invocation: invocation)
    if let failFast {
      options.isFailFast = failFast
    } else {
      options.isFailFast =
        try session.environment.isOn("DBT_FAIL_FAST") ?? settings.values["flags"]?["fail_fast"]?.boolValue
        ?? false
    }
    options.since = loads?.since
    options.until = loads?.until
    options.eventTimeStart = eventTime?.start
    options.eventTimeEnd = eventTime?.end
    options.reportsProgress = session.printer.showsProgress
    options.python = PythonProgram(
      name: session.environment.text("WEIR_PYTHON") ?? settings.python ?? "python3",
      environment: PythonProgram.open(session.environment.values, without: target.secrets))
    options.onlyChanges = onlyChanges
    options.tellsStatements = session.printer.options.level == .debug
    options.skipsNodesIfStartFails =
      settings.values["flags"]?["skip_nodes_if_on_run_start_fails"]?.boolValue ?? false
    return options
  }

  private func run(
    _ plan: Plan, _ options: RunOptions, _ standingRequest: String?, in workspace: Workspace
  ) async throws -> ExitStatus {
    let nodes = plan.steps.flatMap { [$0.node] + $0.audits }.map { id in
      NodeFacts(id, in: workspace.project)
    }
    RunGreeting(session: session, settings: workspace.project.settings, target: workspace.project.target)
      .print(nodes, threads: options.threads)
    guard !nodes.isEmpty else { return try nothingToDo(options, in: workspace) }
    let lock = try ProjectLock.acquire(
      root: workspace.root, command: "weir \(session.verb.rawValue)",
      startedAt: Quantities.timeOfDay(session.startedAt))
    defer { withExtendedLifetime(lock) {} }
    let connections = workspace.makeResolver()
    let artifacts =
      try workspace.session.writesArtifacts()
      ? RunArtifacts(
        workspace, arguments: arguments(options), hidden: { connections.redactor }) : nil
    try artifacts?.verify()
    let state = try StateStore(path: workspace.root + "/.weir/state.sqlite")
    session.printer.report(state.warnings)
    let looked = reporting { try DatabaseWatch(workspace.project.target, state, run: options.invocation.id) }
    let engine = try await workspace.openEngine()
    let databases = looked.flatMap { watch in
      reporting {
        try watch.begin(state)
        return watch
      }
    }
    var informed = options
    informed.databases = databases
    let display = RunDisplay(
      printer: session.printer, nodes: nodes, hooks: NodeFacts.hooks(of: workspace.project))
    let driver = RunDriver(
      project: workspace.project, graph: workspace.graph, plan: plan, engine: engine, state: state,
      options: informed,
      loads: LoadServices(readers: session.program.sources.readers, connections: connections),
      events: { event in
        switch event {
        case .finished(let result, _, _), .hookFinished(let result, _, _): artifacts?.write(result)
        default: break
        }
        display.show(event)
      })
    let result = await session.showingProgress { await driver.run() }
    // Closing writes the warehouse's log back into its file: the artifacts are made meanwhile.
    async let isClosed: Void = engine.close()
    var problems = artifacts?.finish(result, at: session.program.now()) ?? []
    await isClosed
    do throws(Diagnostic) {
      // Without it nothing counts as up to date from now on.
      if result.keptRecords {
        try databases?.end(state, run: options.invocation.id, isRenewed: result.mayHaveWritten)
      }
      try state.close()
    } catch {
      problems.append(error)
    }
    if let standing = result.standing, let standingRequest, artifacts != nil, problems.isEmpty {
      StandingRun.keep(standing, standingRequest, in: workspace)
    }
    session.printer.report(connections.warnings + result.diagnostics)
    display.end(result, unwritten: problems) { artifacts?.compiledPath($0) }
    return try status(of: result, hasProblems: !problems.isEmpty, in: workspace)
  }

  /// What is known of the databases' files; a problem is told of, and then nothing counts as up to date.
  private func reporting(_ body: () throws -> DatabaseWatch) -> DatabaseWatch? {
    do {
      return try body()
    } catch {
      var warning = Diagnostic.wrapping(error, .stateUnusable, "the state of the databases is not known")
      warning.severity = .warning
      session.printer.report([warning])
      return nil
    }
  }

  /// What the command was called with, by dbt's names.
  private func arguments(_ options: RunOptions) -> DataValue {
    var values: [(String, DataValue)] = [
      ("full_refresh", .bool(options.isFullRefresh)), ("fail_fast", .bool(options.isFailFast)),
      ("store_failures", .bool(options.storesFailures ?? false)),
      ("threads", .int(options.threads)), ("empty", .bool(options.invocation.readsNothing)),
    ]
    if let sample = eventTimeOptions?.sample { values.append(("sample", .string(sample))) }
    if let start = eventTimeOptions?.eventTimeStart { values.append(("event_time_start", .string(start))) }
    if let end = eventTimeOptions?.eventTimeEnd { values.append(("event_time_end", .string(end))) }
    return RunArguments(session: session, project: project, selection: selection, kinds: kinds)
      .values(values)
  }

  /// Says so, and leaves artifacts that say so too: those of the run before are of another one.
  private func nothingToDo(_ options: RunOptions, in workspace: Workspace) throws -> ExitStatus {
    let text = "Nothing to do: no enabled node is selected."
    session.printer.log(text, LogRecord(.warn, "NothingToDo", "Q035", text))
    guard try workspace.session.writesArtifacts() else { return .success }
    let artifacts = RunArtifacts(workspace, arguments: arguments(options), hidden: { .none })
    try artifacts.verify()
    let nothing = RunResult(status: .succeeded, nodes: [], diagnostics: [], elapsed: .zero)
    let problems = artifacts.finish(nothing, at: session.program.now())
    session.printer.report(problems)
    return problems.isEmpty ? .success : .unusable
  }

  private func status(
    of result: RunResult, hasProblems: Bool, in workspace: Workspace
  ) throws -> ExitStatus {
    if result.status == .succeeded {
      // As in dbt, to fail at what a run leaves is to fail as a whole; no node did.
      if hasProblems { return .unusable }
      if try hasBannedWarnings(result, workspace) { return .failure }
    }
    if result.status == .failed, result.nodes.allSatisfy({ $0.status == .skipped }),
      result.diagnostics.contains(where: { $0.severity == .error })
    {
      return .unusable
    }
    return ExitStatus(rawValue: result.exitCode) ?? .failure
  }

  /// Whether a check warned that was told to fail.
  private func hasBannedWarnings(_ result: RunResult, _ workspace: Workspace) throws -> Bool {
    try workspace.session.warningPolicy().bansFailingChecks && result.all.contains { $0.status == .warn }
  }
}

// MARK: - Standing runs

extension RunOperation {
  /// Carries the run out without reading the project, if nothing has changed since the same run left nothing to do; nil if
  /// it did not.
  private func performStanding() async throws -> ExitStatus? {
    guard onlyChanges, isWhole,
      let workspace = try await StandingWorkspace.open(
        session, project, isFullRefresh: fullRefresh, storesFailures: storesFailures)
    else { return nil }
    let options = try runOptions(
      Invocation(workspace.options), workspace.project.settings, workspace.project.target)
    return try StandingRunOperation(
      workspace: workspace, request: requestText, options: options, arguments: arguments(options)
    ).perform()
  }

  /// What the run is kept under; nil if something else than the project says which nodes it takes.
  private func standingRequest(in workspace: Workspace) throws -> String? {
    guard isWhole else { return nil }
    let request = try SelectionReader(workspace: workspace, selection: selection, kinds: kinds)
      .request(defaultKinds: [])
    return Selector.asksForState(request, project: workspace.project) ? nil : requestText
  }

  /// Whether the flags ask for all that the selected nodes are, and nothing from elsewhere.
  private var isWhole: Bool {
    let state = selection.state
    return retried == nil && loads == nil && empty != true && sample == nil && eventTime == nil
      && state.state == nil && state.deferState == nil && state.isDeferring != true
      && state.favorState != true
  }

  /// Stands for what the flags and the environment say of which nodes are taken.
  private var requestText: String {
    let variables = session.environment.values.filter {
      $0.key.hasPrefix("DBT_") || $0.key.hasPrefix("WEIR_")
    }
    var writer = JSONWriter()
    writer.array { list in
      list.string(session.verb.rawValue)
      list.string(project.targetPath ?? "")
      for words in [
        selection.expressions, selection.exclude, [selection.selector].compactMap { $0 },
        [selection.indirectSelection?.rawValue].compactMap { $0 }, kinds?.resourceTypes ?? [],
        kinds?.excludedResourceTypes ?? [], variables.map { "\($0.key)=\($0.value)" }.sorted(),
      ] {
        list.array { part in for word in words { part.string(word) } }
      }
    }
    return Digest.sha256(writer.bytes)
  }
}
