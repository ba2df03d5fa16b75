import Diagnostics
import Project

extension Printer {
  /// Shows what a template said or a statement that is about to run, if the log is to tell of such things.
  func show(_ line: LogLine) {
    if line.isStatement { return showStatement(line) }
    let level: LogLevel =
      switch line.level {
      case .debug: .debug
      case .info: .info
      case .warning: .warn
      case .result: .info
      }
    if line.level == .result { return result(TerminalText.printable(line.message)) }
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

  /// As dbt shows it: the line says for what it runs.
  private func showStatement(_ line: LogLine) {
    let name = line.node?.rawValue ?? "master"
    let text = "On \(name): \(TerminalText.printable(line.message))"
    log(
      "\(outputStyle.dim(Quantities.timeOfDay(now())))  \(text)",
      LogRecord(.debug, "SQLQuery", "E016", "On \(name): \(line.message)") { writer in
        writer.member("conn_name", name)
        writer.member("sql", line.message)
      })
  }
}

extension CommandSession {
  /// Shows what a template said.
  func show(_ line: LogLine) { printer.show(line) }
}
