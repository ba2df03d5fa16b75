import Connectors
import EngineCore
import Loads
import Project
import Runner
import Testing

@testable import CommandLine

@Suite("Loads on the terminal")
struct LoadTextTests {
  private func record(_ table: String, read: Int, updated: Int = 0, rejected: Int = 0, bytes: Int? = nil)
    -> LoadRecord
  {
    var record = LoadRecord(id: "1", load: "shop", table: table)
    record.rowsRead = read
    record.rowsUpdated = updated
    record.rowsRejected = rejected
    record.bytes = bytes
    return record
  }

  private func result(_ status: NodeStatus, _ loads: [LoadRecord]) -> NodeResult {
    var result = NodeResult(node: NodeID("load.shop.shop"), resourceType: .load, status: status)
    result.loads = loads
    return result
  }

  @Test("what a load did is said in one line")
  func transferred() {
    let loads = [
      record("a", read: 12_000, updated: 3), record("b", read: 345, rejected: 1, bytes: 1_234_567),
      record("c", read: 0),
    ]
    #expect(
      LoadText.transferred(result(.success, loads))
        == "3 tables, 12,345 rows in (3 updated, 1 rejected), 1.2 MB")
    #expect(LoadText.transferred(result(.success, [record("a", read: 1)])) == "1 table, 1 row in")
    #expect(LoadText.transferred(result(.error, loads)) == nil)
    #expect(LoadText.transferred(result(.success, [])) == nil)
  }

  @Test(
    "bytes are shown in the largest unit that fits",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_234_567, "1.2 MB"), (999_949, "999.9 kB"),
      (999_950, "1.0 MB"), (5_000_000_000_000, "5.0 TB"),
    ])
  func bytes(_ amount: Int, _ text: String) { #expect(Quantities.bytes(amount) == text) }

  @Test("a running load shows rows, bytes, rate and what is left")
  func progress() {
    var board = ProgressBoard(total: 1, startedAt: 0)
    board.start("load.x", .init(name: "shop", kind: "load", startedAt: 0))
    board.fetched("load.x", rows: 20_000, bytes: 3_000_000)
    let size = TerminalSize(columns: 100, rows: 20)
    let style = Style(isColored: false)
    #expect(
      board.lines(at: 10, size: size, style: style)[0].text.hasSuffix(
        "20,000 rows, 3.0 MB, 2,000/s  10.00s"))
    board.progress("load.x", fraction: 0.25, rows: 0)
    #expect(
      board.lines(at: 10, size: size, style: style)[0].text.hasSuffix(
        "20,000 rows, 3.0 MB, 2,000/s  ███░░░░░░░░░  25%  10.00s, 30.00s left"))
  }

  @Test("a file made of what a source holds: names, keys, guesses")
  func template() {
    let tables = [
      SourceTableDescription(
        name: "public.Orders",
        columns: [
          ColumnDescription(name: "id", type: "BIGINT"),
          ColumnDescription(name: "created_at", type: "TIMESTAMP"),
          ColumnDescription(name: "updated_at", type: "TIMESTAMP WITH TIME ZONE"),
        ], key: ["id"]),
      SourceTableDescription(name: "log", columns: [ColumnDescription(name: "day", type: "DATE")]),
      SourceTableDescription(name: "on"), SourceTableDescription(name: "a b/c.csv"),
      SourceTableDescription(name: "d/c.csv"),
    ]
    #expect(
      LoadFileTemplate(name: "shop", origin: "postgres://me@db/shop", tables: tables).text == """
        # Written by 'weir init --from' after a look at the source: read it over, then run 'weir load --preview'.
        loads:
          - name: shop
            from: "postgres://me@db/shop"
            tables:
              - name: orders
                from: public.Orders
                write: merge
                key: [id]
                # cursor: updated_at  # only rows that are new since the last load
              - name: log
                write: replace
                # cursor: day  # with 'write: append': only new rows
              - name: "on"
                write: replace
              - name: c
                from: "a b/c.csv"
                write: replace
              - name: c_2
                from: d/c.csv
                write: replace

        """)
  }

  @Test(
    "a load's name is made of the place",
    arguments: [
      ("postgres://me:x@db.example/shop?sslmode=require", "shop"), ("data/orders.csv", "orders"),
      ("s3://lake/raw/*.parquet", "raw"), ("shop_db", "shop_db"), ("https://example.org/a/b.json", "b"),
    ])
  func names(_ place: String, _ name: String) throws {
    #expect(try InitializeLoadOperation.name(of: place) == name)
  }

  @Test("a password in a URL goes to the environment, never into the file")
  func passwords() {
    let secret = InitializeLoadOperation.Secret(of: "postgres://me:p@ss@db/shop?x=1", name: "shop")
    #expect(secret?.replaced == "postgres://me:{{ env_var('SHOP_PASSWORD') }}@db/shop?x=1")
    #expect(secret?.variable == "SHOP_PASSWORD")
    #expect(InitializeLoadOperation.Secret(of: "postgres://me@db/shop", name: "shop") == nil)
    #expect(InitializeLoadOperation.Secret(of: "data/a:b@c.csv", name: "x") == nil)
  }

  @Test("files are named from the folder that is read, and only those that fit are taken")
  func files() {
    let tables = ["/p/data/a.csv", "/p/data/old/b.csv", "/p/data/c.parquet"].map {
      SourceTableDescription(name: $0)
    }
    func names(_ folder: String?, _ item: String?) -> [String] {
      InitializeLoadOperation.below(folder, item: item, tables).map(\.name)
    }
    #expect(names("/p/data/", nil) == ["a.csv", "old/b.csv", "c.parquet"])
    #expect(names("/p/data", "*.csv") == ["a.csv", "old/b.csv"])
    #expect(names("/p/data", "c.parquet") == ["c.parquet"])
    #expect(names(nil, nil) == tables.map(\.name))
  }
}
