import Diagnostics
import EngineCore
import Jinja

/// Rows of a unit test as SQL, every value of its column's type.
struct FixtureSQL {
  let dialect: any Dialect
  /// What the rows are of, for messages: `the rows of ref('orders')`.
  let subject: String
  let span: SourceSpan

  /// A query of all the columns; what a row does not say is NULL.
  func select(_ rows: [DataValue], _ columns: [ColumnDescription]) throws(Diagnostic) -> String {
    guard !rows.isEmpty else {
      let list = columns.map { "CAST(NULL AS \($0.type)) AS \(dialect.quoted($0.name))" }
      return "SELECT \(list.joined(separator: ", ")) WHERE false"
    }
    var lines: [String] = []
    for row in rows { lines.append(try line(row, columns)) }
    let names = columns.map { dialect.quoted($0.name) }.joined(separator: ", ")
    return "SELECT * FROM (VALUES\n  \(lines.joined(separator: ",\n  "))\n) AS weir_rows (\(names))"
  }

  /// The columns that the rows name, in the order in which they do; all if there is no row.
  func named(_ rows: [DataValue], _ columns: [ColumnDescription]) throws(Diagnostic) -> [ColumnDescription] {
    guard !rows.isEmpty else { return columns }
    var found: [ColumnDescription] = []
    for row in rows {
      for entry in row.entries ?? [] {
        let column = try column(entry.key, columns)
        if !found.contains(column) { found.append(column) }
      }
    }
    return found
  }

  private func line(_ row: DataValue, _ columns: [ColumnDescription]) throws(Diagnostic) -> String {
    var values: [String: DataValue] = [:]
    for entry in row.entries ?? [] { values[try column(entry.key, columns).name] = entry.value }
    let cells = columns.map { column in
      "CAST(\(values[column.name].map { text(of: $0) } ?? "NULL") AS \(column.type))"
    }
    return "(\(cells.joined(separator: ", ")))"
  }

  private func column(_ name: String, _ columns: [ColumnDescription]) throws(Diagnostic) -> ColumnDescription
  {
    if let column = columns.first(where: { $0.name.lowercased() == name.lowercased() }) { return column }
    throw Diagnostic(
      .badUnitTest, "\(subject) name the column '\(name)', which is not there", at: span,
      notes: ["there are: " + columns.map(\.name).joined(separator: ", ")],
      hint: Spelling.hint(for: name, among: columns.map(\.name)))
  }

  /// A value as SQL; a list and a mapping as the engine writes lists and structures.
  private func text(of value: DataValue) -> String {
    switch value {
    case .none: "NULL"
    case .bool(let truth): truth ? "true" : "false"
    case .int(let number): String(number)
    case .float(let number): number.isFinite ? String(number) : dialect.literal(String(number))
    case .string(let text): dialect.literal(text)
    case .list(let items): "[\(items.map { self.text(of: $0) }.joined(separator: ", "))]"
    case .dict(let entries):
      "{\(entries.map { "\(dialect.literal($0.key)): \(text(of: $0.value))" }.joined(separator: ", "))}"
    }
  }
}
