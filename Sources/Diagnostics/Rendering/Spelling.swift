/// Finds what a misspelt word was meant to be.
public enum Spelling {
  /// The candidate that is nearest to `word`, if one is near enough to be meant; among equals the first.
  public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().unicodeScalars)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let other = Array(candidate.lowercased().unicodeScalars)
      let near = min(3, max(1, min(letters.count, other.count) / 3))
      let limit = min(best.map { $0.distance - 1 } ?? near, near)
      guard abs(letters.count - other.count) <= limit else { continue }
      let distance = distance(letters, other)
      let sharesLetters = distance < max(letters.count, other.count)
      if distance <= limit, sharesLetters { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// `did you mean 'x'?` for the nearest candidate, if there is one.
  public static func hint(for word: String, among candidates: some Sequence<String>) -> String? {
    nearest(to: word, among: candidates).map { "did you mean '\($0)'?" }
  }

  /// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for column in right.indices {
        let replacement = previous[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replacement, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
