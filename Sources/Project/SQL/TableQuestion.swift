/// Statements that ask about tables rather than for rows (`DESCRIBE orders`): the engine answers them as they stand.
enum TableQuestion {
  private static let words: Set<String> = ["describe", "desc", "show", "summarize"]

  /// Whether a text begins like one.
  static func isOne(_ sql: String) -> Bool {
    words.contains(sql.drop { $0.isWhitespace }.prefix { $0.isLetter }.lowercased())
  }
}
