import Diagnostics
import Foundation
import Project
import Testing

@testable import Runner

@Suite("What a load does to its tables")
struct LoadDispositionTests {
  // MARK: - replace

  @Test("replace makes the table what the source holds, and views on it live on")
  func replace() async throws {
    let shop = try LoadFixture()
    try shop.file(
      "orders.csv", "OrderID,Paid At,amount\n1,2026-01-01 10:00:00,1.5\n2,2026-01-02 10:00:00,2\n")
    shop.table("orders", from: "orders.csv")
    let first = try await shop.load()
    #expect(first.status == .success, "\(first.diagnostics)")
    #expect(shop.counts(first) == [2, 2, 0, 0, 0])
    #expect(try await shop.columns("orders") == ["order_id BIGINT", "paid_at TIMESTAMP", "amount DOUBLE"])
    try await shop.fixture.execute("CREATE VIEW v AS SELECT count(*) AS n FROM shop_raw.orders")
    try shop.file("orders.csv", "OrderID,Paid At,amount\n3,2026-01-03 10:00:00,3\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(try await shop.rows("SELECT n FROM v") == [["1"]])
    #expect(
      try await shop.rows("SELECT rows_read, rows_inserted FROM shop_raw._weir_loads ORDER BY started_at")
        == [["2", "2"], ["1", "1"]])
  }

  @Test("a failing check keeps what was there, and the state with it")
  func audited() async throws {
    let shop = try LoadFixture()
    try shop.file("orders.csv", "id\n1\n")
    shop.table("orders", from: "orders.csv")
    try await shop.load()
    try shop.file("orders.csv", "id\n1\n1\n")
    shop.fixture.check("unique_id", "SELECT id FROM shop.shop_raw.orders GROUP BY id HAVING count(*) > 1")
    shop.checks = ["unique_id"]
    let result = try await shop.load()
    #expect(result.status == .error)
    #expect(result.audits.map(\.status) == [.fail])
    #expect(try await shop.rows("SELECT id FROM shop_raw.orders") == [["1"]])
    #expect(try await shop.rows("SELECT count(*) FROM shop_raw._weir_loads") == [["1"]])
  }

  // MARK: - append

  @Test("append takes new files, each once")
  func appendFiles() async throws {
    let shop = try LoadFixture()
    try shop.file("2026/a.csv", "id\n1\n2\n")
    shop.table("events", from: "2026/*.csv") { $0.disposition = .append }
    #expect(shop.counts(try await shop.load()) == [2, 2, 0, 0, 0])
    #expect(shop.counts(try await shop.load()) == [0, 0, 0, 0, 0])
    try shop.file("2026/b.csv", "id\n3\n")
    #expect(shop.counts(try await shop.load()) == [1, 1, 0, 0, 0])
    #expect(try await shop.rows("SELECT id FROM shop_raw.events ORDER BY id") == [["1"], ["2"], ["3"]])
  }

  @Test("append of a file that changed is refused, unless rows know their file: then they are replaced")
  func appendChangedFile() async throws {
    let shop = try LoadFixture()
    try shop.file("a.csv", "id\n1\n")
    shop.table("events", from: "a.csv") { $0.disposition = .append }
    try await shop.load()
    try shop.file("a.csv", "id\n1\n2\n")
    let refused = try await shop.load()
    #expect(refused.status == .error)
    #expect(refused.diagnostics.first?.code == .sourceChanged)
    #expect(try await shop.rows("SELECT id FROM shop_raw.events") == [["1"]])
    shop.table("events", from: "a.csv") {
      $0.disposition = .append
      $0.fileNameColumn = "file_name"
    }
    shop.isFullRefresh = true
    #expect(try await shop.load().status == .success)
    shop.isFullRefresh = false
    try shop.file("a.csv", "id\n1\n2\n3\n")
    let third = try await shop.load()
    #expect(shop.counts(third) == [3, 3, 0, 2, 0], "\(third.diagnostics)")
    #expect(try await shop.rows("SELECT id FROM shop_raw.events ORDER BY id") == [["1"], ["2"], ["3"]])
  }

