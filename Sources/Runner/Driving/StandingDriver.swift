import Diagnostics
import Glibc
import StateStore

/// Carries out a run in which nothing is left to do: it is recorded, and tells what it leaves as it is.
public struct StandingDriver: Sendable {
  let state: StateStore
  let options: RunOptions
  let clock: RunClock
  let events: @Sendable (RunEvent) -> Void

  /// Makes a driver. The caller holds the project's lock. `events` is called by one thread at a time.
  public init(
    state: StateStore, options: RunOptions, clock: RunClock = .system,
    events: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.state = state
    self.options = options
    self.clock = clock
    self.events = events
  }

  /// Runs `command` on `target`, with these results. Everything that went wrong is in the result.
  public func run(_ command: String, target: String, _ results: [NodeResult]) -> RunResult {
    let start = clock.uptime()
    var result = RunResult(status: .succeeded, nodes: results, diagnostics: [], elapsed: .zero)
    do {
      try record(command, target, results)
      result.keptRecords = true
    } catch {
      var warning = error
      warning.severity = .warning
      result.diagnostics.append(warning)
    }
    let total = results.reduce(0) { $0 + 1 + $1.audits.count }
    var index = 1
    for result in results {
      events(.finished(result, index: index, total: total))
      index += 1 + result.audits.count
    }
    result.elapsed = clock.uptime() - start
    return result
  }

  private func record(_ command: String, _ target: String, _ results: [NodeResult]) throws(Diagnostic) {
    let now = clock.now()
    let run = options.invocation.id
    try state.beginRun(
      RunRecord(id: run, command: command, target: target, processID: getpid(), startedAt: now))
    for result in results where !result.isMention { state.record(result, run: run, at: now) }
    try state.finishRun(run, status: .succeeded, at: clock.now())
  }
}
