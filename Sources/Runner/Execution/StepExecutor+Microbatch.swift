import Diagnostics
import EngineCore
import Project

/// A span of time that a microbatch model built, or failed to build.
public struct BatchOutcome: Sendable, Hashable {
  /// The span.
  public var batch: EventBatch
  /// Whether its rows are in the table.
  public var isBuilt: Bool
}

extension EventBatch {
  /// The batch of a span of time.
  fileprivate init(_ span: Range<Int>, size: BatchSize) {
    self.init(start: span.lowerBound, end: span.upperBound, size: size)
  }
}

extension StepExecutor {
  /// Builds a model batch by batch. On a table that is there each batch is a transaction, audited on its own, and one that
  /// fails does not undo the others. What makes the table is one transaction.
  func buildBatches(
    _ node: Node, _ target: Relation, _ audits: [Node], _ config: MicrobatchConfig, _ result: inout NodeResult
  ) throws {
    if config.refusesKey { throw keyRefused(node) }
    let existing = try context.relations.refresh(target, connection)
    let options = context.options
    let retried = existing?.kind == .table ? options.retriedBatches[node.id] : nil
    // Batches that were built stay: what is done again is added to them, whatever the run before was told.
    let isIncremental = retried != nil || takesUpRows(node, existing)
    let batches =
      retried?.failed.map { EventBatch($0, size: config.size) }
      ?? BatchSchedule(config).batches(
        isIncremental: isIncremental, from: options.eventTimeStart, to: options.eventTimeEnd,
        now: Int(options.invocation.startedAt * 1_000_000))
    guard batches.count < BatchSchedule.limit else {
      throw Diagnostic(
        .badValue, "'\(node.name)' would be built in \(batches.count) batches or more", at: node.span,
        hint: "begin later, make batches larger, or give --event-time-start and --event-time-end")
    }
    try runHooks(node.config.preHooks, isTransactional: false, of: node)
    try runHeader(of: node)
    let plan = BatchPlan(node: node, target: target, audits: audits, batches: batches, size: config.size)
    try timed("execute", &result) { result in
      if isIncremental {
        try takeUpBatches(plan, &result)
      } else {
        do {
          try makeTable(plan, existing, &result)
        } catch {
          for index in result.batches.indices { result.batches[index].isBuilt = false }
          throw error
        }
      }
    }
    conclude(plan, &result)
    // As in dbt, the run's results tell of all of them.
    let built = retried?.built.map { BatchOutcome(batch: EventBatch($0, size: config.size), isBuilt: true) }
    result.batches = (built ?? []) + result.batches
  }

  /// Rows of a batch replace those of its time, whatever their key. As in dbt, the node fails, and the others are built.
  private func keyRefused(_ node: Node) -> Diagnostic {
    Diagnostic(
      .badValue, "'\(node.name)' is built in batches of time and cannot have a unique_key", at: node.span,
      hint: "remove it, or use incremental_strategy='merge'")
  }

  /// What is built.
  private struct BatchPlan {
    let node: Node
    let target: Relation
    let audits: [Node]
    let batches: [EventBatch]
    let size: BatchSize

    var isGated: Bool { !audits.isEmpty && node.config.publish == .afterChecks }

    func title(_ batch: EventBatch) -> String { EventBatch.title(batch.start, size) }
  }

  // MARK: - Into a table that is there

  private func takeUpBatches(_ plan: BatchPlan, _ result: inout NodeResult) throws {
    for (index, batch) in plan.batches.enumerated() {
      // As in dbt, nothing is tried after the first one failed.
      if index > 0, result.batches.first?.isBuilt == false {
        result.batches.append(BatchOutcome(batch: batch, isBuilt: false))
        continue
      }
      var isBuilt = false
      do {
        try attempt(&result) { _, result in isBuilt = try takeUpBatch(plan, index, &result) }
      } catch let error where !Self.isInterrupt(error) {
        note(error, batch, plan, &result)
      }
      result.batches.append(BatchOutcome(batch: batch, isBuilt: isBuilt))
    }
  }

  static func isInterrupt(_ error: any Error) -> Bool {
    error is CancellationError || ((error as? Diagnostic)?.code == .engineInterrupted && Task.isCancelled)
  }

