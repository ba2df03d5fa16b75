import Planner
import Project
import RandomTesting
import Testing

@testable import Runner

@Suite("The scheduler")
struct SchedulerTests {
  /// A plan of steps written as `name: what it waits for`.
  private func plan(_ steps: KeyValuePairs<String, [String]>) -> Plan {
    Plan(
      command: "build",
      steps: steps.map { name, parents in
        Step(node: NodeID(name), action: .build, waitsFor: parents.map { NodeID($0) }, audits: [])
      })
  }

  private func scheduler(_ plan: Plan, slots: Int = 4, isFailFast: Bool = false) -> Scheduler {
    Scheduler(plan: plan, slots: slots, isFailFast: isFailFast)
  }

  @Test("starts what waits for nothing, in the plan's order, as far as there are slots")
  func startsInOrder() {
    var scheduler = scheduler(plan(["a": [], "b": [], "c": []]), slots: 2)
    #expect(scheduler.handle(.began) == [.start(step: 0), .start(step: 1)])
    #expect(scheduler.handle(.finished(step: 1, .succeeded)) == [.start(step: 2)])
    #expect(scheduler.handle(.finished(step: 2, .succeeded)) == [])
    #expect(scheduler.handle(.finished(step: 0, .succeeded)) == [.end])
  }

  @Test("starts a step when the last of those it waits for has succeeded")
  func waitsForAll() {
    var scheduler = scheduler(plan(["a": [], "b": [], "c": ["a", "b", "a"]]))
    #expect(scheduler.handle(.began) == [.start(step: 0), .start(step: 1)])
    #expect(scheduler.handle(.finished(step: 0, .succeeded)) == [])
    #expect(scheduler.handle(.finished(step: 1, .succeeded)) == [.start(step: 2)])
  }

  @Test("takes what the plan does not hold as done")
  func ignoresStrangers() {
    var scheduler = scheduler(plan(["a": ["not in the plan", "a"]]))
    #expect(scheduler.handle(.began) == [.start(step: 0)])
  }

  @Test("skips all that is downstream of a failure, once, and goes on with the rest")
  func skipsDownstream() {
    var scheduler = scheduler(
      plan(["a": [], "b": [], "c": ["a"], "d": ["c", "b"], "e": ["b"], "f": ["d", "c"]]), slots: 1)
    #expect(scheduler.handle(.began) == [.start(step: 0)])
    let cause = Scheduler.SkipReason.upstream(NodeID("a"))
    #expect(
      scheduler.handle(.finished(step: 0, .failed)) == [
        .skip(step: 2, cause), .skip(step: 3, cause), .skip(step: 5, cause), .start(step: 1),
      ])
    #expect(scheduler.handle(.finished(step: 1, .succeeded)) == [.start(step: 4)])
    #expect(scheduler.handle(.finished(step: 4, .failed)) == [.end])
  }

  @Test("stops at the first failure if asked to: what runs is cancelled, the rest skipped")
  func failFast() {
    var scheduler = scheduler(plan(["a": [], "b": [], "c": ["a"], "d": []]), slots: 2, isFailFast: true)
    #expect(scheduler.handle(.began) == [.start(step: 0), .start(step: 1)])
    #expect(
      scheduler.handle(.finished(step: 0, .failed)) == [
        .skip(step: 2, .upstream(NodeID("a"))), .cancelRunning, .skip(step: 3, .failFast(NodeID("a"))),
      ])
    #expect(scheduler.handle(.finished(step: 1, .interrupted)) == [.end])
  }

  @Test("stops when cancelled, and ends only when what runs has come back")
  func cancelled() {
    var scheduler = scheduler(plan(["a": [], "b": ["a"]]))
    #expect(scheduler.handle(.began) == [.start(step: 0)])
    #expect(scheduler.handle(.cancelled) == [.cancelRunning, .skip(step: 1, .interrupted)])
    #expect(scheduler.handle(.cancelled) == [])
    #expect(scheduler.handle(.finished(step: 0, .succeeded)) == [.end])
  }

  @Test("starts nothing if the run could not be prepared")
  func notPrepared() {
    var scheduler = scheduler(plan(["a": [], "b": ["a"]]))
    #expect(
      scheduler.handle(.preparationFailed) == [
        .skip(step: 0, .notPrepared), .skip(step: 1, .notPrepared), .end,
      ])
  }

  @Test("ends at once with nothing to do")
  func emptyPlan() {
    var scheduler = scheduler(plan([:]))
    #expect(scheduler.handle(.began) == [.end])
  }

  @Test("takes no note of steps that do not run")
  func ignoresNonsense() {
    var scheduler = scheduler(plan(["a": [], "b": ["a"]]))
    _ = scheduler.handle(.began)
    #expect(scheduler.handle(.finished(step: 1, .succeeded)) == [])
    #expect(scheduler.handle(.finished(step: 99, .failed)) == [])
    #expect(scheduler.handle(.finished(step: 0, .succeeded)) == [.start(step: 1)])
  }

  @Test("runs every step exactly once, parents first, whatever fails", arguments: 1...40)
  func anyGraph(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = 30
    let steps = (0..<count).map { index in
      let parents = (0..<index).filter { _ in random.next() % 6 == 0 }.map { NodeID("n\($0)") }
      return Step(node: NodeID("n\(index)"), action: .build, waitsFor: parents, audits: [])
    }
    let plan = Plan(command: "build", steps: steps)
    var scheduler = scheduler(plan, slots: 3)
    var (running, succeeded, done): (Set<Int>, Set<NodeID>, Set<Int>) = ([], [], [])
    var queue = scheduler.handle(.began)
    var hasEnded = false
    while !queue.isEmpty {
      for action in queue {
        switch action {
        case .start(let step):
          #expect(done.insert(step).inserted, "seed \(seed)")
          #expect(plan.steps[step].waitsFor.allSatisfy(succeeded.contains), "seed \(seed)")
          running.insert(step)
        case .skip(let step, _): #expect(done.insert(step).inserted, "seed \(seed)")
        case .cancelRunning: Issue.record("nothing is to be cancelled (seed \(seed))")
        case .end: hasEnded = true
        }
      }
      #expect(running.count <= 3, "seed \(seed)")
      guard let step = running.sorted().randomElement(using: &random) else { break }
      running.remove(step)
      let succeeds = random.next() % 5 != 0
      if succeeds { succeeded.insert(plan.steps[step].node) }
      queue = scheduler.handle(.finished(step: step, succeeds ? .succeeded : .failed))
      while queue.isEmpty, let next = running.min() {
        running.remove(next)
        succeeded.insert(plan.steps[next].node)
        queue = scheduler.handle(.finished(step: next, .succeeded))
      }
    }
    #expect(done.count == count, "seed \(seed)")
    #expect(hasEnded, "seed \(seed)")
  }

  @Test("schedules ten thousand steps that all wait for the one before without overflowing")
  func longChain() {
    let steps = (0..<10_000).map { index in
      Step(
        node: NodeID("n\(index)"), action: .build, waitsFor: index == 0 ? [] : [NodeID("n\(index - 1)")],
        audits: [])
    }
    var scheduler = scheduler(Plan(command: "build", steps: steps))
    #expect(scheduler.handle(.began) == [.start(step: 0)])
    #expect(scheduler.handle(.finished(step: 0, .failed)).count == 10_000)
  }
}
