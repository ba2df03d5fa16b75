/// Which characters a place of a pattern takes.
struct ScalarSet: Sendable {
  enum Class: Sendable {
    case digit, word, space
  }

  var ranges: [ClosedRange<UInt32>] = []
  /// Classes such as `\d`, and whether what is not in them is meant (`\D`).
  var classes: [(Class, isNegated: Bool)] = []
  var isNegated = false
  var ignoresCase = false

  static func single(_ scalar: Unicode.Scalar, ignoresCase: Bool = false) -> ScalarSet {
    ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: ignoresCase)
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    (holds(scalar) || (ignoresCase && holdsOtherCase(of: scalar))) != isNegated
  }

  private func holdsOtherCase(of scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      let isLetter = (0x61...0x7A).contains(scalar.value | 0x20)
      return isLetter && holds(Unicode.Scalar(UInt8(scalar.value ^ 0x20)))
    }
    return holds(Self.mapped(scalar.properties.lowercaseMapping) ?? scalar)
      || holds(Self.mapped(scalar.properties.uppercaseMapping) ?? scalar)
  }

  private func holds(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) }
      || classes.contains { Self.isIn($0.0, scalar) != $0.isNegated }
  }

  static func isIn(_ kind: Class, _ scalar: Unicode.Scalar) -> Bool {
    switch kind {
    case .digit: scalar.properties.generalCategory == .decimalNumber
    case .word: scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    case .space: scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
  }

  /// The scalar of a mapping that is one scalar.
  static func mapped(_ text: String) -> Unicode.Scalar? {
    let scalars = text.unicodeScalars
    return scalars.count == 1 ? scalars.first : nil
  }
}

/// A step of a pattern that was translated.
enum PatternInstruction: Sendable {
  case take(ScalarSet)
  /// Go on at the first place; if that fails, at the second.
  case split(Int, Int)
  case jump(Int)
  /// Keep the position in a slot.
  case save(Int)
  /// Go to the place unless the position has moved since it was kept in the slot: what repeats nothing would repeat
  /// for ever.
  case unlessMoved(Int, to: Int)
  case lineStart, lineEnd, textStart, textEnd, textEndOrLastLine
  case wordEdge(isNegated: Bool)
  /// What the group took before.
  case again(group: Int, ignoresCase: Bool)
  /// Whether the part matches here or, with a width, ends here and takes so much.
  case look([PatternInstruction], behind: Int?, isNegated: Bool)
  /// Take the part's first way and no other.
  case atomic([PatternInstruction])
  case done
}
