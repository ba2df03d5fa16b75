/// A line of a template: its own words, between which a template engine puts others.
struct TemplateLine: Sendable, Hashable {
  /// What stands before, between and after the tags; a line without tags is one piece.
  private var pieces: [String] = []
  /// The line's length in bytes.
  private let length: Int

  /// The lines of a text, in order. A tag may go over several.
  static func lines(of text: String) -> [TemplateLine] {
    var closing: UInt8?
    return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      TemplateLine(Array($0), within: &closing)
    }
  }

  /// Reads a line. `closing` is the first byte of what ends the tag in which the line begins, and afterwards of the one in
  /// which it ends.
  private init(_ line: [UInt8], within closing: inout UInt8?) {
    length = line.count
    var start = 0
    var index = 0
    if closing != nil { pieces.append("") }
    while index + 1 < line.count {
      if let end = closing {
        if line[index] == end, line[index + 1] == UInt8(ascii: "}") {
          closing = nil
          start = index + 2
          index += 1
        }
      } else if line[index] == UInt8(ascii: "{"), let end = Self.closings[line[index + 1]] {
        closing = end
        pieces.append(String(decoding: line[start..<index], as: UTF8.self))
        index += 1
      }
      index += 1
    }
    pieces.append(closing == nil ? String(decoding: line[start...], as: UTF8.self) : "")
  }

  /// What ends a tag, by the second byte of what begins it: `{{ }}`, `{% %}`, `{# #}`.
  private static let closings: [UInt8: UInt8] = [
    UInt8(ascii: "{"): UInt8(ascii: "}"), UInt8(ascii: "%"): UInt8(ascii: "%"),
    UInt8(ascii: "#"): UInt8(ascii: "#"),
  ]

  /// Whether `text` can be what the line renders as: it has the line's own words, in order, and they say something.
  func mayRender(_ text: Substring) -> Bool {
    guard let first = pieces.first, let last = pieces.last, pieces.count > 1,
      pieces.contains(where: { $0.contains { $0.isLetter || $0.isNumber } }),
      text.hasPrefix(first), text.hasSuffix(last)
    else { return false }
    var rest = text.dropFirst(first.count)
    for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
      guard let found = rest.firstRange(of: piece) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.count >= last.count
  }

  /// Where in the line stands what `text`, which it renders as, has at a column. Both columns are counted in bytes, from
  /// 1. Nil for what a tag wrote, and between tags, where that cannot be told for sure.
  func column(of column: Int, in text: Substring) -> Int? {
    let fromEnd = text.utf8.count - column
    if column <= pieces.first?.utf8.count ?? 0 { return column }
    return fromEnd < pieces.last?.utf8.count ?? 0 ? length - fromEnd : nil
  }
}
