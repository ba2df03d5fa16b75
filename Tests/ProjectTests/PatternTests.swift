import Diagnostics
import Testing

@testable import Project

/// What Python's `re` gives for the same patterns.
@Suite struct PatternTests {
  @Test(
    "The first match and its groups are Python's",
    arguments: [
      ("a(b|c)+d", "xabcbd", ["abcbd", "b"]), ("(?P<x>\\d+)-(?P=x)", "12-123-123", ["12-12", "12"]),
      ("(?<!distinct )from (\\w+)", "distinct from a from b", ["from b", "b"]),
      ("(?<=[({])x", "x(x", ["x"]), ("(?<=ab|c[de])x", "cx abx", ["x"]),
      ("(?<=(a)b{2})\\1", "a abba", ["a", "a"]),
      ("(?i)\u{e4}k", "\u{c4}K", ["\u{c4}K"]), ("(?i)[^a-k]", "AbKz", ["z"]),
      ("(?i)SELECT\\s+\\*", "select  *", ["select  *"]),
      ("(?x) a # one\n b\\ c", "ab c", ["ab c"]), ("{{\\s*var", "{{ var", ["{{ var"]),
      ("a{2,3}?", "aaaa", ["aa"]), ("(a*)*b", "aab", ["aab", ""]), ("^b$", "b\n", ["b"]),
      ("(?m)^b$", "a\nb\nc", ["b"]), ("(?s)a.b", "a\nb", ["a\nb"]), ("[^\\W\\d_]+", "12_äb", ["äb"]),
      ("\\bcat\\b", "concat cat", ["cat"]), ("(a)|(b)", "b", ["b", nil, "b"]),
      ("x(?=y)(y)", "xy", ["xy", "y"]),
      ("[\\]a-c-]+", "x]a-b", ["]a-b"]), ("(?:ab)?c(?i:D)", "cd", ["cd"]), ("\\x41\\u0042", "AB", ["AB"]),
      ("a++a|ab", "aaab", ["ab"]), ("a|bc*", "xbcc", ["bcc"]),
      ("(?is)(^.*\\s*|\\s+|,)with\\s", "select 1 WITH b", ["select 1 WITH ", "select 1 "]),
    ] as [(String, String, [String?])])
  func matches(_ pattern: String, _ text: String, _ expected: [String?]) throws {
    let pattern = try Pattern(pattern)
    let match = try #require(try pattern.match(in: Array(text.unicodeScalars)))
    #expect((0...pattern.groups).map { match.group($0) } == expected)
  }

  @Test("Matches that take nothing stand beside those that take something, each place once")
  func emptyMatches() throws {
    let found = try Pattern("x*").matches(in: Array("axb".unicodeScalars))
    #expect(found.map { $0.group(0) } == ["", "x", "", ""])
  }

  @Test(
    "What is no pattern is said",
    arguments: [
      ("(a", "missing ), unterminated subpattern"), ("a)", "unbalanced parenthesis"),
      ("*a", "nothing to repeat"),
      ("[a", "unterminated character set"), ("\\q", "bad escape \\q"), ("\\2", "invalid group reference 2"),
      ("[b-a]", "bad character range b-a"), ("(?P=n)", "unknown group name 'n'"),
      ("a{3,2}", "min repeat greater than max repeat"),
      ("(?<=a+)b", "look-behind requires fixed-width pattern"),
      ("(?<!a|bc)d", "look-behind requires fixed-width pattern"),
      ("((a{1000}){1000}){1000}", "the pattern is too large"),
    ])
  func mistakes(_ pattern: String, _ message: String) {
    let failure = #expect(throws: Diagnostic.self) { try Pattern(pattern) }
    #expect(failure?.message == "the pattern '\(pattern)' does not parse: \(message)")
  }

  @Test("Looking behind takes as many steps as the text has characters")
  func lookBehind() throws {
    let text = String(repeating: "select distinct from a ", count: 20_000) + "from b"
    let match = try Pattern("(?ix) (?<! distinct\\s ) (from|join) \\s+ (\\w+)").match(
      in: Array(text.unicodeScalars))
    #expect(match?.group(2) == "b")
  }

  @Test("A pattern that would look for ever is given up, and a long text is no deep recursion")
  func limits() throws {
    let text = Array(String(repeating: "a", count: 40).unicodeScalars)
    let failure = #expect(throws: Diagnostic.self) { try Pattern("(a+)+$b").match(in: text) }
    #expect(failure?.message == "the pattern takes too many steps on this text")
    let long = Array(String(repeating: "ab", count: 100_000).unicodeScalars)
    #expect(try Pattern("(a|b)*").match(in: long)?.range(0) == 0..<200_000)
  }
}
