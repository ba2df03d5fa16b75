import Diagnostics
import Glibc
import Project
import StateStore

/// What a Python model prints: the first lines go to the log, all of it up to a limit into a file, the last lines into
/// memory, whatever the amount.
final class PythonOutput {
  /// Lines that the log gets.
  private static let shownLines = 100
  /// Bytes that the file gets.
  private static let keptBytes = 10 << 20
  /// Bytes of the end that are remembered, and of a line that are shown.
  private static let tailBytes = 16 << 10
  private static let lineBytes = 2_000

  private let node: Node
  private let path: String
  private let say: (LogLine) -> Void
  private let descriptor: Int32
  private var written = 0
  private var lines = 0
  private var line: [UInt8] = []
  private var isTooLong = false
  private var tail: [UInt8] = []

  /// The file is `.weir/logs/MODEL.log`, in the place of the run before.
  init(node: Node, folder: StateFolder, say: @escaping (LogLine) -> Void) {
    self.node = node
    self.say = say
    mkdir(folder.path + "/logs", 0o777)
    path = "\(folder.path)/logs/\(node.id.rawValue).log"
    // Without the file the model runs all the same, and what it prints is in the log.
    unlink(path)
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Takes a piece of what is printed.
  func take(_ bytes: [UInt8]) {
    keep(bytes)
    tail += bytes.suffix(Self.tailBytes)
    if tail.count > 2 * Self.tailBytes { tail.removeFirst(tail.count - Self.tailBytes) }
    guard lines < Self.shownLines else { return }
    for byte in bytes {
      if byte == 0x0A {
        tell()
        if lines >= Self.shownLines { return }
      } else if line.count < Self.lineBytes {
        line.append(byte)
      } else {
        isTooLong = true
      }
    }
  }

  /// Tells what is left of a last line.
  func finish() {
    if !line.isEmpty { tell() }
    // An empty file says nothing.
    if written == 0 { unlink(path) }
  }

  /// The last lines, for what went wrong.
  func lastLines(_ count: Int) -> [String] {
    String(decoding: tail.suffix(Self.tailBytes), as: UTF8.self).split(separator: "\n").suffix(count).map {
      String($0.prefix(500))
    }
  }

  private func tell() {
    lines += 1
    var text = String(decoding: line, as: UTF8.self) + (isTooLong ? "…" : "")
    if text.hasSuffix("\r") { text.removeLast() }
    say(LogLine(level: .info, message: text, node: node.id))
    line = []
    isTooLong = false
    guard lines == Self.shownLines else { return }
    let file = ".weir/logs/\(node.id.rawValue).log"
    say(
      LogLine(level: .info, message: "what '\(node.name)' prints from here on is in \(file)", node: node.id))
  }

  private func keep(_ bytes: [UInt8]) {
    let room = min(bytes.count, Self.keptBytes - written)
    guard descriptor >= 0, room > 0 else { return }
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, room) }
    written += max(0, count)
  }
}
