import Diagnostics
import RandomTesting
import Testing

@testable import Planner

@Suite("Wildcards")
struct WildcardTests {
  @Test(
    "patterns match what Python's fnmatch matches",
    arguments: [
      ("a*", "abc", true), ("a*", "ba", false), ("*", "", true), ("**", "a", true), ("?", "", false),
      ("?", "ä", true), ("a?c", "abc", true), ("[abc]", "b", true), ("[a-c]x", "cx", true),
      ("[!a-c]x", "cx", false), ("[!a-c]x", "dx", true), ("[]]", "]", true), ("[]", "[]", true),
      ("[!]]", "]", false), ("[!]]", "a", true), ("[a", "[a", true), ("[!", "[!", true), ("[", "[", true),
      ("[a-]", "-", true), ("[-a]", "-", true), ("[c-a]", "b", false), ("a[", "a[", true),
      ("*a*b*c", "xaybzc", true), ("*a*b*c", "xaybz", false), ("A", "a", false), ("日*", "日本", true),
      ("[あ-ん]x", "うx", true), ("a.b", "axb", false), ("x*y", "x\ny", true), ("", "", true), ("", "a", false),
      ("a[b]c*", "abcd", true), ("*]", "a]", true),
      ("a*a*a*a*a*a*a*b", String(repeating: "a", count: 5_000), false),
    ])
  func fnmatch(_ pattern: String, _ text: String, _ expected: Bool) {
    #expect(Wildcard(pattern).matches(text) == expected)
  }

  @Test(
    "paths match part by part, and folders cover what lies in them",
    arguments: [
      ("models", "models/a/b.sql", true), ("models/", "models/b.sql", true),
      ("./models", "models/b.sql", true),
      ("mod", "models/b.sql", false), ("models/*", "models/a/b.sql", true), ("*/a", "models/a/b.sql", true),
      ("models/*.sql", "models/a/b.sql", false), ("models/**/*.sql", "models/b.sql", true),
      ("models/**/*.sql", "models/a/c/b.sql", true), ("**", "models/b.sql", true), ("**", "b.sql", false),
      ("**/c", "models/a/c/b.sql", true), ("**/**/b.sql", "models/b.sql", true), (".", "a.sql", true),
      ("models/b.sql/x", "models/b.sql", false), ("/", "a.sql", true), ("..", "a.sql", false),
    ])
  func paths(_ pattern: String, _ path: String, _ expected: Bool) {
    #expect(PathPattern(pattern).covers(file: path) == expected)
  }

  @Test("no expression crashes, whatever its characters")
  func fuzz() {
    var random = SeededRandom(seed: 11)
    let alphabet = Array("ab@+0129:.,*?[]!-/_ é日\u{0}\"'")
    var parsed = 0
    for _ in 0..<20_000 {
      let length = Int(random.next() % 12)
      let text = String((0..<length).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
      do throws(Diagnostic) {
        let criterion = try Criterion(text)
        parsed += 1
        if case .name(let pattern) = criterion.method { _ = pattern.matches(fqn: ["shop", "a.b", "ab[1"]) }
      } catch {
        #expect(error.message.contains(text), "seed 11")
      }
    }
    #expect(parsed > 1_000)
  }
}
