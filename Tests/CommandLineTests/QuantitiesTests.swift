import Testing

@testable import CommandLine

@Suite struct QuantitiesTests {
  @Test(
    "Durations read as people say them",
    arguments: [
      (0.0, "0.00s"), (0.034, "0.03s"), (1.006, "1.01s"), (59.99, "59.99s"), (60.0, "1m 00s"),
      (125.4, "2m 05s"),
      (3725.0, "1h 02m 05s"),
    ])
  func durations(_ seconds: Double, _ expected: String) {
    #expect(Quantities.duration(.seconds(seconds)) == expected)
  }

  @Test("Counts carry their nouns and group their digits")
  func counts() {
    #expect(Quantities.count(1, "row") == "1 row")
    #expect(Quantities.count(0, "row") == "0 rows")
    #expect(Quantities.count(1_234_567, "row") == "1,234,567 rows")
    #expect(Quantities.grouped(-12_345) == "-12,345")
    #expect(Quantities.grouped(999) == "999")
  }

  @Test("Timestamps are in UTC, to the microsecond")
  func timestamps() {
    #expect(Quantities.timestamp(0) == "1970-01-01T00:00:00.000000Z")
    #expect(Quantities.timestamp(1_763_827_529.25) == "2025-11-22T16:05:29.250000Z")
  }
}
