import Diagnostics
import EngineCore
import Project

extension StepExecutor {
  /// Builds a node, audits it and publishes it.
  func build(_ node: Node, audits: [Node]) -> NodeResult {
    var result = NodeResult(node: node.id, resourceType: node.resourceType, status: .success)
    result.relation = node.relation
    let start = context.clock.uptime()
    do {
      guard let target = node.relation else {
        throw Diagnostic(
          .nodeFailed, "'\(node.name)' has no place in the warehouse to be built in", at: node.span)
      }
      if node.config.materialization == .incremental, let batches = node.config.incremental.microbatch,
        compiler.dividesTime(node)
      {
        try buildBatches(node, target, audits, batches, &result)
      } else {
        try attempt(&result) { number, result in
          try attemptBuild(node, target, audits, isFirst: number == 1, &result)
        }
      }
      if result.status == .success, node.config.ownMaterialization == nil {
        try runHooks(node.config.postHooks, isTransactional: false, of: node)
      }
      if result.status == .success {
        result.evidence = evidence(of: node, result.compiledSQL, place: result.evidence?.place)
      }
    } catch {
      fail(&result, node, error)
      if result.audits.isEmpty, result.status == .error { result.audits = audits.map { skipped($0, node) } }
    }
    // As in dbt, what ran of a Python model is its code.
    result.executedSQL =
      node.isPython && node.function == nil
      ? result.compiledSQL ?? "" : statements.executed.joined(separator: ";\n\n")
    result.duration = context.clock.uptime() - start
    return result
  }

  /// What is said of a check whose model could not be built.
  func skipped(_ audit: Node, _ node: Node) -> NodeResult {
    var result = NodeResult(
      node: audit.id, resourceType: audit.resourceType, status: .skipped,
      message: "'\(node.name)' could not be built")
    result.skippedBecause = node.id
    return result
  }

  private func attemptBuild(
    _ node: Node, _ target: Relation, _ audits: [Node], isFirst: Bool, _ result: inout NodeResult
  ) throws {
    // What stands there as a function matters to its macro alone.
    var existing =
      try node.function != nil
      ? nil
      : isFirst ? context.relations.find(target, connection) : context.relations.refresh(target, connection)
    let build = try timed("compile", &result) { result in
      try prepare(node, target, isIncremental: takesUpRows(node, existing), &result)
    }
    try timed("execute", &result) { result in
      if case .own(let select) = build.work {
        if isFirst, node.config.ownMaterialization == nil {
          try runHooks(node.config.preHooks, isTransactional: false, of: node)
        }
        return try publishOwn(
          node, target, select, isIncremental: takesUpRows(node, existing), audits, &result)
      }
      if isFirst { try runHooks(node.config.preHooks, isTransactional: false, of: node) }
      if !node.config.preHooks.isEmpty { existing = try context.relations.refresh(target, connection) }
      do {
        try publish(build, existing, audits, &result)
      } catch let diagnostic as Diagnostic
        where diagnostic.code == .sqlBinding && isFirst && !statements.isBroken
      {
        // Something else may have changed what stands there since it was read: look again before giving up.
        let found = try context.relations.refresh(target, connection)
        guard found?.kind != existing?.kind else { throw diagnostic }
        var stale = diagnostic
        stale.isTransient = true
        throw stale
      }
    }
  }

  /// Whether the model adds to the table that is there: not at first, not on `--full-refresh`, not over a
  /// view.
  func takesUpRows(_ node: Node, _ existing: Relation?) -> Bool {
    guard node.config.isIncremental, let existing, existing.kind != .view else {
      return false
    }
    return !(node.config.fullRefresh ?? context.options.isFullRefresh)
  }

