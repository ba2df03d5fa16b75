import Diagnostics
import Project
import Testing

@testable import Runner

@Suite("Columns whose type changes")
struct LoadTypeChangeTests {
  /// A change from one load to the next, and what the column is afterwards under each contract.
  struct Change: CustomTestStringConvertible, Sendable {
    var name: String
    var before: [String]
    var after: [String]
    /// The column's type when it may evolve, and the values in the order of their ids.
    var evolved: (type: String, values: [String])
    /// The second load's values where the type is held; NULL where a value does not fit.
    var held: [String]
    var testDescription: String { name }
  }

  private static let changes = [
    Change(
      name: "whole numbers, then words", before: ["1", "2"], after: ["x", "7"],
      evolved: ("VARCHAR", ["1", "2", "x", "7"]), held: ["NULL", "7"]),
    Change(
      name: "words, then whole numbers", before: ["x", "y"], after: ["007", "8"],
      evolved: ("VARCHAR", ["x", "y", "007", "8"]), held: ["007", "8"]),
    Change(
      name: "dates, then times", before: ["2026-03-28", "2026-03-29"],
      after: ["2026-03-30 00:00:00", "2026-03-30 10:00:00"],
      evolved: (
        "TIMESTAMP",
        ["2026-03-28 00:00:00", "2026-03-29 00:00:00", "2026-03-30 00:00:00", "2026-03-30 10:00:00"]
      ), held: ["2026-03-30", "NULL"]),
    Change(
      name: "whole numbers, then fractions", before: ["1", "2"], after: ["3.0", "4.25"],
      evolved: ("DOUBLE", ["1.0", "2.0", "3.0", "4.25"]), held: ["3", "NULL"]),
  ]

  private func csv(_ values: [String], from first: Int = 1) -> String {
    "id,v\n" + values.enumerated().map { "\($0.offset + first),\($0.element)\n" }.joined()
  }

