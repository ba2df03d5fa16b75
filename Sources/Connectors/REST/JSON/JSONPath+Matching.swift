import Project

extension JSONPath {
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
