import Diagnostics
import Glibc
import Project
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
      if let databases = options.databases {
        run.changes = try ChangeTracker(project, graph, state, options, databases)
      }
    } catch {
      run.diagnostics.append(lost(error))
    }
  }

  /// Records what became of a node and of its audits.
  func record(_ result: NodeResult) {
    guard let state, !result.isMention else { return }
    state.record(result, run: options.invocation.id, at: clock.now())
  }

  /// Records how the run ended.
  func endRecord(_ result: inout RunResult, _ changes: inout ChangeTracker?) {
    guard let state else { return }
    result.mayHaveWritten = changes?.mayHaveWritten ?? true
    result.keptRecords = changes != nil
    let status: RunStatus =
      switch result.status {
      case .succeeded: .succeeded
      case .failed: .failed
      case .interrupted: .interrupted
      }
    do {
      try changes?.flush()
      try state.finishRun(options.invocation.id, status: status, at: clock.now())
      if status == .succeeded {
        result.standing = changes?.standing(plan, environment: options.invocation.environment, resourceType)
      }
    } catch {
      result.keptRecords = false
      result.diagnostics.append(lost(error))
    }
  }

  /// Takes note that nodes are about to be done, so that none of them is taken for up to date meanwhile.
  func noteBeginning(of nodes: [NodeID], _ run: inout RunState) {
    do {
      try run.changes?.begin(nodes)
    } catch {
      run.changes = nil
      run.diagnostics.append(lost(error))
    }
  }

  /// Takes note of what was published.
  func notePublished(_ result: NodeResult, _ run: inout RunState) {
    do {
      try run.changes?.finish(result, at: clock.now())
    } catch {
      run.changes = nil
      run.diagnostics.append(lost(error))
    }
  }

  private func lost(_ diagnostic: Diagnostic) -> Diagnostic {
    var warning = diagnostic
    warning.severity = .warning
    warning.notes.append("the run itself is not affected: only its record is incomplete")
    return warning
  }
}

extension StateStore {
  /// Records what became of a node and of its audits; `time` is that of those that took none.
  func record(_ result: NodeResult, run: String, at time: Double) {
    for node in [result] + result.audits {
      record(
        TaskRecord(
          node: node.node.rawValue, status: node.status.rawValue, attempts: node.attempts,
          startedAt: node.timings.first?.startedAt ?? time, endedAt: node.timings.last?.endedAt ?? time,
          rows: node.rows, failures: node.failures, message: node.message),
        run: run)
    }
  }
}
