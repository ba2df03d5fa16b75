/// Puts ephemeral models into the statements that read them, as common table expressions.
enum CommonTableInjection {
  /// The name that stands for an ephemeral model in the statements that read it.
  static func name(of model: String) -> String { "__dbt__cte__" + model }

  /// `sql` with the expressions before its own. An existing leading WITH, RECURSIVE or not, is extended.
  static func inject(_ tables: [(name: String, sql: String)], into sql: String) -> String {
    guard !tables.isEmpty else { return sql }
    let list = tables.map { "\($0.name) as (\n\($0.sql)\n)" }.joined(separator: ", ")
    var scanner = SQLScanner(sql)
    guard let first = scanner.next(), scanner.isKeyword(first, "with") else { return "with \(list)\n\(sql)" }
    var end = first.range.upperBound
    if let second = scanner.next(), scanner.isKeyword(second, "recursive"), !isTableName(&scanner) {
      end = second.range.upperBound
    }
    let split = sql.utf8.index(sql.utf8.startIndex, offsetBy: end)
    return "\(sql[..<split]) \(list),\(sql[split...])"
  }

  /// Whether the word RECURSIVE that was just read is a table's name: `with recursive as (…)`.
  private static func isTableName(_ scanner: inout SQLScanner) -> Bool {
    guard let next = scanner.next() else { return false }
    return scanner.isKeyword(next, "as")
  }

  /// `sql` without semicolons at its end, so that it can stand in parentheses.
  static func withoutTerminator(_ sql: String) -> String {
    guard sql.utf8.contains(UInt8(ascii: ";")) else { return sql }
    var scanner = SQLScanner(sql)
    var terminators: [Range<Int>] = []
    while let token = scanner.next() {
      let isSemicolon = token.kind == .symbol && scanner.bytes[token.range.lowerBound] == UInt8(ascii: ";")
      if isSemicolon { terminators.append(token.range) } else { terminators = [] }
    }
    guard !terminators.isEmpty else { return sql }
    var bytes = scanner.bytes
    for range in terminators.reversed() { bytes.removeSubrange(range) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
