import Testing

@testable import Project

@Suite("Bounds of a cursor") struct CursorRuleTests {
  @Test(
    "A bound on instants without a zone is of UTC; any other stays as it is",
    arguments: [
      ("2026-01-31", "2026-01-31 00:00:00+00"), ("2026-01-31 10:00", "2026-01-31 10:00+00"),
      ("2026-01-31T10:00:00.25", "2026-01-31T10:00:00.25+00"),
      ("2026-01-31 10:00:00Z", "2026-01-31 10:00:00Z"),
      ("2026-01-31 10:00:00-05", "2026-01-31 10:00:00-05"),
      ("2026-01-31 10:00 +02:00", "2026-01-31 10:00 +02:00"),
      ("infinity", "infinity"), ("", ""), ("20260131", "20260131"),
      ("2026-01-31 10:00 BC", "2026-01-31 10:00 BC"),
    ])
  func instant(text: String, bound: String) { #expect(CursorRule.instant(text) == bound) }
}
