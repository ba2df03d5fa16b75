/// How one kind of warehouse spells SQL. Every identifier that reaches SQL is quoted here.
public protocol Dialect: Sendable {
  /// The adapter's name as dbt has it (`duckdb`, `postgres`, …).
  var name: String { get }
  /// An identifier in quotes, with quotes inside it doubled.
  func quoted(_ identifier: String) -> String
  /// A text literal.
  func literal(_ text: String) -> String
  /// A relation's name or expression, as it stands in a FROM clause.
  func rendered(_ relation: Relation) -> String
  /// `CREATE TABLE … AS`, replacing what is there if told so.
  func createTable(_ relation: Relation, as select: String, replacing: Bool) -> String
  /// `CREATE VIEW … AS`, replacing what is there if told so.
  func createView(_ relation: Relation, as select: String, replacing: Bool) -> String
  /// Creates a temporary table of the session.
  func createTemporaryTable(_ relation: Relation, as select: String) -> String
  /// `DROP …` of what the relation's kind says; silent if it is not there.
  func drop(_ relation: Relation) -> String
  /// Creates a schema if it is not there.
  func createSchema(database: String?, schema: String) -> String
  /// Renames a table or a view within its schema.
  func rename(_ relation: Relation, to identifier: String) -> String
}

extension Dialect {
  /// Standard SQL's quoting.
  public func quoted(_ identifier: String) -> String {
    "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  /// Standard SQL's literals.
  public func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  /// Every known part quoted and joined with dots, or the expression that stands for the relation.
  public func rendered(_ relation: Relation) -> String {
    if let expression = relation.expression { return expression }
    return relation.path.map(quoted).joined(separator: ".")
  }

  /// `CREATE [OR REPLACE] TABLE … AS (…)`.
  public func createTable(_ relation: Relation, as select: String, replacing: Bool) -> String {
    "CREATE \(replacing ? "OR REPLACE " : "")TABLE \(rendered(relation)) AS (\n\(select)\n)"
  }

  /// `CREATE [OR REPLACE] VIEW … AS (…)`.
  public func createView(_ relation: Relation, as select: String, replacing: Bool) -> String {
    "CREATE \(replacing ? "OR REPLACE " : "")VIEW \(rendered(relation)) AS (\n\(select)\n)"
  }

  /// `CREATE TEMPORARY TABLE … AS (…)`.
  public func createTemporaryTable(_ relation: Relation, as select: String) -> String {
    "CREATE OR REPLACE TEMPORARY TABLE \(quoted(relation.identifier)) AS (\n\(select)\n)"
  }

  /// `DROP TABLE IF EXISTS …` or the view's like.
  public func drop(_ relation: Relation) -> String {
    let kind = relation.kind == .view ? "VIEW" : relation.kind == .function ? "FUNCTION" : "TABLE"
    return "DROP \(kind) IF EXISTS \(rendered(relation))"
  }

  /// `CREATE SCHEMA IF NOT EXISTS …`.
  public func createSchema(database: String?, schema: String) -> String {
    "CREATE SCHEMA IF NOT EXISTS \([database, schema].compactMap { $0 }.map(quoted).joined(separator: "."))"
  }

  /// `ALTER TABLE … RENAME TO …` or the view's like.
  public func rename(_ relation: Relation, to identifier: String) -> String {
    "ALTER \(relation.kind == .view ? "VIEW" : "TABLE") \(rendered(relation)) RENAME TO \(quoted(identifier))"
  }
}
