import CommandTesting
import Foundation
import Testing

/// The manual page that `make install` makes of what the program says of itself.
@Suite struct ManualTests {
  private static let script =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../scripts/manual.py"

  @Test("The manual page has every command with its flags and examples, and no hidden flag")
  func page() async throws {
    let scratch = try ScratchFolder()
    let made = try await Command.shell(
      "python3 '\(Self.script)' \"$(command -v weir)\"", in: scratch.path
    ).run()
    try #require(made.status == 0, "\(made.errors)")
    #expect(made.output.hasPrefix(".TH WEIR 1 \"\" \"weir "))
    let help = try await Command.weir(["--help"], in: scratch.path).run().output
    let verbs = help.matches(of: /(?m)^  ([a-z]+) {2,}/).map { String($0.1) }
    #expect(verbs.count > 10)
    for verb in verbs { #expect(made.output.contains("\n.SS weir \(verb)\n"), "\(verb) is missing") }
    #expect(
      made.output.contains("\\fB\\-f\\fR, \\fB\\-\\-full\\-refresh\\fR, \\fB\\-\\-no\\-full\\-refresh\\fR\n"))
    #expect(made.output.contains("\n  weir build \\-\\-select +orders\n"))
    #expect(made.output.contains("\\fB130\\fR\ninterrupted\n"))
    #expect(!made.output.contains("populate"))
  }
}