  private func prepare(
    _ node: Node, _ target: Relation, isIncremental: Bool, _ result: inout NodeResult
  ) throws -> NodeBuild {
    if node.resourceType == .seed {
      let file = try SeedFile.reading(
        context.absolute(node.span.file), shownPath: node.span.file,
        delimiter: SeedMaterialization.delimiter(of: node), declaredTypes: node.config.columnTypes)
      result.diagnostics += file.warnings
      return NodeBuild(node: node, target: target, work: .seed(file))
    }
    if node.isPython, node.function == nil {
      return try preparePython(node, target, isIncremental: isIncremental, &result)
    }
    let compiled = try compiler.compile(node, isIncremental: isIncremental)
    result.compiledSQL = compiled.sql
    try verify(compiled.sql, of: node)
    let work: NodeBuild.Work
    switch node.config.materialization {
    case .table:
      work = try replacedCreation(node, target, compiled.sql, kind: .table) ?? .table(compiled.sql)
    case .view: work = try replacedCreation(node, target, compiled.sql, kind: .view) ?? .view(compiled.sql)
    case .incremental where isIncremental: work = .incremental(compiled.sql)
    case .incremental:
      work = try replacedCreation(node, target, compiled.sql, kind: .table) ?? .table(compiled.sql)
    case .own, .function: work = .own(compiled.sql)
    case .snapshot: work = .snapshot(compiled.sql)
    case .external: work = .external(compiled.sql, try externalWriter(node, target, result))
    case .ephemeral, .seed, .check, .load, .unit:
      throw Diagnostic(
        .notSupported, "'\(node.name)' cannot be built as \(node.config.materialization.rawValue)",
        at: node.span)
    }
    return NodeBuild(node: node, target: target, work: work)
  }

  /// Throws if a model's rendered query is none, or breaks its contract.
  func verify(_ sql: String, of node: Node) throws {
    guard !SQLText.isEmpty(sql) else {
      throw Diagnostic(
        .nodeFailed, "the \(node.resourceType.rawValue) '\(node.name)' holds no SQL once it is rendered",
        at: SourceSpan(file: node.span.file), hint: "give it a SELECT, or delete the file")
    }
    if node.config.contract.isEnforced {
      try withHeader(of: node) { try verifyContract(of: node, sql) }
    }
  }

  /// Applies a build and, if its checks pass, makes it visible: all in one transaction, or by the one
  /// statement that it takes.
  private func publish(
    _ build: NodeBuild, _ existing: Relation?, _ audits: [Node], _ result: inout NodeResult
  ) throws {
    let node = build.node
    let isGated = !audits.isEmpty && node.config.publish == .afterChecks
    let hasHooks = hasSurroundings(node)
    var rows: Int?
    var held: [StoredFailures] = []
    if !isGated, !hasHooks, let statement = try single(build, existing) {
      rows = try statements.execute(statement)
    } else {
      try withFiles(of: build) {
        try statements.transaction {
          try runHooks(node.config.preHooks, isTransactional: true, of: node)
          try runHeader(of: node)
          rows = try apply(build, existing, isAudited: isGated || hasHooks, &result)
          if build.isNewTable(over: existing) { try makeIndexes(of: node, on: build.target) }
          try document(node, build.target, as: build.kind, &result)
          try runHooks(node.config.postHooks, isTransactional: true, of: node)
          if isGated {
            result.audits = auditAll(audits)
            if let gate = firstBlocking(result.audits) {
              if gate.status == .interrupted { throw CancellationError() }
              held = saveStoredFailures(&result.audits)
              return false
            }
          }
          try build.files?.publish()
          return true
        }
        return !isGated || firstBlocking(result.audits) == nil
      }
      for failures in held { restore(failures, &result) }
    }
    if let gate = firstBlocking(result.audits), isGated { return block(node, gate, &result) }
    if build.kind == .table || build.files != nil { result.rows = rows }
    finishFiles(of: build, &result)
    result.evidence = BuildEvidence(place: build.files?.place)
    var live = build.target
    live.kind = build.kind
    context.relations.published(live)
    result.relation = live
    if existing != nil { try warnOfReleased(by: node, &result) }
    if !isGated, !audits.isEmpty { result.audits = auditAll(audits) }
  }

  /// The one statement that does it all, if one does.
  private func single(_ build: NodeBuild, _ existing: Relation?) throws -> String? {
    guard let list = try list(build, existing), list.count == 1 else { return nil }
    return list[0]
  }

