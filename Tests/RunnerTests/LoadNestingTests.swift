import Diagnostics
import Project
import Testing

@testable import Runner

@Suite("Nested values of a load")
struct LoadNestingTests {
  private static let orders = """
    {"id":1,"ship":{"City":"Rome"},"items":[{"sku":"a","tags":["x","y"]},{"sku":"b","tags":[]}]}
    {"id":2,"ship":{"City":"Oslo"},"items":[]}

    """

  @Test("structures become columns, and lists stay, if the table is flattened")
  func flatten() async throws {
    let shop = try LoadFixture()
    shop.table("orders", from: "o.ndjson") { $0.nesting = .flatten }
    try shop.file("o.ndjson", Self.orders)
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(
      try await shop.columns("orders") == [
        "id BIGINT", "ship__city VARCHAR", "items STRUCT(sku VARCHAR, tags VARCHAR[])[]",
      ])
  }

  @Test("lists become tables that name their parents, and lists within them too")
  func split() async throws {
    let shop = try LoadFixture()
    shop.table("orders", from: "o.ndjson") {
      $0.nesting = .split
      $0.disposition = .merge
      $0.key = ["id"]
    }
    try shop.file("o.ndjson", Self.orders)
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(
      try await shop.rows("SELECT * FROM shop_raw.orders ORDER BY id") == [["1", "Rome"], ["2", "Oslo"]])
    #expect(
      try await shop.rows("SELECT _weir_parent_id, _weir_index, sku FROM shop_raw.orders__items ORDER BY ALL")
        == [["1", "1", "a"], ["1", "2", "b"]])
    #expect(
      try await shop.rows(
        "SELECT _weir_parent_id, _weir_parent_index, _weir_index, value FROM shop_raw.orders__items__tags ORDER BY ALL"
      )
        == [["1", "1", "1", "x"], ["1", "1", "2", "y"]])
    try shop.file(
      "o.ndjson", #"{"id":1,"ship":{"City":"Rome"},"items":[{"sku":"c","tags":["z"],"n":5}]}"# + "\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(
      try await shop.rows("SELECT _weir_parent_id, sku, n FROM shop_raw.orders__items ORDER BY ALL")
        == [["1", "c", "5"]])
    #expect(try await shop.rows("SELECT value FROM shop_raw.orders__items__tags") == [["z"]])
  }

  @Test("rows without a key get an identity of their own")
  func splitWithoutKey() async throws {
    let shop = try LoadFixture()
    shop.table("orders", from: "*.ndjson") {
      $0.nesting = .split
      $0.disposition = .append
    }
    try shop.file("a.ndjson", Self.orders)
    #expect(try await shop.load().status == .success)
    try shop.file("b.ndjson", #"{"id":3,"ship":{"City":"Lima"},"items":[{"sku":"d","tags":[]}]}"# + "\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(
      try await shop.rows(
        "SELECT o.id, i.sku FROM shop_raw.orders o JOIN shop_raw.orders__items i ON i._weir_parent_row_id = o._weir_row_id ORDER BY ALL"
      ) == [["1", "a"], ["1", "b"], ["3", "d"]])
  }
}
