import EngineCore
import Project

/// Whether the columns that a model gives are those that its contract names. Pure.
public struct ContractComparison: Sendable {
  /// A column that is not as promised.
  public struct Mismatch: Sendable, Hashable {
    /// The column's name.
    public var column: String
    /// The type that the model gives; empty if it does not have the column.
    public var definitionType: String
    /// The type that the contract names; empty if it does not have the column.
    public var contractType: String
    /// What is wrong.
    public var reason: String
  }

  /// What is not as promised, by column.
  public let mismatches: [Mismatch]

  /// Compares the columns that a model's query gives with those of its contract, both as the engine tells them. As in
  /// dbt, names are compared letter by letter, and their order does not count.
  public init(definition: [ColumnDescription], contract: [ColumnDescription]) {
    var found: [Mismatch] = []
    for column in definition {
      guard let promised = contract.first(where: { $0.name == column.name }) else {
        found.append(
          Mismatch(
            column: column.name, definitionType: column.type, contractType: "", reason: "missing in contract")
        )
        continue
      }
      guard promised.type != column.type else { continue }
      found.append(
        Mismatch(
          column: column.name, definitionType: column.type, contractType: promised.type,
          reason: "data type mismatch"))
    }
    let given = Set(definition.map(\.name))
    for column in contract where !given.contains(column.name) {
      found.append(
        Mismatch(
          column: column.name, definitionType: "", contractType: column.type, reason: "missing in definition")
      )
    }
    mismatches = found.sorted { $0.column < $1.column }
  }

  /// The mismatches as a table, a line each.
  public var lines: [String] {
    let rows =
      [["column", "definition type", "contract type", "reason"]]
      + mismatches.map { [$0.column, $0.definitionType, $0.contractType, $0.reason] }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule = "| " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ") + " |"
    return [line(rows[0]), rule] + rows.dropFirst().map(line)
  }

  /// A query that gives a contract's columns and no row: the engine tells by it what their types are.
  public static func query(_ columns: [ColumnDefinition], _ dialect: any Dialect) -> String {
    let list = columns.map { "CAST(NULL AS \($0.dataType ?? "")) AS \(dialect.quoted($0.name))" }
    return "SELECT \(list.joined(separator: ", ")) WHERE false"
  }
}
