/// What a relation is in the warehouse.
public enum RelationKind: String, Sendable, Codable, Hashable {
  case table, view, external
  /// One that is called: it is found among functions alone.
  case function
}

/// A named table or view of a warehouse, or an expression that stands for one, such as a file reader.
public struct Relation: Sendable, Hashable, Codable {
  /// The database (DuckDB: the attached catalog); nil where the session's own is meant.
  public var database: String?
  /// The schema; nil where the session's own is meant.
  public var schema: String?
  /// The relation's own name.
  public var identifier: String
  /// What it is, where known.
  public var kind: RelationKind?
  /// SQL that stands for the relation in a FROM clause in place of its name (a source that is files).
  public var expression: String?

  /// Makes a relation; names are as they are in the warehouse, never quoted.
  public init(
    database: String? = nil, schema: String? = nil, identifier: String, kind: RelationKind? = nil,
    expression: String? = nil
  ) {
    self.database = database
    self.schema = schema
    self.identifier = identifier
    self.kind = kind
    self.expression = expression
  }

  /// The name's parts that are known, outermost first.
  public var path: [String] { [database, schema, identifier].compactMap { $0 } }

  /// Whether both name the same thing, as the dialect compares names (DuckDB: without regard to case).
  public func isSameName(as other: Relation) -> Bool {
    path.map { $0.lowercased() } == other.path.map { $0.lowercased() }
  }
}

/// A column as the warehouse reports it.
public struct ColumnDescription: Sendable, Hashable, Codable {
  /// The column's name.
  public var name: String
  /// Its type, in the dialect's own spelling.
  public var type: String
  /// Whether it may hold NULL.
  public var isNullable: Bool

  /// Makes a description.
  public init(name: String, type: String, isNullable: Bool = true) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
  }
}

/// A table that a statement reads, as the engine's parser sees it.
public struct TableReference: Sendable, Hashable, Codable {
  /// The catalog written, if any.
  public var catalog: String?
  /// The schema written, if any.
  public var schema: String?
  /// The table's name as written, without quotes.
  public var name: String
  /// The alias written, if any.
  public var alias: String?
  /// Where the reference starts in the statement's UTF-8 bytes, if the parser says.
  public var offset: Int?

  /// Makes a reference.
  public init(catalog: String?, schema: String?, name: String, alias: String?, offset: Int?) {
    self.catalog = catalog
    self.schema = schema
    self.name = name
    self.alias = alias
    self.offset = offset
  }
}
