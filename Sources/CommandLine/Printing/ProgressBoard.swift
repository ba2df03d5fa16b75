import Diagnostics

/// What runs now, for the live area of a terminal. Pure: it is told and it gives lines.
struct ProgressBoard: Sendable {
  /// A node that runs.
  struct Entry: Sendable {
    var name: String
    var kind: String
    var startedAt: Double
    var fraction: Double?
    var rows = 0
    /// Bytes that a load has fetched.
    var bytes = 0
    /// Rows that a load has fetched.
    var fetched = 0
  }

  private var entries: [(key: String, value: Entry)] = []
  private let total: Int
  private let startedAt: Double
  private var finished = 0

  /// Begins a run of `total` nodes and checks.
  init(total: Int, startedAt: Double) {
    self.total = total
    self.startedAt = startedAt
  }

  mutating func start(_ key: String, _ entry: Entry) {
    entries.removeAll { $0.key == key }
    entries.append((key, entry))
  }

  mutating func progress(_ key: String, fraction: Double?, rows: Int) {
    guard let index = entries.firstIndex(where: { $0.key == key }) else { return }
    entries[index].value.fraction = fraction
    entries[index].value.rows = rows
  }

  mutating func fetched(_ key: String, rows: Int, bytes: Int) {
    guard let index = entries.firstIndex(where: { $0.key == key }) else { return }
    entries[index].value.fetched = rows
    entries[index].value.bytes = bytes
  }

  /// Takes a node away; with its checks it counts as `count`.
  mutating func finish(_ key: String, count: Int) {
    entries.removeAll { $0.key == key }
    finished += count
  }

  /// The lines to show, each with its width in columns, none wider than the terminal.
  func lines(at time: Double, size: TerminalSize, style: Style) -> [(text: String, width: Int)] {
    let columns = max(10, size.columns - 1)
    let room = max(1, min(8, size.rows - 3))
    var lines = entries.prefix(room).map { line($0.value, time, columns, style) }
    var tally = "\(finished)/\(total) done"
    if entries.count > room { tally += ", \(entries.count) running" }
    tally += " in \(Quantities.duration(.seconds(max(0, time - startedAt))))"
    let bar = Self.bar(total == 0 ? 1 : Double(finished) / Double(total), width: 20)
    let text = TerminalText.fitting("\(bar) \(tally)", columns)
    lines.append((style.bold(text), TerminalText.width(of: text)))
    return lines
  }

  private func line(
    _ entry: Entry, _ time: Double, _ columns: Int, _ style: Style
  ) -> (text: String, width: Int) {
    let elapsed = max(0, time - entry.startedAt)
    var right = Quantities.duration(.seconds(elapsed))
    if let fraction = entry.fraction, fraction >= 0.01, fraction < 1, entry.kind == "load" {
      right += ", \(Quantities.duration(.seconds(elapsed * (1 - fraction) / fraction))) left"
    }
    if let fraction = entry.fraction, fraction > 0 {
      let percent = String(Int(fraction * 100))
      right =
        "\(Self.bar(fraction, width: 12)) \(TerminalText.padded(percent, 3, onLeft: true))%  \(right)"
    }
    let rows = max(entry.fetched, entry.fraction == nil || entry.kind == "load" ? entry.rows : 0)
    if rows > 0 { right = amount(entry, rows, elapsed) + "  " + right }
    let left = "  \(entry.kind) \(TerminalText.oneLine(entry.name))"
    let room = columns - TerminalText.width(of: right) - 2
    guard room > 4 else {
      let text = TerminalText.fitting(left, columns)
      return (style.cyan(text), TerminalText.width(of: text))
    }
    let fitted = TerminalText.padded(TerminalText.fitting(left, room), room)
    return (style.cyan(fitted) + "  " + right, room + 2 + TerminalText.width(of: right))
  }

  /// How much there is so far; of a load with its rate.
  private func amount(_ entry: Entry, _ rows: Int, _ elapsed: Double) -> String {
    var parts = [Quantities.count(rows, "row")]
    guard entry.kind == "load" else { return parts[0] }
    if entry.bytes > 0 { parts.append(Quantities.bytes(entry.bytes)) }
    if elapsed >= 1 { parts.append("\(Quantities.grouped(Int(Double(rows) / elapsed)))/s") }
    return parts.joined(separator: ", ")
  }

  /// A bar of eighths of blocks.
  static func bar(_ fraction: Double, width: Int) -> String {
    let eighths = Int((min(1, max(0, fraction)) * Double(width * 8)).rounded(.down))
    let full = eighths / 8
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let partial = parts[eighths % 8]
    let empty = width - full - (partial.isEmpty ? 0 : 1)
    return String(repeating: "█", count: full) + partial + String(repeating: "░", count: empty)
  }
}
