import Diagnostics
import EngineCore
import Jinja

/// Rows of a unit test as SQL, every value of its column's type.
struct FixtureSQL {
  let dialect: any Dialect
  /// What the rows are of, for messages: `'orders'`, `expected output`.
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
      .badUnitTest, "Invalid column name: '\(name)' in unit test fixture for \(subject).", at: span,
      notes: ["its columns are: " + columns.map(\.name).joined(separator: ", ")],
      hint: Spelling.hint(for: name, among: columns.map(\.name)))
  }

  /// A moment whose zone is written with one digit, as YAML may: `10:00:00-0`. The engine wants two.
  private static func widened(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count >= 19, let sign = bytes.lastIndex(where: { $0 == 43 || $0 == 45 }), sign >= 16,
      sign == bytes.count - 2, (48...57).contains(bytes[sign + 1]), (48...57).contains(bytes[sign - 1]),
      bytes[..<sign].count(where: { $0 == UInt8(ascii: ":") }) == 2,
      bytes[..<4].allSatisfy({ (48...57).contains($0) }), bytes[4] == 45
    else { return text }
    let zone = bytes[sign + 1] == 48 ? "+00" : "\(bytes[sign] == 43 ? "+" : "-")0\(bytes[sign + 1] - 48)"
    return String(decoding: bytes[..<sign], as: UTF8.self) + zone
  }

  /// A value as SQL; a list and a mapping as the engine writes lists and structures.
  private func text(of value: DataValue) -> String {
    switch value {
    case .none: "NULL"
    case .bool(let truth): truth ? "true" : "false"
    case .int(let number): String(number)
    case .float(let number): number.isFinite ? String(number) : dialect.literal(String(number))
    case .string(let text): dialect.literal(Self.widened(text))
    case .list(let items): "[\(items.map { self.text(of: $0) }.joined(separator: ", "))]"
    case .dict(let entries):
      "{\(entries.map { "\(dialect.literal($0.key)): \(text(of: $0.value))" }.joined(separator: ", "))}"
    }
  }
}
