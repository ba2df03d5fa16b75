import Diagnostics
import Project

/// The text of `warn_if` and `error_if`: a comparison that stands behind the count of failures, such as `> 10`.
enum Threshold {
  /// Throws unless the text is a comparison with numbers.
  static func verify(_ text: String, key: String, of node: Node) throws(Diagnostic) {
    var words = Words(text)
    if words.takeComparison(), words.isAtEnd { return }
    throw Diagnostic(
      .badThreshold, "'\(text)' as \(key) of '\(node.name)' is not a comparison with a number", at: node.span,
      hint: "write for example \(key): \"> 10\" or \(key): \"between 1 and 5\"")
  }

  /// The words, numbers and signs of a threshold.
  private struct Words {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool {
      mutating get {
        skipSpace()
        return rest.isEmpty
      }
    }

    mutating func takeComparison() -> Bool {
      for sign in ["==", "!=", "<>", "<=", ">=", "=", "<", ">"] where take(sign) { return takeNumber() }
      if take(word: "is") {
        _ = take(word: "not")
        return take(word: "null")
      }
      _ = take(word: "not")
      if take(word: "between") { return takeNumber() && take(word: "and") && takeNumber() }
      return take(word: "in") && take("(") && takeNumbers() && take(")")
    }

    private mutating func takeNumbers() -> Bool {
      repeat {
        guard takeNumber() else { return false }
      } while take(",")
      return true
    }

    private mutating func takeNumber() -> Bool {
      skipSpace()
      if rest.first == 0x2D || rest.first == 0x2B { rest = rest.dropFirst() }
      skipSpace()
      let whole = takeDigits()
      guard rest.first == 0x2E else { return whole > 0 }
      rest = rest.dropFirst()
      return whole + takeDigits() > 0
    }

    private mutating func takeDigits() -> Int {
      let digits = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(digits)
      return digits
    }

    private mutating func take(_ sign: String) -> Bool {
      skipSpace()
      guard rest.starts(with: sign.utf8) else { return false }
      rest = rest.dropFirst(sign.utf8.count)
      return true
    }

    private mutating func take(word: String) -> Bool {
      skipSpace()
      let head = rest.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
      guard head.map({ $0 | 0x20 }) == Array(word.utf8) else { return false }
      rest = rest.dropFirst(head.count)
      return true
    }

    private mutating func skipSpace() {
      while let first = rest.first, first == 0x20 || (0x09...0x0D).contains(first) { rest = rest.dropFirst() }
    }
  }
}
