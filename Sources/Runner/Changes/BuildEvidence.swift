import Diagnostics
import EngineCore
import Planner
import Project

/// What carrying a node out showed of what its result depends on.
public struct BuildEvidence: Sendable {
  /// What rendering used that is no node's own.
  public var outside = OutsideReads()
  /// Why doing it again may give something else although nothing changed; nil if nothing speaks for that.
  public var unsteadiness: String?
  /// Where its rows are files of this machine.
  public var place: String?
}

extension StepExecutor {
  /// What is known of a node's result once its SELECT was run.
  func evidence(of node: Node, _ sql: String?, place: String? = nil) -> BuildEvidence {
    var evidence = BuildEvidence(outside: compiler.outside, place: place)
    evidence.unsteadiness = evidence.outside.changing.sorted().first.map { "it uses \($0)" }
    if node.isPython, node.function == nil {
      evidence.unsteadiness = "its Python may give something else each time"
    }
    guard evidence.unsteadiness == nil, let sql, node.unitTest == nil else { return evidence }
    do {
      evidence.unsteadiness = try unsteadiness(of: sql, node)
    } catch {
      evidence.unsteadiness = "the engine cannot tell what its SQL depends on"
    }
    return evidence
  }

  private func unsteadiness(of sql: String, _ node: Node) throws -> String? {
    var relations = [node.relation].compactMap { $0 }
    var text = sql
    for id in stored(below: node) {
      let relation = context.project.node(id)?.relation ?? context.project.source(id)?.relation
      guard let relation else { continue }
      if let expression = relation.expression {
        // What a source's files say is looked at apart from the SQL.
        text = text.replacing(expression, with: Self.sourceName)
      } else {
        relations.append(relation)
      }
    }
    if let function = node.function { text = FunctionSQL.query(of: text, function) }
    let inputs = try connection.inputs(ofQuery: text)
    // Of the project's own functions their own records tell whether they are steady.
    let own = Set(
      stored(below: node).compactMap(context.project.node).filter { $0.function != nil }.compactMap {
        $0.relation.map { "\($0.identifier.lowercased())()" }
      })
    if let function = inputs.changing.first(where: { !own.contains($0.lowercased()) }) {
      return "it uses \(function)"
    }
    let stranger = inputs.tables.first { table in
      table.name != Self.sourceName && !relations.contains { $0.isMeant(by: table, mainSchema: "main") }
    }
    return stranger.map { "it reads '\($0.name)' by a name that the project does not know" }
  }

  private static let sourceName = "__weir_source"

  /// What a node reads, through ephemeral models too.
  private func stored(below node: Node) -> Set<NodeID> {
    var found: Set<NodeID> = []
    var open = node.dependencies
    while let next = open.popLast() {
      guard found.insert(next).inserted else { continue }
      guard let parent = context.project.node(next), parent.config.materialization == .ephemeral else {
        continue
      }
      open += parent.dependencies
    }
    return found
  }
}

extension Relation {
  /// Whether a name of SQL can mean this relation.
  fileprivate func isMeant(by table: TableReference, mainSchema: String) -> Bool {
    guard identifier.lowercased() == table.name.lowercased() else { return false }
    if let schema = table.schema {
      // DuckDB takes one name before the table's for either.
      let isDatabase = table.catalog == nil && schema.lowercased() == database?.lowercased()
      guard isDatabase || schema.lowercased() == (self.schema ?? mainSchema).lowercased() else {
        return false
      }
    } else if (schema ?? mainSchema).lowercased() != mainSchema {
      return false
    }
    return table.catalog == nil || table.catalog?.lowercased() == database?.lowercased()
  }
}
