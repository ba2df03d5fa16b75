import Diagnostics
import EngineCore
import Planner
import Project
import Synchronization

extension RunDriver {
  /// What a child task of the run brings back.
  private struct Finished: Sendable {
    let step: Int
    /// Nil if no session could be opened.
    let worker: Worker?
    let report: Worker.Report
  }

  /// Lets the scheduler run the plan's steps.
  func performSteps(_ run: inout RunState, isPrepared: Bool) async {
    var scheduler = Scheduler(plan: plan, slots: sessionLimit, isFailFast: options.isFailFast)
    let watched = ProgressWatch()
    let sampling = options.reportsProgress ? watched.sample(to: events) : nil
    defer { sampling?.cancel() }
    await withTaskGroup(of: Finished.self) { group in
      let first: Scheduler.Event =
        run.isInterrupted || Task.isCancelled ? .cancelled : isPrepared ? .began : .preparationFailed
      if first == .cancelled { run.isInterrupted = true }
      perform(scheduler.handle(first), in: &group, &run, watched)
      settle(&scheduler, in: &group, &run, watched)
      while let finished = await group.next() {
        watched.remove(plan.steps[finished.step].node)
        await takeBack(finished, &run)
        // What waits must not start any more, whatever has just ended.
        if Task.isCancelled, !run.isInterrupted {
          run.isInterrupted = true
          perform(scheduler.handle(.cancelled), in: &group, &run, watched)
        }
        let outcome = finish(finished, &run)
        perform(scheduler.handle(.finished(step: finished.step, outcome)), in: &group, &run, watched)
        settle(&scheduler, in: &group, &run, watched)
      }
    }
  }

  /// Tells the scheduler of steps that ended at once, and of those that end at once because of them.
  private func settle(
    _ scheduler: inout Scheduler, in group: inout TaskGroup<Finished>, _ run: inout RunState,
    _ watched: ProgressWatch
  ) {
    while !run.settled.isEmpty {
      let settled = run.settled
      run.settled = []
      for (step, outcome) in settled {
        perform(scheduler.handle(.finished(step: step, outcome)), in: &group, &run, watched)
      }
    }
  }

  private func perform(
    _ actions: [Scheduler.Action], in group: inout TaskGroup<Finished>, _ run: inout RunState,
    _ watched: ProgressWatch
  ) {
    for action in actions {
      switch action {
      case .start(let step): start(step, in: &group, &run, watched)
      case .skip(let step, let reason): skip(step, reason, &run)
      case .cancelRunning: group.cancelAll()
      case .end: break
      }
    }
  }

  private func start(
    _ number: Int, in group: inout TaskGroup<Finished>, _ run: inout RunState, _ watched: ProgressWatch
  ) {
    let step = plan.steps[number]
    let index = run.index(of: number, audits: step.audits.count)
    if step.action == .mention {
      run.settled.append((number, .succeeded))
      return publish(.mentioned(step.node, resourceType(step.node)), index, &run)
    }
    let decision = run.changes?.decision(step) ?? .perform(reason: nil)
    if case .keep(let since, let audits) = decision, audits.isEmpty {
      let result = kept(step, since)
      run.settled.append((number, .succeeded))
      return publish(result, index, &run)
    }
    begin(step, decision, &run)
    events.send(.started(step.node, index: index, total: run.total, at: clock.now()))
    if let worker = run.takeIdle() {
      watched.add(step.node, worker.session)
      group.addTask { Finished(step: number, worker: worker, report: await worker.perform(step, decision)) }
      return
    }
    let (context, name) = (run.context, run.nextWorkerName())
    group.addTask { [self] in
      do {
        let worker = try await openWorker(context, name: name)
        watched.add(step.node, worker.session)
        return Finished(step: number, worker: worker, report: await worker.perform(step, decision))
      } catch {
        return Finished(step: number, worker: nil, report: .init(result: unopened(step, error)))
      }
    }
  }

  private func unopened(_ step: Step, _ error: any Error) -> NodeResult {
    var result = NodeResult(
      node: step.node, resourceType: resourceType(step.node),
      status: error is CancellationError ? .interrupted : .error)
    if result.status == .error {
      result.diagnostics = DiagnosticList.collecting(error, else: .nodeFailed, "no session could be opened")
    }
    result.message = result.diagnostics.first?.message ?? "interrupted"
    return result
  }

