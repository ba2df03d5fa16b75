import Diagnostics
import EngineCore
import Testing

@testable import DuckDBEngine

@Suite struct TableReferenceTests {
  /// A statement and the tables it reads, as `name@offset`, with catalog, schema and alias where written.
  struct Form: Sendable, CustomTestStringConvertible {
    var sql: String
    var tables: [String]
    var testDescription: String { sql }

    init(_ sql: String, _ tables: String...) {
      self.sql = sql
      self.tables = tables
    }
  }

  static let plain: [Form] = [
    Form("SELECT 1"),
    Form(""),
    Form("-- nothing but a comment"),
    Form("SELECT * FROM t", "t@14"),
    Form("FROM t", "t@5"),
    Form("FROM t SELECT count(*) GROUP BY ALL", "t@5"),
    Form("SELECT * FROM s.t", "s.t@14"),
    Form("SELECT * FROM c.s.t AS x", "c.s.t x@14"),
    Form("SELECT * FROM \"My Db\".\"Sch\".\"Ta.ble\"", "My Db.Sch.Ta.ble@14"),
    Form("SELECT * FROM raw /* where from */ . orders", "raw.orders@14"),
    Form("SELECT * FROM \"a\"\"b\"", "a\"b@14"),
    Form("SELECT 'é', \"ü\" FROM straße", "straße@23"),
    Form("-- é\nSELECT * FROM é.\"a b\" x, /*ü*/ raw . orders", "é.a b x@20", "raw.orders@39"),
    Form("SELECT a.x, b.y FROM a JOIN s.b USING (id)", "a@21", "s.b@28"),
    Form("SELECT * FROM a, b, c", "a@14", "b@17", "c@20"),
    Form("SELECT * FROM a LEFT JOIN b ON a.i = b.i FULL JOIN c USING (i)", "a@14", "b@26", "c@51"),
    Form("SELECT * FROM a ASOF JOIN b ON a.t >= b.t", "a@14", "b@26"),
    Form("SELECT * FROM a POSITIONAL JOIN b", "a@14", "b@32"),
    Form("SELECT * FROM a SEMI JOIN b USING (i)", "a@14", "b@26"),
    Form("SELECT * FROM a NATURAL JOIN b", "a@14", "b@29"),
    Form("SELECT * FROM (SELECT * FROM t) x", "t@29"),
    Form("SELECT (SELECT max(x) FROM u) FROM t", "u@27", "t@35"),
    Form("SELECT * FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.i = t.i)", "t@14", "u@44"),
    Form("SELECT * FROM t WHERE i IN (SELECT i FROM u)", "t@14", "u@42"),
    Form("SELECT * FROM t ORDER BY (SELECT max(i) FROM u)", "t@14", "u@45"),
    Form("SELECT * FROM t LIMIT (SELECT max(i) FROM u)", "t@14", "u@42"),
    Form(
      "SELECT sum(i) FROM t GROUP BY (SELECT 1 FROM u) HAVING sum(i) > (SELECT 1 FROM v)", "t@19", "u@45",
      "v@79"),
    Form("SELECT *, row_number() OVER (PARTITION BY k ORDER BY t) r FROM ev QUALIFY r = 1", "ev@63"),
    Form("SELECT CASE WHEN i = 1 THEN (SELECT 1 FROM u) END FROM t", "u@43", "t@55"),
    Form("SELECT * FROM t1, LATERAL (SELECT * FROM t2 WHERE t2.a = t1.a) x, unnest(t1.l)", "t1@14", "t2@41"),
    Form("SELECT [x FOR x IN (SELECT list(i) FROM u)] FROM t", "u@40", "t@49"),
    Form("(SELECT * FROM a) UNION ALL BY NAME SELECT * FROM b", "a@15", "b@50"),
    Form("SELECT * FROM a EXCEPT SELECT * FROM b INTERSECT SELECT * FROM c", "a@14", "b@37", "c@63"),
    Form("VALUES (1), (2)"),
    Form("SELECT * FROM (VALUES (1)) v(i)"),
    Form("SELECT * FROM range(3)"),
    Form("SELECT * FROM 'data/*.parquet'", "data/*.parquet@14"),
    Form("SELECT * FROM read_csv('x.csv') JOIN t USING (id)", "t@37"),
    Form("SELECT * FROM read_csv((SELECT f FROM files))", "files@38"),
    Form("SELECT * FROM my_macro(1) m, t", "t@29"),
    Form("SELECT unknown_function(x) FROM t", "t@32"),
    Form("SELECT * FROM t TABLESAMPLE 10%", "t@14"),
    Form("SELECT * FROM t AT (VERSION => 3)", "t@14"),
    Form("SELECT * EXCLUDE (a) REPLACE (b + 1 AS b) FROM t", "t@47"),
    Form("SELECT COLUMNS('a.*') FROM t", "t@27"),
    Form("SELECT * FROM t a(x, y)", "t a@14"),
    Form("SELECT * FROM t WHERE d >= $start AND e < $end", "t@14"),
    Form("UNPIVOT m ON jan, feb INTO NAME month VALUE v", "m@8"),
    Form("SELECT * FROM m UNPIVOT (v FOR k IN (a, b))", "m@14"),
    Form("FROM (PIVOT sales ON year IN (2023, 2024) USING sum(a) GROUP BY r)", "sales@12"),
    Form("SELECT * FROM sales PIVOT (sum(a) FOR year IN (1, 2))", "sales@14"),
    Form("DESCRIBE t", "t@9"),
    Form("SUMMARIZE t", "t@10"),
    Form("DESCRIBE SELECT * FROM t", "t@23"),
    Form("TABLE t", "t@6"),
    Form("SELECT * FROM a; SELECT * FROM b", "a@14", "b@31"),
    Form("SELECT '{\"type\":\"BASE_TABLE\",\"table_name\":\"no\"}' FROM t", "t@54"),
    Form("SELECT \"type\\\" FROM \"q\\n\"", "q\\n@20"),
  ]

