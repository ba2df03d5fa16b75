import Diagnostics
import Planner
import Project
import Runner
import Synchronization

/// Shows a run while it happens, in whichever form the printer has.
final class RunDisplay: Sendable {
  private let printer: Printer
  private let nodes: [NodeFacts]
  private let facts: [NodeID: NodeFacts]
  private let records: RunRecords
  private let state: Mutex<State>

  private struct State {
    var text: RunText
  }

  /// Prepares for a plan's nodes and checks, and for the hooks of the whole run.
  init(printer: Printer, nodes: [NodeFacts], hooks: [NodeFacts]) {
    self.printer = printer
    self.nodes = nodes + hooks
    facts = Dictionary(self.nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let width = printer.output.size?.columns
    state = Mutex(
      State(text: RunText(nodes: nodes, hooks: hooks, style: printer.outputStyle, width: width)))
    records = RunRecords(nodes: nodes, hooks: hooks)
    let startedAt = printer.now()
    printer.updateProgress { $0 = ProgressBoard(total: nodes.count, startedAt: startedAt) }
  }

  /// Shows one event. May be called from any thread.
  func show(_ event: RunEvent) {
    switch event {
    case .planned, .ended: break
    case .started(let id, let index, _, _): start(id, index)
    case .progress(let id, let progress):
      printer.updateProgress {
        $0?.progress(id.rawValue, fraction: progress.fraction, rows: progress.rows)
      }
    case .fetched(let id, let progress):
      printer.updateProgress { $0?.fetched(id.rawValue, rows: progress.rows, bytes: progress.bytes) }
    case .finished(let result, let index, _): finish(result, index)
    case .log(let line): printer.show(line)
    case .hookStarted(let id, let index, let total, _):
      guard printer.options.isJSON else { return }
      printer.log([], [records.hookStarted(id, index: index, total: total, at: printer.now())])
    case .hookFinished(let result, let index, let total): finish(hook: result, index, total)
    }
  }

  private func start(_ id: NodeID, _ index: Int) {
    let now = printer.now()
    let node = facts[id] ?? NodeFacts(unknown: id)
    printer.updateProgress {
      $0?.start(id.rawValue, .init(name: node.title, kind: node.kind, startedAt: now))
    }
    guard printer.options.isJSON else { return }
    printer.log([], [records.started(id, index: index, at: now)])
  }

  private func finish(_ result: NodeResult, _ index: Int) {
    let now = printer.now()
    printer.updateProgress { $0?.finish(result.node.rawValue, count: 1 + result.audits.count) }
    // The lock is held while printing, so that lines keep the order of their numbers.
    state.withLock { state in
      let isJSON = printer.options.isJSON
      printer.log(
        isJSON ? [] : state.text.lines(for: result, at: now),
        isJSON ? records.finished(result, index: index, at: now) : [])
    }
  }

  private func finish(hook result: NodeResult, _ index: Int, _ total: Int) {
    let now = printer.now()
    state.withLock { state in
      let isJSON = printer.options.isJSON
      printer.log(
        isJSON ? [] : [state.text.line(forHook: result, index: index, total: total, at: now)],
        isJSON ? [records.hookFinished(result, index: index, total: total, at: now)] : [])
    }
  }

  /// Shows what it came to, the files that could not be written included, and ends the live area.
  func end(
    _ result: RunResult, unwritten: [Diagnostic], compiledPath: @escaping @Sendable (NodeID) -> String?
  ) {
    printer.endProgress()
    let summary = RunSummary(result, nodes: nodes, unwritten: unwritten, compiledPath: compiledPath)
    if printer.options.isJSON {
      printer.report(unwritten)
      printer.log([], records.ended(summary))
      return
    }
    let isFine = summary.isFine
    let (style, width) = (printer.outputStyle, printer.output.size?.columns)
    let render = { (diagnostic: Diagnostic) in self.printer.render([diagnostic], onOutput: true) }
    let isQuiet = printer.options.isQuiet
    if isQuiet, isFine { return }
    let lines =
      isQuiet
      ? Array(summary.problems(style: style, width: width, render: render).drop { $0.isEmpty })
      : summary.lines(style: style, width: width, render: render)
    let record = LogRecord(isFine ? .info : .error, "EndOfRunSummary", "Z030", summary.verdict)
    if !lines.isEmpty { printer.log(lines.joined(separator: "\n"), record) }
  }
}
