import Testing

@testable import Project

@Suite struct TableQuestionTests {
  @Test(
    "Questions about tables are told from queries",
    arguments: [
      ("describe orders", true), (" SHOW tables", true), ("summarize orders", true), ("select 1", false),
      ("from orders", false), ("", false),
    ])
  func questions(_ text: String, _ expected: Bool) {
    #expect(TableQuestion.isOne(text) == expected)
  }
}
