import EngineCore
import Project
import Tabular

/// What a unit test's two queries do not have in common. Pure.
struct UnitTestDifference {
  /// A query of the rows that one of them gives and the other does not, each with which.
  let sql: String

  init(_ compiled: CompiledUnitTest, _ dialect: any Dialect) {
    let (actual, expected) = (dialect.quoted("__weir_actual"), dialect.quoted("__weir_expected"))
    let side = dialect.quoted("actual_or_expected")
    sql = """
      WITH \(actual) AS (
      \(compiled.actual)
      ), \(expected) AS (
      \(compiled.expected)
      )
      SELECT 'actual' AS \(side), * FROM (SELECT * FROM \(actual) EXCEPT ALL SELECT * FROM \(expected))
      UNION ALL
      SELECT 'expected' AS \(side), * FROM (SELECT * FROM \(expected) EXCEPT ALL SELECT * FROM \(actual))
      ORDER BY ALL
      """
  }

  /// Rows that differ, those that belong together one below the other.
  struct Rows {
    var table: Table
    /// How many there are of each kind, in words.
    var summary: String
    /// The columns in which rows differ that belong together.
    var columns: [String]
  }

  /// Puts to each expected row the one that came out in its stead: the one that is most like it.
  func paired(_ found: Table) throws -> Rows {
    let rows = found.rows
    let expected = rows.indices.filter { rows[$0][0] == .text("expected") }
    var actual = rows.indices.filter { rows[$0][0] != .text("expected") }
    var order: [Int] = []
    var differing: Set<Int> = []
    let counts = (actual.count, expected.count)
    for row in expected {
      order.append(row)
      // Many rows that differ need no pairs to be understood, and finding them would take long.
      guard expected.count <= Self.mostPairs, actual.count <= Self.mostPairs else { continue }
      func likeness(_ other: Int) -> Int { zip(rows[row], rows[other]).count { $0 == $1 } }
      guard let best = actual.max(by: { likeness($0) < likeness($1) }), likeness(best) > 0 else { continue }
      actual.removeAll { $0 == best }
      order.append(best)
      for column in rows[row].indices.dropFirst() where rows[row][column] != rows[best][column] {
        differing.insert(column)
      }
    }
    order += actual
    return Rows(
      table: try found.reordered(order.map { rows[$0] }),
      summary: Self.summary(actual: counts.0, expected: counts.1),
      columns: differing.sorted().map { found.schema.fields[$0].name })
  }

  private static let mostPairs = 200

  private static func summary(actual: Int, expected: Int) -> String {
    func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
    switch (actual, expected) {
    case (0, _): return "\(rows(expected)) did not come out"
    case (_, 0): return "\(rows(actual)) came out and \(actual == 1 ? "is" : "are") not expected"
    case (_, _) where actual == expected: return "\(rows(actual)) differ\(actual == 1 ? "s" : "")"
    default: return "\(rows(expected)) expected, and \(rows(actual)) came out, that are not the same"
    }
  }
}

extension Table {
  /// A table of some of these rows, in this order.
  func reordered(_ rows: [[Scalar]]) throws -> Table {
    let columns = try schema.fields.enumerated().map { index, field in
      try Column(field.type, of: rows.map { $0[index] })
    }
    return Table(schema: schema, batches: [Batch(schema: schema, columns: columns, rowCount: rows.count)])
  }
}
