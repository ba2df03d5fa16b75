import Diagnostics

/// Rows of text as a table that stands on a terminal and in Markdown alike.
struct TextTable {
  /// A column's heading and the side that its cells keep to.
  struct Column {
    var name: String
    var isRightAligned: Bool
  }

  /// A cell; missing values are told apart from the text `NULL`.
  enum Cell: Hashable {
    case text(String)
    case null
  }

  var columns: [Column]
  var rows: [[Cell]]

  /// The lines of the table, none wider than `width` if one is given, and how many columns they show:
  /// the widest columns are cut first, then those on the right are left out.
  func lines(width limit: Int?, style: Style) -> (lines: [String], shownColumns: Int) {
    guard !columns.isEmpty else { return ([], 0) }
    let cells = rows.map { $0.map(Self.display) }
    var widths = columns.indices.map { index in
      cells.reduce(max(3, TerminalText.width(of: TerminalText.oneLine(columns[index].name)))) { widest, row in
        index < row.count ? max(widest, TerminalText.width(of: row[index])) : widest
      }
    }
    if let limit { fit(&widths, limit) }
    var lines = [
      line(columns.map { TerminalText.oneLine($0.name) }, widths, isNull: [], style, isHeading: true)
    ]
    lines.append(ruler(widths))
    for (row, texts) in zip(rows, cells) {
      lines.append(line(texts, widths, isNull: row.map { $0 == .null }, style, isHeading: false))
    }
    return (lines, widths.count)
  }

  private static func display(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): TerminalText.oneLine(text)
    case .null: "NULL"
    }
  }

  /// Shrinks the widest columns until the table fits, then drops columns from the right.
  private func fit(_ widths: inout [Int], _ limit: Int) {
    let narrowest = 8
    func total() -> Int { widths.reduce(1) { $0 + $1 + 3 } }
    while total() > limit {
      guard let widest = widths.max(), widest > narrowest else { break }
      let second = widths.filter { $0 < widest }.max() ?? narrowest
      let tied = widths.indices.filter { widths[$0] == widest }
      let excess = total() - limit
      let floor = max(narrowest, second)
      let step = min(widest - floor, (excess + tied.count - 1) / tied.count)
      for index in tied { widths[index] -= max(1, step) }
    }
    while widths.count > 1, total() > limit { widths.removeLast() }
    if total() > limit, let only = widths.first { widths[0] = max(1, min(only, limit - 4)) }
  }

  private func line(
    _ texts: [String], _ widths: [Int], isNull: [Bool], _ style: Style, isHeading: Bool
  ) -> String {
    var result = "|"
    for (index, width) in widths.enumerated() {
      let text = index < texts.count ? TerminalText.fitting(texts[index], width) : ""
      let padded = TerminalText.padded(text, width, onLeft: columns[index].isRightAligned)
      let isMissing = index < isNull.count && isNull[index]
      result += " " + (isHeading ? style.bold(padded) : isMissing ? style.dim(padded) : padded) + " |"
    }
    return result
  }

  private func ruler(_ widths: [Int]) -> String {
    var result = "|"
    for (index, width) in widths.enumerated() {
      let isRight = columns[index].isRightAligned
      result += " " + String(repeating: "-", count: width - (isRight ? 1 : 0)) + (isRight ? ":" : "") + " |"
    }
    return result
  }
}
