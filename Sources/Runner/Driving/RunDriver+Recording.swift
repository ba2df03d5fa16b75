import Diagnostics
import Glibc
import StateStore

extension RunDriver {
  /// Records that the run begins, after what a killed run left was cleared away. A state file that fails does not
  /// stop a run: it is told of.
  func beginRecord(_ run: inout RunState) {
    guard let state else { return }
    do {
      try state.markCrashed(before: clock.now())
      try run.context.folder.cleanTemporaryFolder()
      LoadFolder.removeAll(run.context.folder)
      try state.beginRun(
        RunRecord(
          id: options.invocation.id, command: plan.command, target: project.target.name, processID: getpid(),
          startedAt: clock.now()))
    } catch {
      run.diagnostics.append(lost(error))
    }
  }

  /// Records what became of a node and of its audits.
  func record(_ result: NodeResult) {
    guard let state else { return }
    let now = clock.now()
    for node in [result] + result.audits {
      state.record(
        TaskRecord(
          node: node.node.rawValue, status: node.status.rawValue, attempts: node.attempts,
          startedAt: node.timings.first?.startedAt ?? now, endedAt: node.timings.last?.endedAt ?? now,
          rows: node.rows, failures: node.failures, message: node.message),
        run: options.invocation.id)
    }
  }

  /// Records how the run ended.
  func endRecord(_ result: inout RunResult) {
    guard let state else { return }
    let status: RunStatus =
      switch result.status {
      case .succeeded: .succeeded
      case .failed: .failed
      case .interrupted: .interrupted
      }
    do {
      try state.setFingerprints(builtFingerprints(result), target: project.target.name)
      try state.finishRun(options.invocation.id, status: status, at: clock.now())
    } catch {
      result.diagnostics.append(lost(error))
    }
  }

  /// The fingerprints of what was built and published.
  private func builtFingerprints(_ result: RunResult) -> [String: String] {
    let built = result.nodes.filter { $0.status == .success }.map(\.node)
    guard !built.isEmpty else { return [:] }
    let fingerprints = graph.fingerprints(of: project)
    return Dictionary(
      built.compactMap { node in fingerprints[node].map { (node.rawValue, $0.rawValue) } },
      uniquingKeysWith: { first, _ in first })
  }

  private func lost(_ diagnostic: Diagnostic) -> Diagnostic {
    var warning = diagnostic
    warning.severity = .warning
    warning.notes.append("the run itself is not affected: only its record is incomplete")
    return warning
  }
}
