import Diagnostics
import EngineCore

/// What stands in place of the tables that a text reads: made as they are asked for.
final class InputSubstitution {
  /// A query that stands for a node or source, or its relation where that may be read.
  enum Substitute {
    case query(String)
    case relation(Relation)
  }

  private let dialect: any Dialect
  private let make: (NodeID) throws -> Substitute
  private var relations: [NodeID: Relation] = [:]
  /// The queries, as common table expressions, in the order in which they were asked for.
  private(set) var tables: [(name: String, sql: String)] = []

  init(_ dialect: any Dialect, _ make: @escaping (NodeID) throws -> Substitute) {
    self.dialect = dialect
    self.make = make
  }

  /// What to read in place of a node or source. Throws if nothing can be.
  func relation(for id: NodeID) throws -> Relation {
    if let known = relations[id] { return known }
    let relation: Relation
    switch try make(id) {
    case .relation(let own): relation = own
    case .query(let sql):
      let parts = id.rawValue.split(separator: ".").dropFirst(2).joined(separator: "__")
      let name = dialect.quoted(CommonTableInjection.name(of: parts))
      tables.append((name, sql))
      relation = Relation(identifier: name, expression: name)
    }
    relations[id] = relation
    return relation
  }
}