  @Test("follow the contract from one load to the next", arguments: changes)
  func betweenLoads(_ change: Change) async throws {
    for rule in [Contract.Rule.evolve, .freeze, .discardColumns, .discardRows] {
      let shop = try LoadFixture()
      shop.table("t", from: "*.csv") {
        $0.disposition = .append
        $0.contract.types = rule
      }
      try shop.file("a.csv", csv(change.before))
      #expect(try await shop.load().status == .success)
      let type = try await shop.columns("t")[1]
      try shop.file("b.csv", csv(change.after, from: 3))
      let second = try await shop.load()
      let values = try await shop.rows("SELECT v FROM shop_raw.t ORDER BY id").map { $0[0] }
      let isHeld = change.evolved.type == String(type.dropFirst(2))
      switch rule {
      case .evolve:
        #expect(try await shop.columns("t")[1] == "v \(change.evolved.type)")
        #expect(values == change.evolved.values)
      case .freeze where !isHeld:
        #expect(second.diagnostics.map(\.code) == [.contractBroken])
        #expect(values.count == 2)
      case .freeze, .discardColumns:
        #expect(values.suffix(2) == change.held[...], "\(rule): \(second.diagnostics)")
        #expect(try await shop.columns("t")[1] == type)
      case .discardRows:
        #expect(values.dropFirst(2) == change.held.filter { $0 != "NULL" }[...], "\(second.diagnostics)")
        #expect(
          try await shop.rows("SELECT count(*) FROM shop_raw._weir_rejects WHERE column_name = 'v'")
            == [["\(change.held.filter { $0 == "NULL" }.count)"]])
      }
    }
  }

  /// More rows than the engine looks at to find out a type.
  private static let many = 25_000

  @Test(
    "are read right when the change comes late in one file, whatever the contract",
    arguments: ["csv", "ndjson"])
  func withinFile(_ format: String) async throws {
    func text(_ last: String) -> String {
      let numbers = (0..<Self.many).map { format == "csv" ? "\($0)\n" : "{\"v\":\($0)}\n" }.joined()
      return format == "csv" ? "v\n\(numbers)\(last)\n" : "\(numbers){\"v\":\"\(last)\"}\n"
    }
    // Values of several kinds in one field are JSON: "7" is not 7.
    let (type, word) = format == "csv" ? ("VARCHAR", "many") : ("JSON", "\"many\"")
    for rule in [Contract.Rule.evolve, .freeze, .discardColumns, .discardRows] {
      let shop = try LoadFixture()
      shop.table("t", from: "*.\(format)") {
        $0.disposition = .append
        $0.contract.types = rule
      }
      try shop.file("a.\(format)", format == "csv" ? "v\n-1\n" : "{\"v\":-1}\n")
      #expect(try await shop.load().status == .success)
      try shop.file("b.\(format)", text("many"))
      let second = try await shop.load()
      let (rows, words) = try await (
        shop.rows("SELECT count(*), count(v) FROM shop_raw.t")[0],
        shop.rows("SELECT v FROM shop_raw.t WHERE CAST(v AS VARCHAR) LIKE '%many%'")
      )
      switch rule {
      case .evolve:
        #expect(try await shop.columns("t") == ["v \(type)"], "\(second.diagnostics)")
        #expect(rows == ["\(Self.many + 2)", "\(Self.many + 2)"])
        #expect(words == [[word]])
      case .freeze:
        #expect(second.diagnostics.map(\.code) == [.contractBroken])
        #expect(rows == ["1", "1"])
      case .discardColumns:
        #expect(rows == ["\(Self.many + 2)", "\(Self.many + 1)"], "\(second.diagnostics)")
      case .discardRows:
        #expect(rows == ["\(Self.many + 1)", "\(Self.many + 1)"], "\(second.diagnostics)")
        #expect(
          try await shop.rows("SELECT reason FROM shop_raw._weir_rejects") == [["the value is no BIGINT"]])
      }
    }
  }

  @Test(
    "neither are instants local times nor local times instants: both become text, instants in UTC",
    arguments: [false, true])
  func zones(_ isReversed: Bool) async throws {
    let instants = "id,v\n1,2026-10-25 00:30:00+00\n2,2026-10-25 02:30:00+01\n"
    let local = "id,v\n3,2026-10-25 02:30:00\n"
    for rule in [Contract.Rule.evolve, .discardColumns, .discardRows] {
      let shop = try LoadFixture()
      try await shop.fixture.execute("SET GLOBAL TimeZone = 'Europe/Stockholm'")
      shop.table("t", from: "*.csv") {
        $0.disposition = .append
        $0.contract.types = rule
      }
      try shop.file("a.csv", isReversed ? local : instants)
      #expect(try await shop.load().status == .success)
      let type = isReversed ? "v TIMESTAMP" : "v TIMESTAMP WITH TIME ZONE"
      #expect(try await shop.columns("t")[1] == type)
      try shop.file("b.csv", isReversed ? instants : local)
      let second = try await shop.load()
      #expect(
        try await shop.columns("t")[1] == (rule == .evolve ? "v VARCHAR" : type), "\(second.diagnostics)")
      let new = isReversed ? "id < 3" : "id = 3"
      switch rule {
      case .evolve where !isReversed:
        #expect(
          try await shop.rows("SELECT v FROM shop_raw.t ORDER BY id").map { $0[0] }
            == ["2026-10-25 00:30:00+00", "2026-10-25 01:30:00+00", "2026-10-25 02:30:00"])
      case .evolve:
        // Text is read as it is written.
        #expect(
          try await shop.rows("SELECT v FROM shop_raw.t ORDER BY id").map { $0[0] }
            == ["2026-10-25 00:30:00+00", "2026-10-25 02:30:00+01", "2026-10-25 02:30:00"])
      case .discardColumns:
        #expect(try await shop.rows("SELECT count(v) FROM shop_raw.t WHERE \(new)") == [["0"]])
      default: #expect(try await shop.rows("SELECT count(*) FROM shop_raw.t WHERE \(new)") == [["0"]])
      }
    }
  }

  @Test(
    "are joined where the files of one load differ",
    arguments: [
      ("1::INTEGER", "'x'", "VARCHAR", ["1", "x"]),
      ("1::INTEGER", "5000000000", "BIGINT", ["1", "5000000000"]),
      ("1.5::DECIMAL(4,2)", "2.125::DECIMAL(9,3)", "DECIMAL(9,3)", ["1.500", "2.125"]),
      (
        "DATE '2026-03-29'", "TIMESTAMP '2026-03-29 02:30:00'", "TIMESTAMP",
        ["2026-03-29 00:00:00", "2026-03-29 02:30:00"]
      ),
      ("9007199254740993::BIGINT", "0.5::DOUBLE", "VARCHAR", ["9007199254740993", "0.5"]),
      (
        "TIMESTAMP '2026-10-25 02:30:00'", "TIMESTAMPTZ '2026-10-25 01:30:00+00'", "VARCHAR",
        ["2026-10-25 02:30:00", "2026-10-25 01:30:00+00"]
      ),
    ])
  func betweenParquetFiles(_ first: String, _ second: String, _ type: String, _ values: [String]) async throws
  {
    for isReversed in [false, true] {
      let shop = try LoadFixture()
      shop.table("t", from: "*.parquet")
      let contents = isReversed ? [second, first] : [first, second]
      try await shop.fixture.execute("SET GLOBAL TimeZone = 'Europe/Stockholm'")
      try shop.file("none.txt", "")
      for (index, value) in contents.enumerated() {
        try await shop.fixture.execute(
          "COPY (SELECT \(isReversed ? 2 - index : index + 1) AS id, \(value) AS v) "
            + "TO '\(shop.fixture.root)/data/\(index).parquet'")
      }
      let result = try await shop.load()
      #expect(result.status == .success, "\(result.diagnostics)")
      #expect(try await shop.columns("t")[1] == "v \(type)", "reversed: \(isReversed)")
      #expect(try await shop.rows("SELECT v FROM shop_raw.t ORDER BY id").map { $0[0] } == values)
    }
  }
}
