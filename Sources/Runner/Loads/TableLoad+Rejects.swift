import Connectors
import Diagnostics
import EngineCore
import Loads
import Project

extension TableLoad {
  /// Takes staged rows out that a rule keeps out.
  mutating func rejectReasons(_ sql: TableSQL) throws {
    let rows = try count(sql.countReasons(isLimited: nil))
    guard rows > 0 else { return }
    limitedRejects += try count(sql.countReasons(isLimited: true))
    try statements.execute(state.reject(sql.reasons, of: record))
    try statements.execute(sql.removeReasons)
    try bear(rows)
  }

  /// Takes out rows that lack a part of their key: nothing could tell them from others.
  mutating func rejectKeyless(_ sql: TableSQL, _ place: TableSQL.Place) throws {
    let rows = try count(sql.countKeyless(in: place))
    guard rows > 0 else { return }
    limitedRejects += rows
    try statements.execute(state.reject(sql.keyless(in: place), of: record))
    try statements.execute(sql.removeKeyless(in: place))
    try bear(rows)
  }

  /// Takes note of the rows that the source could not make readable.
  mutating func takeRejects() throws {
    for start in stride(from: 0, to: read.rejects.count, by: 100) {
      let part = read.rejects[start..<min(start + 100, read.rejects.count)]
      let rows = part.map { row in
        let values = [
          row.file.map(dialect.literal) ?? "NULL", row.line.map(String.init) ?? "NULL",
          row.column.map(dialect.literal) ?? "NULL", dialect.literal(row.reason), dialect.literal(row.text),
        ]
        return "(\(values.joined(separator: ", ")))"
      }
      try statements.execute(
        state.reject("SELECT * FROM (VALUES \(rows.joined(separator: ", ")))", of: record))
    }
    var rows = read.rejects.count
    if let select = way?.rejects { rows += try statements.execute(state.reject(select, of: record)) }
    guard rows > 0 else { return }
    limitedRejects += rows
    record.rowsRead += rows
    try bear(rows)
  }

  /// Counts rejected rows; throws if they are more than the table's limit.
  private mutating func bear(_ rows: Int) throws {
    record.rowsRejected += rows
    guard limitedRejects > table.rejectLimit else { return }
    let examples = try statements.query(state.exampleRejects(of: record), maximumRows: 5, isOwn: false).rows
    let notes = examples.compactMap(\.first?.plainText)
    let rows = limitedRejects == 1 ? "1 row" : "\(limitedRejects) rows"
    throw Diagnostic(
      .tooManyRejects,
      "\(rows) of '\(table.from)' cannot be taken into '\(table.name)', and the limit is \(table.rejectLimit)",
      at: table.span, notes: notes + ["nothing was written"],
      hint: "correct the source, or set such rows aside: `rejects: {limit: …}`")
  }
}
