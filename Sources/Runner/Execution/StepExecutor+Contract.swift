import Checks
import Diagnostics
import EngineCore
import Project

extension StepExecutor {
  /// Throws if the columns that a model's query gives are not those of its contract. Nothing has been built by then.
  func verifyContract(of node: Node, _ sql: String) throws {
    guard node.config.contract.isEnforced else { return }
    let contract: [ColumnDescription]
    do {
      contract = try connection.columns(ofQuery: ContractComparison.query(node.columns, dialect))
    } catch var problem as Diagnostic {
      problem.span = node.propertiesSpan ?? node.span
      problem.notes.insert("the contract of '\(node.searchName)' names a data_type that cannot be", at: 0)
      throw problem
    }
    let comparison = ContractComparison(definition: try connection.columns(ofQuery: sql), contract: contract)
    guard !comparison.mismatches.isEmpty else { return }
    throw Diagnostic(
      .modelContractBroken, "the columns of '\(node.searchName)' are not those of its contract",
      at: node.propertiesSpan ?? node.span, notes: comparison.lines + ["the model is \(node.originalPath)"],
      hint: "correct the SELECT, or the names and data_types under 'columns'; the table is as it was")
  }

  /// What builds the table of a model with a contract, in place of what is there.
  func contractedStatements(_ build: NodeBuild, _ select: String, _ existing: Relation?) throws -> [String] {
    var seen: Set<NodeID> = [build.node.id]
    let before = try existing.map { _ in try released(by: build.node, &seen) } ?? []
    return before.compactMap { other in other.relation.map { contractedTable(other, $0).release() } }
      + contractedTable(build.node, build.target).statements(select: select, existing: existing)
  }

  private func contractedTable(_ node: Node, _ target: Relation) -> ContractedTable {
    ContractedTable(
      node: node, target: target, dialect: dialect, capabilities: context.capabilities,
      place: { [project = context.project] in project.relation(of: $0, from: node.package) })
  }

  /// The tables that let go of one that they refer to by foreign keys, in order. They read it, so that they are built
  /// after it, and have their keys again then. A table that only takes up new rows would never: it keeps its key, and
  /// the engine refuses.
  func released(by node: Node, _ seen: inout Set<NodeID>) throws -> [Node] {
    var found: [Node] = []
    for other in context.project.nodes
    where other.config.contract.isEnforced && other.config.materialization == .table
      && refers(other, to: node) && seen.insert(other.id).inserted
    {
      guard let place = other.relation, try context.relations.find(place, connection)?.kind == .table else {
        continue
      }
      found += try released(by: other, &seen) + [other]
    }
    return found
  }

  private func refers(_ other: Node, to node: Node) -> Bool {
    guard let relation = node.relation else { return false }
    let targets = (other.constraints + other.columns.flatMap(\.constraints)).compactMap(\.target)
    return targets.contains { context.project.relation(of: $0, from: other.package) == relation }
  }
}
