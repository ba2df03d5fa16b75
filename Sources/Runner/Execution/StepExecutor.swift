import Diagnostics
import EngineCore
import Planner
import Project

/// Performs steps on a session's thread: all that touches the warehouse for one node happens here.
struct StepExecutor {
  let context: ExecutionContext
  let statements: StatementRunner
  let compiler: any NodeCompiler

  var connection: any Connection { statements.connection }
  var dialect: any Dialect { statements.connection.dialect }

  /// Performs a step; whatever goes wrong is in the result.
  func perform(_ step: Step, _ decision: StepDecision = .perform(reason: nil)) -> NodeResult {
    compiler.outside = OutsideReads()
    if case .keep(let since, let audits) = decision { return auditOnly(step, since, audits) }
    if step.action == .freshness, let source = context.project.source(step.node) { return freshness(source) }
    guard let node = context.project.node(step.node) else {
      var result = NodeResult(node: step.node, resourceType: .model, status: .error)
      result.diagnostics = [
        Diagnostic(.nodeFailed, "the plan names '\(step.node)', which the project does not have")
      ]
      return result
    }
    switch step.action {
    case .build: return build(node, audits: step.audits.compactMap(context.project.node))
    case .check where node.unitTest != nil: return runUnitTest(node)
    case .check, .freshness: return check(node)
    case .mention: return .mentioned(node.id, node.resourceType)
    }
  }

  /// Runs `body` and notes in `result` when it began and ended, in place of an earlier attempt's times.
  func timed<T>(_ name: String, _ result: inout NodeResult, _ body: (inout NodeResult) throws -> T) rethrows
    -> T
  {
    let start = context.clock.now()
    defer {
      result.timings.removeAll { $0.name == name }
      result.timings.append(NodeTiming(name: name, startedAt: start, endedAt: context.clock.now()))
    }
    return try body(&result)
  }

  /// Calls `body` until it succeeds or fails for good. Each attempt finds `result` and the statements that were run as the
  /// first one did: what a failed one left there is not told twice.
  func attempt(
    _ result: inout NodeResult, _ body: (_ number: Int, _ result: inout NodeResult) throws -> Void
  ) throws {
    let before = result
    let count = statements.executed.count
    try Retry.perform(delay: context.capabilities.retryDelay) { number in
      if number > 1 {
        result = before
        statements.forget(after: count)
      }
      result.attempts = max(before.attempts, number)
      try body(number, &result)
    }
  }

  /// Notes in `result` that `error` ended it.
  func fail(_ result: inout NodeResult, _ node: Node, _ error: any Error) {
    let isInterrupted = (error as? Diagnostic)?.code == .engineInterrupted
    if error is CancellationError || (isInterrupted && Task.isCancelled) {
      result.status = .interrupted
      result.message = "interrupted"
    } else {
      result.status = .error
      let found = DiagnosticList.collecting(error, else: .nodeFailed, "'\(node.name)' failed")
      let locator = FailureLocator(
        node: node, compiledSQL: result.compiledSQL, compiledPath: context.compiledPath(node),
        statement: statements.last)
      result.diagnostics += found.map { locator.locate($0, context.project) }
      result.message = result.diagnostics.first?.message
    }
    if statements.isBroken {
      result.diagnostics.append(
        Diagnostic(
          .rollbackFailed,
          "the transaction of '\(node.name)' could not be rolled back: its session was closed",
          severity: .warning))
    }
  }

  /// Runs a node's hooks of one kind, in order. A hook that renders to nothing is none.
  func runHooks(_ hooks: [Hook], isTransactional: Bool, of node: Node) throws {
    var texts: [String] = []
    for hook in hooks where hook.isTransactional == isTransactional {
      let sql = try compiler.render(hook, for: node)
      if isTransactional, let word = TransactionControl.statements(in: sql).first {
        // It would publish the model before its checks, or undo what is believed done.
        throw Diagnostic(
          .badValue, "a hook of '\(node.name)' says \(word) inside the model's transaction", at: node.span,
          notes: ["the hook: \(sql)"],
          hint: "remove it, or take the hook out of the transaction: {\"sql\": …, \"transaction\": false}")
      }
      if sql.contains(where: { !$0.isWhitespace }) { try statements.execute(sql, mayBeSeveral: true) }
      texts.append(sql)
    }
    guard TransactionControl.leavesOpen(texts) else { return }
    try statements.execute("ROLLBACK")
    throw Diagnostic(
      .badValue, "the hooks of '\(node.name)' begin a transaction and do not end it", at: node.span,
      notes: ["it was rolled back: all that followed would have been lost with it"],
      hint: "end the last hook with COMMIT")
  }
}
