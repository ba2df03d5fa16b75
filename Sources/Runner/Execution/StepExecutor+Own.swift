import Diagnostics
import EngineCore
import Project

extension StepExecutor {
  /// Lets a macro of the project's build a model, audits it and publishes it, all in one transaction. With
  /// `publish: always` there is none around it: the macro's own statements say when what becomes visible.
  func publishOwn(
    _ node: Node, _ target: Relation, _ select: String, isIncremental: Bool, _ audits: [Node],
    _ result: inout NodeResult
  ) throws {
    let isGated = node.config.publish == .afterChecks
    let host = BuildHost(statements, node, isInTransaction: isGated)
    var made: [Relation] = []
    var blocking: NodeResult?
    var held: [StoredFailures] = []
    if isGated {
      try statements.transaction {
        made = try compiler.materialize(node, sql: select, isIncremental: isIncremental, host: host)
        result.audits = auditAll(audits)
        blocking = firstBlocking(result.audits)
        if blocking?.status == .interrupted { throw CancellationError() }
        if blocking != nil { held = saveStoredFailures(&result.audits) }
        return blocking == nil
      }
    } else {
      made = try compiler.materialize(node, sql: select, isIncremental: isIncremental, host: host)
      try endOpenTransaction(of: node)
    }
    for failures in held { restore(failures, &result) }
    context.relations.forget(target)
    for relation in made { context.relations.forget(relation) }
    if let blocking { return block(node, blocking, &result) }
    let live = made.first { $0.isSameName(as: target) } ?? made.first ?? target
    result.relation = live
    result.rows = live.kind == .view || live.kind == .function ? nil : host.mainRows
    for hook in host.deferred { try statements.execute(hook, mayBeSeveral: true) }
    if !isGated, !audits.isEmpty { result.audits = auditAll(audits) }
  }

  /// Keeps the node's descriptions with what was just built, if it is to. Runs within the node's transaction.
  func document(
    _ node: Node, _ target: Relation, as kind: RelationKind, _ result: inout NodeResult
  ) throws {
    guard DocumentationSQL.isWanted(by: node) else { return }
    var relation = target
    relation.kind = kind
    let columns = try connection.columns(of: relation)
    for statement in DocumentationSQL.statements(node, relation, columns: columns, dialect: dialect) {
      try statements.execute(statement)
    }
    let missing = DocumentationSQL.missing(node, columns: columns)
    guard !missing.isEmpty else { return }
    let problem = Diagnostic(
      .orphanProperties,
      "The following columns are specified in the schema but are not present in the database: "
        + missing.joined(separator: ", "),
      at: node.propertiesSpan ?? node.span, severity: .warning,
      notes: ["of '\(node.name)', whose descriptions persist_docs keeps in the database"])
    if !result.diagnostics.contains(problem) { result.diagnostics.append(problem) }
  }

  private func endOpenTransaction(of node: Node) throws {
    guard TransactionControl.leavesOpen(statements.executed) else { return }
    try statements.execute("ROLLBACK")
    throw Diagnostic(
      .badValue, "the materialization of '\(node.name)' begins a transaction and does not end it",
      at: node.span,
      notes: ["it was rolled back"], hint: "end it with COMMIT")
  }

  /// What a macro of the project's makes of a table or view, in place of what is built in; nil if none does.
  func replacedCreation(
    _ node: Node, _ target: Relation, _ select: String, kind: RelationKind
  ) throws -> NodeBuild.Work? {
    var beside = target
    beside.identifier += "__dbt_tmp"
    beside.kind = kind
    return try compiler.creation(beside, as: select, of: node, isTemporary: false).map {
      .written($0, beside)
    }
  }

  /// Creates what a macro wrote beside what is live, and puts it in its place. Runs within the node's transaction.
  func create(_ sql: String, _ beside: Relation, over existing: Relation?, _ target: Relation) throws -> Int {
    try statements.execute(dialect.drop(beside))
    let rows = try statements.execute(sql, mayBeSeveral: true)
    if let existing { try statements.execute(dialect.drop(existing)) }
    try statements.execute(dialect.rename(beside, to: target.identifier))
    return rows
  }
}
