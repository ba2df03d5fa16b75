import Testing

@testable import Packages

@Suite("Versions of packages")
struct SemanticVersionTests {
  @Test("Versions are ordered as semver.org says")
  func order() throws {
    let texts = [
      "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
      "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0-rc1", "2.0.0",
    ]
    let versions = try texts.map { try #require(SemanticVersion($0)) }
    for (index, version) in versions.enumerated() {
      for (other, next) in versions.enumerated() {
        #expect((version < next) == (index < other), "\(texts[index]) and \(texts[other])")
        #expect((version == next) == (index == other), "\(texts[index]) and \(texts[other])")
      }
    }
    #expect(SemanticVersion("1.0.0+one") == SemanticVersion("1.0.0+two"))
  }

  @Test(
    "What is no version is none",
    arguments: [
      "", "1", "1.0", "1.0.0.0", "1.0.0-", "v1.0.0", "1..0", "1.0.x", "-1.0.0", "99999999999999999999.0.0",
    ])
  func unreadable(text: String) { #expect(SemanticVersion(text) == nil) }

  @Test(
    "A range holds what all its comparisons hold",
    arguments: [
      ([">=1.0.0", "<2.0.0"], "1.9.9", true), ([">=1.0.0", "<2.0.0"], "2.0.0", false),
      ([">=1.0.0,<2.0.0"], "1.0.0", true), (["1.3.0"], "1.3.0", true), (["=1.3.0"], "1.3.1", false),
      (["> 1.3.0"], "1.3.0", false), (["<=1.3.0"], "1.3.0", true), ([], "0.0.1", true),
      ([">=1.0.0"], "1.0.0-rc1", false),
    ])
  func range(comparisons: [String], version: String, holds: Bool) throws {
    #expect(try VersionRange(comparisons).holds(try #require(SemanticVersion(version))) == holds)
  }

  @Test("A comparison that cannot be read is named", arguments: ["1.0", "~1.0.0", "=>1.0.0", "latest"])
  func unreadableRange(text: String) {
    #expect(throws: VersionRange.Unreadable.self) { try VersionRange([text]) }
  }
}