  /// Builds one batch; false if a check kept it from being published.
  private func takeUpBatch(_ plan: BatchPlan, _ index: Int, _ result: inout NodeResult) throws -> Bool {
    let node = plan.node
    let batch = plan.batches[index]
    let select = try compiled(node, isIncremental: true, batch, &result)
    var rows = 0
    var blocking: NodeResult?
    var held: [StoredFailures] = []
    try statements.transaction {
      if index == 0 { try runHooks(node.config.preHooks, isTransactional: true, of: node) }
      rows = try takeUp(select, node, plan.target, batch: batch, &result)
      let isLast = index == plan.batches.count - 1
      // The last one again: batches may bring columns.
      if index == 0 || isLast { try document(node, plan.target, as: .table, &result) }
      if isLast {
        try runHooks(node.config.postHooks, isTransactional: true, of: node)
      }
      blocking = try gate(plan, &result, &held)
      return blocking == nil
    }
    for failures in held { restore(failures, &result) }
    guard let blocking else {
      result.rows = (result.rows ?? 0) + rows
      return true
    }
    let name = context.project.node(blocking.node)?.name ?? blocking.node.rawValue
    result.diagnostics.append(
      Diagnostic(
        .notPublished,
        "the batch \(plan.title(batch)) of '\(node.name)' was not published: check '\(name)' failed",
        at: node.span, notes: ["the rows of that time that were there before are unchanged"],
        hint:
          "correct the model or its data, and build the batch again with --event-time-start and --event-time-end"
      ))
    return false
  }

  /// Audits what is there now, if it is to be; the check that stops it. The audits that are shown are those of the first
  /// batch that they stopped, or else of the last one.
  private func gate(
    _ plan: BatchPlan, _ result: inout NodeResult, _ held: inout [StoredFailures]
  ) throws -> NodeResult? {
    guard plan.isGated else { return nil }
    var audits = auditAll(plan.audits)
    let blocking = firstBlocking(audits)
    if blocking?.status == .interrupted { throw CancellationError() }
    if blocking != nil { held = saveStoredFailures(&audits) }
    if firstBlocking(result.audits) == nil { result.audits = audits }
    return blocking
  }

  private func compiled(
    _ node: Node, isIncremental: Bool, _ batch: EventBatch, _ result: inout NodeResult
  ) throws -> String {
    try timed("compile", &result) { result in
      let compiled = try compiler.compile(node, isIncremental: isIncremental, batch: batch)
      result.compiledSQL = compiled.sql
      try verify(compiled.sql, of: node)
      return compiled.sql
    }
  }

  private func note(_ error: any Error, _ batch: EventBatch, _ plan: BatchPlan, _ result: inout NodeResult) {
    let found = DiagnosticList.collecting(error, else: .nodeFailed, "a batch failed")
    let locator = FailureLocator(
      node: plan.node, compiledSQL: result.compiledSQL, compiledPath: context.compiledPath(plan.node),
      statement: statements.last)
    result.diagnostics += found.map { diagnostic in
      var located = locator.locate(diagnostic, context.project)
      located.notes.append("in the batch \(plan.title(batch)) of '\(plan.node.name)'")
      return located
    }
  }

  // MARK: - Into a new table

  /// A batch whose rows wait in a table of the session's own; nil where they cannot be asked for before the transaction.
  private struct StagedBatch {
    let batch: EventBatch
    let relation: Relation?
  }

  /// A batch that failed within the transaction, which is undone with it.
  private struct BatchFailure: Error {
    let batch: EventBatch
    let error: any Error
  }

  private func makeTable(_ plan: BatchPlan, _ existing: Relation?, _ result: inout NodeResult) throws {
    var staged = try stage(plan, &result)
    defer { unstage(staged) }
    while !staged.isEmpty {
      let before = result
      let count = statements.executed.count
      do {
        return try makeTable(plan, of: staged, existing, &result)
      } catch let failure as BatchFailure {
        // As in dbt, nothing is tried after the first one failed. Any other is left out, and all is done again.
        guard failure.batch != plan.batches.first else { throw failure.error }
        let compiledSQL = result.compiledSQL
        result = before
        result.compiledSQL = compiledSQL
        note(failure.error, failure.batch, plan, &result)
        statements.forget(after: count)
        staged.removeAll { $0.batch == failure.batch }
        for index in result.batches.indices where result.batches[index].batch == failure.batch {
          result.batches[index].isBuilt = false
        }
      }
    }
  }

  private func makeTable(
    _ plan: BatchPlan, of staged: [StagedBatch], _ existing: Relation?, _ result: inout NodeResult
  ) throws {
    var blocking: NodeResult?
    var held: [StoredFailures] = []
    try attempt(&result) { _, result in
      try statements.transaction {
        try runHooks(plan.node.config.preHooks, isTransactional: true, of: plan.node)
        result.rows = try fill(plan, staged, existing, &result)
        try makeIndexes(of: plan.node, on: plan.target)
        try document(plan.node, plan.target, as: .table, &result)
        try runHooks(plan.node.config.postHooks, isTransactional: true, of: plan.node)
        blocking = try gate(plan, &result, &held)
        return blocking == nil
      }
    }
    for failures in held { restore(failures, &result) }
    if let blocking {
      for index in result.batches.indices { result.batches[index].isBuilt = false }
      return block(plan.node, blocking, &result)
    }
    var live = plan.target
    live.kind = .table
    context.relations.published(live)
    result.relation = live
  }

