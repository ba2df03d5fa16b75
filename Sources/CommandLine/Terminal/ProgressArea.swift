/// Some lines at the bottom of a terminal that are drawn again and again while other text scrolls above them.
/// Pure: it gives the text to write.
struct ProgressArea {
  private var shownWidths: [Int] = []

  /// Whether anything is on the screen.
  var isShown: Bool { !shownWidths.isEmpty }

  /// What removes the area from the screen and leaves the cursor where it began.
  mutating func erasing(columns: Int) -> String {
    guard isShown else { return "" }
    // After a resize a line may take several rows of the screen.
    let rows = shownWidths.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
    shownWidths = []
    return "\u{1B}[\(rows)A\r\u{1B}[J"
  }

  /// What shows `lines` in place of what was shown. Lines must fit `columns`.
  mutating func drawing(_ lines: [String], widths: [Int], columns: Int) -> String {
    let erased = erasing(columns: columns)
    shownWidths = widths
    return erased + lines.map { $0 + "\n" }.joined()
  }
}
