import Diagnostics
import Project
import Runner

/// A run as a person reads it: a line a node, its checks below it, and a summary that begins with what failed.
/// Pure: it is told what happened and gives lines.
struct RunText: Sendable {
  private let facts: [NodeID: NodeFacts]
  private let total: Int
  private let style: Style
  private let nameWidth: Int
  private let kindWidth: Int
  private let width: Int?
  private var printed = 0

  /// Prepares for a plan's nodes and checks, and for hooks, which have numbers of their own. `width` is the terminal's, if it is one: longer names are cut.
  init(nodes: [NodeFacts], hooks: [NodeFacts] = [], style: Style, width: Int?) {
    let named = nodes + hooks
    facts = Dictionary(named.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    total = nodes.count
    self.style = style
    self.width = width
    kindWidth = named.map(\.kind.utf8.count).max() ?? 0
    let widest = named.map { TerminalText.width(of: TerminalText.oneLine($0.title)) }.max() ?? 0
    // Time, place, status, kind, rows, duration and the gaps between them take the rest of a line.
    let digits = String(nodes.count).utf8.count
    let others = 8 + 2 + digits * 2 + 1 + 2 + 5 + 2 + kindWidth + 2 + 2 + 2 + 16 + 8
    nameWidth = min(widest + 2, 60, width.map { max(16, $0 - others) } ?? .max)
  }

  /// The lines of a finished node and its checks.
  mutating func lines(for result: NodeResult, at time: Double) -> [String] {
    let name = facts[result.node]?.name ?? result.node.rawValue
    let transfer = LoadText.transferred(result).map { style.dim("          loaded \(name) \($0)") }
    return [line(for: result, indent: 0, time)] + [transfer].compactMap { $0 }
      + result.audits.map { line(for: $0, indent: 2, time) }
  }

  private mutating func line(for result: NodeResult, indent: Int, _ time: Double) -> String {
    printed += 1
    return line(for: result, indent: indent, printed, total, time)
  }

  /// The line of a hook of the whole run.
  func line(forHook result: NodeResult, index: Int, total: Int, at time: Double) -> String {
    line(for: result, indent: 0, index, total, time)
  }

  private func line(
    for result: NodeResult, indent: Int, _ index: Int, _ count: Int, _ time: Double
  ) -> String {
    let facts = facts[result.node] ?? NodeFacts(unknown: result.node)
    let digits = String(total).utf8.count
    let place = TerminalText.padded(
      TerminalText.padded(String(index), String(count).utf8.count, onLeft: true) + "/\(count)", 2 * digits + 1
    )
    var title = String(repeating: " ", count: indent) + TerminalText.oneLine(facts.title)
    if width != nil { title = TerminalText.fitting(title, nameWidth) }
    let head = [
      style.dim(Quantities.timeOfDay(time)), style.dim(place), status(of: result),
      TerminalText.padded(facts.kind, kindWidth), TerminalText.padded(title, nameWidth),
    ]
    let end =
      [.skipped, .upToDate].contains(result.status)
      ? style.dim(cause(of: result))
      : TerminalText.padded(amount(result), 14, onLeft: true) + "  "
        + TerminalText.padded(Quantities.duration(result.duration), 6, onLeft: true)
    let reason = result.reason.map { [style.dim($0)] } ?? []
    return (head + [end] + reason).joined(separator: "  ")
  }

  private func status(of result: NodeResult) -> String {
    if result.isMention, result.status == .upToDate { return style.dim("NO-OP") }
    return switch result.status {
    case .success: style.green("OK   ")
    case .pass: style.green("PASS ")
    case .warn: style.yellow("WARN ")
    case .fail: style.red("FAIL ")
    case .partialSuccess: style.red("PART ")
    case .error: style.red("ERROR")
    case .skipped: style.yellow("SKIP ")
    case .upToDate: style.green("SAME ")
    case .interrupted: style.red("STOP ")
    }
  }

  private func amount(_ result: NodeResult) -> String {
    if result.resourceType == .check {
      guard let failures = result.failures, failures > 0 else { return "" }
      return Quantities.count(failures, "failure")
    }
    if let reading = result.freshness {
      return reading.loadedAt == nil ? "never" : Quantities.age(reading.age) + " old"
    }
    return result.rows.map { Quantities.count($0, "row") } ?? ""
  }

  private func cause(of result: NodeResult) -> String {
    if let moment = result.upToDateSince { return "up to date since \(Quantities.timestamp(moment))" }
    if result.isMention, result.status == .upToDate { return "nothing to build" }
    if result.resourceType == .operation { return "" }
    guard let cause = result.skippedBecause else { return result.message ?? "" }
    return "because of \((facts[cause] ?? NodeFacts(unknown: cause)).name)"
  }
}
