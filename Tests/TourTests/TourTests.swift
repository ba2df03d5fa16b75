import CommandTesting
import Foundation
import Testing

/// The README's tour: every command of its ```console blocks is run, in order, in one empty folder, and must print what
/// stands below it.
@Suite struct TourTests {
  static let readme =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/README.md"

  @Test("Every command of the README's tour prints what the README says")
  func tour() async throws {
    let text = try String(contentsOfFile: Self.readme, encoding: .utf8)
    let home = try ScratchFolder()
    var folder = home.path
    var commands = 0
    var result: [String] = []
    var block: [String]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if block != nil, line == "```" {
        let lines = block ?? []
        block = nil
        commands += lines.count { $0.hasPrefix("$ ") }
        result += try await play(lines, home: home.path, folder: &folder)
        result.append(line)
      } else if block != nil {
        block?.append(line)
      } else {
        if line == "```console" { block = [] }
        result.append(line)
      }
    }
    #expect(commands >= 5)
    let seen = result.joined(separator: "\n")
    if Scrubbed(seen) != Scrubbed(text) {
      try Baseline(path: Self.readme).expect(seen)
    }
  }

  /// Runs the commands of one block and returns it as it should read. A command goes on over lines that end in `\`
  /// and over a here-document.
  private func play(_ lines: [String], home: String, folder: inout String) async throws -> [String] {
    var result: [String] = []
    for command in Self.commands(of: lines) {
      let line = command.joined(separator: "\n").dropFirst(2)
      let script = "\(line)\nstatus=$?; pwd > \"\(home)/.folder\"; exit $status"
      var shell = Command.shell("exec 2>&1; " + script, in: folder)
      shell.environment["HOME"] = home
      shell.environment["COLUMNS"] = "80"
      let outcome = try await shell.run()
      folder = try String(contentsOfFile: home + "/.folder", encoding: .utf8).trimmingCharacters(
        in: .newlines)
      let output = outcome.output.replacingOccurrences(of: home, with: "~").split(
        separator: "\n", omittingEmptySubsequences: false
      ).map(String.init)
      result += command + (output.last == "" ? output.dropLast() : output)
    }
    return result
  }

  /// The commands of a block, each as its lines; what was printed below them is left out.
  static func commands(of lines: [String]) -> [[String]] {
    var commands: [[String]] = []
    var end: String?
    for line in lines {
      if let mark = end {
        commands[commands.count - 1].append(line)
        if line == mark { end = nil }
      } else if line.hasPrefix("$ ") {
        commands.append([line])
        if let mark = line.range(of: "<<'") {
          end = String(line[mark.upperBound...].prefix { $0 != "'" })
        }
      } else if let last = commands.last?.last, last.hasSuffix("\\") {
        commands[commands.count - 1].append(line)
      }
    }
    return commands
  }

  /// A text as it is compared: without what differs from run to run, the order of what runs at once included.
  struct Scrubbed: Equatable {
    var lines: [String] = []

    init(_ text: String) {
      var together: [String] = []
      let scrubbed = Scrubber(folder: "\u{0}").scrub(text)
      for line in scrubbed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
        if let place = line.range(of: #"^\[CLOCK\] +\d+/"#, options: .regularExpression) {
          together.append(line.replacingCharacters(in: place, with: ""))
        } else {
          lines += together.sorted() + [line]
          together = []
        }
      }
      lines += together.sorted()
    }
  }

  @Test("A command may go on over lines and over a here-document")
  func commandsOfABlock() {
    let lines = ["$ cat > a <<'END'", "one", "END", "$ weir run \\", "  --quiet", "printed", "$ ls", "a"]
    #expect(
      Self.commands(of: lines) == [
        ["$ cat > a <<'END'", "one", "END"], ["$ weir run \\", "  --quiet"], ["$ ls"],
      ])
  }
}
