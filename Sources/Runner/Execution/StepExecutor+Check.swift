import Checks
import Diagnostics
import EngineCore
import Project
import Tabular

extension StepExecutor {
  /// Runs a check against what is live.
  func check(_ node: Node) -> NodeResult {
    var result = NodeResult(node: node.id, resourceType: .check, status: .pass)
    let start = context.clock.uptime()
    do {
      try Retry.perform(delay: context.capabilities.retryDelay) { attempt in
        result.attempts = attempt
        statements.forget()
        try evaluate(node, &result)
      }
    } catch {
      fail(&result, node, error)
    }
    result.executedSQL = statements.executed.joined(separator: ";\n\n")
    result.duration = context.clock.uptime() - start
    return result
  }

  /// Runs the checks that gate a node, in order. All of them have their say, unless one cannot be run: that
  /// may end the transaction that they look at.
  func auditAll(_ checks: [Node]) -> [NodeResult] {
    var results: [NodeResult] = []
    // What checks run is theirs, not the node's.
    let count = statements.executed.count
    defer { statements.forget(after: count) }
    for check in checks {
      if let stopped = results.last(where: { $0.status == .error || $0.status == .interrupted }) {
        var skipped = NodeResult(
          node: check.id, resourceType: .check, status: .skipped,
          message: stopped.status == .interrupted
            ? "the run was interrupted" : "a check before it could not be run")
        skipped.skippedBecause = stopped.node
        results.append(skipped)
      } else {
        results.append(audit(check))
      }
    }
    return results
  }

  private func audit(_ check: Node) -> NodeResult {
    var result = NodeResult(node: check.id, resourceType: .check, status: .pass)
    let start = context.clock.uptime()
    let count = statements.executed.count
    do {
      try evaluate(check, &result)
    } catch {
      fail(&result, check, error)
    }
    result.executedSQL = statements.executed[count...].joined(separator: ";\n\n")
    result.duration = context.clock.uptime() - start
    return result
  }

  private func evaluate(_ check: Node, _ result: inout NodeResult) throws {
    // What the check uses is not its model's.
    let before = compiler.outside
    compiler.outside = OutsideReads()
    defer { compiler.outside = before }
    try compileAndJudge(check, &result)
    if result.status == .pass { result.evidence = evidence(of: check, result.compiledSQL) }
  }

  private func compileAndJudge(_ check: Node, _ result: inout NodeResult) throws {
    let compiled = try timed("compile", &result) { _ in try compiler.compile(check, isIncremental: false) }
    result.compiledSQL = compiled.sql
    try timed("execute", &result) { result in
      let statement = try CheckStatement(node: check, compiledSQL: compiled.sql, dialect: dialect)
      let limit = context.options.failureSampleRows
      guard context.storesFailures(check) else {
        return try judge(
          statement.evaluationSQL, sampleSQL: statement.failingRowsSQL(limit: limit), check, &result)
      }
      let relation = context.failuresRelation(check)
      try store(statement, relation)
      result.relation = relation
      let sample = "SELECT * FROM \(dialect.rendered(relation)) LIMIT \(limit)"
      try judge(statement.evaluationSQL(ofStored: relation), sampleSQL: sample, check, &result)
    }
  }

  /// Puts the rows that the check finds into their table or view.
  private func store(_ statement: CheckStatement, _ relation: Relation) throws {
    if let existing = try connection.find(relation), existing.kind != relation.kind {
      try statements.execute(dialect.drop(existing))
    }
    try statements.execute(statement.storeSQL(into: relation))
  }

  private func judge(_ sql: String, sampleSQL: String, _ check: Node, _ result: inout NodeResult) throws {
    let row = try statements.query(sql, maximumRows: 1, isOwn: true).rows.first ?? []
    guard row.count == 3 else {
      throw Diagnostic(.nodeFailed, "the check '\(check.name)' gave no result", at: check.span)
    }
    let verdict = try Verdict.verdict(
      failures: row[0].wholeNumber, shouldWarn: row[1].truth, shouldError: row[2].truth,
      severity: check.config.severity)
    result.failures = row[0].wholeNumber
    result.message = verdict.message(check.config)
    switch verdict {
    case .pass:
      result.status = .pass
      FailingRows.remove(context.absolute(failuresPath(check)))
    case .warn:
      result.status = .warn
      try show(sampleSQL, check, .warning, &result)
    case .fail:
      result.status = .fail
      try show(sampleSQL, check, .error, &result)
    }
  }

  /// Reads some of the failing rows, saves them and says what was found.
  private func show(_ sampleSQL: String, _ check: Node, _ severity: Severity, _ result: inout NodeResult)
    throws
  {
    var notes = result.message.map { [$0] } ?? []
    if context.options.failureSampleRows > 0 {
      let rows = try statements.query(
        sampleSQL, maximumRows: context.options.failureSampleRows, isOwn: false)
      result.failingRows = rows
      let path = failuresPath(check)
      do {
        try FailingRows.write(rows, to: context.absolute(path))
        result.failingRowsPath = path
        notes.append("failing rows: \(path)")
      } catch {
        result.diagnostics.append(error)
      }
    }
    if let relation = result.relation { notes.append("stored in \(dialect.rendered(relation))") }
    notes.append("compiled: \(context.compiledPath(check))")
    let count = result.failures ?? 0
    result.diagnostics.append(
      Diagnostic(
        .checkFailed,
        "the check '\(check.name)' found \(count == 1 ? "1 failing row" : "\(count) failing rows")",
        at: check.span, severity: severity, notes: notes))
  }

  /// The file for a check's failing rows, relative to the project.
  private func failuresPath(_ check: Node) -> String {
    let name = String(
      (check.config.alias ?? check.name).map { $0 == "/" || $0 == "\0" ? "_" : $0 }.prefix(60))
    return "\(context.targetPath)/failures/\(name).csv"
  }
}

extension Scalar {
  /// A whole number of any width; fractions are cut off. Nil for anything else.
  var wholeNumber: Int? {
    switch self {
    case .integer(let value): Int(value)
    case .unsigned(let value): Int(exactly: value)
    case .huge(let value): Int(exactly: value)
    case .unsignedHuge(let value): Int(exactly: value)
    case .float32(let value): Int(exactly: value.rounded(.towardZero))
    case .float64(let value): Int(exactly: value.rounded(.towardZero))
    case .decimal(let unscaled, _, let scale):
      Int(exactly: (0..<scale).reduce(unscaled) { value, _ in value / 10 })
    case .boolean(let value): value ? 1 : 0
    default: nil
    }
  }

  /// Whether a condition holds; nil for NULL and what is no condition. A number holds unless it is zero.
  var truth: Bool? {
    if case .boolean(let value) = self { return value }
    return wholeNumber.map { $0 != 0 }
  }
}
