/// The kinds of token; the raw value is Jinja's way to name one in messages.
enum TokenKind: String {
  case data = "template data / text"
  case variableBegin = "begin of print statement"
  case variableEnd = "end of print statement"
  case blockBegin = "begin of statement block"
  case blockEnd = "end of statement block"
  case end = "end of template"
  case name, string, integer, float
  case add = "+"
  case assign = "="
  case colon = ":"
  case comma = ","
  case divide = "/"
  case dot = "."
  case equal = "=="
  case floorDivide = "//"
  case greater = ">"
  case greaterOrEqual = ">="
  case leftBrace = "{"
  case leftBracket = "["
  case leftParenthesis = "("
  case less = "<"
  case lessOrEqual = "<="
  case modulo = "%"
  case multiply = "*"
  case unequal = "!="
  case pipe = "|"
  case power = "**"
  case rightBrace = "}"
  case rightBracket = "]"
  case rightParenthesis = ")"
  case semicolon = ";"
  case subtract = "-"
  case tilde = "~"
}

/// A piece of a template: its kind and its bytes.
struct Token {
  var kind: TokenKind
  /// The offsets in the source. Of data: what is left after trimming.
  var start: Int
  var end: Int
  /// A name's or a number's text, a string's content.
  var text = ""

  /// Whether this is the word `word`.
  func isName(_ word: String) -> Bool { kind == .name && text == word }

  /// What messages call it.
  var described: String { kind == .name ? text : kind.rawValue }
}
