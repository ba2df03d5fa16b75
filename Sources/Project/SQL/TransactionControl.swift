/// Finds statements that begin or end a transaction.
public enum TransactionControl {
  /// The first word of the first such statement of a text, in capitals; nil if there is none.
  public static func firstStatement(in sql: String) -> String? {
    var scanner = SQLScanner(sql)
    var isStart = true
    while let token = scanner.next() {
      if isStart, token.kind == .word {
        let word = scanner.text(token).uppercased()
        if ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT"].contains(word) { return word }
      }
      isStart = token.kind == .symbol && scanner.text(token) == ";"
    }
    return nil
  }
}
