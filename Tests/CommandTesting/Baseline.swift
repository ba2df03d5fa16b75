import Foundation
import Testing

/// A file of expected output beside the tests.
public struct Baseline: Sendable {
  /// Where it is.
  public let path: String

  /// The baseline at this path.
  public init(path: String) {
    self.path = path
  }

  /// Whether this run records what it sees: `WEIR_RECORD=1`.
  public static var isRecording: Bool {
    ProcessInfo.processInfo.environment["WEIR_RECORD"] == "1"
  }

  /// Fails the test unless `text` is the baseline, or records it when that was asked for.
  public func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if Self.isRecording {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      Issue.record(
        "\(path) is missing. Look at what the program printed, then record it with WEIR_RECORD=1:\n\(text)",
        sourceLocation: sourceLocation)
      return
    }
    let expected = String(decoding: data, as: UTF8.self)
    if expected != text {
      Issue.record(
        "\(path) differs (- expected, + seen; WEIR_RECORD=1 records):\n\(difference(expected, text))",
        sourceLocation: sourceLocation)
    }
  }
}

/// The lines in which two texts differ, with their numbers; lines that only moved are shown as both.
func difference(_ expected: String, _ seen: String) -> String {
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = seen.split(separator: "\n", omittingEmptySubsequences: false)
  return new.difference(from: old).map { change in
    switch change {
    case .remove(let offset, let line, _): (offset, "-\(offset + 1): \(line)")
    case .insert(let offset, let line, _): (offset, "+\(offset + 1): \(line)")
    }
  }.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: "\n")
}
