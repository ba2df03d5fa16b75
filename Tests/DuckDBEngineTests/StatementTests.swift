import Diagnostics
import EngineCore
import Tabular
import Testing

@testable import DuckDBEngine

@Suite struct StatementTests {
  @Test("A value of every kind is bound and comes back, by position and by name")
  func bind() async throws {
    let values: [Scalar] = [
      .boolean(true), .integer(-5), .unsigned(.max), .huge(.min), .unsignedHuge(.max), .float32(1.5),
      .float64(-0.25),
      .decimal(unscaled: -12345, width: 9, scale: 3),
      .decimal(unscaled: Int128(Int64.max) * 7, width: 38, scale: 10),
      .bignum(isNegative: true, magnitude: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]),
      .text("it's ü\0x"), .text(""), .blob([0, 255, 39]), .blob([]), .bit("10101"),
      .uuid(0xEECC_B8C5_9943_B2BB_BB5E_222F_4E14_B687), .date(days: -1), .time(microseconds: 1),
      .timeNanoseconds(123_456_789), .timeWithZone(microseconds: 5_000_000, offset: -9_000),
      .timestamp(microseconds: -1), .timestampNanoseconds(1), .instant(microseconds: 77),
      .interval(months: 1, days: -2, microseconds: 3), .list([.integer(1), .null, .integer(3)]), .list([]),
      .map([.text("k")], [.integer(1)]), .structure(["a", "b"], [.integer(1), .text("x")]),
      .union(tag: "n", .integer(5)), .list([.structure(["l"], [.list([.text("deep")])])]),
    ]
    let (positional, named) = try await withDuckDB { connection in
      let byPosition = try connection.prepare("SELECT ?")
      let byName = try connection.prepare("SELECT $value")
      #expect(byPosition.parameterCount == 1)
      var rows: (positional: [Scalar], named: [Scalar]) = ([], [])
      for value in values {
        try byPosition.bind(value, at: 1)
        rows.positional.append(try byPosition.query().rows[0][0])
        byName.clearBindings()
        try byName.bind(value, named: "value")
        rows.named.append(try byName.query().rows[0][0])
      }
      return rows
    }
    #expect(positional == values)
    #expect(named == values)
  }

  @Test("NULL is bound, and an INSERT tells its rows")
  func insert() async throws {
    try await withDuckDB { connection in
      try connection.execute("CREATE TABLE t(i INT, s VARCHAR)")
      let statement = try connection.prepare("INSERT INTO t VALUES ($1, $2), ($1, 'x')")
      try statement.bind(.integer(1), at: 1)
      try statement.bind(.null, at: 2)
      try #expect(statement.execute() == 2)
      try #expect(connection.query("FROM t").rows == [[.integer(1), .null], [.integer(1), .text("x")]])
      try #expect(
        connection.prepare("SELECT i, s AS t FROM t").fields() == [Field("i", .int32), Field("t", .text)])
    }
  }

  @Test("Wrong parameters are diagnostics")
  func wrongParameters() async throws {
    try await withDuckDB { connection in
      let statement = try connection.prepare("SELECT $a")
      let messages = [
        #expect(throws: Diagnostic.self) { try statement.bind(.integer(1), at: 2) },
        #expect(throws: Diagnostic.self) { try statement.bind(.integer(1), named: "b") },
        #expect(throws: Diagnostic.self) { try statement.query() },
        #expect(throws: Diagnostic.self) { try statement.bind(.list([.integer(1), .text("x")]), at: 1) },
        #expect(throws: Diagnostic.self) {
          try statement.bind(.decimal(unscaled: 1, width: 50, scale: 1), at: 1)
        },
        #expect(throws: Diagnostic.self) { try connection.prepare("SELECT 1; SELECT 2") },
        #expect(throws: Diagnostic.self) { try connection.prepare("SELEC") },
      ].map { $0?.message }
      #expect(
        messages == [
          "the statement has no parameter 2; it has 1", "the statement has no parameter $b",
          "Invalid Input Error: Values were not provided for the following prepared statement parameters: a",
          "a list holds values of different types: 64-bit integer and text",
          "DuckDB has no DECIMAL(50,1): the width goes to 38",
          "Invalid Input Error: Cannot prepare multiple statements at once!",
          "Parser Error: syntax error at or near \"SELEC\"",
        ])
    }
  }

  @Test("A prepared statement streams")
  func stream() async throws {
    try await withDuckDB { connection in
      let statement = try connection.prepare("SELECT i FROM range($1) t(i)")
      try statement.bind(.integer(10_000), at: 1)
      var count = 0
      try statement.stream { count += $0.rowCount }
      #expect(count == 10_000)
    }
  }
}

