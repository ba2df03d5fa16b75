/// Finds statements that begin or end a transaction.
public enum TransactionControl {
  /// The first word of each such statement of a text, in capitals and in order.
  public static func statements(in sql: String) -> [String] {
    var scanner = SQLScanner(sql)
    var words: [String] = []
    var isStart = true
    while let token = scanner.next() {
      if isStart, token.kind == .word {
        let word = scanner.text(token).uppercased()
        if openers.contains(word) || enders.contains(word) { words.append(word) }
      }
      isStart = token.kind == .symbol && scanner.text(token) == ";"
    }
    return words
  }

  /// Whether the texts, run one after the other, leave a transaction open.
  public static func leavesOpen(_ texts: [String]) -> Bool {
    texts.flatMap(statements).last.map(openers.contains) ?? false
  }

  private static let openers: Set = ["BEGIN", "START"]
  private static let enders: Set = ["COMMIT", "END", "ROLLBACK", "ABORT"]
}
