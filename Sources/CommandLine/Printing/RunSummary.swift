import Diagnostics
import Project
import Runner
import Tabular

/// What a run came to: what failed, why, where, what to do; then the counts, as dbt has them.
struct RunSummary: Sendable {
  /// How many ended in which way.
  struct Counts: Sendable, Hashable {
    var pass = 0
    var warn = 0
    var error = 0
    var skip = 0
    /// What was up to date.
    var same = 0

    var total: Int { pass + warn + error + skip + same }

    init(_ results: [NodeResult]) {
      for result in results {
        switch result.status {
        case .success, .pass: pass += 1
        case .warn: warn += 1
        case .error, .fail, .interrupted, .partialSuccess: error += 1
        case .skipped: skip += 1
        case .upToDate: same += 1
        }
      }
    }

    /// dbt's last line.
    var line: String {
      let upToDate = same > 0 ? " NO-OP=\(same)" : ""
      return "Done. PASS=\(pass) WARN=\(warn) ERROR=\(error) SKIP=\(skip)\(upToDate) TOTAL=\(total)"
    }
  }

  let result: RunResult
  let facts: [NodeID: NodeFacts]
  let counts: Counts
  /// What went wrong with the files that a run leaves.
  let unwritten: [Diagnostic]
  /// Where the SQL that ran can be read, by node, if it was written.
  let compiledPath: @Sendable (NodeID) -> String?

  init(
    _ result: RunResult, nodes: [NodeFacts], unwritten: [Diagnostic] = [],
    compiledPath: @escaping @Sendable (NodeID) -> String?
  ) {
    self.result = result
    self.unwritten = unwritten
    facts = Dictionary(nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    counts = Counts(result.all)
    self.compiledPath = compiledPath
  }

  /// Whether nothing went wrong; checks may have warned.
  var isFine: Bool { counts.error == 0 && result.status == .succeeded && unwritten.isEmpty }

  /// The verdict in a line, without colour.
  var verdict: String {
    if result.status == .interrupted { return "Interrupted: what was running was rolled back." }
    if counts.error == 0, counts.warn == 0 {
      guard result.status == .failed else {
        return unwritten.isEmpty
          ? "Completed successfully" : "Completed, but what the run leaves could not be written:"
      }
      return counts.pass + counts.same == 0 ? "Failed: nothing could be run" : "Failed outside of the nodes"
    }
    var parts: [String] = []
    if counts.error > 0 { parts.append(Quantities.count(counts.error, "error")) }
    if counts.warn > 0 { parts.append(Quantities.count(counts.warn, "warning")) }
    return "Completed with \(parts.joined(separator: " and ")):"
  }

  /// The whole summary. `render` shows a diagnostic as the place it goes to wants it.
  func lines(style: Style, width: Int?, render: (Diagnostic) -> String) -> [String] {
    let color = isFine ? (counts.warn == 0 ? style.green : style.yellow) : style.red
    let nodes = result.all.map { facts[$0.node] ?? NodeFacts(unknown: $0.node) }
    var closing = [""]
    if !nodes.isEmpty {
      closing.append("Finished \(Tally(nodes).text) in \(Quantities.duration(result.elapsed)).")
    }
    closing.append(style.bold(counts.line))
    return ["", color(verdict)] + problems(style: style, width: width, render: render) + closing
  }

  /// What failed, then what is to be heeded, then which files are missing: each with an empty line before it.
  func problems(style: Style, width: Int?, render: (Diagnostic) -> String) -> [String] {
    var lines: [String] = []
    for step in result.steps {
      let failed = step.audits.filter { $0.status == .fail || $0.status == .error }
      for audit in failed { lines += problem(audit, style: style, width: width, render: render) }
      guard step.status.isFailure else { continue }
      let others = step.diagnostics.filter { $0.code != .notPublished }
      if !failed.isEmpty, step.status != .partialSuccess, others.allSatisfy({ $0.severity < .error }) {
        // The check says why; here is what it meant for the model.
        let title = (facts[step.node] ?? NodeFacts(unknown: step.node)).title
        lines += ["", "  \(style.red("not published")): \(title) stays as it was before"]
        for warning in others where warning.severity == .warning { lines += ["", render(warning)] }
      } else {
        lines += problem(step, style: style, width: width, render: render)
      }
    }
    for item in result.all where item.status == .warn {
      lines += problem(item, style: style, width: width, render: render)
    }
    // What was published all the same.
    for item in result.all where item.status == .success || item.status == .pass {
      for warning in item.diagnostics where warning.severity == .warning { lines += ["", render(warning)] }
    }
    for diagnostic in unwritten { lines += ["", render(diagnostic)] }
    return lines
  }

  private func problem(
    _ item: NodeResult, style: Style, width: Int?, render: (Diagnostic) -> String
  ) -> [String] {
    let node = facts[item.node] ?? NodeFacts(unknown: item.node)
    let diagnostics = item.diagnostics.isEmpty ? [described(item, node)] : item.diagnostics
    let kind = item.mistake.map {
      "\($0) in \(item.resourceType.rawValue) \(node.name) (\(node.originalPath))"
    }
    var lines = [""] + (kind.map { [style.dim($0)] } ?? []) + diagnostics.map(render)
    if let rows = item.failingRows, rows.rowCount > 0 {
      // What differs in a unit test is shown in pairs, and is seldom much.
      let shown = item.resourceType == .unitTest ? Self.sampleDifferences : Self.sampleRows
      let sample = ResultTable.text(rows, maximumRows: shown)
      lines.append("")
      lines += sample.lines(width: (width ?? Self.pipeWidth) - 2, style: style).lines.map { "  " + $0 }
      let all = item.resourceType == .unitTest ? rows.rowCount : item.failures ?? rows.rowCount
      if all > shown, rows.rowCount >= shown {
        lines.append(style.dim("  \(shown) of \(Quantities.count(all, "failing row"))"))
      }
    }
    let notes = diagnostics.flatMap(\.notes)
    if let path = item.failingRowsPath, !notes.contains(where: { $0.hasPrefix("failing rows: ") }) {
      lines.append("  failing rows: \(path)")
    }
    if let path = compiledPath(item.node), !notes.contains(where: { $0.hasPrefix("compiled: ") }) {
      lines.append("  compiled: \(path)")
    }
    return lines
  }

  /// The width of a sample that does not go to a terminal: a value may be a whole document.
  private static let pipeWidth = 160
  /// How many failing rows are shown; the file has more.
  private static let sampleRows = 5
  private static let sampleDifferences = 20

  /// A problem that came without a diagnostic of its own.
  private func described(_ item: NodeResult, _ node: NodeFacts) -> Diagnostic {
    let what = item.resourceType == .check ? "check" : item.resourceType.rawValue
    let message =
      item.message
      ?? (item.failures.map { "\(Quantities.count($0, "failing row"))" } ?? item.status.rawValue)
    return Diagnostic(
      item.resourceType == .check ? .checkFailed : .nodeFailed, "\(what) \(node.name): \(message)",
      at: node.span, severity: item.status == .warn ? .warning : .error)
  }
}
