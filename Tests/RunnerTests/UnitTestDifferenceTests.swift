import DuckDBEngine
import Project
import Tabular
import Testing

@testable import Runner

@Suite("What a unit test's rows differ in")
struct UnitTestDifferenceTests {
  private func difference(_ rows: [(String, Int64, String)]) throws -> UnitTestDifference.Rows {
    let schema = Schema([Field("actual_or_expected", .text), Field("id", .int64), Field("name", .text)])
    let values = rows.map { [Scalar.text($0.0), .integer($0.1), .text($0.2)] }
    let columns = try schema.fields.enumerated().map { index, field in
      try Column(field.type, of: values.map { $0[index] })
    }
    let table = Table(
      schema: schema, batches: [Batch(schema: schema, columns: columns, rowCount: rows.count)])
    let compiled = CompiledUnitTest(actual: "SELECT 1", expected: "SELECT 2")
    return try UnitTestDifference(compiled, DuckDBDialect()).paired(table)
  }

  @Test("is shown in pairs, each expected row above the one that is most like it")
  func pairs() throws {
    let rows = try difference([
      ("actual", 1, "a"), ("actual", 2, "x"), ("actual", 9, "z"), ("expected", 1, "b"), ("expected", 2, "y"),
    ])
    #expect(
      rows.table.rows.map { $0[1] } == [.integer(1), .integer(1), .integer(2), .integer(2), .integer(9)])
    #expect(rows.table.rows.map { $0[2] } == ["b", "a", "y", "x", "z"].map { .text($0) })
    #expect(rows.columns == ["name"])
    #expect(rows.summary == "2 rows expected, and 3 rows came out, that are not the same")
  }

  @Test("is said in words")
  func words() throws {
    #expect(try difference([("expected", 1, "a")]).summary == "1 row did not come out")
    #expect(
      try difference([("actual", 1, "a"), ("actual", 2, "a")]).summary
        == "2 rows came out and are not expected")
    #expect(try difference([("actual", 1, "a"), ("expected", 1, "b")]).summary == "1 row differs")
  }
}
