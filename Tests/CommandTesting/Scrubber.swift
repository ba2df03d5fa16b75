import Foundation

/// Takes out of a program's output what differs from run to run.
public struct Scrubber: Sendable {
  private let folder: String

  /// A scrubber for output of programs that ran in this folder or in one below it.
  public init(folder: String) {
    self.folder = folder
  }

  private static let rules: [(pattern: String, replacement: String)] = [
    // Run ids.
    (#"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"#, "[ID]"),
    // The clock: 2026-11-22T16:00:00.123Z; 16:00:00 at the start of a line; 20261122160000 in names of files.
    (#"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"#, "[DATE]"),
    (#"(?m)^\d\d:\d\d:\d\d\b"#, "[CLOCK]"),
    (#"\b20\d{12}\b"#, "[DATE]"),
    // Durations, with the spaces that align them: 0.12 s, 12ms, 3m 12s.
    (#"[ \t]*(?<![\w.])(\d+m ?)?\d+(\.\d+)? ?(ms|µs|s|seconds?)\b"#, " [TIME]"),
    // Processes.
    (#"\b(process|pid|PID) \d+"#, "$1 [PID]"),
  ]

  /// The text with folder, run ids, clocks and durations replaced by their names in brackets.
  public func scrub(_ text: String) -> String {
    var text = text.replacingOccurrences(of: folder, with: "[FOLDER]")
      .replacingOccurrences(of: Command.programs, with: "[PROGRAMS]")
      .replacingOccurrences(of: Command.extensionFolder, with: "[PROGRAMS]/extensions")
    for rule in Self.rules {
      text = text.replacingOccurrences(of: rule.pattern, with: rule.replacement, options: .regularExpression)
    }
    return text
  }
}
