import Diagnostics

/// How a run ended.
public enum RunOutcome: String, Sendable, Hashable, Codable {
  case succeeded, failed, interrupted
}

/// What a run did.
public struct RunResult: Sendable {
  /// How it ended.
  public var status: RunOutcome
  /// The steps' results in the order in which they ended; a node's audits are inside its own.
  public var nodes: [NodeResult]
  /// What became of the hooks before the nodes.
  public var startHooks: [NodeResult] = []
  /// What became of the hooks after the nodes.
  public var endHooks: [NodeResult] = []
  /// What went wrong beyond the nodes: opening the engine, recording.
  public var diagnostics: [Diagnostic]
  /// How long it took.
  public var elapsed: Duration
  /// Whether nothing could be run at all, as the engine did not open a session.
  public var couldNotRun = false

  /// Whether statements of the project's own may have written to what it does not build.
  public var mayHaveWritten = true
  /// Whether the records of nodes' last successes are as the run left the nodes.
  public var keptRecords = false
  /// What a run that finds nothing to do would tell, if the same run would be one.
  public var standing: StandingResults?

  /// Makes a result.
  public init(status: RunOutcome, nodes: [NodeResult], diagnostics: [Diagnostic], elapsed: Duration) {
    self.status = status
    self.nodes = nodes
    self.diagnostics = diagnostics
    self.elapsed = elapsed
  }

  /// The results of hooks and steps in the order in which they ended.
  public var steps: [NodeResult] { startHooks + nodes + endHooks }

  /// Every result, each followed by those of its audits.
  public var all: [NodeResult] { steps.flatMap { [$0] + $0.audits } }

  /// 0: all is well; 1: something failed; 2: nothing could be run; 130: interrupted.
  public var exitCode: Int32 {
    switch status {
    case .succeeded: 0
    case .failed: couldNotRun ? 2 : 1
    case .interrupted: 130
    }
  }
}
