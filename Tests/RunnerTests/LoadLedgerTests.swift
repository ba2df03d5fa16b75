import Connectors
import Diagnostics
import EngineCore
import Loads
import Project
import Testing

@testable import Runner

@Suite("What loads remember, and its editing")
struct LoadLedgerTests {
  /// Two tables with cursors and files, loaded once.
  private func loaded() async throws -> LoadFixture {
    let shop = try LoadFixture()
    try shop.file("orders/a.csv", "id,paid_at\n1,2026-01-01 10:00:00\n2,2026-01-02 10:00:00\n")
    try shop.file("orders/b.csv", "id,paid_at\n3,2026-01-03 10:00:00\n")
    try shop.file("people.csv", "id\n7\n")
    shop.table("orders", from: "orders/*.csv") {
      $0.disposition = .append
      $0.cursor = CursorRule(column: "paid_at")
    }
    shop.table("people", from: "people.csv") { $0.disposition = .append }
    let result = try await shop.load()
    try #require(result.status == .success, "\(result.diagnostics)")
    return shop
  }

  /// Does something with the ledger on a session of its own.
  private func ledger<T: Sendable>(
    _ shop: LoadFixture, schema: String = "shop_raw", _ body: @Sendable (LoadLedger) throws -> T
  ) async throws -> T {
    let session = try await shop.fixture.engine.makeSession()
    do {
      let value = try await session.run { try body(LoadLedger($0, database: "shop", schema: schema)) }
      await session.close()
      return value
    } catch {
      await session.close()
      throw error
    }
  }

  @Test("each table's cursor, files and version are told, sorted by name; a load that never ran has none")
  func states() async throws {
    let shop = try await loaded()
    let states = try await ledger(shop) { try $0.states() }
    #expect(states.map(\.table) == ["orders", "people"])
    #expect(states.map(\.cursor) == ["2026-01-03 10:00:00", nil])
    #expect(states.map(\.cursorType) == ["TIMESTAMP", nil])
    #expect(states.map(\.files) == [2, 1])
    #expect(states.map(\.schemaVersion) == [1, 1])
    #expect(try await ledger(shop) { try $0.states(load: "other") } == [])
    #expect(try await ledger(shop, schema: "elsewhere") { try $0.exists() } == false)
    #expect(try await ledger(shop, schema: "elsewhere") { try $0.states() } == [])
    let files = try await ledger(shop) { try $0.files(load: "shop") }
    #expect(files["orders"]?.compactMap(\.size).sorted() == [33, 55])
  }

  @Test("a cursor set by hand is where the next load begins")
  func setCursor() async throws {
    let shop = try await loaded()
    let now = shop.now
    try await ledger(shop) {
      try $0.setCursor(load: "shop", table: "orders", to: "2026-01-02", at: now)
      try $0.forgetFiles(load: "shop", table: "orders")
    }
    let states = try await ledger(shop) { try $0.states(load: "shop") }
    #expect(states.first?.cursor == "2026-01-02 00:00:00")
    #expect(states.first?.files == 0)
    try await shop.fixture.execute("DELETE FROM shop_raw.orders")
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(try await shop.rows("SELECT id FROM shop_raw.orders ORDER BY id") == [["2"], ["3"]])
  }

  @Test(
    "a cursor that cannot be set is refused, and the old one stays",
    arguments: [
      ("orders", "yesterday", "'yesterday' is no TIMESTAMP, which the cursor of 'shop.orders' is"),
      ("people", "1", "the table 'people' of the load 'shop' has no cursor yet"),
      ("nobody", "1", "the table 'nobody' of the load 'shop' has no cursor yet"),
    ])
  func badCursor(table: String, value: String, message: String) async throws {
    let shop = try await loaded()
    let now = shop.now
    let error = await #expect(throws: Diagnostic.self) {
      try await ledger(shop) { try $0.setCursor(load: "shop", table: table, to: value, at: now) }
    }
    #expect(error?.code == .badCursor)
    #expect(error?.message == message)
    #expect(try await ledger(shop) { try $0.states() }.first?.cursor == "2026-01-03 10:00:00")
  }

  @Test("forgetting one table leaves the others; forgetting all leaves the rows")
  func forget() async throws {
    let shop = try await loaded()
    try await ledger(shop) { try $0.forget(load: "shop", table: "orders") }
    #expect(try await ledger(shop) { try $0.states() }.map(\.table) == ["people"])
    #expect(try await ledger(shop) { try $0.files(load: "shop") }.keys.sorted() == ["people"])
    try await ledger(shop) { try $0.forget(load: "shop") }
    #expect(try await ledger(shop) { try $0.states() } == [])
    #expect(try await shop.rows("SELECT count(*) FROM shop_raw.orders") == [["3"]])
  }

  @Test("what a later version of Weir wrote is not touched")
  func laterVersion() async throws {
    let shop = try await loaded()
    try await shop.fixture.execute("UPDATE shop_raw._weir_version SET version = \(StateTables.version + 1)")
    let error = await #expect(throws: Diagnostic.self) {
      try await ledger(shop) { try $0.forget(load: "shop") }
    }
    #expect(error?.code == .badLoadState)
    #expect(try await shop.rows("SELECT count(*) FROM shop_raw._weir_cursors") == [["2"]])
    #expect(try await shop.load().status == .error)
  }
}