@Suite struct ErrorTests {
  @Test(
    "DuckDB's kinds of error become codes",
    arguments: [
      ("SELEC", DiagnosticCode.sqlSyntax), ("SELECT nope", .sqlBinding), ("FROM nosuch", .sqlBinding),
      ("SELECT 'a'::INT", .sqlData), ("SELECT error('x')", .sqlData), ("SELECT 1000::TINYINT", .sqlData),
      ("CREATE TEMP TABLE c(i INT CHECK (i > 0)); INSERT INTO c VALUES (0)", .sqlConstraint),
      ("FROM read_csv('/no/such/file.csv')", .engineInputOutput), ("LOAD nosuch", .extensionMissing),
      ("COMMIT", .engineFailure), ("SET nosuch = 1", .sqlBinding),
    ])
  func codes(sql: String, code: DiagnosticCode) async throws {
    let error = try await diagnostic { try await withDuckDB { try $0.execute(sql) } }
    #expect(error?.code == code)
  }

  @Test("The place in a statement is counted in bytes, and a long line is cut around it")
  func places() async throws {
    let long =
      "SELECT 'ü',\n" + String(repeating: "1 + ", count: 40) + "nope" + String(repeating: " + 1", count: 40)
    let error = try await diagnostic { try await withDuckDB { try $0.query(long) } }
    #expect(error?.span == SourceSpan(file: "", line: 2, column: 161))
    let lines = error?.cause?.split(separator: "\n") ?? []
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("LINE 2: ...1 + 1") == true)
    #expect(lines.last?.count == "LINE 2: ...".count + 60 + 1)
    let multibyte = try await diagnostic { try await withDuckDB { try $0.query("SELECT 'üü', nope") } }
    #expect(multibyte?.span?.column == 16)
    #expect(multibyte?.cause == "LINE 1: SELECT 'üü', nope\n                     ^")
  }

  @Test("A place outside the text gives no span")
  func outside() {
    #expect(StatementPlace("abc", offset: 4) == nil)
    #expect(StatementPlace("abc", offset: -1) == nil)
    #expect(StatementPlace("abc", offset: 3)?.column == 4)
  }

  @Test("Two transactions that change the same row: the second fails and may try again")
  func conflict() async throws {
    let engine = try DuckDBEngine(path: nil)
    let first = try await engine.makeSession()
    let second = try await engine.makeSession()
    _ = try await first.run { try $0.execute("CREATE TABLE t AS SELECT 1 AS i; BEGIN; UPDATE t SET i = 2") }
    let error = try await diagnostic { try await second.run { try $0.execute("UPDATE t SET i = 3") } }
    #expect(error?.code == .transactionConflict)
    #expect(error?.isTransient == true)
    #expect(error?.hint == "run it again")
    await first.close()
    await second.close()
  }

  @Test("Running out of memory is a diagnostic")
  func memory() async throws {
    let error = try await diagnostic {
      try await withDuckDB { connection in
        try connection.execute("SET memory_limit = '20MB'; SET temp_directory = ''")
        try connection.execute(
          "CREATE TABLE t AS SELECT i, hash(i) h, repeat('x', 100) s FROM range(10000000) r(i) ORDER BY h")
      }
    }
    #expect(error?.code == .engineOutOfMemory)
    #expect(error?.hint?.contains("memory_limit") == true)
  }

  @Test("Words that are no JSON, and JSON that is broken, are taken as they are")
  func odd() {
    #expect(Diagnostic.engine("just words", sql: nil).message == "just words")
    #expect(Diagnostic.engine("", sql: nil).message == "the engine gave no reason")
    #expect(
      Diagnostic.engine("IO Error: {\"exception_type\":", sql: nil).message
        == "IO Error: {\"exception_type\":")
    let escaped = EngineMessage(
      "{\"exception_type\":\"IO\",\"exception_message\":\"a\\u00e9\\ud83e\\udd86\\\"\\n\\/\",\"position\":\"7\"}"
    )
    #expect(escaped.text == "aé🦆\"\n/")
    #expect(escaped.position == 7)
  }
}

