/// A place in JSON values: `data.items[*].id`, with or without `$` before it.
///
/// Names stand after dots or as `['any text']`; `[3]` is an item, `[-1]` the last one; `[*]` or `.*` is every item of a list
/// or every value of a mapping. There are no filters, slices or `..`.
public struct JSONPath: Sendable, Hashable, CustomStringConvertible {
  /// One step of the way.
  public enum Step: Sendable, Hashable {
    /// Into a mapping's value of that name.
    case member(String)
    /// Into a list's item; from the end if negative.
    case item(Int)
    /// Into every value.
    case every
  }

  /// The way from the outermost value.
  public let steps: [Step]
  /// The path as written.
  public let description: String

  /// What to say to someone who wrote none.
  public static let hint = "write names and dots, such as 'data.items', 'data[0]' or 'data[*].rows'"

  /// The whole value.
  public static let root = JSONPath(steps: [], description: "$")

  private init(steps: [Step], description: String) {
    self.steps = steps
    self.description = description
  }

  /// Reads a path. Nil if it is not one.
  public init?(_ text: String) {
    var parser = JSONPathParser(text)
    guard let steps = parser.steps() else { return nil }
    self.init(steps: steps, description: text)
  }

  /// Whether it can stand for several values.
  public var hasWildcard: Bool { steps.contains(.every) }
}

/// Reads a path's text.
private struct JSONPathParser {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  mutating func steps() -> [JSONPath.Step]? {
    var steps: [JSONPath.Step] = []
    if rest.first == "$" {
      rest = rest.dropFirst()
    } else if rest.first != "[" {
      guard let first = name() else { return nil }
      steps.append(first)
    }
    while let mark = rest.popFirst() {
      guard mark == "." || mark == "[" else { return nil }
      guard let step = mark == "." ? name() : bracket() else { return nil }
      steps.append(step)
    }
    return steps
  }

  private mutating func name() -> JSONPath.Step? {
    let name = rest.prefix { $0 != "." && $0 != "[" && $0 != "]" }
    guard !name.isEmpty else { return nil }
    rest = rest[name.endIndex...]
    return name == "*" ? .every : .member(String(name))
  }

  private mutating func bracket() -> JSONPath.Step? {
    if let quote = rest.first, quote == "'" || quote == "\"" {
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(of: quote) else { return nil }
      let name = String(rest[..<end])
      rest = rest[rest.index(after: end)...]
      guard rest.popFirst() == "]" else { return nil }
      return .member(name)
    }
    guard let end = rest.firstIndex(of: "]") else { return nil }
    let inner = rest[..<end]
    rest = rest[rest.index(after: end)...]
    if inner == "*" { return .every }
    return Int(inner).map { .item($0) }
  }
}

extension JSONPath {
  /// The path of one member, whatever its name holds.
  public init(member name: String) {
    self.init(steps: [.member(name)], description: name)
  }

  /// The path through members.
  public init(members names: [String]) {
    self.init(steps: names.map { .member($0) }, description: names.joined(separator: "."))
  }

  /// The names on the way, if it goes through members only.
  public var memberNames: [String]? {
    var names: [String] = []
    for step in steps {
      guard case .member(let name) = step else { return nil }
      names.append(name)
    }
    return names
  }
}
