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

  /// A text without its statements that begin or commit a transaction; and the word of one that undoes it, if there is one.
  public static func withoutBounds(_ sql: String) -> (sql: String, refused: String?) {
    let words = statements(in: sql)
    guard !words.isEmpty else { return (sql, nil) }
    if let refused = words.first(where: undoers.contains) { return (sql, refused) }
    var scanner = SQLScanner(sql)
    var pieces: [String] = []
    var start = 0
    var first: String?
    func keep(until end: Int) {
      let word = first ?? ""
      guard !openers.contains(word), !enders.contains(word), end > start else { return }
      pieces.append(String(decoding: scanner.bytes[start..<end], as: UTF8.self))
    }
    while let token = scanner.next() {
      if token.kind == .symbol, scanner.text(token) == ";" {
        keep(until: token.range.upperBound)
        (start, first) = (token.range.upperBound, nil)
      } else if first == nil {
        first = token.kind == .word ? scanner.text(token).uppercased() : "("
      }
    }
    keep(until: scanner.bytes.count)
    return (pieces.joined(), nil)
  }

  private static let undoers: Set = ["ROLLBACK", "ABORT"]
  private static let openers: Set = ["BEGIN", "START"]
  private static let enders: Set = ["COMMIT", "END", "ROLLBACK", "ABORT"]
}
