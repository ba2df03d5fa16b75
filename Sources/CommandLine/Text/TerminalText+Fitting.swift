import Diagnostics

extension TerminalText {
  /// `text` cut to at most `width` columns; what was cut shows as `…`.
  static func fitting(_ text: String, _ width: Int) -> String {
    if self.width(of: text) <= width { return text }
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    for character in text {
      used += self.width(of: character)
      if used > width - 1 { break }
      result.append(character)
    }
    return result + "…"
  }

  /// `text` filled with spaces to `width` columns; longer text stays as it is.
  static func padded(_ text: String, _ width: Int, onLeft: Bool = false) -> String {
    let missing = width - self.width(of: text)
    guard missing > 0 else { return text }
    let spaces = String(repeating: " ", count: missing)
    return onLeft ? spaces + text : text + spaces
  }

  /// `text` on one line, with nothing in it that would command a terminal.
  static func oneLine(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else {
      return printable(text)
    }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return printable(result)
  }
}