  /// Asks every batch's query; one that fails does not keep the others from being built. Where a query may need what comes
  /// before it in the transaction, the table itself or what hooks make, none is asked yet.
  private func stage(_ plan: BatchPlan, _ result: inout NodeResult) throws -> [StagedBatch] {
    let before = result
    guard !plan.node.config.preHooks.contains(where: \.isTransactional) else {
      return together(plan, &result)
    }
    var staged: [StagedBatch] = []
    for (index, batch) in plan.batches.enumerated() {
      var isBuilt = false
      if index == 0 || result.batches.first?.isBuilt == true {
        do {
          let select = try compiled(plan.node, isIncremental: index > 0, batch, &result)
          if !compiler.readsItself {
            staged.append(try stage(batch, select, plan))
            isBuilt = true
          }
        } catch let error where !Self.isInterrupt(error) {
          if !compiler.readsItself { note(error, batch, plan, &result) }
        }
        if compiler.readsItself {
          unstage(staged)
          result = before
          return together(plan, &result)
        }
      }
      result.batches.append(BatchOutcome(batch: batch, isBuilt: isBuilt))
    }
    return staged
  }

  private func stage(_ batch: EventBatch, _ select: String, _ plan: BatchPlan) throws -> StagedBatch {
    let relation = Relation(identifier: "\(plan.target.identifier)__weir_batch_\(batch.id)", kind: .table)
    try statements.execute(dialect.createTemporaryTable(relation, as: select))
    return StagedBatch(batch: batch, relation: relation)
  }

  /// Leaves every batch's query to the transaction.
  private func together(_ plan: BatchPlan, _ result: inout NodeResult) -> [StagedBatch] {
    result.batches = plan.batches.map { BatchOutcome(batch: $0, isBuilt: true) }
    return plan.batches.map { StagedBatch(batch: $0, relation: nil) }
  }

  /// Makes the table of the first batch and takes up the others; gives how many rows there are. Throws `BatchFailure`s of
  /// batches that are asked only now.
  private func fill(
    _ plan: BatchPlan, _ staged: [StagedBatch], _ existing: Relation?, _ result: inout NodeResult
  ) throws -> Int {
    var rows = 0
    for (index, item) in staged.enumerated() {
      do {
        rows = try fill(plan, item, isFirst: index == 0, existing, &result)
      } catch let error
        where item.relation == nil && !Self.isInterrupt(error) && (error as? Diagnostic)?.isTransient != true
      {
        throw BatchFailure(batch: item.batch, error: error)
      }
    }
    guard staged.count > 1 else { return rows }
    // A batch may have replaced rows that an earlier one wrote outside of its own time.
    let table = dialect.rendered(plan.target)
    let count = try statements.query("SELECT count(*) FROM \(table)", maximumRows: 1, isOwn: false)
    guard case .integer(let number)? = count.rows.first?.first else { return rows }
    return Int(number)
  }

  private func fill(
    _ plan: BatchPlan, _ item: StagedBatch, isFirst: Bool, _ existing: Relation?, _ result: inout NodeResult
  ) throws -> Int {
    let select =
      try item.relation.map { "SELECT * FROM \(dialect.rendered($0))" }
      ?? compiled(plan.node, isIncremental: !isFirst, item.batch, &result)
    guard isFirst else {
      return try takeUp(select, plan.node, plan.target, batch: item.batch, &result)
    }
    let work = try replacedCreation(plan.node, plan.target, select, kind: .table) ?? .table(select)
    let build = NodeBuild(node: plan.node, target: plan.target, work: work)
    return try apply(build, existing, isAudited: true, &result) ?? 0
  }

  private func unstage(_ staged: [StagedBatch]) {
    for relation in staged.compactMap(\.relation) {
      // A session's own table goes with the session, too.
      do { try connection.execute(dialect.drop(relation)) } catch { return }
    }
  }

  // MARK: - The end

  private func conclude(_ plan: BatchPlan, _ result: inout NodeResult) {
    let built = result.batches.count(where: \.isBuilt)
    let count = result.batches.count
    if built < count {
      result.status = built == 0 ? .error : .partialSuccess
      if built > 0 { result.message = "\(built) of \(count) batches succeeded" }
      result.message = result.message ?? result.diagnostics.first { $0.severity == .error }?.message
    }
    if built == 0 { result.rows = nil }
    if !plan.isGated, built > 0, !plan.audits.isEmpty { result.audits = auditAll(plan.audits) }
    if result.audits.isEmpty, built == 0 { result.audits = plan.audits.map { skipped($0, plan.node) } }
  }
}
