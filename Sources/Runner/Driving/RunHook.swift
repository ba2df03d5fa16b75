import Diagnostics
import EngineCore
import Project

/// One of the hooks of the whole run, by its name and its place among those that run with it.
public struct RunHook: Sendable {
  /// When it runs.
  public enum Moment: String, Sendable, CaseIterable {
    case start = "on-run-start"
    case end = "on-run-end"
  }

  /// The operation, as the manifest has it.
  public let id: NodeID
  /// What the log calls it: `shop.on-run-start.0`.
  public let label: String
  /// Its place, from 1.
  public let index: Int
  /// How many run with it.
  public let total: Int
  let hook: Hook

  /// The hooks of a project and its packages in the order in which they run.
  public static func all(_ moment: Moment, of project: Project) -> [RunHook] {
    let hooks = moment == .start ? project.settings.onRunStart : project.settings.onRunEnd
    var seen: [String: Int] = [:]
    return hooks.enumerated().map { position, hook in
      let package = hook.package ?? project.settings.name
      let own = seen[package, default: 0]
      seen[package] = own + 1
      return RunHook(
        id: NodeID(.operation, package, "\(package)-\(moment.rawValue)-\(own)"),
        label: "\(package).\(moment.rawValue).\(position)", index: position + 1, total: hooks.count,
        hook: hook)
    }
  }

  /// What there is to say before anything is known: it does not run.
  var skipped: NodeResult {
    var result = NodeResult(
      node: id, resourceType: .operation, status: .skipped, message: "\(label) skipped")
    result.failures = 1
    result.thread = Self.thread
    return result
  }

  /// dbt's name for the thread that hooks run on.
  static let thread = "main"
}

extension RunDriver {
  /// Runs the hooks of a moment, one after the other, each on its own: those behind one that failed are skipped.
  func perform(_ moment: RunHook.Moment, on worker: Worker, _ run: inout RunState) async -> [NodeResult] {
    let reports = moment == .end ? run.reports : nil
    var results: [NodeResult] = []
    for hook in RunHook.all(moment, of: project) {
      var result = hook.skipped
      if results.allSatisfy({ $0.status == .success }) {
        events.send(.hookStarted(hook.id, index: hook.index, total: hook.total, at: clock.now()))
        result = await worker.perform(hook, after: reports)
        if hook.index == hook.total || result.status != .success {
          await worker.end(hook, of: moment, results, &result)
        }
        result = result.redacted(by: loads?.hidden() ?? .none)
        if result.status == .interrupted { run.isInterrupted = true }
      }
      results.append(result)
      events.send(.hookFinished(result, index: hook.index, total: hook.total))
    }
    return results
  }
}

extension RunState {
  /// What hooks at the run's end see: as in dbt, of other hooks only those that failed.
  var reports: [NodeReport] {
    (startHooks.filter { $0.status == .error } + results.flatMap { [$0] + $0.audits })
      .map { NodeReport($0, in: context.project) }
  }
}

extension Worker {
  /// Renders a hook and runs what it gives, unless that is empty.
  func perform(_ hook: RunHook, after reports: [NodeReport]?) async -> NodeResult {
    var result = NodeResult(node: hook.id, resourceType: .operation, status: .success)
    result.thread = RunHook.thread
    do {
      let done = try await session.run { [context, workbench] connection in
        try Self.perform(hook, reports, workbench, connection, context)
      }
      (result.compiledSQL, result.timings, result.duration) = (done.sql, done.timings, done.duration)
      if let problem = done.problem {
        fail(&result, hook, problem)
      } else {
        result.message = "\(hook.label) passed"
        result.failures = 0
      }
    } catch is CancellationError {
      result.status = .interrupted
      result.message = "interrupted"
    } catch {
      fail(&result, hook, error)
    }
    return result
  }

  private struct Done: Sendable {
    var sql: String?
    var timings: [NodeTiming] = []
    var duration = Duration.zero
    var problem: (any Error)?
  }

  private static func perform(
    _ hook: RunHook, _ reports: [NodeReport]?, _ workbench: Workbench, _ base: any Connection,
    _ context: ExecutionContext
  ) throws -> Done {
    var done = Done()
    let clock = context.clock
    let begin = clock.uptime()
    defer { done.duration = clock.uptime() - begin }
    func timed<T>(_ name: String, _ body: () throws -> T) throws -> T {
      let start = clock.now()
      defer { done.timings.append(NodeTiming(name: name, startedAt: start, endedAt: clock.now())) }
      return try body()
    }
    do {
      let connection = try workbench.connection(base, for: nil, of: context.project)
      let sql = try timed("compile") { try workbench.compiler(connection).render(hook.hook, after: reports) }
      done.sql = sql
      try timed("execute") {
        if sql.contains(where: { !$0.isWhitespace }) { try connection.execute(sql) }
      }
    } catch let cancelled as CancellationError {
      throw cancelled
    } catch {
      done.problem = error
    }
    done.duration = clock.uptime() - begin
    return done
  }

  /// After the last hook that runs: a transaction that was begun and not ended would take all that follows with it.
  func end(
    _ hook: RunHook, of moment: RunHook.Moment, _ earlier: [NodeResult], _ result: inout NodeResult
  ) async {
    guard TransactionControl.leavesOpen((earlier + [result]).compactMap(\.compiledSQL)) else { return }
    do {
      _ = try await session.run { try $0.execute("ROLLBACK") }
    } catch {
      // A failed statement may have ended the transaction already: then there is nothing to roll back.
      if result.status == .success { fail(&result, hook, error) }
      return
    }
    guard result.status == .success else { return }
    fail(
      &result, hook,
      Diagnostic(
        .runHookFailed, "the \(moment.rawValue) hooks begin a transaction and do not end it",
        at: SourceSpan(file: context.project.settings.file),
        notes: ["it was rolled back: all that followed would have been lost with it"],
        hint: "end the last hook with COMMIT"))
  }

  private func fail(_ result: inout NodeResult, _ hook: RunHook, _ error: any Error) {
    let failed = "\(hook.label) failed"
    result.status = .error
    result.failures = 1
    result.diagnostics = DiagnosticList.collecting(error, else: .runHookFailed, failed).map { diagnostic in
      var diagnostic = diagnostic
      if diagnostic.span?.file.isEmpty ?? true {
        diagnostic.span = SourceSpan(file: context.project.settings.file)
      }
      diagnostic.notes.append("\(failed): \(hook.hook.sql)")
      return diagnostic
    }
    result.message = "\(failed), error:\n \(result.diagnostics.first?.message ?? "")"
  }
}

extension RunHook {
  /// The SQL of a hook without a run: at the end of one that did nothing.
  public func compiled(by compiler: Compiler, _ moment: Moment) throws -> String {
    try compiler.render(hook, after: moment == .end ? [] : nil)
  }
}
