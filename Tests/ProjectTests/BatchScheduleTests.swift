import Testing

@testable import Project

@Suite("Batches of time")
struct BatchScheduleTests {
  private func batches(
    _ size: BatchSize, begin: String = "2024-01-01", lookback: Int = 1, isIncremental: Bool = false,
    from start: String? = nil, to end: String? = nil, now: String
  ) throws -> [String] {
    func moment(_ text: String) throws -> Int { try #require(MomentText.microseconds(text)) }
    let config = MicrobatchConfig(
      eventTime: "at", begin: try moment(begin), size: size, lookback: lookback)
    return try BatchSchedule(config).batches(
      isIncremental: isIncremental, from: start.map(moment), to: end.map(moment), now: try moment(now)
    ).map { "\($0.id): \($0.startText) – \($0.endText)" }
  }

  @Test("the first build goes from its beginning to the end of the current batch")
  func first() throws {
    #expect(
      try batches(.day, begin: "2024-02-28T17:00:00", now: "2024-03-01T04:00:00") == [
        "20240228: 2024-02-28 00:00:00+00:00 – 2024-02-29 00:00:00+00:00",
        "20240229: 2024-02-29 00:00:00+00:00 – 2024-03-01 00:00:00+00:00",
        "20240301: 2024-03-01 00:00:00+00:00 – 2024-03-02 00:00:00+00:00",
      ])
  }

  @Test(
    "later builds take the current batch and those before it that are looked back at",
    arguments: [
      (BatchSize.hour, 1, ["20240917T15", "20240917T16"]), (.day, 1, ["20240916", "20240917"]),
      (.month, 2, ["202407", "202408", "202409"]), (.year, 0, ["2024"]),
    ])
  func later(size: BatchSize, lookback: Int, ids: [String]) throws {
    let found = try batches(size, lookback: lookback, isIncremental: true, now: "2024-09-17T16:06:00")
    #expect(found.map { String($0.prefix { $0 != ":" }) } == ids)
  }

  @Test("a span of the command line goes before both, and is rounded to whole batches")
  func asked() throws {
    #expect(
      try batches(
        .month, isIncremental: true, from: "2023-11-20", to: "2024-01-02 12:00:00", now: "2030-01-01")
        == [
          "202311: 2023-11-01 00:00:00+00:00 – 2023-12-01 00:00:00+00:00",
          "202312: 2023-12-01 00:00:00+00:00 – 2024-01-01 00:00:00+00:00",
          "202401: 2024-01-01 00:00:00+00:00 – 2024-02-01 00:00:00+00:00",
        ])
  }

  @Test("hours before 1970 are divided as those after it are")
  func early() throws {
    #expect(
      try batches(.hour, begin: "1969-12-31T22:30:00", now: "1969-12-31T23:15:00") == [
        "19691231T22: 1969-12-31 22:00:00+00:00 – 1969-12-31 23:00:00+00:00",
        "19691231T23: 1969-12-31 23:00:00+00:00 – 1970-01-01 00:00:00+00:00",
      ])
  }

  @Test("a beginning that lies ahead gives one batch, which is empty")
  func ahead() throws {
    #expect(
      try batches(.day, begin: "2024-05-01", now: "2024-04-01") == [
        "20240501: 2024-05-01 00:00:00+00:00 – 2024-04-01 00:00:00+00:00"
      ])
  }

  @Test("more batches than could be meant are not made")
  func tooMany() throws {
    #expect(try batches(.hour, begin: "0001-01-01", now: "2024-04-01").count == BatchSchedule.limit)
  }

  @Test(
    "moments are read as dbt reads them",
    arguments: [
      ("2024-01-31", 1_706_659_200_000_000), ("2024-01-31T12:30:15", 1_706_704_215_000_000),
      ("2024-01-31 12:30:15.25", 1_706_704_215_250_000), ("2024-01-31T12:30+02:00", 1_706_704_200_000_000),
      ("2024-01-31T00:00:00Z", 1_706_659_200_000_000),
    ] as [(String, Int)])
  func moments(text: String, microseconds: Int) {
    #expect(MomentText.microseconds(text) == microseconds)
  }

  @Test(
    "what is no moment is none",
    arguments: ["", "yesterday", "2024-02-30", "2024-13-01", "24-01-01", "2024-01-01T25:00", "2024-01-01 x"])
  func noMoments(text: String) {
    #expect(MomentText.microseconds(text) == nil)
  }
}
