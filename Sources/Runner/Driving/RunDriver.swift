import Diagnostics
import EngineCore
import Planner
import Project
import StateStore

/// Does what a plan says and nothing else: starts what the scheduler tells it to, on sessions of the engine,
/// and tells what happens as events.
///
/// Cancelling the task that calls `run` interrupts the running statements, rolls them back and ends the run.
public struct RunDriver: Sendable {
  let project: Project
  let graph: Graph
  let plan: Plan
  let engine: any Engine
  let state: StateStore?
  let options: RunOptions
  let clock: RunClock
  let loads: LoadServices?
  let makeCompiler: NodeCompilerFactory
  let events: EventSink

  /// Makes a driver. With a `state` given, the caller holds the project's lock: runs that never ended count as
  /// crashed, and their leftovers are removed. Loads need `loads`. `events` is called by one thread at a time, and should return soon: the run waits for
  /// it.
  public init(
    project: Project, graph: Graph, plan: Plan, engine: any Engine, state: StateStore?, options: RunOptions,
    clock: RunClock = .system, loads: LoadServices? = nil, makeCompiler: NodeCompilerFactory? = nil,
    events: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.project = project
    self.graph = graph
    self.plan = plan
    self.engine = engine
    self.state = state
    self.options = options
    self.clock = clock
    self.loads = loads
    self.makeCompiler =
      makeCompiler
      ?? { connection, log in
        Compiler(project: project, invocation: options.invocation, connection: connection, log: log)
      }
    self.events = EventSink(events)
  }

  /// Runs the plan to its end. Everything that went wrong is in the result.
  public func run() async -> RunResult {
    let start = clock.uptime()
    var run = RunState(context: context(), plan: plan)
    beginRecord(&run)
    events.send(.planned(plan))
    let isPrepared = await prepare(&run)
    await performSteps(&run, isPrepared: isPrepared)
    if isPrepared || !run.startHooks.isEmpty { await finishHooks(&run) }
    for worker in run.workers { await worker.close() }
    var result = RunResult(
      status: status(run), nodes: run.results, diagnostics: run.diagnostics, elapsed: clock.uptime() - start)
    (result.startHooks, result.endHooks) = (run.startHooks, run.endHooks)
    result.couldNotRun = !isPrepared && run.workers.isEmpty
    endRecord(&result, &run.changes)
    events.send(.ended(result))
    return result
  }

  private func context() -> ExecutionContext {
    var context = ExecutionContext(
      project: project, options: options, capabilities: engine.capabilities, clock: clock)
    context.loads = loads
    if options.reportsProgress {
      context.loadProgress = { [events] node, fetched in
        events.send(.fetched(node, fetched))
      }
    }
    return context
  }

  /// How many sessions the run may use.
  var sessionLimit: Int {
    max(1, min(options.threads, engine.capabilities.maximumSessions, max(1, plan.steps.count)))
  }

  private func status(_ run: RunState) -> RunOutcome {
    if run.isInterrupted { return .interrupted }
    let hasFailed = run.results.contains { result in
      result.status.isFailure || result.audits.contains { $0.status.isFailure }
    }
    let hooks = run.startHooks + run.endHooks
    return hasFailed || hooks.contains { $0.status.isFailure }
      || run.diagnostics.contains { $0.severity == .error } ? .failed : .succeeded
  }

  /// Opens the first session, makes the schemas and runs what is to run first. Says whether the steps may
  /// start.
  private func prepare(_ run: inout RunState) async -> Bool {
    guard !plan.steps.isEmpty || !project.settings.onRunStart.isEmpty else { return !Task.isCancelled }
    do {
      let worker = try await openWorker(run.context, name: run.nextWorkerName())
      run.add(worker)
      try await worker.createSchemas(schemas())
      run.startHooks = await perform(.start, on: worker, &run)
      if run.isInterrupted { return false }
      if options.skipsNodesIfStartFails, run.startHooks.contains(where: { $0.status.isFailure }) {
        return false
      }
      if options.onlyChanges, run.changes != nil {
        let built = plan.steps.filter { $0.action == .build }.map(\.node)
        let present = try await worker.presentNodes(built)
        run.changes?.present = present
      }
      return true
    } catch is CancellationError {
      run.isInterrupted = true
    } catch {
      run.diagnostics += DiagnosticList.collecting(error, else: .nodeFailed, "the run could not be prepared")
    }
    return false
  }

  private func finishHooks(_ run: inout RunState) async {
    guard !project.settings.onRunEnd.isEmpty, !run.isInterrupted else { return }
    do {
      if run.idle.isEmpty { run.add(try await openWorker(run.context, name: run.nextWorkerName())) }
      guard let worker = run.idle.last else { return }
      run.endHooks = await perform(.end, on: worker, &run)
    } catch is CancellationError {
      run.isInterrupted = true
    } catch {
      run.diagnostics += DiagnosticList.collecting(
        error, else: .runHookFailed, "the on-run-end hooks could not be run")
    }
  }

  /// The schemas that the plan's steps write to, sorted.
  private func schemas() -> [SchemaPath] {
    var paths: Set<SchemaPath> = []
    let context = context()
    for step in plan.steps {
      if step.action == .build, let relation = project.node(step.node)?.relation, let schema = relation.schema
      {
        paths.insert(SchemaPath(database: relation.database, schema: schema))
      }
      if step.action == .build, let load = project.node(step.node)?.load {
        paths.insert(SchemaPath(database: load.database ?? project.target.database, schema: load.schema))
      }
      let checks = step.audits + (step.action == .check ? [step.node] : [])
      for check in checks.compactMap(project.node) where context.storesFailures(check) {
        let relation = context.failuresRelation(check)
        if let schema = relation.schema {
          paths.insert(SchemaPath(database: relation.database, schema: schema))
        }
      }
    }
    return paths.sorted()
  }

  func openWorker(_ context: ExecutionContext, name: String) async throws -> Worker {
    let session = try await engine.makeSession()
    return Worker(
      name: name, session: session, context: context, makeCompiler: makeCompiler,
      log: { [events] line in events.send(.log(line)) })
  }
}
