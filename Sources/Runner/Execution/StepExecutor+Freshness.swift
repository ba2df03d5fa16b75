import Diagnostics
import EngineCore
import Loads
import Project

extension StepExecutor {
  /// Asks how fresh a source is, and judges it.
  func freshness(_ source: SourceTable) -> NodeResult {
    var result = NodeResult(node: source.id, resourceType: .source, status: .pass)
    let start = context.clock.uptime()
    timed("compile", &result) { _ in }
    do {
      try timed("execute", &result) { result in
        try Retry.perform(delay: context.capabilities.retryDelay) { attempt in
          result.attempts = attempt
          let reading = try reading(of: source)
          result.freshness = reading
          judge(reading, source, &result)
        }
      }
    } catch {
      fail(&result, source, error)
    }
    result.duration = context.clock.uptime() - start
    return result
  }

  private func reading(of source: SourceTable) throws -> FreshnessReading {
    if Task.isCancelled { throw CancellationError() }
    if source.loadedAtField != nil || source.loadedAtQuery != nil {
      return try compiler.freshness(of: source)
    }
    guard let id = source.loadedBy, let node = context.project.node(id), let load = node.load else {
      throw Diagnostic(
        .missingKey, "'\(source.sourceName).\(source.name)' does not say when its rows were loaded",
        at: source.span,
        hint: "name a column under 'config': loaded_at_field: updated_at; or give a loaded_at_query")
    }
    let tables = StateTables(
      database: load.database ?? context.project.target.database, schema: load.schema, dialect: dialect)
    let ledger = tables.relation(.loads)
    let isThere = try connection.find(ledger) != nil
    let newest = isThere ? "(\(tables.lastLoad(of: source.name, by: node.name)))" : "NULL"
    let sql = "SELECT epoch_us(CAST(\(newest) AS TIMESTAMPTZ)), epoch_us(now())"
    let row = try statements.query(sql, maximumRows: 1, isOwn: true).rows.first ?? []
    guard row.count == 2, let askedAt = row[1].wholeNumber else {
      throw Diagnostic(.nodeFailed, "the loads of '\(node.name)' give no time", at: source.span)
    }
    return FreshnessReading(loadedAt: row[0].wholeNumber, askedAt: askedAt)
  }

  private func judge(_ reading: FreshnessReading, _ source: SourceTable, _ result: inout NodeResult) {
    guard let (limit, isError) = source.freshness?.exceeded(by: reading.age) else { return }
    result.status = isError ? .fail : .warn
    let what = "'\(source.sourceName).\(source.name)'"
    let age = reading.loadedAt == nil ? "has no rows" : "has rows of \(Self.age(reading.age)) ago at best"
    let key = isError ? "error_after" : "warn_after"
    let message = "the source \(what) \(age); \(key) is \(limit.text)"
    result.message = message
    result.diagnostics = [
      Diagnostic(.staleSource, message, at: source.span, severity: isError ? .error : .warning)
    ]
  }

  /// `3 days`, `2 hours`, `5 minutes`: rounded down.
  static func age(_ seconds: Double) -> String {
    let units = [("day", 86_400.0), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0)]
    for (name, length) in units where seconds >= length {
      let count = Int(seconds / length)
      return "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    return "0 seconds"
  }

  private func fail(_ result: inout NodeResult, _ source: SourceTable, _ error: any Error) {
    let isInterrupted = (error as? Diagnostic)?.code == .engineInterrupted
    if error is CancellationError || (isInterrupted && Task.isCancelled) {
      result.status = .interrupted
      result.message = "interrupted"
      return
    }
    result.status = .error
    let what = "the freshness of '\(source.sourceName).\(source.name)' is not known"
    result.diagnostics = DiagnosticList.collecting(error, else: .nodeFailed, what).map { problem in
      var problem = problem
      if problem.span?.file.isEmpty ?? true { problem.span = source.span }
      return problem
    }
    result.message = result.diagnostics.first?.message
  }
}
