import Diagnostics
import EngineCore
import Testing

@testable import DuckDBEngine

@Suite struct QueryInputsTests {
  private func changing(_ sql: String) async throws -> [String] {
    try await withDuckDB { try $0.inputs(ofQuery: sql).changing }
  }

  @Test(
    "what gives the same for the same rows is steady",
    arguments: [
      "SELECT a + 1, upper(b) || 'x', count(*), sum(a) FILTER (WHERE a > 1) FROM t GROUP BY ALL",
      "SELECT row_number() OVER (PARTITION BY a ORDER BY b), list_transform([1], x -> x + 1) FROM t",
      "SELECT * FROM range(3) JOIN (SELECT unnest([1, 2]) AS i) ON true",
      "SELECT strftime(d, '%Y'), md5(b) FROM t",
      "WITH x AS (SELECT 1 AS a) SELECT CASE WHEN a = 1 THEN a::VARCHAR ELSE coalesce(NULL, 'b') END FROM x",
    ])
  func steady(sql: String) async throws {
    #expect(try await changing(sql) == [])
  }

  @Test(
    "the clock, chance, files, sequences and settings are not",
    arguments: [
      ("SELECT now()", "now()"), ("SELECT current_date", "current_date"),
      ("SELECT random() FROM t", "random()"),
      ("SELECT * FROM read_csv('x.csv')", "read_csv()"), ("SELECT nextval('s')", "nextval()"),
      ("SELECT uuid()", "uuid()"), ("SELECT a FROM t USING SAMPLE 3", "a sample"),
      ("SELECT current_setting('threads')", "current_setting()"), ("SELECT today()", "today()"),
    ])
  func unsteady(sql: String, what: String) async throws {
    #expect(try await changing(sql).contains(what))
  }

  @Test("a macro of somebody's own may hold anything")
  func macros() async throws {
    let found = try await withDuckDB { connection in
      try connection.execute("CREATE MACRO twice(a) AS a * 2")
      return try connection.inputs(ofQuery: "SELECT twice(a) FROM main.t")
    }
    #expect(found.changing == ["twice()"])
    #expect(found.tables.map(\.name) == ["t"])
  }
}
