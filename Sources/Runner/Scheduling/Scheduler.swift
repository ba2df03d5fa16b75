import Planner
import Project

/// Decides what a run does next. Pure: events in, actions out; it knows neither engines nor clocks.
///
/// Steps start in the plan's order as soon as all that they wait for has succeeded and a slot is free. A step
/// that fails takes everything downstream with it.
struct Scheduler: Sendable {
  /// What happened.
  enum Event: Sendable, Hashable {
    case began
    case finished(step: Int, Outcome)
    /// The run was interrupted from outside.
    case cancelled
    /// Preparing the run failed: nothing may start.
    case preparationFailed
  }

  /// How a step ended.
  enum Outcome: Sendable, Hashable {
    /// What waits for it may start.
    case succeeded
    /// What waits for it may not.
    case failed
    case interrupted
  }

  /// Why a step is skipped.
  enum SkipReason: Sendable, Hashable {
    /// Something upstream failed: the node that did.
    case upstream(NodeID)
    /// A node failed, and the run stops at the first failure.
    case failFast(NodeID)
    case interrupted
    case notPrepared
  }

  /// What to do.
  enum Action: Sendable, Hashable {
    case start(step: Int)
    case skip(step: Int, SkipReason)
    /// Stop the steps that run.
    case cancelRunning
    /// Everything is done or skipped.
    case end
  }

  private enum State: Sendable {
    case waiting, running, done
  }

  private let plan: Plan
  private let isFailFast: Bool
  private var freeSlots: Int
  private var running = 0
  private var remaining: Int
  private var states: [State]
  /// How many steps each step still waits for.
  private var missing: [Int]
  /// The steps that wait for each step.
  private var dependants: [[Int]]
  private var ready = ReadyQueue()
  private var isStopped = false

  /// A scheduler that runs at most `slots` steps at once. What a step waits for and the plan does not hold is
  /// taken as done.
  init(plan: Plan, slots: Int, isFailFast: Bool) {
    self.plan = plan
    self.isFailFast = isFailFast
    freeSlots = max(1, slots)
    remaining = plan.steps.count
    states = Array(repeating: .waiting, count: plan.steps.count)
    missing = Array(repeating: 0, count: plan.steps.count)
    dependants = Array(repeating: [], count: plan.steps.count)
    var index: [NodeID: Int] = [:]
    index.reserveCapacity(plan.steps.count)
    for (number, step) in plan.steps.enumerated() { index[step.node] = number }
    for (number, step) in plan.steps.enumerated() {
      for parent in Set(step.waitsFor) {
        guard let parent = index[parent], parent != number else { continue }
        missing[number] += 1
        dependants[parent].append(number)
      }
    }
  }

  /// Takes note of an event and says what to do about it, in order.
  mutating func handle(_ event: Event) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .began:
      for step in missing.indices where missing[step] == 0 { ready.insert(step) }
    case .finished(let step, let outcome):
      finish(step, outcome, &actions)
    case .cancelled:
      stop(.interrupted, &actions)
    case .preparationFailed:
      stop(.notPrepared, &actions)
    }
    startReady(&actions)
    if remaining == 0, running == 0 { actions.append(.end) }
    return actions
  }

  private mutating func finish(_ step: Int, _ outcome: Outcome, _ actions: inout [Action]) {
    guard states.indices.contains(step), states[step] == .running else { return }
    states[step] = .done
    running -= 1
    remaining -= 1
    freeSlots += 1
    switch outcome {
    case .succeeded:
      for dependant in dependants[step] {
        missing[dependant] -= 1
        if missing[dependant] == 0, states[dependant] == .waiting { ready.insert(dependant) }
      }
    case .failed:
      skipDownstream(of: step, &actions)
      if isFailFast { stop(.failFast(plan.steps[step].node), &actions) }
    case .interrupted:
      skipDownstream(of: step, &actions)
    }
  }

  private mutating func skipDownstream(of step: Int, _ actions: inout [Action]) {
    let cause = plan.steps[step].node
    var open = dependants[step]
    var reached: [Int] = []
    while let next = open.popLast() {
      guard states[next] == .waiting else { continue }
      states[next] = .done
      remaining -= 1
      reached.append(next)
      open.append(contentsOf: dependants[next])
    }
    actions.append(
      contentsOf: reached.sorted().map { .skip(step: $0, isStopped ? .interrupted : .upstream(cause)) })
  }

  private mutating func stop(_ reason: SkipReason, _ actions: inout [Action]) {
    guard !isStopped else { return }
    isStopped = true
    if running > 0 { actions.append(.cancelRunning) }
    for step in states.indices where states[step] == .waiting {
      states[step] = .done
      remaining -= 1
      actions.append(.skip(step: step, reason))
    }
  }

  private mutating func startReady(_ actions: inout [Action]) {
    while freeSlots > 0, !isStopped, let step = ready.popFirst() {
      guard states[step] == .waiting else { continue }
      states[step] = .running
      running += 1
      freeSlots -= 1
      actions.append(.start(step: step))
    }
  }
}
