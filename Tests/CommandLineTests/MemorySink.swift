import Synchronization

@testable import CommandLine

/// A sink that keeps what is written; it may pretend to be a terminal.
final class MemorySink: TextSink {
  private let content = Mutex("")
  private let extent: TerminalSize?

  init(terminal: TerminalSize? = nil) { extent = terminal }

  var isTerminal: Bool { extent != nil }
  var size: TerminalSize? { extent }
  var isClosed: Bool { false }
  var text: String { content.withLock { $0 } }

  func write(_ text: String) { content.withLock { $0 += text } }

  /// What a terminal would show: the area's own sequences and newlines are carried out, colours left out.
  var screen: [String] {
    var lines = [""]
    var row = 0
    var rest = Substring(text)
    while let character = rest.popFirst() {
      if character == "\n" {
        row += 1
        if row == lines.count { lines.append("") }
      } else if character == "\u{1B}", rest.first == "[" {
        rest.removeFirst()
        let number = rest.prefix { $0.isNumber || $0 == ";" }
        rest = rest.dropFirst(number.count)
        switch rest.popFirst() {
        case "A": row -= Int(number) ?? 1
        case "J": lines = Array(lines[...row]); lines[row] = ""
        default: break
        }
      } else if character != "\r" {
        lines[row].append(character)
      }
    }
    return lines
  }
}
