import Diagnostics
import Planner
import Project

/// What a run knows while it goes on. It lives in the driver's task alone.
struct RunState {
  let context: ExecutionContext
  /// Every session that was opened and is not broken; those that have nothing to do.
  private(set) var workers: [Worker] = []
  private(set) var idle: [Worker] = []
  var results: [NodeResult] = []
  /// What became of the hooks before the steps, and of those after them.
  var startHooks: [NodeResult] = []
  var endHooks: [NodeResult] = []
  var diagnostics: [Diagnostic] = []
  var isInterrupted = false
  /// What is known of the nodes' last successes; nil where that is not kept.
  var changes: ChangeTracker?
  /// Steps that ended without having run.
  var settled: [(step: Int, outcome: Scheduler.Outcome)] = []
  /// The numbers that events carry: a step's audits have those that follow its own.
  let total: Int
  private var nextIndex = 1
  private var opened = 0
  private var indices: [Int: Int] = [:]

  init(context: ExecutionContext, plan: Plan) {
    self.context = context
    total = plan.steps.reduce(0) { $0 + 1 + $1.audits.count }
  }

  /// The number of a step, given out in the order in which steps are first mentioned.
  mutating func index(of step: Int, audits: Int) -> Int {
    if let index = indices[step] { return index }
    defer { nextIndex += 1 + audits }
    indices[step] = nextIndex
    return nextIndex
  }

  /// A name for the next session.
  mutating func nextWorkerName() -> String {
    opened += 1
    return "Thread-\(opened)"
  }

  /// Takes in a session that was just opened.
  mutating func add(_ worker: Worker) {
    workers.append(worker)
    idle.append(worker)
  }

  /// A session for a step: one that has nothing to do, if there is one.
  mutating func takeIdle() -> Worker? { idle.popLast() }

  /// Takes note that a session is at work.
  mutating func addBusy(_ worker: Worker) { workers.append(worker) }

  /// Takes a session back from its step.
  mutating func release(_ worker: Worker) { idle.append(worker) }

  /// Forgets a session that cannot be used any more.
  mutating func remove(_ worker: Worker) { workers.removeAll { $0 === worker } }
}
