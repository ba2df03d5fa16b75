/// A table or view with its columns and the remarks that the warehouse keeps of it.
public struct RelationDescription: Sendable, Hashable {
  /// A column in its place.
  public struct Column: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The type, in the dialect's own spelling.
    public var type: String
    /// The place in the relation, as the warehouse counts.
    public var index: Int
    /// The remark, if there is one.
    public var comment: String?

    /// Makes a column.
    public init(name: String, type: String, index: Int, comment: String? = nil) {
      self.name = name
      self.type = type
      self.index = index
      self.comment = comment
    }
  }

  /// Its full name and what it is.
  public var relation: Relation
  /// The remark, if there is one.
  public var comment: String?
  /// Who owns it, where the warehouse says.
  public var owner: String?
  /// The columns, in order.
  public var columns: [Column]

  /// Makes a description.
  public init(relation: Relation, comment: String? = nil, owner: String? = nil, columns: [Column]) {
    self.relation = relation
    self.comment = comment
    self.owner = owner
    self.columns = columns
  }
}

extension Connection {
  /// Asks for one relation after the other; engines that know a quicker way have their own.
  public func describe(database: String?, schemas: [String]) throws -> [RelationDescription] {
    var found: [RelationDescription] = []
    for schema in schemas {
      for relation in try relations(database: database, schema: schema) {
        let columns = try columns(of: relation).enumerated().map { place, column in
          RelationDescription.Column(name: column.name, type: column.type, index: place + 1)
        }
        found.append(RelationDescription(relation: relation, columns: columns))
      }
    }
    return found
  }
}
