/// Finds what a misspelt word may have meant.
enum Suggestion {
  /// The word of `known` that is nearest to `word`; nil if none is near.
  static func nearest(to word: String, in known: some Sequence<String>) -> String? {
    let limit = max(1, min(3, word.count / 3 + 1))
    let wanted = Array(word.lowercased().utf8)
    var best: (distance: Int, word: String)?
    for candidate in known where candidate != word {
      let bytes = Array(candidate.lowercased().utf8)
      guard abs(bytes.count - wanted.count) <= limit else { continue }
      let distance = distance(wanted, bytes)
      guard distance <= limit, (best.map { (distance, candidate) < ($0.distance, $0.word) } ?? true) else {
        continue
      }
      best = (distance, candidate)
    }
    return best?.word
  }

  /// "did you mean …?", if there is something near.
  static func hint(for word: String, in known: some Sequence<String>) -> String? {
    nearest(to: word, in: known).map { "did you mean '\($0)'?" }
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var above = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var cost = above[column] + (left[row] == right[column] ? 0 : 1)
        cost = min(cost, above[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, before[column - 1] + 1)
        }
        current.append(cost)
      }
      before = above
      above = current
    }
    return above[right.count]
  }
}
