import Testing

@testable import CommandLine

@Suite("Ages on the command line")
struct AgeTests {
  @Test(
    "A number and a unit, in words or in short",
    arguments: [
      ("7 days", 604_800), ("1 day", 86_400), ("12h", 43_200), ("30 Minutes", 1800), ("2w", 1_209_600),
      ("0", 0),
      ("5 s", 5),
    ])
  func readable(_ text: String, _ seconds: Int) throws {
    #expect(try #require(Age(argument: text)).duration == .seconds(seconds))
  }

  @Test(
    "Anything else is none",
    arguments: ["", "7", "days", "-1 day", "1.5 days", "1 fortnight", "99999999 days", "٣ days"])
  func unreadable(_ text: String) {
    #expect(Age(argument: text) == nil)
  }
}