  /// The statements of a build that needs to look at nothing in between; nil for others.
  private func list(_ build: NodeBuild, _ existing: Relation?) throws -> [String]? {
    switch build.work {
    case .table(let select) where build.node.config.contract.isEnforced:
      return try contractedStatements(build, select, existing)
    case .table(let select):
      return TableMaterialization(target: build.target, dialect: dialect, capabilities: context.capabilities)
        .statements(select: select, existing: existing)
    case .view(let select):
      return ViewMaterialization(target: build.target, dialect: dialect)
        .statements(select: select, existing: existing)
    case .seed(let file):
      if existing?.kind == .view {
        throw Diagnostic(
          .relationInTheWay,
          "the seed '\(build.node.name)' cannot replace \(dialect.rendered(build.target)), a view",
          at: SourceSpan(file: build.node.span.file), hint: "drop the view if it is not needed")
      }
      return SeedMaterialization(
        target: build.target, dialect: dialect, config: build.node.config,
        path: context.absolute(build.node.span.file)
      ).statements(file, existing: existing, capabilities: context.capabilities)
    case .incremental, .external, .snapshot, .own, .written, .python: return nil
    }
  }

  /// Runs a build's statements; gives the rows that the last one wrote.
  func apply(
    _ build: NodeBuild, _ existing: Relation?, isAudited: Bool, _ result: inout NodeResult
  ) throws -> Int? {
    if let list = try list(build, existing) {
      return try list.reduce(nil) { _, statement in try statements.execute(statement) }
    }
    switch build.work {
    case .external(let select, let files):
      return try files.write(select, existing: existing, isAudited: isAudited)
    case .incremental(let select): return try takeUp(select, build.node, build.target, &result)
    case .snapshot(let select): return try takeSnapshot(select, build.node, build.target, existing)
    case .written(let sql, let beside): return try create(sql, beside, over: existing, build.target)
    case .python(let work):
      return try withPythonRows(of: build.node, work, &result) { work, result in
        let rows = NodeBuild(node: build.node, target: build.target, work: work)
        return try apply(rows, existing, isAudited: isAudited, &result)
      }
    case .table, .view, .seed, .own: return nil
    }
  }

  func firstBlocking(_ audits: [NodeResult]) -> NodeResult? {
    audits.first { $0.status.isFailure || $0.status == .interrupted }
  }

  /// Keeps what the audits stored from being undone with the version that they looked at.
  func saveStoredFailures(_ audits: inout [NodeResult]) -> [StoredFailures] {
    var saved: [StoredFailures] = []
    for index in audits.indices {
      guard let relation = audits[index].relation, audits[index].status != .error else { continue }
      do {
        try context.folder.createTemporaryFolder()
        let path =
          "\(context.folder.temporaryFolder)/\(context.options.invocation.id)-\(audits[index].node).parquet"
        saved.append(try StoredFailures.save(relation, to: path, statements))
      } catch {
        audits[index].relation = nil
        audits[index].diagnostics.append(lostFailures(audits[index], error))
      }
    }
    return saved
  }

  func restore(_ failures: StoredFailures, _ result: inout NodeResult) {
    do {
      try failures.restore(statements)
    } catch {
      failures.discard()
      guard let index = result.audits.firstIndex(where: { $0.relation == failures.relation }) else { return }
      result.audits[index].relation = nil
      result.audits[index].diagnostics.append(lostFailures(result.audits[index], error))
    }
  }

  private func lostFailures(_ audit: NodeResult, _ error: any Error) -> Diagnostic {
    var diagnostic = Diagnostic.wrapping(error, .failuresUnwritable, "the failing rows could not be stored")
    diagnostic.severity = .warning
    diagnostic.notes.append("the failing rows of '\(audit.node)' are not in the warehouse")
    return diagnostic
  }

  func block(_ node: Node, _ gate: NodeResult, _ result: inout NodeResult) {
    let name = context.project.node(gate.node)?.name ?? gate.node.rawValue
    result.status = .error
    result.message =
      "not published: check '\(name)' " + (gate.status == .fail ? "failed" : "could not be run")
    result.rows = nil
    result.diagnostics.append(
      Diagnostic(
        .notPublished, "'\(node.name)' was built but not published: check '\(name)' failed", at: node.span,
        notes: ["the table or view that was there before is unchanged"],
        hint: "correct the model or its data; `publish: always` in its config publishes before checking"))
  }
}
