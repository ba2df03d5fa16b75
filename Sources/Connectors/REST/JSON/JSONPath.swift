/// A place in JSON values: `data.items[*].id`, with or without `$` before it.
///
/// Names stand after dots or as `['any text']`; `[3]` is an item, `[-1]` the last one; `[*]` or `.*` is every item of a list
/// or every value of a mapping. There are no filters, slices or `..`.
public struct JSONPath: Sendable, Hashable, CustomStringConvertible {
  enum Step: Sendable, Hashable {
    case member(String)
    case item(Int)
    case every
  }

  let steps: [Step]
  /// The path as written.
  public let description: String

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
  var hasWildcard: Bool { steps.contains(.every) }

  /// What a path finds in a value.
  struct Matches: Equatable {
    /// Where the values stand.
    var ranges: [Range<Int>] = []
    /// Whether a step found nothing to stand on.
    var isMissing = false
  }

  /// Finds the values in the value at `range` of `bytes`, which must hold valid JSON.
  func matches(
    in bytes: UnsafeBufferPointer<UInt8>, at range: Range<Int>? = nil
  ) throws(JSONProblem) -> Matches {
    var found = Matches()
    try find(steps[...], bytes, range ?? 0..<bytes.count, &found)
    return found
  }

  /// The only value in a document, as text: a string's characters, a number's digits, `true` or `false`. Nil where there
  /// is none, null, a list or a mapping.
  func scalar(
    in bytes: UnsafeBufferPointer<UInt8>, at range: Range<Int>? = nil
  ) throws(JSONProblem) -> String? {
    guard let first = try matches(in: bytes, at: range).ranges.first else { return nil }
    return JSONText.scalar(bytes, first)
  }

  private func find(
    _ steps: ArraySlice<Step>, _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
    _ found: inout Matches
  ) throws(JSONProblem) {
    guard let step = steps.first else {
      found.ranges.append(JSONText.trimmed(bytes, range))
      return
    }
    let rest = steps.dropFirst()
    var children: [Range<Int>] = []
    let kind = bytes[JSONText.trimmed(bytes, range).lowerBound]
    switch step {
    case .member(let name):
      if kind == 0x7B, let value = try JSONText.member(name, bytes, range) { children = [value] }
    case .item(let index):
      if kind == 0x5B {
        let items = try JSONText.items(bytes, range)
        let place = index < 0 ? items.count + index : index
        if items.indices.contains(place) { children = [items[place]] }
      }
    case .every:
      guard kind == 0x5B || kind == 0x7B else { break }
      children = kind == 0x5B ? try JSONText.items(bytes, range) : try JSONText.members(bytes, range)
      if children.isEmpty { return }
    }
    if children.isEmpty { found.isMissing = true }
    for child in children { try find(rest, bytes, child, &found) }
  }
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
  init(member name: String) {
    self.init(steps: [.member(name)], description: name)
  }

  /// The names on the way, if it goes through members only.
  var memberNames: [String]? {
    var names: [String] = []
    for step in steps {
      guard case .member(let name) = step else { return nil }
      names.append(name)
    }
    return names
  }
}

extension JSONPath {
  /// The path through members.
  init(members names: [String]) {
    self.init(steps: names.map { .member($0) }, description: names.joined(separator: "."))
  }
}
