import Diagnostics
import Project

extension Printer {
  /// Shows what a template said, unless it is for the log file alone.
  func show(_ line: LogLine) {
    let level: LogLevel =
      switch line.level {
      case .debug: .debug
      case .info: .info
      case .warning: .warn
      case .result: .info
      }
    if line.level == .result { return result(TerminalText.printable(line.message)) }
    guard level > .debug else { return }
    let message = TerminalText.printable(line.message)
    let text = "\(outputStyle.dim(Quantities.timeOfDay(now())))  \(message)"
    let (name, code) = level == .warn ? ("JinjaLogWarning", "I061") : ("JinjaLogInfo", "I062")
    let node = line.node?.rawValue
    log(
      text,
      LogRecord(level, name, code, line.message) { writer in
        writer.member("msg", line.message)
        writer.member("unique_id", node)
      })
  }
}

extension CommandSession {
  /// Shows what a template said.
  func show(_ line: LogLine) { printer.show(line) }
}
