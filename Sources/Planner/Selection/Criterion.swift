import Diagnostics
import Jinja
import Project

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

  /// What nothing asks for: everything.
  static let everything = Criterion()

  private init() {
    raw = "*"
    method = .everything
    includesChildrensParents = false
    ancestors = .nothing
    descendants = .nothing
  }

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
    method = try SelectionMethod(name: methodName.map(String.init), value: .string(String(rest)), raw: raw)
  }

  /// Takes a criterion of `selectors.yml`. Throws a diagnostic that says what is wrong with its method or value.
  init(_ criterion: SelectorCriterion) throws(Diagnostic) {
    raw = "\(criterion.method):\(criterion.value.plainText)"
    includesChildrensParents = criterion.includesChildrensParents
    ancestors = criterion.parents.isIncluded ? .depth(criterion.parents.depth) : .nothing
    descendants = criterion.children.isIncluded ? .depth(criterion.children.depth) : .nothing
    do throws(Diagnostic) {
      method = try SelectionMethod(name: criterion.method, value: criterion.value, raw: raw)
    } catch {
      throw error.located(at: criterion.span)
    }
  }

  /// The parts of an expression by the names that `selectors.yml` has for them, in dbt's order: what artifacts show.
  static func parts(of raw: String) -> DataValue {
    var rest = Substring(raw)
    var parts: [(String, DataValue)] = []
    if rest.first == "@" {
      parts.append(("childrens_parents", true))
      rest = rest.dropFirst()
    }
    let leading = rest.prefix { $0.isASCII && $0.isNumber }
    if rest[leading.endIndex...].first == "+" {
      parts.append(("parents", true))
      if !leading.isEmpty { parts.append(("parents_depth", .string(String(leading)))) }
      rest = rest[leading.endIndex...].dropFirst()
    }
    let (method, value) = takeMethod(rest)
    let trailing = String(value.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
    let head = value.dropLast(trailing.count)
    let hasChildren = head.last == "+"
    let text = String(hasChildren ? head.dropLast() : value)
    parts.append(("method", .string(method.map(String.init) ?? SelectionMethod.suggestedName(by: text))))
    if !text.isEmpty { parts.append(("value", .string(text))) }
    if hasChildren {
      parts.append(("children", true))
      if !trailing.isEmpty { parts.append(("children_depth", .string(trailing))) }
    }
    return .dict(parts)
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

extension DataValue {
  /// The value as an expression of the command line would have it.
  var plainText: String {
    switch self {
    case .none: ""
    case .bool(let truth): truth ? "true" : "false"
    case .int(let number): String(number)
    case .float(let number): String(number)
    case .string(let text): text
    case .list, .dict: json(sortKeys: false)
    }
  }
}