@Suite struct CatalogTests {
  @Test("Relations, schemas and columns are those of the catalog, without regard to case")
  func catalog() async throws {
    try await withDuckDB { connection in
      try connection.execute(
        """
        ATTACH ':memory:' AS "Other Db"; CREATE SCHEMA "S 1"; CREATE TABLE "S 1"."T a"(i INT NOT NULL, "c""q" DECIMAL(9, 2)[]);
        CREATE VIEW "S 1".v AS SELECT i + 1 AS j FROM "S 1"."T a"; CREATE TEMP TABLE tmp(x MAP(INT, VARCHAR));
        CREATE TABLE "Other Db".main.o(e ENUM('a', 'b'))
        """)
      let relations = try connection.relations(database: nil, schema: "s 1")
      #expect(
        relations == [
          Relation(database: "memory", schema: "S 1", identifier: "T a", kind: .table),
          Relation(database: "memory", schema: "S 1", identifier: "v", kind: .view),
        ])
      try #expect(connection.relations(database: "other db", schema: "MAIN").map(\.identifier) == ["o"])
      try #expect(connection.relations(database: nil, schema: "nosuch") == [])
      try #expect(connection.schemas(database: "memory") == ["S 1", "main"])
      try #expect(
        connection.columns(of: relations[0]) == [
          ColumnDescription(name: "i", type: "INTEGER", isNullable: false),
          ColumnDescription(name: "c\"q", type: "DECIMAL(9,2)[]"),
        ])
      try #expect(connection.columns(of: relations[1]) == [ColumnDescription(name: "j", type: "INTEGER")])
      try #expect(
        connection.columns(of: Relation(identifier: "TMP")) == [
          ColumnDescription(name: "x", type: "MAP(INTEGER, VARCHAR)")
        ])
      try #expect(
        connection.columns(of: Relation(database: "Other Db", schema: "main", identifier: "o")).map(\.type)
          == ["ENUM('a', 'b')"])
      try #expect(connection.columns(of: Relation(identifier: "nosuch")) == [])
      let files = Relation(identifier: "f", expression: "(VALUES (1, 'x')) AS f(a, b)")
      try #expect(connection.columns(of: files).map(\.name) == ["a", "b"])
      try #expect(connection.find(Relation(schema: "s 1", identifier: "V"))?.kind == .view)
    }
  }

  @Test("A query's columns are told without running it, and its errors stand at its own places")
  func queryColumns() async throws {
    try await withDuckDB { connection in
      try #expect(
        connection.columns(ofQuery: "SELECT 1::DECIMAL(4,1) AS a, error('not run') AS b, [1] AS c") == [
          ColumnDescription(name: "a", type: "DECIMAL(4,1)"), ColumnDescription(name: "b", type: "INTEGER"),
          ColumnDescription(name: "c", type: "INTEGER[]"),
        ])
      let error = #expect(throws: Diagnostic.self) { try connection.columns(ofQuery: "SELECT nope") }
      #expect(error?.span == SourceSpan(file: "", line: 1, column: 8))
      try #expect(
        connection.columns(ofQuery: "-- comment\nWITH c AS (SELECT 1 AS x) FROM c;").map(\.name) == ["x"])
    }
  }

  @Test("A broken view does not hide the relations beside it")
  func brokenView() async throws {
    try await withDuckDB { connection in
      try connection.execute(
        "CREATE TABLE a(i INT); CREATE VIEW v AS FROM a; CREATE TABLE b(j INT); DROP TABLE a")
      try #expect(connection.relations(database: nil, schema: "main").map(\.identifier) == ["b", "v"])
      try #expect(connection.columns(of: Relation(schema: "main", identifier: "b")).map(\.name) == ["j"])
    }
  }

  @Test(
    "DuckDB's names of types are what it spells itself",
    arguments: [
      "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
      "UBIGINT",
      "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL(18,3)", "BIGNUM", "VARCHAR", "JSON", "BLOB", "BIT", "UUID",
      "DATE", "TIME",
      "TIME_NS", "TIME WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS",
      "TIMESTAMP WITH TIME ZONE", "INTERVAL", "ENUM('a', 'b''c')", "INTEGER[]", "VARCHAR[3][]",
      "MAP(VARCHAR, INTEGER[])",
      "STRUCT(\"a b\" INTEGER, \"c\" STRUCT(\"d\" DATE))", "UNION(\"n\" INTEGER, \"s\" VARCHAR)", "GEOMETRY",
    ])
  func typeNames(name: String) async throws {
    let table = try await withDuckDB { try $0.query("SELECT NULL::\(name) AS x") }
    #expect(table.schema.fields[0].type.duckDBName == name)
  }

  @Test(
    "Where one statement is expected, several are refused whole",
    arguments: [
      ("CREATE TABLE m AS (\nselect 1); drop table kept; --\n)", 2, 12),
      ("SELECT * FROM (\nselect ';' as a -- ;\n; select 2\n)", 3, 3), ("SELECT 1; SELECT 2", 1, 11),
    ])
  func oneStatement(_ sql: String, line: Int, column: Int) async throws {
    let (error, tables) = try await withDuckDB { connection in
      try connection.execute("CREATE TABLE kept(i INT)")
      let error = #expect(throws: Diagnostic.self) {
        try connection.oneStatementEach { try connection.query(sql) }
      }
      return (error, try connection.query("SELECT table_name FROM duckdb_tables()").rows)
    }
    #expect(error?.code == .severalStatements)
    #expect(error?.message == "the SQL holds several statements where one is expected")
    #expect(error?.span == SourceSpan(file: "", line: line, column: column))
    #expect(tables == [[.text("kept")]])
  }

  @Test("One statement is one with semicolons in its texts and at its end, and as a PIVOT")
  func oneStatementOnly() async throws {
    let counts = try await withDuckDB { connection in
      try connection.oneStatementEach {
        try connection.execute("CREATE TABLE m AS (PIVOT (SELECT 'x;y' AS k, 1 AS v) ON k USING sum(v))")
        return try [
          "SELECT ';' /* ; select */ AS a; -- ; x", "SELECT $$; select 1$$;;",
          "PIVOT (SELECT 'x;y' AS k, 1 AS v) ON k USING sum(v)", "FROM m;",
        ].map { try connection.query($0).rowCount }
      }
    }
    #expect(counts == [1, 1, 1, 1])
  }

  @Test("Of the tables that SQL reads, several statements are told as such", arguments: ["", ")"])
  func tablesOfSeveral(bracket: String) async throws {
    let error = try await diagnostic {
      try await withDuckDB { try $0.tableReferences(in: "FROM a\(bracket);\nDROP TABLE a") }
    }
    #expect(error?.code == .severalStatements)
    #expect(error?.span == SourceSpan(file: "", line: 2, column: 1))
  }

  @Test("The columns of several statements are asked for in vain, and none of them runs")
  func columnsOfSeveral() async throws {
    let (error, tables) = try await withDuckDB { connection in
      let error = #expect(throws: Diagnostic.self) {
        try connection.columns(ofQuery: "SELECT 1 AS x; CREATE TABLE made(i INT)")
      }
      return (error, try connection.query("FROM duckdb_tables()").rowCount)
    }
    #expect(error?.code == .severalStatements)
    #expect(error?.span?.column == 16)
    #expect(tables == 0)
  }
}
