import Diagnostics

/// One expression of a selector, such as `2+tag:daily+`: what it matches, and how far it reaches from there.
struct Criterion {
  /// How far an expression reaches along the graph.
  enum Reach: Hashable {
    case nothing
    /// Up to so many edges; nil means all the way.
    case depth(Int?)

    var depth: Int?? {
      switch self {
      case .nothing: nil
      case .depth(let depth): .some(depth)
      }
    }
  }

  /// The expression as written.
  let raw: String
  let method: SelectionMethod
  /// `@`: descendants, and everything that those need.
  let includesChildrensParents: Bool
  let ancestors: Reach
  let descendants: Reach

  /// Takes an expression apart. Throws a diagnostic that says which part is wrong.
  init(_ raw: String) throws(Diagnostic) {
    self.raw = raw
    var rest = Substring(raw)
    includesChildrensParents = rest.first == "@"
    if includesChildrensParents { rest = rest.dropFirst() }
    (ancestors, rest) = try Self.takeAncestors(rest, raw)
    let (methodName, value) = Self.takeMethod(rest)
    rest = value
    (descendants, rest) = try Self.takeDescendants(rest, raw)
    if includesChildrensParents, descendants != .nothing {
      throw Diagnostic(
        .brokenSelector, "the selector '\(raw)' has both '@' and a '+' at its end",
        hint: "'@' already includes everything downstream: leave out the '+'")
    }
    method = try SelectionMethod(name: methodName.map(String.init), value: String(rest), raw: raw)
  }

  private static func takeAncestors(
    _ text: Substring, _ raw: String
  ) throws(Diagnostic) -> (Reach, Substring) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text[digits.endIndex...]
    guard rest.first == "+" else { return (.nothing, text) }
    return (.depth(try depth(digits, raw)), rest.dropFirst())
  }

  private static func takeDescendants(
    _ text: Substring, _ raw: String
  ) throws(Diagnostic) -> (Reach, Substring) {
    let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
    let head = text.dropLast(digits)
    guard head.last == "+" else { return (.nothing, text) }
    return (.depth(try depth(text.suffix(digits), raw)), head.dropLast())
  }

  private static func depth(_ digits: Substring, _ raw: String) throws(Diagnostic) -> Int? {
    if digits.isEmpty { return nil }
    guard let depth = Int(digits) else {
      throw Diagnostic(.brokenSelector, "the selector '\(raw)' has a depth that is too large: \(digits)")
    }
    return depth
  }

  /// What stands before the first colon, if it is spelt like a method, and the rest.
  private static func takeMethod(_ text: Substring) -> (Substring?, Substring) {
    guard let colon = text.firstIndex(of: ":") else { return (nil, text) }
    let name = text[..<colon]
    let isName = name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    return isName && !name.isEmpty ? (name, text[text.index(after: colon)...]) : (nil, text)
  }
}
