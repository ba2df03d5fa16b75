/// A function that somebody defined in a warehouse.
public struct FunctionDescription: Sendable, Hashable {
  /// Where it is.
  public var relation: Relation
  /// Whether it stands for rows, in a FROM clause, and not for a value.
  public var givesRows: Bool

  /// Makes a description.
  public init(relation: Relation, givesRows: Bool) {
    self.relation = relation
    self.givesRows = givesRows
  }
}

extension Connection {
  /// The functions that somebody defined in a schema: none where the engine does not tell.
  public func functions(database: String?, schema: String) throws -> [FunctionDescription] { [] }
}
