import Diagnostics
import EngineCore

/// How the columns of new rows differ from those of their table. Names are compared without regard to case.
public struct SchemaChanges: Sendable, Hashable {
  /// Columns that the table does not have.
  public var added: [ColumnDescription] = []
  /// Columns that the new rows do not have.
  public var removed: [ColumnDescription] = []
  /// The table's columns that have another type in the new rows, with that type.
  public var retyped: [ColumnDescription] = []

  /// Compares columns.
  public init(source: [ColumnDescription], target: [ColumnDescription]) {
    let given = Dictionary(
      source.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    let present = Set(target.map { $0.name.lowercased() })
    added = source.filter { !present.contains($0.name.lowercased()) }
    for column in target {
      guard let new = given[column.name.lowercased()] else {
        removed.append(column)
        continue
      }
      if new.type != column.type { retyped.append(ColumnDescription(name: column.name, type: new.type)) }
    }
  }

  /// Whether nothing differs.
  public var isEmpty: Bool { added.isEmpty && removed.isEmpty && retyped.isEmpty }

  /// What makes the table fit, by the rule.
  public func statements(_ rule: SchemaChangeRule, target: Relation, dialect: any Dialect) -> [String] {
    let table = dialect.rendered(target)
    func name(_ column: ColumnDescription) -> String { dialect.quoted(column.name) }
    let additions = added.map { "ALTER TABLE \(table) ADD COLUMN \(name($0)) \($0.type)" }
    switch rule {
    case .ignore, .fail: return []
    case .appendNewColumns: return additions
    case .syncAllColumns:
      return additions + removed.map { "ALTER TABLE \(table) DROP COLUMN \(name($0))" }
        + retyped.map { "ALTER TABLE \(table) ALTER COLUMN \(name($0)) TYPE \($0.type)" }
    }
  }

  /// What differs, a line each.
  public var description: [String] {
    func list(_ columns: [ColumnDescription]) -> String {
      columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    }
    return [
      ("new columns", added), ("columns that are gone", removed), ("columns with another type", retyped),
    ]
    .filter { !$0.1.isEmpty }.map { "\($0.0): \(list($0.1))" }
  }
}
