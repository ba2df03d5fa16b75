/// How text looks on a terminal: how many columns it takes, and what must not reach it.
public enum TerminalText {
  /// The columns that a text takes up: wide characters two, combining ones none.
  public static func width(of text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
    return text.reduce(0) { $0 + width(of: $1) }
  }

  /// The columns that a character takes up.
  public static func width(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.value < 0x300 { return scalar.value < 0x20 ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if character.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) {
      return 2
    }
    return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
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

  /// The blocks of East Asian characters that terminals draw two columns wide.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
