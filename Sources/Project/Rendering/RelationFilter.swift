import EngineCore

/// Which of a relation's rows are read: in SQL it is a query in the relation's place.
enum RelationFilter: Equatable {
  /// None at all.
  case nothing

  /// The query that gives the rows, without an alias.
  func query(_ relation: String) -> String {
    switch self {
    case .nothing: "(select * from \(relation) where false limit 0)"
    }
  }

  /// The alias of the query, where the text gives it none; `name` is the relation's own.
  func alias(_ name: String) -> String {
    switch self {
    case .nothing: "_dbt_limit_subq_\(name)"
    }
  }
}

extension NodeContext {
  /// What is read of a node or source.
  func filter(on id: NodeID) -> RelationFilter? {
    base.invocation.readsNothing ? .nothing : nil
  }
}
