import DuckDBEngine
import EngineCore
import Project
import Testing

@testable import Runner

@Suite("External models in SQL")
struct ExternalMaterializationTests {
  private func external(_ location: String, _ change: (inout ExternalConfig) -> Void = { _ in })
    -> ExternalMaterialization
  {
    var config = ExternalConfig()
    change(&config)
    return ExternalMaterialization(
      target: Relation(schema: "main", identifier: "it's"), dialect: DuckDBDialect(), config: config,
      location: location)
  }

  @Test("The form is what the model says, else its options, else the file's ending, else Parquet")
  func form() {
    #expect(external("/x/a.csv").format == .csv)
    #expect(external("/x/a.CSV") { $0.format = .json }.format == .json)
    #expect(external("/x/a") { $0.writeOptions = [.init("format", "CSV")] }.format == .csv)
    #expect(external("s3://b/a.b/data").format == .parquet)
    #expect(external("/x/a.gz").format == .parquet)
  }

  @Test("Options are written as dbt-duckdb writes them")
  func options() {
    let file = external("/x/it's.csv") {
      $0.writeOptions = [
        .init("delimiter", "|"), .init("quote", "'\"'"), .init("compression", "gzip"),
        .init("overwrite", "true"),
      ]
    }
    #expect(
      file.copy("select 1", to: file.location)
        == "COPY (\nselect 1\n) TO '/x/it''s.csv' (FORMAT csv, HEADER true, DELIMITER '|', QUOTE '\"', COMPRESSION gzip)"
    )
  }

  @Test(
    "A partitioned folder is read by a glob as deep as its columns", arguments: ["a, b", "(a, b)", "a,b"])
  func partitions(_ text: String) {
    let folder = external("s3://b/t") { $0.writeOptions = [.init("partition_by", text)] }
    #expect(folder.isFolder && folder.isRemote)
    #expect(folder.pattern("s3://b/t") == "s3://b/t/*/*/*.parquet")
    #expect(
      folder.copy("select 1", to: "s3://b/t/0123456789")
        == """
        COPY (
        select 1
        ) TO 's3://b/t/0123456789' (FORMAT parquet, PARTITION_BY (a, b), FILENAME_PATTERN 'data_01234567_{i}', \
        OVERWRITE true)
        """)
  }

  @Test("Readers get the options that the model gives, else dbt-duckdb's")
  func readers() {
    #expect(
      external("/x/a.parquet").view(over: "/x/a.parquet", isEmpty: false, columns: [])
        == """
        CREATE OR REPLACE VIEW "main"."it's" AS (
        SELECT * FROM read_parquet('/x/a.parquet', union_by_name = false)
        )
        """)
    let file = external("/x/a.csv") {
      $0.readOptions = [
        .csv: [
          .init("delim", .text("|")), .init("names", .list([.text("a"), .text("b")])),
          .init("skip", .plain("1")),
        ]
      ]
    }
    #expect(
      file.view(over: "/x/a.csv", isEmpty: false, columns: [])
        == """
        CREATE OR REPLACE VIEW "main"."it's" AS (
        SELECT * FROM read_csv('/x/a.csv', delim = '|', names = ['a', 'b'], skip = 1)
        )
        """)
  }

  @Test("Without rows, columns and types are told")
  func noRows() {
    let columns = [
      ColumnDescription(name: "a b", type: "BIGINT"), ColumnDescription(name: "c", type: "DATE"),
    ]
    #expect(
      external("/x/a.json").view(over: "/x/a.json", isEmpty: true, columns: columns)
        == """
        CREATE OR REPLACE VIEW "main"."it's" AS (
        SELECT CAST(NULL AS BIGINT) AS "a b", CAST(NULL AS DATE) AS "c" WHERE false
        )
        """)
  }
}
