import Diagnostics
import Project
import Testing

@testable import Runner

/// Cursors that are times, where clocks are put forward and back, or go wrong.
@Suite("Times as cursors")
struct LoadTimeTests {
  private func shop(_ disposition: WriteDisposition, lookback: Double = 0) async throws -> LoadFixture {
    let shop = try LoadFixture()
    try await shop.fixture.execute("SET GLOBAL TimeZone = 'Europe/Stockholm'")
    shop.table("t", from: "t.csv") {
      $0.disposition = disposition
      $0.key = disposition == .append ? [] : ["id"]
      $0.cursor = CursorRule(column: "at", lookback: lookback)
    }
    return shop
  }

  private static let autumn = [
    "2026-10-25 00:30:00+00", "2026-10-25 00:59:59+00", "2026-10-25 01:00:00+00", "2026-10-25 01:30:00+00",
  ]
  private static let spring = [
    "2026-03-29 00:30:00+00", "2026-03-29 00:59:59+00", "2026-03-29 01:00:00+00", "2026-03-29 01:30:00+00",
  ]

  @Test(
    "instants are taken once each, on the nights when the clock is changed",
    arguments: [autumn, spring], [WriteDisposition.append, .merge])
  func instants(_ times: [String], _ disposition: WriteDisposition) async throws {
    let shop = try await shop(disposition, lookback: 1800)
    func rows(_ count: Int, late: Bool) -> String {
      "id,at\n" + times.prefix(count).enumerated().map { "\($0.offset),\($0.element)\n" }.joined()
        + (late ? "9,\(times[2].replacing(":00+00", with: ":01+00"))\n" : "")
    }
    for count in 1...4 {
      try shop.file("t.csv", rows(count, late: false))
      let result = try await shop.load()
      #expect(shop.counts(result)[1] == 1, "\(count): \(result.diagnostics)")
      #expect(try await shop.rows("SELECT \"cursor\" FROM shop_raw._weir_cursors") == [[times[count - 1]]])
    }
    try shop.file("t.csv", rows(4, late: true))
    #expect(shop.counts(try await shop.load())[1] == 1, "a row that came late, within the lookback")
    #expect(shop.counts(try await shop.load())[1...2] == [0, 0])
    #expect(
      try await shop.rows(
        "SELECT strftime(\"at\" AT TIME ZONE 'UTC', '%H:%M:%S') AS t FROM shop_raw.t WHERE id < 9 ORDER BY id"
      )
      .map { $0[0] + "+00" } == times.map { String($0.suffix(11)) })
  }

  @Test("local times that go back an hour in autumn are taken with a lookback of an hour")
  func localTimes() async throws {
    for (lookback, expected) in [(0.0, ["1", "2"]), (3600, ["1", "2", "3"])] {
      let shop = try await shop(.append, lookback: lookback)
      try shop.file("t.csv", "id,at\n1,2026-10-25 01:50:00\n2,2026-10-25 02:50:00\n")
      #expect(try await shop.load().status == .success)
      // An hour later by the sun, half an hour earlier by the clock.
      try shop.file("t.csv", "id,at\n1,2026-10-25 01:50:00\n2,2026-10-25 02:50:00\n3,2026-10-25 02:20:00\n")
      for _ in 1...2 { #expect(try await shop.load().status == .success) }
      #expect(try await shop.rows("SELECT id FROM shop_raw.t ORDER BY id").map { $0[0] } == expected)
      #expect(
        try await shop.rows("SELECT \"cursor\", cursor_type FROM shop_raw._weir_cursors")
          == [["2026-10-25 02:50:00", "TIMESTAMP"]])
    }
  }

  @Test("of two local versions of that hour, merge keeps the one with the greater time")
  func localVersions() async throws {
    let shop = try await shop(.merge, lookback: 3600)
    try shop.file("t.csv", "id,at,v\n1,2026-10-25 02:50:00,summer\n")
    #expect(try await shop.load().status == .success)
    try shop.file("t.csv", "id,at,v\n1,2026-10-25 02:20:00,winter\n")
    #expect(try await shop.load().status == .success)
    #expect(try await shop.rows("SELECT v FROM shop_raw.t") == [["summer"]])
    try shop.file("t.csv", "id,at,v\n1,2026-10-25 02:55:00,later\n")
    #expect(try await shop.load().status == .success)
    #expect(try await shop.rows("SELECT v FROM shop_raw.t") == [["later"]])
  }

  @Test("every version of a history has its instant, an hour apart in autumn")
  func history() async throws {
    let shop = try await shop(.scd2)
    for (version, at) in Self.autumn.enumerated() {
      try shop.file("t.csv", "id,at,v\n1,\(at),\(version)\n")
      let result = try await shop.load()
      #expect(result.status == .success, "\(result.diagnostics)")
    }
    #expect(
      try await shop.rows(
        "SELECT v, epoch(valid_to) - epoch(valid_from) FROM shop_raw.t ORDER BY valid_from")
        == [["0", "1799.0"], ["1", "1.0"], ["2", "1800.0"], ["3", "NULL"]])
  }

  @Test(
    "a source's clock may be years ahead of ours or behind: its times alone say what is new",
    arguments: [2099, 1999], [WriteDisposition.append, .merge, .scd2])
  func skew(_ year: Int, _ disposition: WriteDisposition) async throws {
    let shop = try await shop(disposition)
    for day in 1...3 {
      try shop.file(
        "t.csv", "id,at,v\n" + (1...day).map { "\($0),\(year)-05-0\($0) 12:00:00+00,x\n" }.joined())
      // Ours jumps too.
      shop.now += day == 2 ? -400_000_000 : 50_000
      let result = try await shop.load()
      #expect(shop.counts(result)[1] == 1, "\(day): \(result.diagnostics)")
    }
    #expect(try await shop.rows("SELECT id FROM shop_raw.t ORDER BY id") == [["1"], ["2"], ["3"]])
    #expect(
      try await shop.rows("SELECT \"cursor\" FROM shop_raw._weir_cursors") == [["\(year)-05-03 12:00:00+00"]])
    #expect(try await shop.rows("SELECT count(*) FROM shop_raw._weir_loads") == [["3"]])
  }

  @Test("a single time of far in the future hides what comes after it, until the position is put back")
  func outlier() async throws {
    let shop = try await shop(.append)
    try shop.file("t.csv", "id,at\n1,2026-05-01 12:00:00+00\n2,9999-01-01 00:00:00+00\n")
    #expect(try await shop.load().status == .success)
    try shop.file(
      "t.csv", "id,at\n1,2026-05-01 12:00:00+00\n2,9999-01-01 00:00:00+00\n3,2026-05-02 12:00:00+00\n")
    #expect(shop.counts(try await shop.load())[1] == 0)
    shop.options = { $0.since = "2026-05-01 12:00:00+00" }
    #expect(shop.counts(try await shop.load())[1] == 1)
    #expect(try await shop.rows("SELECT id FROM shop_raw.t ORDER BY id") == [["1"], ["2"], ["3"]])
  }
}
