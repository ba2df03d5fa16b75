import Jinja
import Testing

@testable import Project

@Suite("Places that loads read from")
struct SourceLocationTests {
  @Test(
    "a URL or a path shows what kind of source it is",
    arguments: [
      ("data/orders.csv", ConnectionType.files), ("*.parquet", .files), ("/srv/data", .files),
      ("file:///srv/data", .files), ("s3://bucket/folder", .s3), ("gs://bucket/folder", .gcs),
      ("az://container/folder", .azure),
      ("abfss://c@account.dfs.core.windows.net/f", .azure), ("https://example.org/x.csv", .http),
      ("postgres://db/shop", .postgres), ("postgresql://db/shop", .postgres), ("mysql://db/shop", .mysql),
      ("mariadb://db/shop", .mysql), ("sqlite:shop.x", .sqlite), ("old/shop.sqlite", .sqlite),
      ("shop.db", .sqlite), ("duckdb:shop", .duckdb), ("shop.duckdb", .duckdb),
    ])
  func kinds(_ text: String, _ type: ConnectionType) {
    #expect(SourceLocation.type(of: text) == type)
  }

  @Test("a bare word and an unknown scheme are no places", arguments: ["shop_db", "ftp://x/y", ""])
  func nothing(_ text: String) { #expect(SourceLocation(text, root: "/p") == nil) }

  private func shown(_ text: String) throws -> String {
    let location = try #require(SourceLocation(text, root: "/p"))
    return location.settings.json() + (location.item.map { " " + $0 } ?? "")
  }

  @Test("files are parted into their folder and what is read in it")
  func files() throws {
    #expect(try shown("data/") == #"{"path":"/p/data/"}"#)
    #expect(try shown("data/orders.csv") == #"{"path":"/p/data"} orders.csv"#)
    #expect(try shown("/srv/*/2026/*.csv") == #"{"path":"/srv"} */2026/*.csv"#)
    #expect(try shown("s3://lake/raw/orders/*.parquet") == #"{"bucket":"lake/raw/orders"} *.parquet"#)
    #expect(try shown("s3://lake/raw") == #"{"bucket":"lake/raw"}"#)
    #expect(
      try shown("abfss://raw@acct.dfs.core.windows.net/a/b.csv")
        == #"{"container":"raw/a","account_name":"acct"} b.csv"#)
    #expect(
      try shown("https://example.org/a/b.csv?v=2") == #"{"url":"https://example.org/a"} b.csv?v=2"#)
    #expect(try shown("https://example.org") == #"{"url":"https://example.org"}"#)
  }

  @Test("the URL of a server gives a connection's settings, its escapes undone")
  func servers() throws {
    #expect(
      try shown("postgres://ann:p%40ss@db.example:5433/shop?sslmode=require")
        == #"{"user":"ann","password":"p@ss","host":"db.example","port":5433,"#
        + #""database":"shop","sslmode":"require"}"#)
    #expect(try shown("mysql://db/shop") == #"{"host":"db","database":"shop"}"#)
    #expect(try shown("sqlite:///srv/x.db") == #"{"path":"/srv/x.db"}"#)
    #expect(try shown("duckdb:x.db") == #"{"path":"/p/x.db"}"#)
  }

  @Test(
    "a secret in a text is found, one that is left to Jinja is not",
    arguments: [
      ("postgres://ann:secret@db/shop", "a password"),
      ("postgres://ann:{{ env_var('P') }}@db/shop", nil),
      ("postgres://ann@db/shop", nil), ("https://example.org/a:b@c", nil),
      ("https://example.org/x?token=abc", "'token'"), ("https://x/?token={{ secret('file:t') }}", nil),
      ("Driver=x;PWD=abc", "'PWD'"), ("AccountName=a;AccountKey=abc==", "'AccountKey'"),
      ("{{ env_var('URL') }}", nil), ("orders.csv", nil),
    ] as [(String, String?)])
  func plainSecrets(_ text: String, _ found: String?) { #expect(PlainSecrets.found(in: text) == found) }

  @Test("patterns of tables: stars stand for anything, case does not count")
  func patterns() {
    #expect(TablePattern("*").matches("orders"))
    #expect(TablePattern("sales_*").matches("Sales_2026"))
    #expect(!TablePattern("sales_*").matches("presales_2026"))
    #expect(TablePattern("a*b*c").matches("aXbXbc") && !TablePattern("a*b*c").matches("acb"))
    #expect(TablePattern("orders").matches("ORDERS") && !TablePattern("aba*aba").matches("aba"))
  }
}
