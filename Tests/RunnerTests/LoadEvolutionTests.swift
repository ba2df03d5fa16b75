import Diagnostics
import Foundation
import Project
import Testing

@testable import Runner

@Suite("Sources that change")
struct LoadEvolutionTests {
  private func appending(_ shop: LoadFixture, _ configure: (inout LoadTable) -> Void = { _ in }) {
    shop.table("t", from: "*.csv") {
      $0.disposition = .append
      configure(&$0)
    }
  }

  @Test("columns are added and widened in place, and it is told")
  func evolve() async throws {
    let shop = try LoadFixture()
    appending(shop)
    try shop.file("a.csv", "id,amount\n1,5\n")
    try await shop.load()
    try shop.file("b.csv", "id,amount,note\n2,1.5,x\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(second.diagnostics.map(\.code) == [.sourceChanged])
    #expect(second.diagnostics.first?.severity == .warning)
    #expect(try await shop.columns("t") == ["id BIGINT", "amount DOUBLE", "note VARCHAR"])
    #expect(
      try await shop.rows("SELECT * FROM shop_raw.t ORDER BY id") == [
        ["1", "5.0", "NULL"], ["2", "1.5", "x"],
      ])
    #expect(
      try await shop.rows(
        "SELECT schema_version, len(schema_changes) FROM shop_raw._weir_loads ORDER BY started_at")
        == [["1", "0"], ["2", "2"]])
  }

  @Test(
    "rows are merged and ended in tables that change in the same load",
    arguments: [WriteDisposition.merge, .scd2])
  func evolveAndMerge(disposition: WriteDisposition) async throws {
    let shop = try LoadFixture()
    shop.table("t", from: "a.csv") {
      $0.disposition = disposition
      $0.key = ["id"]
      $0.deletion = disposition == .merge ? DeletionRule(condition: "n = 0") : nil
    }
    try shop.file("a.csv", "id,n\n1,5\n2,6\n3,7\n")
    try await shop.load()
    if disposition == .merge { shop.tables[0].deletion?.softColumn = "deleted_at" }
    try shop.file("a.csv", "id,n,note\n1,5.5,x\n2,0,y\n3,7,z\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    let isCurrent = disposition == .merge ? "deleted_at IS NULL" : "valid_to IS NULL"
    #expect(
      try await shop.rows(
        "SELECT id, n, note FROM shop_raw.t WHERE \(isCurrent) OR id = 2 AND note = 'y' ORDER BY id")
        == [["1", "5.5", "x"], ["2", "0.0", "y"], ["3", "7.0", "z"]])
    #expect(try await shop.rows("SELECT count(*) FROM shop_raw.t") == [[disposition == .merge ? "3" : "6"]])
  }

  @Test("a whole number that no double holds makes the column text rather than another number")
  func lossless() async throws {
    let shop = try LoadFixture()
    appending(shop)
    try shop.file("a.csv", "id\n9007199254740993\n")
    try await shop.load()
    try shop.file("b.csv", "id\n1.5\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(try await shop.columns("t") == ["id VARCHAR"])
    #expect(try await shop.rows("SELECT id FROM shop_raw.t ORDER BY id") == [["1.5"], ["9007199254740993"]])
  }

  @Test("digits keep their zeros in a column of text, and blanks do not make a number's column text")
  func guessedTypes() async throws {
    let shop = try LoadFixture()
    appending(shop)
    try shop.file("a.csv", "zip,n\nA1,5\n")
    try await shop.load()
    try shop.file("b.csv", "zip,n\n00123,\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(second.diagnostics.isEmpty)
    #expect(try await shop.columns("t") == ["zip VARCHAR", "n BIGINT"])
    #expect(
      try await shop.rows("SELECT * FROM shop_raw.t ORDER BY zip") == [["00123", "NULL"], ["A1", "5"]])
  }

  @Test("a value that does not fit widens the column to text, with an example")
  func conflict() async throws {
    let shop = try LoadFixture()
    appending(shop)
    try shop.file("a.csv", "id,n\n1,5\n")
    try await shop.load()
    try shop.file("b.csv", "id,n\n2,many\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(
      second.diagnostics.first?.notes == [
        "column 'n' was widened from BIGINT to VARCHAR", "for example in 'n': 'many'",
      ])
    #expect(try await shop.rows("SELECT n FROM shop_raw.t ORDER BY id") == [["5"], ["many"]])
  }

  @Test("the contract decides what becomes of values that do not fit")
  func contracts() async throws {
    let expectations: [(Contract.Rule, NodeStatus, [[String]], Int)] = [
      (.freeze, .error, [["1", "5"]], 0),
      (.discardColumns, .success, [["1", "5"], ["2", "NULL"], ["3", "7"]], 0),
      (.discardRows, .success, [["1", "5"], ["3", "7"]], 1),
    ]
    for (rule, status, rows, rejected) in expectations {
      let shop = try LoadFixture()
      appending(shop) { $0.contract.types = rule }
      try shop.file("a.csv", "id,n\n1,5\n")
      try await shop.load()
      try shop.file("b.csv", "id,n\n2,many\n3,7\n")
      let second = try await shop.load()
      #expect(second.status == status, "\(rule): \(second.diagnostics)")
      #expect(try await shop.rows("SELECT * FROM shop_raw.t ORDER BY id") == rows)
      #expect(
        try await shop.rows("SELECT count(*) FROM shop_raw._weir_rejects") == [[String(rejected)]], "\(rule)")
    }
  }

  @Test("replacing under a frozen contract keeps the columns that were there")
  func frozenReplace() async throws {
    let shop = try LoadFixture()
    shop.table("t", from: "a.csv") { $0.contract.columns = .discardColumns }
    try shop.file("a.csv", "id,n\n1,5\n")
    try await shop.load()
    try shop.file("a.csv", "id,m\n2,6\n")
    let second = try await shop.load()
    #expect(second.status == .success, "\(second.diagnostics)")
    #expect(try await shop.columns("t") == ["id BIGINT", "n BIGINT"])
    #expect(try await shop.rows("SELECT * FROM shop_raw.t") == [["2", "NULL"]])
  }

  @Test("declared types are taken at their word, and a value that is none ends the load")
  func declared() async throws {
    let shop = try LoadFixture()
    shop.table("t", from: "a.csv") { $0.columnTypes = [("id", "VARCHAR"), ("n", "INTEGER")] }
    try shop.file("a.csv", "id,n\n007,1\n")
    #expect(try await shop.load().status == .success)
    #expect(try await shop.rows("SELECT * FROM shop_raw.t") == [["007", "1"]])
    try shop.file("a.csv", "id,n\n007,1.5\n")
    let second = try await shop.load()
    #expect(second.status == .error)
    #expect(
      second.diagnostics.first?.message.contains("column 'n': 1.5 is no INTEGER") == true,
      "\(second.diagnostics)")
    shop.tables[0].rejectLimit = 1
    let third = try await shop.load()
    #expect(shop.counts(third) == [1, 0, 0, 0, 1], "\(third.diagnostics)")
  }

  @Test("a cursor whose type changes its meaning is refused")
  func cursorType() async throws {
    let shop = try LoadFixture()
    appending(shop) { $0.cursor = CursorRule(column: "at") }
    try shop.file("a.csv", "at\n5\n")
    try await shop.load()
    try shop.file("b.csv", "at\n2026-01-01 00:00:00\n")
    let second = try await shop.load()
    #expect(second.diagnostics.first?.code == .badCursor)
  }

  @Test("a fraction beyond the rows that were looked at is not rounded")
  func beyondTheSample() async throws {
    let shop = try LoadFixture()
    appending(shop)
    let text = "n,d\n" + (0..<40_000).map { "\($0),2026-01-01\n" }.joined() + "1.5,2026-01-02 10:00:00\n"
    try shop.file("a.csv", text)
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(try await shop.columns("t") == ["n DOUBLE", "d TIMESTAMP"])
    #expect(
      try await shop.rows("SELECT n, d FROM shop_raw.t WHERE n > 1 AND n < 2")
        == [["1.5", "2026-01-02 10:00:00"]])
  }

  @Test(
    "a fraction or a long number far down in large files of lines is kept as it is",
    arguments: [
      (#"{"id": 1.5, "n": 2}"#, ["id DOUBLE", "s VARCHAR", "n BIGINT"], "1.5|2"),
      (#"{"id": 9007199254740993, "n": 5}"#, ["id BIGINT", "s VARCHAR", "n BIGINT"], "9007199254740993|5"),
      (#"{"id": 6, "n": -5}"#, ["id BIGINT", "s VARCHAR", "n BIGINT"], "6|-5"),
      (
        #"{"id": 7, "n": 1234567890123456789.5}"#, ["id BIGINT", "s VARCHAR", "n DOUBLE"],
        "7|1.2345678901234568e+18"
      ),
      (#"{"id": 8, "n": null}"#, ["id BIGINT", "s VARCHAR", "n BIGINT"], "8|-"),
    ], [nil, "file_name"])
  func farDown(_ last: (line: String, columns: [String], values: String), fileName: String?) async throws {
    let shop = try LoadFixture()
    shop.table("t", from: "*.ndjson") { $0.fileNameColumn = fileName }
    let filler = String(repeating: "x", count: 400)
    let line = #"{"id": 3, "s": "\#(filler)", "n": 1234567890123456789}"# + "\n"
    try shop.file("a.ndjson", String(repeating: line, count: 40_000))
    try shop.file("b.ndjson", String(repeating: line, count: 40_000) + last.line + "\n")
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(shop.counts(result) == [80_001, 80_001, 0, 0, 0])
    #expect(try await shop.columns("t") == last.columns + (fileName.map { ["\($0) VARCHAR"] } ?? []))
    #expect(
      try await shop.rows("SELECT concat(id, '|', coalesce(n::varchar, '-')) FROM shop_raw.t WHERE s IS NULL")
        == [[last.values]])
    #expect(
      try await shop.rows("SELECT DISTINCT id::varchar, n::varchar FROM shop_raw.t WHERE s IS NOT NULL")
        .first?.first
        == (last.columns[0] == "id DOUBLE" ? "3.0" : "3"))
  }

  @Test("malformed rows are set aside with their place, up to a limit")
  func malformed() async throws {
    let shop = try LoadFixture()
    shop.table("t", from: "a.csv")
    let good = (0..<30_000).map { "\($0),x\n" }.joined()
    try shop.file("a.csv", "id,s\n" + good + "1,2,3\n")
    let refused = try await shop.load()
    #expect(refused.diagnostics.first?.code == .tooManyRejects, "\(refused.diagnostics)")
    #expect(refused.diagnostics.first?.notes.first?.contains("a.csv:30002") == true, "\(refused.diagnostics)")
    shop.tables[0].rejectLimit = 3
    let borne = try await shop.load()
    #expect(shop.counts(borne) == [30_001, 30_000, 0, 0, 1], "\(borne.diagnostics)")
    #expect(try await shop.rows("SELECT line, row_text FROM shop_raw._weir_rejects") == [["30002", "1,2,3"]])
  }

  @Test("lines that are no JSON are set aside with their place")
  func malformedLines() async throws {
    let shop = try LoadFixture()
    shop.table("t", from: "a.ndjson") { $0.rejectLimit = 2 }
    try shop.file("a.ndjson", "{\"id\":1,\"s\":\"a\"}\n{\"id\":\n{\"id\":2,\"s\":\"b\\tc\"}\n")
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(try await shop.rows("SELECT * FROM shop_raw.t ORDER BY id") == [["1", "a"], ["2", "b\tc"]])
    #expect(try await shop.rows("SELECT line, row_text FROM shop_raw._weir_rejects") == [["2", "{\"id\":"]])
  }

  @Test("names of columns that would do harm are only names")
  func hostileNames() async throws {
    let shop = try LoadFixture()
    shop.table("t", from: "a.csv")
    try shop.file("a.csv", "\"x\"\"; DROP TABLE t; --\",\"a\nb\",,select\n1,2,3,4\n")
    let result = try await shop.load()
    #expect(result.status == .success, "\(result.diagnostics)")
    #expect(
      try await shop.columns("t") == [
        "x_drop_table_t BIGINT", "a_b BIGINT", "column2 BIGINT", "select BIGINT",
      ])
  }
}
