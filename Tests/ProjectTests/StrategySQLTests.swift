import EngineCore
import Testing

@testable import Project

@Suite("SQL of incremental strategies")
struct StrategySQLTests {
  private let dialect = StandardDialect(name: "duckdb")

  private func base(
    key: [String] = ["ID"], predicates: [String] = [], columns: [String] = ["id", "the name"]
  ) -> StrategySQL {
    StrategySQL(
      dialect: dialect, target: Relation(schema: "main", identifier: "t"),
      source: Relation(identifier: "new"),
      columns: columns.map { ColumnDescription(name: $0, type: "VARCHAR") },
      uniqueKey: key, predicates: predicates)
  }

  private func merge(
    _ base: StrategySQL, source: [String]? = nil, _ configure: (inout MergeConfig) -> Void = { _ in }
  ) -> String {
    var config = MergeConfig()
    configure(&config)
    let columns = source.map { $0.map { ColumnDescription(name: $0, type: "VARCHAR") } } ?? base.columns
    return MergeSQL(base, config, sourceColumns: columns).statement()
  }

  @Test("delete+insert with one key deletes by the list of the new keys")
  func oneKey() {
    #expect(
      base(predicates: ["x > 1"]).deleteInsert() == [
        """
        DELETE FROM "main"."t"
        WHERE ("id") IN (SELECT ("id") FROM "new")
          AND (x > 1)
        """,
        """
        INSERT INTO "main"."t" ("id", "the name")
        SELECT "id", "the name" FROM "new"
        """,
      ])
  }

  @Test("delete+insert without a key adds all rows")
  func noKey() {
    #expect(base(key: []).deleteInsert() == base().append())
  }

  @Test("a merge names the columns that both sides have")
  func plainMerge() {
    #expect(
      merge(base(columns: ["id", "name", "gone"]), source: ["id", "NAME", "extra"]) == """
        MERGE INTO "main"."t" AS DBT_INTERNAL_DEST
        USING "new" AS DBT_INTERNAL_SOURCE
        ON (DBT_INTERNAL_SOURCE."id" = DBT_INTERNAL_DEST."id")
        WHEN MATCHED THEN UPDATE SET "id" = DBT_INTERNAL_SOURCE."id", "name" = DBT_INTERNAL_SOURCE."name"
        WHEN NOT MATCHED THEN INSERT ("id", "name") VALUES (DBT_INTERNAL_SOURCE."id", DBT_INTERNAL_SOURCE."name")
        """)
  }

  @Test("a merge without a key matches nothing")
  func keylessMerge() {
    #expect(merge(base(key: [])).contains("\nON (FALSE)\n"))
  }

  @Test("columns that join and predicates go together")
  func usingColumns() {
    let plain = merge(base(key: [])) { $0.usingColumns = ["id"] }
    #expect(plain.contains("\nUSING (\"id\")\n"))
    let filtered = merge(base(key: [], predicates: ["DBT_INTERNAL_DEST.day > 1"])) {
      $0.usingColumns = ["id"]
    }
    #expect(
      filtered.contains(
        "\nON (DBT_INTERNAL_SOURCE.\"id\" = DBT_INTERNAL_DEST.\"id\") AND (DBT_INTERNAL_DEST.day > 1)\n"))
  }

  @Test("what a merge updates can be chosen, left out, set and conditioned")
  func updates() {
    let chosen = merge(base()) { $0.updateColumns = ["the name"] }
    #expect(chosen.contains("UPDATE SET \"the name\" = DBT_INTERNAL_SOURCE.\"the name\"\n"))
    let left = merge(base()) { $0.excludedColumns = ["The Name"] }
    #expect(left.contains("UPDATE SET \"id\" = DBT_INTERNAL_SOURCE.\"id\"\n"))
    let set = merge(base()) {
      $0.assignments = [.init(column: "id", expression: "DBT_INTERNAL_DEST.id + 1")]
      $0.updateCondition = "a"
      $0.insertCondition = "b"
      $0.returning = ["merge_action", "id"]
    }
    #expect(
      set.contains("WHEN MATCHED AND (a) THEN UPDATE SET \"id\" = DBT_INTERNAL_DEST.id + 1, \"the name\" = "))
    #expect(set.contains("\nWHEN NOT MATCHED AND (b) THEN INSERT "))
    #expect(set.hasSuffix("\nRETURNING merge_action, id"))
  }

  @Test("clauses are written out in their order")
  func clauses() {
    let sql = merge(base()) {
      var error = MergeClause(action: .error)
      error.message = "it's wrong"
      var update = MergeClause(action: .update)
      (update.mode, update.conditions) = (.star, ["a", "b"])
      $0.matched = [error, update, MergeClause(action: .doNothing)]
      var insert = MergeClause(action: .insert)
      (insert.mode, insert.insertColumns, insert.insertValues) = (.explicit, ["id"], ["1"])
      var delete = MergeClause(action: .delete)
      delete.side = "source"
      $0.notMatched = [insert, delete]
    }
    #expect(
      sql.hasSuffix(
        """
        WHEN MATCHED THEN ERROR 'it''s wrong'
        WHEN MATCHED AND (a) AND (b) THEN UPDATE SET *
        WHEN MATCHED THEN DO NOTHING
        WHEN NOT MATCHED THEN INSERT ("id") VALUES (1)
        WHEN NOT MATCHED BY SOURCE THEN DELETE
        """))
  }

  @Test("a batch replaces the rows of its time and no others")
  func microbatch() {
    let batch = EventBatch(start: 0, end: 86_400_000_000, size: .day)
    let span = "at >= '1970-01-01 00:00:00+00:00' AND at < '1970-01-02 00:00:00+00:00'"
    #expect(
      base(key: [], predicates: ["a"]).microbatch(batch, eventTime: "at") == [
        "DELETE FROM \"main\".\"t\"\nWHERE \(span)\n  AND (a)",
        "INSERT INTO \"main\".\"t\" (\"id\", \"the name\")\nSELECT \"id\", \"the name\" FROM \"new\"\nWHERE \(span)",
      ])
  }

  @Test("changed columns are found without regard to case, and followed by rule")
  func schemaChanges() {
    func columns(_ list: KeyValuePairs<String, String>) -> [ColumnDescription] {
      list.map { ColumnDescription(name: $0.key, type: $0.value) }
    }
    let changes = SchemaChanges(
      source: columns(["ID": "BIGINT", "new one": "DATE"]),
      target: columns(["id": "INTEGER", "old": "VARCHAR"]))
    #expect(
      changes.description == [
        "new columns: new one DATE", "columns that are gone: old VARCHAR",
        "columns with another type: id BIGINT",
      ])
    let table = Relation(identifier: "t")
    #expect(
      changes.statements(.syncAllColumns, target: table, dialect: dialect) == [
        "ALTER TABLE \"t\" ADD COLUMN \"new one\" DATE", "ALTER TABLE \"t\" DROP COLUMN \"old\"",
        "ALTER TABLE \"t\" ALTER COLUMN \"id\" TYPE BIGINT",
      ])
    #expect(
      changes.statements(.appendNewColumns, target: table, dialect: dialect) == [
        "ALTER TABLE \"t\" ADD COLUMN \"new one\" DATE"
      ])
    #expect(changes.statements(.ignore, target: table, dialect: dialect).isEmpty)
  }

  @Test(
    "statements that begin or commit a transaction are left out of a text, and one that undoes it is named")
  func transactions() {
    #expect(TransactionControl.withoutBounds("begin; select 1; commit").sql == " select 1;")
    #expect(TransactionControl.withoutBounds("BEGIN").sql == "")
    #expect(TransactionControl.withoutBounds("select 'begin; commit'").sql == "select 'begin; commit'")
    #expect(TransactionControl.withoutBounds("select 1; rollback").refused == "ROLLBACK")
  }
}
