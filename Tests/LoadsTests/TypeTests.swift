import Testing

@testable import Loads

@Suite("Types of a load's columns")
struct TypeTests {
  @Test(
    "are read from the engine's spelling and written back",
    arguments: [
      "BIGINT", "VARCHAR", "DECIMAL(18,3)", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS",
      "STRUCT(\"a b\" INTEGER, \"c\" VARCHAR[])",
      "MAP(VARCHAR, STRUCT(\"x\" DOUBLE)[])", "UHUGEINT", "JSON", "ENUM('a', 'b)')", "INTEGER[3]", "GEOMETRY",
      "UUID",
      "STRUCT(\"say \"\"hi\"\"\" BIGINT)[][]",
    ])
  func roundTrip(text: String) {
    #expect(SQLType(text).sql == text)
  }

  @Test("are known by other names too")
  func aliases() {
    #expect(SQLType("int") == .integer(bits: 32, isSigned: true))
    #expect(SQLType("numeric(10, 2)") == .decimal(precision: 10, scale: 2))
    #expect(SQLType("varchar(20)") == .text)
    #expect(SQLType("timestamptz") == .timestampWithZone)
    #expect(SQLType("\"NULL\"") == .null)
    #expect(SQLType("STRUCT(a INTEGER, b TEXT)").sql == "STRUCT(\"a\" INTEGER, \"b\" VARCHAR)")
  }

  @Test(
    "widen to the narrowest type that holds both",
    arguments: [
      ("INTEGER", "BIGINT", "BIGINT"), ("BIGINT", "HUGEINT", "HUGEINT"), ("UBIGINT", "BIGINT", "HUGEINT"),
      ("UINTEGER", "INTEGER", "BIGINT"), ("BIGINT", "DECIMAL(18,2)", "DECIMAL(22,2)"),
      ("BIGINT", "DOUBLE", "DOUBLE"),
      ("DECIMAL(10,2)", "DECIMAL(12,6)", "DECIMAL(14,6)"), ("DECIMAL(38,10)", "DECIMAL(38,2)", "VARCHAR"),
      ("DECIMAL(10,2)", "DOUBLE", "DOUBLE"), ("DOUBLE", "VARCHAR", "VARCHAR"),
      ("DATE", "TIMESTAMP", "TIMESTAMP"),
      ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "VARCHAR"), ("DATE", "TIMESTAMP WITH TIME ZONE", "VARCHAR"),
      ("TIMESTAMP_S", "TIMESTAMP", "TIMESTAMP"), ("BOOLEAN", "INTEGER", "VARCHAR"),
      ("FLOAT", "INTEGER", "DOUBLE"),
      ("STRUCT(\"a\" INTEGER)", "STRUCT(\"a\" BIGINT, \"b\" VARCHAR)", "STRUCT(\"a\" BIGINT, \"b\" VARCHAR)"),
      ("INTEGER[]", "DOUBLE[]", "DOUBLE[]"), ("STRUCT(\"a\" INTEGER)", "VARCHAR", "VARCHAR"),
      ("STRUCT(\"a\" INTEGER)", "BIGINT", "JSON"), ("\"NULL\"", "DATE", "DATE"),
      ("UUID", "VARCHAR", "VARCHAR"),
      ("UHUGEINT", "BIGINT", "VARCHAR"),
    ])
  func joined(first: String, second: String, expected: String) {
    #expect(SQLType(first).joined(with: SQLType(second)).sql == expected)
    #expect(SQLType(second).joined(with: SQLType(first)).sql == expected)
  }
}
