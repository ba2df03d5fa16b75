/// A pattern as shells have it, with the rules of Python's `fnmatch`: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`.
/// Letters count as written, and a dot or slash is a character like any other.
struct Wildcard: Sendable {
  private enum Piece: Sendable {
    case character(Unicode.Scalar)
    case anyCharacter
    case anyRun
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

    func matches(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .character(let own): own == scalar
      case .anyCharacter: true
      case .anyRun: false
      case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
      }
    }
  }

  private let pieces: [Piece]
  /// The text itself, if nothing in it is special: the cheap case.
  private let plain: String?

  init(_ pattern: String) {
    var pieces: [Piece] = []
    let scalars = Array(pattern.unicodeScalars)
    var index = 0
    while index < scalars.count {
      switch scalars[index] {
      case "*": pieces.append(.anyRun)
      case "?": pieces.append(.anyCharacter)
      case "[":
        if let (set, end) = Self.set(in: scalars, from: index + 1) {
          pieces.append(set)
          index = end
        } else {
          pieces.append(.character("["))
        }
      default: pieces.append(.character(scalars[index]))
      }
      index += 1
    }
    self.pieces = pieces
    plain = Self.isSpecial(pattern) ? nil : pattern
  }

  /// Whether the text holds a character that patterns give a meaning.
  static func isSpecial(_ text: some StringProtocol) -> Bool {
    text.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B || $0 == 0x5D }
  }

  /// Whether the whole text fits. Takes time in proportion to pattern times text at worst.
  func matches(_ text: String) -> Bool {
    if let plain { return plain.unicodeScalars.elementsEqual(text.unicodeScalars) }
    let scalars = Array(text.unicodeScalars)
    var piece = 0
    var place = 0
    var retry: (piece: Int, place: Int)?
    while place < scalars.count {
      if piece < pieces.count, case .anyRun = pieces[piece] {
        retry = (piece + 1, place)
        piece += 1
      } else if piece < pieces.count, pieces[piece].matches(scalars[place]) {
        piece += 1
        place += 1
      } else if let last = retry {
        retry = (last.piece, last.place + 1)
        piece = last.piece
        place = last.place + 1
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy { if case .anyRun = $0 { true } else { false } }
  }

  /// The set that starts after a bracket, and the index of its closing bracket; nil if it does not close.
  private static func set(in scalars: [Unicode.Scalar], from start: Int) -> (Piece, Int)? {
    var index = start
    let isNegated = index < scalars.count && scalars[index] == "!"
    if isNegated { index += 1 }
    let first = index
    if index < scalars.count, scalars[index] == "]" { index += 1 }
    guard let end = scalars[min(index, scalars.count)...].firstIndex(of: "]") else { return nil }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    var place = first
    while place < end {
      if place + 2 < end, scalars[place + 1] == "-" {
        if scalars[place] <= scalars[place + 2] { ranges.append(scalars[place]...scalars[place + 2]) }
        place += 3
      } else {
        ranges.append(scalars[place]...scalars[place])
        place += 1
      }
    }
    return (.set(ranges, isNegated: isNegated), end)
  }
}
