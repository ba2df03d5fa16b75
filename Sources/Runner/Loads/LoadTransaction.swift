import Diagnostics
import EngineCore
import Loads
import Project

/// All that a load writes, in one transaction: its tables, their states and records, and the checks that gate them.
struct LoadTransaction {
  let step: StepExecutor
  let node: Node
  let load: LoadDefinition
  let tables: [LoadExecutor.Prepared]
  /// How slow a way each table is read in.
  let levels: [String: Int]
  let startedAt: Double

  private var statements: StatementRunner { step.statements }
  private var database: String? { load.database ?? step.context.project.target.database }

  /// Performs the load. Commits if no check objects; throws, after rolling back, what keeps it from being written.
  func perform(_ audits: [Node], _ result: inout NodeResult) throws {
    let isGated = node.config.publish == .afterChecks
    var held: [StoredFailures] = []
    do {
      try statements.transaction {
        try writeTables(&result)
        guard isGated, !audits.isEmpty else { return true }
        result.audits = step.auditAll(audits)
        guard let gate = step.firstBlocking(result.audits) else { return true }
        if gate.status == .interrupted { throw CancellationError() }
        held = step.saveStoredFailures(&result.audits)
        return false
      }
    } catch let diagnostic as Diagnostic where statements.last == "COMMIT" {
      // A source that is lost after its last row ends the transaction too.
      cleanUp()
      throw tables.lazy.compactMap { $0.read.watch?.lost(diagnostic, "before its rows were committed") }.first
        ?? diagnostic
    } catch {
      cleanUp()
      throw error
    }
    cleanUp()
    result.executedSQL = statements.executed.joined(separator: ";\n\n")
    for failures in held { step.restore(failures, &result) }
    if isGated, let gate = step.firstBlocking(result.audits) {
      result.loads = []
      return step.block(node, gate, &result)
    }
    for record in result.loads {
      step.context.relations.published(target(record.table))
    }
    result.rows = result.loads.reduce(0) { $0 + $1.rowsInserted + $1.rowsUpdated }
    if !isGated { result.audits = step.auditAll(audits) }
  }

  private func writeTables(_ result: inout NodeResult) throws {
    let ledger = LoadLedger(step.connection, database: database, schema: load.schema)
    let state = StateTables(database: database, schema: load.schema, dialect: step.dialect)
    let isFresh = try !ledger.exists()
    for sql in state.creation(isFresh: isFresh) { try statements.execute(sql) }
    let isFirst = try ledger.states(load: load.name).isEmpty
    for prepared in tables {
      var table = TableLoad(
        step: step, load: load, prepared: prepared, state: state, target: target(prepared.table.name),
        level: levels[prepared.table.name, default: 0], isFirstLoad: isFirst, startedAt: startedAt)
      try step.connection.keepRowOrder(table.needsRowOrder)
      try table.perform()
      result.loads += table.records
      result.diagnostics += table.diagnostics
    }
  }

  private func target(_ name: String) -> Relation {
    Relation(database: database, schema: load.schema, identifier: name, kind: .table)
  }

  /// Puts the session back, and removes what readers made for a slower way: both live outside of the transaction.
  private func cleanUp() {
    do {
      try step.connection.keepRowOrder(true)
    } catch {
      // The session is no longer usable: its next statement says so.
    }
    for prepared in tables {
      let level = levels[prepared.table.name, default: 0]
      guard level > 0, level <= prepared.read.fallbacks.count else { continue }
      for sql in prepared.read.fallbacks[level - 1].cleanUp {
        do { try step.connection.execute(sql) } catch { continue }
      }
    }
  }
}
