import Diagnostics
import EngineCore
import Project
import Tabular

extension StepExecutor {
  /// Runs a unit test: a query, and nothing else. It reads no table and makes none.
  func runUnitTest(_ node: Node) -> NodeResult {
    var result = NodeResult(node: node.id, resourceType: .unitTest, status: .pass)
    let start = context.clock.uptime()
    do {
      try Retry.perform(delay: context.capabilities.retryDelay) { attempt in
        result.attempts = attempt
        statements.forget()
        try evaluateUnitTest(node, &result)
      }
    } catch {
      fail(&result, node, error)
    }
    result.executedSQL = statements.executed.joined(separator: ";\n\n")
    result.duration = context.clock.uptime() - start
    return result
  }

  private func evaluateUnitTest(_ node: Node, _ result: inout NodeResult) throws {
    let compiled = try timed("compile", &result) { _ in
      try compiler.compile(
        unitTest: node,
        seed: { [context, dialect] seed in
          try SeedMaterialization.select(seed, path: context.absolute(seed.span.file), dialect)
        })
    }
    let difference = UnitTestDifference(compiled, dialect)
    result.compiledSQL = difference.sql
    try timed("execute", &result) { result in
      let rows = try statements.query(difference.sql, maximumRows: nil, isOwn: true)
      guard rows.rowCount > 0 else {
        result.failures = 0
        result.evidence = evidence(of: node, nil)
        return FailingRows.remove(context.absolute(differencePath(node)))
      }
      try tell(try difference.paired(rows), of: node, &result)
    }
  }

  /// Says how what came out differs from what is expected.
  private func tell(_ rows: UnitTestDifference.Rows, of node: Node, _ result: inout NodeResult) throws {
    result.status = .fail
    // As in dbt, a failing unit test is one failure, however many rows differ.
    result.failures = 1
    result.message = rows.summary
    result.failingRows = rows.table
    var notes = [rows.summary]
    if !rows.columns.isEmpty { notes.append("columns that differ: " + rows.columns.joined(separator: ", ")) }
    let path = differencePath(node)
    do {
      try FailingRows.write(rows.table, to: context.absolute(path))
      result.failingRowsPath = path
      notes.append("failing rows: \(path)")
    } catch {
      result.diagnostics.append(error)
    }
    notes.append("compiled: \(context.compiledPath(node))")
    result.diagnostics.append(
      Diagnostic(
        .unitTestFailed, "the unit test '\(node.title)' failed: what came out is not what it expects",
        at: node.span, notes: notes))
  }

  private func differencePath(_ node: Node) -> String {
    let name = String(node.id.rawValue.map { $0 == "/" || $0 == "\0" ? "_" : $0 }.suffix(80))
    return "\(context.targetPath)/failures/\(name).csv"
  }
}
