/// A word of Python source.
struct PythonToken: Sendable, Hashable {
  /// What kind of word it is.
  enum Kind: Sendable, Hashable {
    case name, number, symbol
    /// A text, with its escapes read.
    case text(String)
    /// Bytes, which no configuration can hold.
    case bytes
    /// A text that is put together at run time, and the words of the expressions in it.
    case formatted([PythonToken])
    /// The end of a logical line.
    case newline
    case indent, dedent
  }

  var kind: Kind
  /// The word as it is written; empty for what has no text.
  var text: String
  /// Its line, from 1.
  var line: Int
  /// Its column in bytes, from 1.
  var column: Int

  func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

  func isName(_ name: String) -> Bool { kind == .name && text == name }

  var isOpening: Bool { kind == .symbol && (text == "(" || text == "[" || text == "{") }

  var isClosing: Bool { kind == .symbol && (text == ")" || text == "]" || text == "}") }
}

/// What is wrong at a place of Python source.
struct PythonProblem: Error, Sendable, Hashable {
  var message: String
  var line: Int
  var column: Int
  var hint: String?
}
