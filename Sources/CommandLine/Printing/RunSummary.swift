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

    var total: Int { pass + warn + error + skip }

    init(_ results: [NodeResult]) {
      for result in results {
        switch result.status {
        case .success, .pass: pass += 1
        case .warn: warn += 1
        case .error, .fail, .interrupted: error += 1
        case .skipped: skip += 1
        }
      }
    }

    /// dbt's last line.
    var line: String { "Done. PASS=\(pass) WARN=\(warn) ERROR=\(error) SKIP=\(skip) TOTAL=\(total)" }
  }

  let result: RunResult
  let facts: [NodeID: NodeFacts]
  let counts: Counts
  /// Where the SQL that ran can be read, by node, if it was written.
  let compiledPath: @Sendable (NodeID) -> String?

  init(
    _ result: RunResult, nodes: [NodeFacts], compiledPath: @escaping @Sendable (NodeID) -> String?
  ) {
    self.result = result
    facts = Dictionary(nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    counts = Counts(result.all)
    self.compiledPath = compiledPath
  }

  /// The verdict in a line, without colour.
  var verdict: String {
    if result.status == .interrupted { return "Interrupted: what was running was rolled back." }
    if counts.error == 0, counts.warn == 0 {
      return result.status == .failed ? "Failed" : "Completed successfully"
    }
    var parts: [String] = []
    if counts.error > 0 { parts.append(Quantities.count(counts.error, "error")) }
    if counts.warn > 0 { parts.append(Quantities.count(counts.warn, "warning")) }
    return "Completed with \(parts.joined(separator: " and ")):"
  }

  /// The whole summary. `render` shows a diagnostic as the place it goes to wants it.
  func lines(
    style: Style, width: Int?, render: (Diagnostic) -> String
  ) -> [String] {
    var lines = [""]
    let all = result.all
    let isFine = counts.error == 0 && result.status == .succeeded
    lines.append(
      isFine ? (counts.warn == 0 ? style.green(verdict) : style.yellow(verdict)) : style.red(verdict))
    // A model that was held back by its checks is told with the check.
    let heldBack = Set(
      result.nodes.filter { $0.audits.contains { $0.status == .fail || $0.status == .error } }.map(\.node))
    for item in all where item.status == .error || item.status == .fail {
      if heldBack.contains(item.node), item.diagnostics.isEmpty { continue }
      lines += problem(item, style: style, width: width, render: render)
    }
    for item in all where item.status == .warn {
      lines += problem(item, style: style, width: width, render: render)
    }
    lines.append("")
    let nodes = all.map { facts[$0.node] ?? NodeFacts(unknown: $0.node) }
    lines.append("Finished \(Tally(nodes).text) in \(Quantities.duration(result.elapsed)).")
    lines.append(style.bold(counts.line))
    return lines
  }

  private func problem(
    _ item: NodeResult, style: Style, width: Int?, render: (Diagnostic) -> String
  ) -> [String] {
    let node = facts[item.node] ?? NodeFacts(unknown: item.node)
    var lines = [""]
    let diagnostics = item.diagnostics.isEmpty ? [described(item, node)] : item.diagnostics
    lines += diagnostics.map(render)
    if let rows = item.failingRows, rows.rowCount > 0 {
      let sample = ResultTable.text(rows, maximumRows: 5)
      lines.append("")
      lines += sample.lines(width: width.map { $0 - 2 }, style: style).lines.map { "  " + $0 }
      let shown = min(5, rows.rowCount)
      let all = item.failures ?? rows.rowCount
      if all > shown { lines.append(style.dim("  \(shown) of \(Quantities.count(all, "failing row"))")) }
    }
    if let path = item.failingRowsPath { lines.append("  failing rows: \(path)") }
    if let path = compiledPath(item.node) { lines.append("  compiled SQL: \(path)") }
    return lines
  }

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
