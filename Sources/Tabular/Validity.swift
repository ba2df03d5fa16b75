/// Which values of a column are there: one bit a row, set where a value is.
public struct Validity: Sendable, Hashable {
  /// The bits, 64 rows a word, the first row in the lowest bit.
  public private(set) var words: [UInt64]

  /// Makes a mask of its words.
  public init(words: [UInt64]) { self.words = words }

  /// Makes a mask for `count` rows in which every value is there.
  public init(allPresent count: Int) {
    words = Array(repeating: .max, count: (count + 63) / 64)
  }

  /// Whether the value of `row` is there.
  public subscript(row: Int) -> Bool {
    get { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }
    set {
      let bit: UInt64 = 1 << UInt64(row & 63)
      if newValue { words[row >> 6] |= bit } else { words[row >> 6] &= ~bit }
    }
  }
}

extension Validity {
  /// Whether any of the first `count` values is missing.
  public func hasMissing(of count: Int) -> Bool {
    let whole = count / 64
    if words[..<whole].contains(where: { $0 != .max }) { return true }
    guard count % 64 > 0 else { return false }
    let used: UInt64 = (1 << UInt64(count % 64)) - 1
    return words[whole] & used != used
  }
}
