import CommandTesting
import Foundation
import Testing

/// A folder of `Cases`: `project/` is copied to a fresh place, each line of `commands` is run there by bash, and what it
/// printed is compared with `transcript.txt`. Other folders of the case lie beside the project: `cp -r ../later/. .`
struct Case: Sendable, CustomTestStringConvertible {
  var name: String
  var testDescription: String { name }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Cases"

  static func all() throws -> [Case] {
    try FileManager.default.contentsOfDirectory(atPath: root).sorted().map(Case.init)
  }

  /// Runs every command and returns what a reader of a terminal would have seen; lines of standard error start with `!`.
  func transcript() async throws -> String {
    let scratch = try ScratchFolder()
    try scratch.copy(Self.root + "/" + name, as: "case")
    let folder = scratch.path + "/case/project"
    let commands = try String(contentsOfFile: scratch.path + "/case/commands", encoding: .utf8)
    let scrubber = Scrubber(folder: folder)
    var text = ""
    for line in commands.split(separator: "\n") where !line.isEmpty {
      guard !line.hasPrefix("#") else {
        text += line + "\n"
        continue
      }
      let outcome = try await Command.shell(String(line), in: folder).run()
      text += "$ \(line)\n" + scrubber.scrub(ended(outcome.output))
      let errors = scrubber.scrub(ended(outcome.errors)).split(
        separator: "\n", omittingEmptySubsequences: false)
      text += errors.dropLast().map { $0.isEmpty ? "!\n" : "! \($0)\n" }.joined()
      text += outcome.status == 0 ? "\n" : "[exit \(outcome.status)]\n\n"
    }
    return text
  }

  private func ended(_ text: String) -> String {
    text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
  }
}

@Suite struct CaseTests {
  @Test("A project's commands print what was recorded", arguments: try Case.all())
  func run(_ it: Case) async throws {
    let seen = try await it.transcript()
    try Baseline(path: Case.root + "/\(it.name)/transcript.txt").expect(seen)
  }
}
