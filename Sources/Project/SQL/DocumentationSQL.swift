import EngineCore

/// The statements that keep descriptions with a table or a view: dbt's `persist_docs`. Pure.
public enum DocumentationSQL {
  /// Whether a node's configuration asks for any.
  public static func isWanted(by node: Node) -> Bool {
    keepsRelation(node) && !node.description.isEmpty || keepsColumns(node) && !node.columns.isEmpty
  }

  /// Comments on a relation and on those of its columns that are described.
  public static func statements(
    _ node: Node, _ relation: Relation, columns: [ColumnDescription], dialect: any Dialect
  ) -> [String] {
    var statements: [String] = []
    let name = dialect.rendered(relation)
    if keepsRelation(node), !node.description.isEmpty {
      let kind = relation.kind == .view ? "VIEW" : "TABLE"
      statements.append("COMMENT ON \(kind) \(name) IS \(dialect.literal(node.description))")
    }
    guard keepsColumns(node) else { return statements }
    for described in node.columns {
      guard let column = column(described, among: columns) else { continue }
      statements.append(
        "COMMENT ON COLUMN \(name).\(dialect.quoted(column.name)) IS \(dialect.literal(described.description))"
      )
    }
    return statements
  }

  /// The described columns that a relation does not have, if their descriptions are to be kept.
  public static func missing(_ node: Node, columns: [ColumnDescription]) -> [String] {
    guard keepsColumns(node) else { return [] }
    return node.columns.filter { column($0, among: columns) == nil }.map(\.name)
  }

  /// A name that is to be quoted is meant to the letter.
  private static func column(
    _ described: ColumnDefinition, among columns: [ColumnDescription]
  ) -> ColumnDescription? {
    columns.first { column in
      described.quote == true
        ? column.name == described.name : column.name.lowercased() == described.name.lowercased()
    }
  }

  static func keepsRelation(_ node: Node) -> Bool { setting("relation", node) }

  static func keepsColumns(_ node: Node) -> Bool { setting("columns", node) }

  private static func setting(_ key: String, _ node: Node) -> Bool {
    node.config.values["persist_docs"]?[key]?.boolValue ?? false
  }
}
