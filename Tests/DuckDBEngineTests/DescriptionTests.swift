import EngineCore
import Testing

@Suite("Descriptions of what the warehouse holds")
struct DescriptionTests {
  @Test("Tables and views of some schemas come with columns and remarks, whatever their names are")
  func describe() async throws {
    let found = try await withDuckDB { connection in
      try connection.execute(
        """
        CREATE SCHEMA "It's";
        CREATE TABLE "It's"."b""c" (id INTEGER, "Größe" DECIMAL(9, 2)[]);
        COMMENT ON TABLE "It's"."b""c" IS 'a table';
        COMMENT ON COLUMN "It's"."b""c".id IS 'a key';
        CREATE VIEW main.v AS SELECT 1 AS one, DATE '2026-01-01' AS day;
        CREATE TABLE main.gone (x INTEGER);
        CREATE VIEW main.broken AS SELECT x FROM main.gone;
        DROP TABLE main.gone;
        CREATE SCHEMA other;
        CREATE TABLE other.t (x INTEGER);
        CREATE TEMP TABLE passing (x INTEGER);
        """)
      return try connection.describe(database: "MEMORY", schemas: ["it's", "Main"])
    }
    #expect(
      found.filter { $0.relation.identifier != "broken" } == [
        RelationDescription(
          relation: Relation(database: "memory", schema: "It's", identifier: "b\"c", kind: .table),
          comment: "a table",
          columns: [
            .init(name: "id", type: "INTEGER", index: 1, comment: "a key"),
            .init(name: "Größe", type: "DECIMAL(9,2)[]", index: 2),
          ]),
        RelationDescription(
          relation: Relation(database: "memory", schema: "main", identifier: "v", kind: .view),
          columns: [
            .init(name: "one", type: "INTEGER", index: 1), .init(name: "day", type: "DATE", index: 2),
          ]),
      ])
  }

  @Test("Nothing is asked of no schema, and the session's own database is meant where none is named")
  func places() async throws {
    let (none, own) = try await withDuckDB { connection in
      try connection.execute("CREATE TABLE t (x INTEGER)")
      return (
        try connection.describe(database: nil, schemas: []),
        try connection.describe(database: nil, schemas: ["main", "nowhere"])
      )
    }
    #expect(none.isEmpty)
    #expect(own.map(\.relation.identifier) == ["t"])
  }

  @Test("Functions that somebody defined are found, apart from tables of their name")
  func functions() async throws {
    let found = try await withDuckDB { connection in
      try connection.execute(
        """
        CREATE SCHEMA "It's";
        CREATE TABLE "It's".f AS SELECT 1 AS x;
        CREATE MACRO "It's".f(a) AS a, (a, b) AS a + b;
        CREATE MACRO "It's".f(a) AS TABLE SELECT a;
        CREATE MACRO main.g() AS 1;
        """)
      let all = try connection.functions(database: "MEMORY", schema: "it's")
      let one = try connection.find(Relation(schema: "main", identifier: "G", kind: .function))
      let none = try connection.find(Relation(schema: "main", identifier: "f", kind: .function))
      return (all, one, none)
    }
    let place = Relation(database: "memory", schema: "It's", identifier: "f", kind: .function)
    #expect(
      found.0 == [
        FunctionDescription(relation: place, givesRows: false),
        FunctionDescription(relation: place, givesRows: true),
      ])
    #expect(found.1 == Relation(database: "memory", schema: "main", identifier: "g", kind: .function))
    #expect(found.2 == nil)
  }
}
