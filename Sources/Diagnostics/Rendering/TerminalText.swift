/// How text looks on a terminal: how many columns it takes, and what must not reach it.
public enum TerminalText {
  /// The columns that a text takes up: wide characters two, combining ones none.
  public static func width(of text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
    return text.reduce(0) { $0 + width(of: $1) }
  }

  /// The columns that a character (emoji families and accents included) takes up.
  public static func width(of character: Character) -> Int {
    var isWide = false
    var isVisible = false
    var isEmoji = false
    var regionalIndicators = 0
    for scalar in character.unicodeScalars {
      if (0x1F1E6...0x1F1FF).contains(scalar.value) { regionalIndicators += 1 }
      if scalar.value == 0xFE0F, isEmoji { return 2 }
      if isInvisible(scalar) { continue }
      isVisible = true
      isEmoji = scalar.properties.isEmoji
      if WideScalars.contains(scalar) { isWide = true }
    }
    if regionalIndicators == 2 || isWide { return 2 }
    return isVisible ? 1 : 0
  }

  /// The text without what could steer a terminal: control characters are spelt out, tabs become spaces.
  public static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: mustBeSpelt) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\t" {
        result += "    "
      } else if mustBeSpelt(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Breaks a text at spaces into lines of at most `width` columns; a longer word stays whole.
  public static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var columns = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let length = self.width(of: word)
      if !line.isEmpty, columns + 1 + length > width {
        lines.append(line)
        line = String(word)
        columns = length
      } else if line.isEmpty, columns == 0 {
        line = String(word)
        columns = length
      } else {
        line += " " + word
        columns += 1 + length
      }
    }
    lines.append(line)
    return lines
  }

  private static func mustBeSpelt(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\n" { return false }
    if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) { return true }
    // Marks that reorder text can make a line read as what it is not.
    return (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
