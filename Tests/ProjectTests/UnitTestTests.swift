import Diagnostics
import EngineCore
import Jinja
import Testing

@testable import Project

/// Rows of unit tests as they are written, and as SQL.
@Suite struct UnitTestTests {
  private let columns = [
    ColumnDescription(name: "id", type: "INTEGER"), ColumnDescription(name: "Name", type: "VARCHAR"),
  ]

  private var fixture: FixtureSQL {
    FixtureSQL(
      dialect: StandardDialect(name: ""), subject: "the rows of ref('a')", span: SourceSpan(file: "x.yml"))
  }

  @Test("CSV's first line names the columns, and an empty cell is nothing")
  func csv() {
    let rows = FixtureCSV.rows("id,name\r\n1,\"a, \"\"b\"\"\"\r\n\r\n2,\n 3 ,\"two\nlines\"")
    #expect(
      rows == [
        .mapping([("id", .string("1")), ("name", .string("a, \"b\""))]),
        .mapping([("id", .string("2")), ("name", .none)]),
        .mapping([("id", .string(" 3 ")), ("name", .string("two\nlines"))]),
      ])
  }

  @Test("Every value is of its column's type, and what a row does not say is NULL")
  func values() throws {
    let rows: [DataValue] = [
      .mapping([("name", .string("it's")), ("ID", .int(1))]), .mapping([("id", .none)]),
    ]
    #expect(
      try fixture.select(rows, columns) == """
        SELECT * FROM (VALUES
          (CAST(1 AS INTEGER), CAST('it''s' AS VARCHAR)),
          (CAST(NULL AS INTEGER), CAST(NULL AS VARCHAR))
        ) AS weir_rows ("id", "Name")
        """)
    #expect(
      try fixture.select([], columns)
        == #"SELECT CAST(NULL AS INTEGER) AS "id", CAST(NULL AS VARCHAR) AS "Name" WHERE false"#)
  }

  @Test("A column that is not there is named, with those that are")
  func unknownColumn() throws {
    let problem = #expect(throws: Diagnostic.self) {
      try fixture.select([.mapping([("nam", .int(1))])], columns)
    }
    #expect(problem?.message == "Invalid column name: 'nam' in unit test fixture for the rows of ref('a').")
    #expect(problem?.notes == ["its columns are: id, Name"])
  }

  @Test(
    "A zone of one digit is given the two that the engine wants",
    arguments: [
      ("2013-11-03 00:00:00-0", "2013-11-03 00:00:00+00"),
      ("2013-11-03T00:00:00+5", "2013-11-03T00:00:00+05"),
      ("2013-11-03 00:00:00.5-3", "2013-11-03 00:00:00.5-03"), ("2013-11-03 00:00:00", "2013-11-03 00:00:00"),
      ("2013-11-03 00:00:00+02", "2013-11-03 00:00:00+02"),
      ("a long text, a score of 20-0", "a long text, a score of 20-0"),
    ])
  func zones(written: String, shown: String) throws {
    let text = [ColumnDescription(name: "t", type: "TIMESTAMP", isNullable: true)]
    let sql = try fixture.select([.mapping([("t", .string(written))])], text)
    #expect(sql.contains("(CAST('\(shown)' AS TIMESTAMP))"))
  }

  @Test("The checksum is dbt's")
  func checksum() async throws {
    let project = try await TemporaryProject([
      "weir.yml": "name: p\n", "models/a.sql": "select 1 as id",
      "models/c.sql": "select id from {{ ref('a') }}",
      "models/x.yml": """
      unit_tests:
      - name: t
        model: c
        overrides: {vars: {x: 1}}
        given: [{input: ref('a'), rows: [{id: 1}]}]
        expect: {format: csv, rows: "id\\n1\\n"}
      """,
    ]).load().project
    let test = try #require(project.nodes.first { $0.unitTest != nil })
    #expect(test.id.rawValue == "unit_test.p.c.t")
    #expect(test.checksum == "5f97a5bda635048afb62d9d68afebb9bd2e120df80e98ff1e397b5f4bc901470")
    #expect(test.dependencies.map(\.rawValue) == ["model.p.c"])
  }
}