  static let withCTEs: [Form] = [
    Form("WITH c AS (SELECT * FROM t) SELECT * FROM c", "t@25"),
    Form("WITH c AS (SELECT 1) SELECT * FROM C, \"c\""),
    Form("WITH c AS (SELECT * FROM a), d AS (SELECT * FROM c) FROM d JOIN e USING (i)", "a@25", "e@64"),
    Form("WITH orders AS (SELECT * FROM raw.orders) SELECT * FROM orders", "raw.orders@30"),
    Form("WITH orders AS (SELECT * FROM orders) SELECT * FROM orders", "orders@30"),
    Form("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a, b", "b@25"),
    Form(
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r JOIN lim ON n < m) FROM r", "lim@68"),
    Form("WITH c AS MATERIALIZED (SELECT * FROM t) SELECT * FROM c, s.c", "t@38", "s.c@58"),
    Form("WITH c AS (SELECT 1) SELECT * FROM t ORDER BY (SELECT max(i) FROM c)", "t@35"),
    Form("WITH c AS (SELECT 1) SELECT (SELECT * FROM c) FROM t WHERE i IN (FROM c)", "t@51"),
    Form("SELECT * FROM (WITH c AS (SELECT 1) SELECT * FROM c) x, c", "c@56"),
    Form("WITH c AS (SELECT 1) (WITH d AS (FROM c) FROM d) UNION FROM d", "d@60"),
    Form("WITH c AS (SELECT 1) SELECT 1 FROM c UNION SELECT 2 FROM c"),
    Form("WITH c AS (WITH c AS (SELECT * FROM c) SELECT * FROM c) SELECT * FROM c", "c@36"),
    Form("WITH c AS (SELECT 1), d AS (WITH c AS (FROM t) FROM c) FROM c, d", "t@44"),
    Form(
      "WITH RECURSIVE r USING KEY (i) AS (SELECT 1 i UNION SELECT i FROM r JOIN recurring.r USING (i)) FROM r",
      "recurring.r@73"),
    Form("WITH c AS (SELECT 1) SELECT * FROM c AS t, t AS c", "t c@43"),
  ]

  static let pivots: [Form] = [
    Form("PIVOT sales ON year USING sum(amount)", "sales@6"),
    Form("PIVOT sales ON year, month || 'x' USING sum(amount) GROUP BY region ORDER BY region", "sales@6"),
    Form("PIVOT s.sales ON year", "s.sales@6"),
    Form("WITH c AS (SELECT * FROM t) PIVOT c ON lower(year) USING sum(a)", "t@25"),
    Form("FROM (PIVOT a ON k USING sum(v)) JOIN b USING (i)", "a@12", "b@38"),
    Form("SELECT * FROM (PIVOT a ON k, 'it''s; ON' || l IN (1) USING sum(v)) x, s.b", "a@21", "s.b@70"),
    Form(
      "-- PIVOT x ON y\nPIVOT (SELECT * FROM \"on\" JOIN u ON true) ON k /* , */ USING sum(v)", "on@37",
      "u@47"),
    Form("PIVOT (PIVOT a ON k USING sum(v)) ON l USING max(w)", "a@13"),
    Form("PIVOT_WIDER a ON $$ ON ; $$ || k", "a@12"),
  ]

  @Test(
    "Every form of SELECT gives the tables it reads and where they stand",
    arguments: plain + withCTEs + pivots)
  func forms(form: Form) async throws {
    let references = try await withDuckDB { try $0.tableReferences(in: form.sql) }
    let spelled = references.map { reference in
      let path = [reference.catalog, reference.schema, reference.name].compactMap { $0 }.joined(
        separator: ".")
      return "\(path)\(reference.alias.map { " \($0)" } ?? "")@\(reference.offset ?? -1)"
    }
    #expect(spelled == form.tables)
  }

  @Test("A statement that does not parse is a diagnostic with its place")
  func syntaxError() async throws {
    let error = try await diagnostic {
      try await withDuckDB { try $0.tableReferences(in: "SELECT *\nFORM t") }
    }
    #expect(error?.code == .sqlSyntax)
    #expect(error?.message == "Parser Error: syntax error at or near \"t\"")
    #expect(error?.span == SourceSpan(file: "", line: 2, column: 6))
    #expect(error?.cause == "LINE 2: FORM t\n             ^")
  }

  @Test(
    "A statement that is no SELECT is a diagnostic",
    arguments: [
      "CREATE TABLE a AS SELECT * FROM b", "INSERT INTO a SELECT * FROM b", "COPY (FROM a) TO 'x.csv'",
      "DELETE FROM a", "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE",
    ])
  func noSelect(sql: String) async throws {
    let error = try await diagnostic { try await withDuckDB { try $0.tableReferences(in: sql) } }
    #expect(error?.message == "not a SELECT: Only SELECT statements can be serialized to json!")
  }
}
