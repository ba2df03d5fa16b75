import EngineCore
import Testing

@testable import Runner

/// Types on their way through Parquet.
@Suite struct CarriedTypeTests {
  private struct Quoting: Dialect {
    let name = "test"
  }

  @Test(
    "What Parquet has no like of travels as text, within other types too",
    arguments: [
      ("INTEGER", "INTEGER"), ("HUGEINT", "VARCHAR"), ("DECIMAL(18,3)", "DECIMAL(18,3)"),
      ("INTERVAL[]", "VARCHAR[]"),
      ("STRUCT(a HUGEINT, \"HUGEINT\" BIT)", "STRUCT(a VARCHAR, \"HUGEINT\" VARCHAR)"),
      ("MAP(VARCHAR, UHUGEINT)", "MAP(VARCHAR, VARCHAR)"),
      ("ENUM('HUGEINT', 'it''s')", "ENUM('HUGEINT', 'it''s')"),
      ("TIME WITH TIME ZONE", "VARCHAR"), ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE"),
    ])
  func carriers(_ type: String, _ carrier: String) {
    #expect(CarriedType.carrier(of: type) == carrier)
  }

  @Test("Rows are written in carriers and read back in their own types")
  func queries() {
    let columns = [
      ColumnDescription(name: "a\"b", type: "HUGEINT"), ColumnDescription(name: "c", type: "\"NULL\""),
    ]
    #expect(CarriedType.writing("SELECT 1", [columns[1]], Quoting()) == "SELECT 1")
    #expect(
      CarriedType.writing("SELECT 1", columns, Quoting())
        == "SELECT CAST(\"a\"\"b\" AS VARCHAR) AS \"a\"\"b\", \"c\" FROM (\nSELECT 1\n) AS weir_rows")
    #expect(
      CarriedType.reading("/f", columns, Quoting())
        == "SELECT CAST(\"a\"\"b\" AS HUGEINT) AS \"a\"\"b\", \"c\" FROM read_parquet('/f')")
    #expect(CarriedType.reading("/f", nil, Quoting()) == "SELECT * FROM read_parquet('/f')")
  }

  @Test("Python gets the environment without what is secret")
  func environment() {
    let open = PythonProgram.open(
      [
        "HOME": "/h", "DBT_ENV_SECRET_X": "1", "WEIR_SECRET_Y": "2", "URL": "postgres://u:swordfish1@h",
        "PASSWORD": "abc", "OTHER": "abcd",
      ], without: ["swordfish1", "abc", ""])
    #expect(open == ["HOME": "/h", "OTHER": "abcd"])
    #expect(PythonProgram(name: "venv/bin/python").path(in: "/p") == "/p/venv/bin/python")
    #expect(PythonProgram(name: "python3").path(in: "/p") == "python3")
  }
}
