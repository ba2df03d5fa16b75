/// Keys that stand twice in one mapping, which the YAML library refuses: all but the last are given names of their own, so
/// that the text can be read, and are left out then.
enum RepeatedKeys {
  /// Begins a key that is left out: of the characters that nobody may assign.
  private static let mark: Character = "\u{E000}"

  static func isRenamed(_ key: String) -> Bool { key.first == mark }

  /// The text with the key at a place, counted from 1, renamed; nil if there is no such place.
  static func renaming(_ text: String, at place: (line: Int, column: Int), _ number: Int) -> String? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.indices.contains(place.line - 1) else { return nil }
    var line = lines[place.line - 1]
    let scalars = line.unicodeScalars
    guard place.column >= 1, place.column <= scalars.count else { return nil }
    var index = scalars.index(scalars.startIndex, offsetBy: place.column - 1)
    if scalars[index] == "\"" || scalars[index] == "'" { index = scalars.index(after: index) }
    line.insert(contentsOf: "\(mark)\(number)\(mark)", at: index)
    lines[place.line - 1] = line
    return lines.joined(separator: "\n")
  }
}
