/// Looks at SQL without understanding it.
public enum SQLText {
  /// Whether a text holds nothing but space, comments and semicolons.
  public static func isEmpty(_ sql: String) -> Bool {
    var scanner = SQLScanner(sql)
    while let token = scanner.next() {
      guard token.kind == .symbol, scanner.text(token) == ";" else { return false }
    }
    return true
  }
}
