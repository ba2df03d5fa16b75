import Project

extension NamingRule {
  /// The name that a column or table of a source gets in the warehouse.
  public func name(for source: String) -> String {
    switch self {
    case .keep: source
    case .snakeCase: SnakeCase.name(for: source)
    }
  }
}

/// `OrderID` → `order_id`.
enum SnakeCase {
  /// Letters of any script are kept, in lower case where they have one; everything else but digits parts words.
  static func name(for source: String) -> String {
    let letters = Array(source)
    var name = ""
    for (index, letter) in letters.enumerated() {
      guard letter.isLetter || letter.isNumber else {
        if !name.hasSuffix("_") { name.append("_") }
        continue
      }
      if index > 0, startsWord(letter, after: letters[index - 1], before: letters.dropFirst(index + 1).first),
        !name.hasSuffix("_")
      {
        name.append("_")
      }
      name += letter.lowercased()
    }
    // An underscore at the end is one that the source has; other signs leave none there.
    if name.hasSuffix("_"), letters.last != "_", name.count > 1 { name.removeLast() }
    if name.first?.isNumber ?? true { name = "_" + name }
    return name
  }

  /// A capital starts a word after a small letter or digit, and at the end of a run of capitals: `HTTPServer`.
  private static func startsWord(_ letter: Character, after previous: Character, before next: Character?)
    -> Bool
  {
    guard letter.isUppercase else { return false }
    if previous.isUppercase { return next?.isLowercase ?? false }
    return previous.isLetter || previous.isNumber
  }
}