  private func takeBack(_ finished: Finished, _ run: inout RunState) async {
    guard let worker = finished.worker else { return }
    if !run.workers.contains(where: { $0 === worker }) { run.addBusy(worker) }
    if finished.report.isBroken {
      run.remove(worker)
      await worker.close()
    } else {
      run.release(worker)
    }
  }

  private func finish(_ finished: Finished, _ run: inout RunState) -> Scheduler.Outcome {
    let step = plan.steps[finished.step]
    let result = finished.report.result.redacted(by: loads?.hidden() ?? .none)
    notePublished(result, &run)
    publish(result, run.index(of: finished.step, audits: step.audits.count), &run)
    switch result.status {
    case .upToDate: return result.audits.contains { $0.status.isFailure } ? .failed : .succeeded
    case .interrupted: return .interrupted
    case .error, .fail, .partialSuccess: return .failed
    case .success, .pass, .warn, .skipped: return .succeeded
    }
  }

  private func skip(_ number: Int, _ reason: Scheduler.SkipReason, _ run: inout RunState) {
    let step = plan.steps[number]
    let index = run.index(of: number, audits: step.audits.count)
    let (message, cause) = explain(reason)
    func skipped(_ node: NodeID) -> NodeResult {
      var result = NodeResult(
        node: node, resourceType: resourceType(node), status: .skipped, message: message)
      result.skippedBecause = cause
      return result
    }
    var result = skipped(step.node)
    result.audits = step.audits.map(skipped)
    publish(result, index, &run)
  }

  /// Records what became of a step, and tells of it.
  private func publish(_ result: NodeResult, _ index: Int, _ run: inout RunState) {
    record(result)
    run.results.append(result)
    events.send(.finished(result, index: index, total: run.total))
  }

  private func begin(_ step: Step, _ decision: StepDecision, _ run: inout RunState) {
    guard case .keep(_, let audits) = decision else {
      return noteBeginning(of: [step.node] + step.audits, &run)
    }
    noteBeginning(of: audits.keys.sorted(), &run)
  }

  /// A step of which nothing need be done.
  private func kept(_ step: Step, _ since: [NodeID: Double]) -> NodeResult {
    var result = NodeResult.kept(step.node, resourceType(step.node), since: since[step.node])
    result.audits = step.audits.map { NodeResult.kept($0, resourceType($0), since: since[$0]) }
    return result
  }

  private func explain(_ reason: Scheduler.SkipReason) -> (message: String, cause: NodeID?) {
    switch reason {
    case .upstream(let node): ("'\(name(node))' upstream did not succeed", node)
    case .failFast(let node): ("'\(name(node))' failed and --fail-fast was given", node)
    case .interrupted: ("the run was interrupted", nil)
    case .notPrepared: ("the run could not be prepared", nil)
    }
  }

  private func name(_ node: NodeID) -> String { project.node(node)?.searchName ?? node.rawValue }

  func resourceType(_ node: NodeID) -> ResourceType {
    if let own = project.node(node)?.resourceType ?? project.semantic(node)?.resourceType { return own }
    if project.source(node) != nil { return .source }
    return project.exposure(node) == nil ? .model : .exposure
  }
}

/// The steps that run now, and how far their statements are.
private final class ProgressWatch: Sendable {
  private let running = Mutex<[NodeID: any Session]>([:])

  func add(_ node: NodeID, _ session: any Session) { running.withLock { $0[node] = session } }

  func remove(_ node: NodeID) { running.withLock { $0[node] = nil } }

  /// Tells every 100 ms how far each is, until cancelled.
  func sample(to events: EventSink) -> Task<Void, any Error> {
    Task.detached(priority: .utility) { [self] in
      while true {
        try await Task.sleep(for: .milliseconds(100))
        let sessions = running.withLock { $0 }.sorted { $0.key < $1.key }
        for (node, session) in sessions {
          if let progress = session.progress { events.send(.progress(node, progress)) }
        }
      }
    }
  }
}
