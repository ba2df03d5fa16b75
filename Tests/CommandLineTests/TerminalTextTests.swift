import Diagnostics
import Testing

@testable import CommandLine

@Suite struct TerminalTextTests {
  @Test(
    "Text takes the columns that a terminal gives it",
    arguments: [
      ("", 0), ("orders", 6), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("ｶﾅ", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2),
      ("❤", 1), ("한글", 4), ("a\u{200B}b", 2), ("Ünïcode", 7),
    ])
  func width(_ text: String, _ expected: Int) {
    #expect(TerminalText.width(of: text) == expected)
  }

  @Test("Cut text ends in an ellipsis and never exceeds its room")
  func fitting() {
    #expect(TerminalText.fitting("orders", 6) == "orders")
    #expect(TerminalText.fitting("orders", 4) == "ord…")
    #expect(TerminalText.fitting("日本語", 5) == "日本…")
    #expect(TerminalText.fitting("日本語", 4) == "日…")
    #expect(TerminalText.fitting("abc", 0) == "")
  }

  @Test("Padding goes to the side that is asked for")
  func padded() {
    #expect(TerminalText.padded("日", 4) == "日  ")
    #expect(TerminalText.padded("12", 4, onLeft: true) == "  12")
    #expect(TerminalText.padded("12345", 4) == "12345")
  }

  @Test("Control characters are spelled out")
  func controls() {
    #expect(TerminalText.oneLine("a\nb\tc\u{1B}[31m") == "a\\nb\\tc\\u{1b}[31m")
    #expect(TerminalText.oneLine("\u{202E}abc") == "\\u{202e}abc")
    #expect(TerminalText.oneLine("naïve 日本") == "naïve 日本")
  }
}
