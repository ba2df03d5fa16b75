import Diagnostics
import EngineCore
import Jinja

/// An index that a table is to have: `{columns: [id], unique: true}` of `indexes` in its configuration.
public struct IndexDefinition: Sendable, Hashable {
  /// The columns, as they are written.
  public var columns: [String]
  /// Whether each combination of values may be there once.
  public var isUnique: Bool

  /// Reads an entry. Throws `WEIR-E0106`, which says what is wrong with it.
  init(_ data: DataValue) throws(Diagnostic) {
    guard let entries = data.entries else {
      throw Diagnostic(.badValue, "an index must be a mapping, not \(data.typeName)", hint: Self.hint)
    }
    if let other = entries.first(where: { !["columns", "unique"].contains($0.key) }) {
      throw Diagnostic(.badValue, "an index has no '\(other.key)'", hint: Self.hint)
    }
    guard let columns = data["columns"]?.items?.map(\.scalarText), !columns.isEmpty,
      !columns.contains(nil)
    else { throw Diagnostic(.badValue, "'columns' of an index must be a list of names", hint: Self.hint) }
    self.columns = columns.compactMap { $0 }
    switch data["unique"] ?? .bool(false) {
    case .bool(let isUnique): self.isUnique = isUnique
    default: throw Diagnostic(.badValue, "'unique' of an index must be true or false", hint: Self.hint)
    }
  }

  private static let hint = "write for example: indexes: [{columns: [id], unique: true}]"

  /// The entries of `indexes`. Throws `WEIR-E0106` for the first that is wrong.
  static func list(_ value: DataValue) throws(Diagnostic) -> [IndexDefinition] {
    guard let items = value.items else {
      throw Diagnostic(.badValue, "'indexes' must be a list, not \(value.typeName)", hint: hint)
    }
    var found: [IndexDefinition] = []
    for item in items { found.append(try IndexDefinition(item)) }
    return found
  }

  /// A name that no other index of the schema has.
  func name(on relation: Relation, _ dialect: any Dialect) -> String {
    Digest.md5((columns + [dialect.rendered(relation), String(isUnique)]).joined(separator: "_"))
  }

  /// The statement that makes it.
  public func statement(on relation: Relation, _ dialect: any Dialect) -> String {
    "CREATE \(isUnique ? "UNIQUE " : "")INDEX \(dialect.quoted(name(on: relation, dialect)))"
      + " ON \(dialect.rendered(relation)) (\(columns.joined(separator: ", ")))"
  }
}

extension NodeConfig {
  /// The indexes that the node's table is to have, of what was read without a mistake.
  public var indexes: [IndexDefinition] {
    guard let value = values["indexes"], !value.isNone else { return [] }
    do {
      return try IndexDefinition.list(value)
    } catch {
      // Loading complained about what cannot be read.
      return []
    }
  }

  /// Statements that run before those that build the node, as they are written.
  public var sqlHeader: String? {
    guard let text = values["sql_header"]?.stringValue, !SQLText.isEmpty(text) else { return nil }
    return text
  }
}

/// What `adapter.parse_index()` gives.
final class IndexObject: HostObject {
  private let index: IndexDefinition
  private let dialect: any Dialect
  let typeName = "DuckDBIndexConfig"

  init(_ index: IndexDefinition, _ dialect: any Dialect) {
    self.index = index
    self.dialect = dialect
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "columns": Value(index.columns.map { .string($0) })
    case "unique": .bool(index.isUnique)
    case "render":
      .function(name) { [index, dialect] arguments, _ in
        RelationObject.relation(arguments.value(0, "relation")).map { .string(index.name(on: $0, dialect)) }
          ?? ""
      }
    default: nil
    }
  }
}