  @Test("append with a cursor takes late rows of the boundary and repeats none")
  func appendBoundary() async throws {
    let shop = try LoadFixture()
    shop.table("events", from: "events.csv") {
      $0.disposition = .append
      $0.cursor = CursorRule(column: "at")
    }
    try shop.file("events.csv", "at,v\n2026-01-01 00:00:00,a\n2026-01-02 00:00:00,b\n2026-01-02 00:00:00,b\n")
    #expect(shop.counts(try await shop.load()) == [3, 3, 0, 0, 0])
    try shop.file(
      "events.csv",
      """
      at,v
      2026-01-01 00:00:00,a
      2026-01-01 00:00:00,too late
      2026-01-02 00:00:00,b
      2026-01-02 00:00:00,b
      2026-01-02 00:00:00,b
      2026-01-02 00:00:00,c
      2026-01-03 00:00:00,d

      """)
    let second = try await shop.load()
    #expect(shop.counts(second) == [5, 3, 0, 0, 0], "\(second.diagnostics)")
    #expect(
      try await shop.rows("SELECT v, count(*) FROM shop_raw.events GROUP BY v ORDER BY v")
        == [["a", "1"], ["b", "3"], ["c", "1"], ["d", "1"]])
    #expect(
      try await shop.rows("SELECT \"cursor\", cursor_type FROM shop_raw._weir_cursors")
        == [["2026-01-03 00:00:00", "TIMESTAMP"]])
  }

  @Test("rows without a cursor are taken once, and the lookback reaches further back")
  func appendNullsAndLookback() async throws {
    let shop = try LoadFixture()
    shop.table("events", from: "events.csv") {
      $0.disposition = .append
      $0.cursor = CursorRule(column: "n", lookback: 5, isLookbackTime: false)
    }
    try shop.file("events.csv", "n,v\n10,a\n,null\n20,b\n")
    try await shop.load()
    try shop.file("events.csv", "n,v\n10,a\n14,lost\n16,late\n,null\n20,b\n21,c\n")
    let second = try await shop.load()
    #expect(shop.counts(second) == [4, 2, 0, 0, 0], "\(second.diagnostics)")
    #expect(
      try await shop.rows("SELECT v FROM shop_raw.events ORDER BY v")
        == [["a"], ["b"], ["c"], ["late"], ["null"]])
  }

  // MARK: - merge

  @Test("merge puts newer versions in the place of older ones, whatever their order")
  func merge() async throws {
    let shop = try LoadFixture()
    shop.table("orders", from: "orders.csv") {
      $0.disposition = .merge
      $0.key = ["id"]
      $0.cursor = CursorRule(column: "v")
    }
    try shop.file("orders.csv", "id,v,s\n1,2,new\n1,1,old\n2,1,x\n")
    let first = try await shop.load()
    #expect(shop.counts(first) == [3, 2, 0, 0, 0], "\(first.diagnostics)")
    try shop.file("orders.csv", "id,v,s\n1,3,newest\n2,1,x\n3,9,three\n3,8,older\n")
    let second = try await shop.load()
    #expect(shop.counts(second) == [3, 1, 1, 0, 0], "\(second.diagnostics)")
    #expect(
      try await shop.rows("SELECT * FROM shop_raw.orders ORDER BY id")
        == [["1", "3", "newest"], ["2", "1", "x"], ["3", "9", "three"]])
  }

  @Test("merge without a cursor lets the last row of a key win, and touches nothing that is the same")
  func mergeLastWins() async throws {
    let shop = try LoadFixture()
    shop.table("orders", from: "orders.csv") {
      $0.disposition = .merge
      $0.key = ["id"]
    }
    try shop.file("orders.csv", "id,s\n1,a\n1,b\n2,c\n")
    try await shop.load()
    #expect(try await shop.rows("SELECT * FROM shop_raw.orders ORDER BY id") == [["1", "b"], ["2", "c"]])
    try shop.file("orders.csv", "id,s\n2,c\n1,x\n1,y\n")
    let second = try await shop.load()
    #expect(shop.counts(second) == [3, 0, 1, 0, 0], "\(second.diagnostics)")
    #expect(try await shop.rows("SELECT * FROM shop_raw.orders ORDER BY id") == [["1", "y"], ["2", "c"]])
  }

  @Test("of files whose columns differ in turn, the last file's row of a key wins")
  func lastFile() async throws {
    let shop = try LoadFixture()
    shop.table("t", from: "*.csv") {
      $0.disposition = .merge
      $0.key = ["id"]
    }
    try shop.file("1.csv", "id,a\n1,x\n2,x\n")
    try shop.file("2.csv", "id,b\n1,y\n2,y\n")
    try shop.file("3.csv", "id,a\n1,z\n")
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(
      try await shop.rows("SELECT * FROM shop_raw.t ORDER BY id") == [
        ["1", "z", "NULL"], ["2", "NULL", "y"],
      ])
  }

  @Test("an older version that comes late does not overwrite a newer one")
  func mergeLate() async throws {
    let shop = try LoadFixture()
    shop.table("orders", from: "*.csv") {
      $0.disposition = .merge
      $0.key = ["id"]
      $0.cursor = CursorRule(column: "v", lookback: 100, isLookbackTime: false)
    }
    try shop.file("a.csv", "id,v,s\n1,5,new\n")
    try await shop.load()
    try shop.file("b.csv", "id,v,s\n1,3,old\n")
    let second = try await shop.load()
    #expect(shop.counts(second) == [1, 0, 0, 0, 0], "\(second.diagnostics)")
    #expect(try await shop.rows("SELECT s FROM shop_raw.orders") == [["new"]])
    #expect(try await shop.rows("SELECT \"cursor\" FROM shop_raw._weir_cursors") == [["5"]])
  }

  @Test("merge removes or marks the rows that the source says are gone")
  func mergeDeletes() async throws {
    for soft in [nil, "deleted_at"] {
      let shop = try LoadFixture()
      shop.table("orders", from: "orders.csv") {
        $0.disposition = .merge
        $0.key = ["id"]
        $0.deletion = DeletionRule(condition: "op = 'D'", softColumn: soft)
      }
      try shop.file("orders.csv", "id,op\n1,I\n2,I\n3,D\n")
      let first = try await shop.load()
      #expect(first.status == .success, "\(first.diagnostics)")
      try shop.file("orders.csv", "id,op\n1,D\n2,I\n")
      let second = try await shop.load()
      #expect(second.status == .success, "\(second.diagnostics)")
      #expect(shop.counts(second)[3] == 1)
      if soft == nil {
        #expect(try await shop.rows("SELECT id FROM shop_raw.orders ORDER BY id") == [["2"]])
      } else {
        #expect(
          try await shop.rows("SELECT id, deleted_at IS NULL FROM shop_raw.orders ORDER BY id")
            == [["1", "false"], ["2", "true"], ["3", "false"]])
        try shop.file("orders.csv", "id,op\n1,U\n")
        try await shop.load()
        #expect(
          try await shop.rows("SELECT id, op, deleted_at IS NULL FROM shop_raw.orders WHERE id = 1")
            == [["1", "U", "true"]])
      }
    }
  }

  @Test("rows that lack a part of their key are rejected, up to the limit")
  func keyless() async throws {
    let shop = try LoadFixture()
    shop.table("orders", from: "orders.csv") {
      $0.disposition = .merge
      $0.key = ["id"]
    }
    try shop.file("orders.csv", "id,s\n1,a\n,b\n")
    let refused = try await shop.load()
    #expect(refused.diagnostics.first?.code == .tooManyRejects)
    #expect(refused.diagnostics.first?.notes.first?.contains("a part of the key is NULL") == true)
    shop.tables[0].rejectLimit = 1
    let borne = try await shop.load()
    #expect(shop.counts(borne) == [2, 1, 0, 0, 1], "\(borne.diagnostics)")
    #expect(
      try await shop.rows("SELECT column_name, reason, row_text FROM shop_raw._weir_rejects")
        == [["id", "a part of the key is NULL", #"{"id":null,"s":"b"}"#]])
  }

  @Test("a key or a cursor that the source does not have is refused")
  func unknownColumns() async throws {
    let shop = try LoadFixture()
    try shop.file("orders.csv", "id,s\n1,a\n")
    shop.table("orders", from: "orders.csv") {
      $0.disposition = .merge
      $0.key = ["idd"]
      $0.cursor = CursorRule(column: "when")
    }
    let result = try await shop.load()
    #expect(result.diagnostics.map(\.code) == [.badLoadKey, .badCursor])
    #expect(result.diagnostics.first?.span?.line == 5)
  }

  // MARK: - scd2

  @Test("scd2 keeps every version with the time that it held, without overlaps")
  func history() async throws {
    let shop = try LoadFixture()
    shop.table("customers", from: "*.csv") {
      $0.disposition = .scd2
      $0.key = ["id"]
      $0.cursor = CursorRule(column: "at")
    }
    try shop.file(
      "a.csv",
      "id,at,city\n1,2026-01-01 00:00:00,Rome\n1,2026-01-03 00:00:00,Oslo\n2,2026-01-01 00:00:00,Bonn\n")
    let first = try await shop.load()
    #expect(first.status == .success, "\(first.diagnostics)")
    try shop.file(
      "b.csv",
      "id,at,city\n1,2026-01-05 00:00:00,Lima\n2,2026-01-01 00:00:00,Bonn\n3,2026-01-04 00:00:00,Kyiv\n")
    let second = try await shop.load()
    #expect(shop.counts(second).suffix(4) == [1, 1, 0, 0], "\(second.diagnostics)")
    #expect(
      try await shop.rows(
        "SELECT id, city, valid_from, valid_to FROM shop_raw.customers ORDER BY id, valid_from")
        == [
          ["1", "Rome", "2026-01-01 00:00:00", "2026-01-03 00:00:00"],
          ["1", "Oslo", "2026-01-03 00:00:00", "2026-01-05 00:00:00"],
          ["1", "Lima", "2026-01-05 00:00:00", "NULL"], ["2", "Bonn", "2026-01-01 00:00:00", "NULL"],
          ["3", "Kyiv", "2026-01-04 00:00:00", "NULL"],
        ])
  }

  @Test("scd2 of a complete read ends what vanished, and begins it anew when it comes back")
  func historyOfCompleteReads() async throws {
    let shop = try LoadFixture()
    shop.table("customers", from: "c.csv") {
      $0.disposition = .scd2
      $0.key = ["id"]
    }
    try shop.file("c.csv", "id,city\n1,Rome\n2,Bonn\n")
    try await shop.load()
    try shop.file("c.csv", "id,city\n1,Rome\n")
    #expect(shop.counts(try await shop.load()) == [1, 0, 0, 1, 0])
    try shop.file("c.csv", "id,city\n1,Rome\n2,Bern\n")
    let third = try await shop.load()
    #expect(shop.counts(third) == [2, 1, 0, 0, 0], "\(third.diagnostics)")
    #expect(
      try await shop.rows(
        "SELECT id, city, CAST(valid_from AT TIME ZONE 'UTC' AS VARCHAR), CAST(valid_to AT TIME ZONE 'UTC' AS VARCHAR) FROM shop_raw.customers ORDER BY id, valid_from"
      )
        == [
          ["1", "Rome", "2026-01-01 00:00:00", "NULL"],
          ["2", "Bonn", "2026-01-01 00:00:00", "2026-01-01 01:00:00"],
          ["2", "Bern", "2026-01-01 02:00:00", "NULL"],
        ])
  }

  @Test("scd2 stays in order when the clock goes back")
  func historySkew() async throws {
    let shop = try LoadFixture()
    shop.table("customers", from: "c.csv") {
      $0.disposition = .scd2
      $0.key = ["id"]
    }
    try shop.file("c.csv", "id,city\n1,Rome\n")
    try await shop.load()
    shop.now -= 100_000
    try shop.file("c.csv", "id,city\n1,Oslo\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(
      try await shop.rows(
        "SELECT city, valid_to IS NULL, valid_to > valid_from FROM shop_raw.customers ORDER BY valid_from")
        == [["Rome", "false", "true"], ["Oslo", "true", "NULL"]])
  }

  // MARK: - backfills

  @Test("a backfill takes what lies within its bounds, and does not move the cursor back")
  func backfill() async throws {
    let shop = try LoadFixture()
    shop.table("events", from: "e.csv") {
      $0.disposition = .append
      $0.cursor = CursorRule(column: "n", initial: "50")
    }
    try shop.file("e.csv", "n\n10\n20\n30\n50\n60\n")
    #expect(shop.counts(try await shop.load()) == [2, 2, 0, 0, 0])
    shop.options = {
      $0.since = "20"
      $0.until = "30"
    }
    let back = try await shop.load()
    #expect(shop.counts(back) == [1, 1, 0, 0, 0], "\(back.diagnostics)")
    #expect(shop.counts(try await shop.load()) == [1, 0, 0, 0, 0])
    #expect(try await shop.rows("SELECT n FROM shop_raw.events ORDER BY n") == [["20"], ["50"], ["60"]])
    #expect(try await shop.rows("SELECT \"cursor\" FROM shop_raw._weir_cursors") == [["60"]])
  }

  @Test("a full refresh forgets and begins anew")
  func fullRefresh() async throws {
    let shop = try LoadFixture()
    shop.table("events", from: "e.csv") {
      $0.disposition = .append
      $0.cursor = CursorRule(column: "n")
    }
    try shop.file("e.csv", "n\n10\n20\n")
    try await shop.load()
    try shop.file("e.csv", "n\nx1\nx2\n")
    shop.isFullRefresh = true
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(try await shop.columns("events") == ["n VARCHAR"])
    #expect(try await shop.rows("SELECT \"cursor\" FROM shop_raw._weir_cursors") == [["x2"]])
  }
}
