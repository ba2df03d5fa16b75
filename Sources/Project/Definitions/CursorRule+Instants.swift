extension CursorRule {
  /// A bound on a column of instants, as it was written: a time without a zone is of UTC, as Weir shows them, wherever
  /// the command is called and whatever the server's own zone is. What is no time of digits stays as it is.
  public static func instant(_ text: String) -> String {
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
    guard let day = parts.first, isDay(day) else { return text }
    guard parts.count > 1 else { return "\(text) 00:00:00+00" }
    guard parts.count == 2, parts[1].allSatisfy({ $0.isNumber || $0 == ":" || $0 == "." }) else {
      return text
    }
    return text + "+00"
  }

  /// Whether a text is `2026-01-31`, without a zone.
  private static func isDay(_ text: Substring) -> Bool {
    let numbers = text.split(separator: "-", omittingEmptySubsequences: false)
    return numbers.count == 3 && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
  }
}
