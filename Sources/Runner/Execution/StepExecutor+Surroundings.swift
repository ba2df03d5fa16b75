import Diagnostics
import EngineCore
import Project

/// What surrounds the statement that builds a node: its header before, its indexes after.
extension StepExecutor {
  /// Runs the node's `sql_header`, if it has one: what follows on this session may use what it sets up.
  func runHeader(of node: Node) throws {
    guard let header = node.config.sqlHeader else { return }
    if let word = TransactionControl.statements(in: header).first {
      throw Diagnostic(
        .badValue, "the sql_header of '\(node.name)' says \(word) inside the model's transaction",
        at: node.span, hint: "remove it: the model is built in one transaction")
    }
    try statements.execute(header, mayBeSeveral: true)
  }

  /// Makes the node's indexes on the table that was just built. Runs within the node's transaction.
  func makeIndexes(of node: Node, on target: Relation) throws {
    for index in node.config.indexes { try statements.execute(index.statement(on: target, dialect)) }
  }

  /// Whether statements belong to the build of a node beyond those of its materialization.
  func hasSurroundings(_ node: Node) -> Bool {
    node.config.sqlHeader != nil || !node.config.indexes.isEmpty
      || (node.config.preHooks + node.config.postHooks).contains(where: \.isTransactional)
      || DocumentationSQL.isWanted(by: node)
  }

  /// Does `body` with what the node's header sets up, and leaves nothing of it behind in the warehouse.
  func withHeader(of node: Node, _ body: () throws -> Void) throws {
    guard node.config.sqlHeader != nil else { return try body() }
    try statements.transaction {
      try runHeader(of: node)
      try body()
      return false
    }
  }

  /// Tells of the tables that lost their foreign keys to the one that was built, and are not built after it.
  func warnOfReleased(by node: Node, _ result: inout NodeResult) throws {
    guard node.config.contract.isEnforced else { return }
    var seen: Set<NodeID> = [node.id]
    let lost = try released(by: node, &seen).filter { !context.options.invocation.isSelected($0.id) }
    guard !lost.isEmpty else { return }
    let names = lost.map { "'\($0.searchName)'" }.joined(separator: ", ")
    result.diagnostics.append(
      Diagnostic(
        .foreignKeysLost, "built again without its constraints, which the next build brings back: \(names)",
        at: node.span,
        severity: .warning,
        notes: ["a table that a foreign key refers to cannot be replaced: '\(node.searchName)' was"],
        hint: "build what refers to it together with it: --select \(node.searchName)+"))
  }
}
