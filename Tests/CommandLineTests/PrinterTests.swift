import Diagnostics
import Project
import Testing

@testable import CommandLine

@Suite struct PrinterTests {
  private func printer(
    _ output: MemorySink, _ errors: MemorySink, isJSON: Bool = false, isQuiet: Bool = false,
    isColored: Bool? = nil
  ) -> Printer {
    Printer(
      options: .init(isJSON: isJSON, isQuiet: isQuiet, isColored: isColored), output: output, errors: errors,
      invocationID: "id", redactor: Redactor(secrets: ["hunter2"]), now: { 10 })
  }

  private let record = LogRecord(.info, "Word", "X1", "a word")

  @Test("The log goes to standard output, diagnostics to standard error")
  func streams() {
    let (output, errors) = (MemorySink(), MemorySink())
    let printer = printer(output, errors)
    printer.log("a word of hunter2", record)
    printer.result("a result")
    printer.report([Diagnostic(.usage, "a problem", hint: "mend it")])
    #expect(output.text == "a word of *****\na result\n")
    #expect(errors.text == "error[WEIR-E0901]: a problem\n  = help: mend it\n")
  }

  @Test("Statements are told of from the level debug on, and errors from every level")
  func levels() {
    let line = LogLine.statement("select 1", of: NodeID("model.shop.a"))
    var shown: [LogLevel: String] = [:]
    for level in [LogLevel.debug, .info, .warn, .error] {
      let output = MemorySink()
      let printer = Printer(
        options: .init(level: level), output: output, errors: MemorySink(), invocationID: "id",
        redactor: .none, now: { 10 })
      printer.show(line)
      printer.log("a word", record)
      printer.log("a cry", LogRecord(.error, "Cry", "X2", "a cry"))
      shown[level] = output.text
    }
    #expect(
      shown == [
        .debug: "00:00:10  On model.shop.a: select 1\na word\na cry\n", .info: "a word\na cry\n",
        .warn: "a cry\n", .error: "a cry\n",
      ])
  }

  @Test("Quiet leaves results and errors")
  func quiet() {
    let (output, errors) = (MemorySink(), MemorySink())
    let printer = printer(output, errors, isQuiet: true)
    printer.log("a word", record)
    printer.log("a cry", LogRecord(.error, "Cry", "X2", "a cry"))
    printer.result("a result")
    printer.report([
      Diagnostic(.usage, "careful", severity: .warning), Diagnostic(.usage, "a problem"),
    ])
    #expect(output.text == "a cry\na result\n")
    #expect(errors.text == "error[WEIR-E0901]: a problem\n")
  }

  @Test("As JSON everything is an object on a line of standard output")
  func json() {
    let (output, errors) = (MemorySink(), MemorySink())
    let printer = printer(output, errors, isJSON: true)
    printer.log("a word", record)
    printer.result("a\nb")
    printer.report([Diagnostic(.usage, "a problem", at: SourceSpan(file: "a.sql", line: 3))])
    let lines = output.text.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.hasPrefix("{\"data\":{") && $0.hasSuffix("}}") })
    #expect(lines[3].contains(#""level":"error","msg":"a.sql:3: a problem","name":"Diagnostic""#))
    #expect(errors.text == "")
  }

  @Test("Lines scroll above the live area, which stays below and goes away in the end")
  func liveArea() {
    let terminal = MemorySink(terminal: TerminalSize(columns: 60, rows: 20))
    let printer = printer(terminal, terminal, isColored: false)
    printer.updateProgress { board in
      board = ProgressBoard(total: 4, startedAt: 8)
      board?.start("a", .init(name: "main.orders", kind: "table", startedAt: 9))
      board?.progress("a", fraction: 0.5, rows: 10)
    }
    printer.redraw()
    #expect(
      terminal.screen == [
        "  table main.orders                ██████░░░░░░  50%  1.00s",
        "░░░░░░░░░░░░░░░░░░░░ 0/4 done in 2.00s", "",
      ])
    printer.log("first", record)
    #expect(terminal.screen.count == 4)
    #expect(terminal.screen[0] == "first")
    printer.updateProgress { $0?.finish("a", count: 2) }
    printer.log("second", record)
    #expect(
      terminal.screen == ["first", "second", "██████████░░░░░░░░░░ 2/4 done in 2.00s", ""])
    printer.endProgress()
    #expect(terminal.screen == ["first", "second", ""])
  }

  @Test("Nothing is drawn where nobody watches")
  func noTerminal() {
    let (output, errors) = (MemorySink(), MemorySink())
    let printer = printer(output, errors)
    printer.updateProgress { $0 = ProgressBoard(total: 1, startedAt: 0) }
    printer.redraw()
    printer.endProgress()
    #expect(errors.text == "")
    #expect(output.text == "")
  }

  @Test("Colours follow the terminal unless somebody says otherwise")
  func colours() {
    let terminal = MemorySink(terminal: TerminalSize(columns: 80, rows: 20))
    #expect(printer(terminal, terminal).outputStyle.isColored)
    #expect(!printer(terminal, terminal, isColored: false).outputStyle.isColored)
    #expect(!printer(MemorySink(), terminal).outputStyle.isColored)
    #expect(printer(MemorySink(), terminal, isColored: true).outputStyle.isColored)
  }
}
