import Diagnostics
import Foundation
import Testing

@Suite("Diagnostic codes")
struct DiagnosticCodeTests {
  @Test("codes are unique, in order and well-formed, and each has a title of one line")
  func codes() {
    let codes = DiagnosticCode.all
    #expect(Set(codes).count == codes.count)
    #expect(codes.map(\.rawValue) == codes.map(\.rawValue).sorted())
    for code in codes {
      let digits = code.rawValue.dropFirst("WEIR-E".count)
      #expect(code.rawValue.hasPrefix("WEIR-E") && digits.count == 4 && digits.allSatisfy(\.isNumber))
      #expect(!code.title.isEmpty && !code.title.contains("\n") && !code.title.hasSuffix("."), "\(code)")
    }
  }

  /// Set `WEIR_RECORD=1` to write the page anew after a code was added.
  @Test("docs/errors/README.md has a line for each code")
  func documented() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/errors/README.md").standardizedFileURL
    let expected = Self.page
    if ProcessInfo.processInfo.environment["WEIR_RECORD"] == "1" {
      try Data(expected.utf8).write(to: page)
    }
    let actual = try String(contentsOf: page, encoding: .utf8)
    let lines = actual.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(wanted.filter { !lines.contains($0) } == [], "lines are missing; WEIR_RECORD=1 writes them")
    #expect(lines.filter { !wanted.contains($0) } == [], "lines are no longer true")
    #expect(lines.count == wanted.count)
  }

  @Test("a code keeps its title through encoding, and an unknown one is kept as it is")
  func coding() throws {
    let encoded = try JSONEncoder().encode([DiagnosticCode.cycle])
    #expect(String(decoding: encoded, as: UTF8.self) == #"["WEIR-E0301"]"#)
    let decoded = try JSONDecoder().decode([DiagnosticCode].self, from: Data(#"["WEIR-E0301","X"]"#.utf8))
    #expect(decoded.map(\.title) == [DiagnosticCode.cycle.title, ""])
    #expect(decoded.map(\.rawValue) == ["WEIR-E0301", "X"])
  }

  private static var page: String {
    let lines = DiagnosticCode.all.map { "| `\($0.rawValue)` | \($0.title) |" }
    return """
      # What the codes mean
      Every problem that Weir reports carries one of these codes. A code never changes its meaning; the message
      beside it says what exactly is wrong, where, and what to do.

      | code | meaning |
      |---|---|
      \(lines.joined(separator: "\n"))

      """
  }
}
