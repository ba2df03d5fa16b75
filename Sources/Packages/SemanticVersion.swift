/// A version as semver.org has it: `1.3.0`, `1.0.0-rc.1`. What follows a plus does not count.
public struct SemanticVersion: Sendable, Hashable, Comparable {
  let numbers: [Int]
  let prerelease: [String]

  /// Whether it comes before a release.
  public var isPrerelease: Bool { !prerelease.isEmpty }

  /// Reads a version; nil if the text is none.
  public init?(_ text: some StringProtocol) {
    let text = String(text)
    let plain = text.prefix { $0 != "+" }
    let release = plain.prefix { $0 != "-" }
    let parts = release.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.allSatisfy(\.isNumber) ? Int($0) : nil }
    guard numbers.count == 3, parts.count == 3 else { return nil }
    self.numbers = numbers
    let rest = plain.dropFirst(release.count)
    prerelease = rest.dropFirst().split(separator: ".").map(String.init)
    if !rest.isEmpty, prerelease.isEmpty { return nil }
  }

  /// By precedence: a prerelease comes before its release.
  public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
    if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
    guard left.isPrerelease, right.isPrerelease else { return left.isPrerelease && !right.isPrerelease }
    for (one, other) in zip(left.prerelease, right.prerelease) where one != other {
      switch (Int(one), Int(other)) {
      case (let one?, let other?): return one < other
      case (nil, nil): return one < other
      // Numbers come before words.
      case (let number, _): return number != nil
      }
    }
    return left.prerelease.count < right.prerelease.count
  }
}

/// What versions will do: all comparisons must hold, such as `>=1.0.0` and `<2.0.0`, or `1.3.0` alone.
struct VersionRange: Sendable {
  private struct Comparison: Sendable {
    var sign: String
    var version: SemanticVersion
  }

  private let comparisons: [Comparison]

  /// Reads comparisons. Throws the one that cannot be read.
  init(_ texts: [String]) throws(Unreadable) {
    var comparisons: [Comparison] = []
    for text in texts.flatMap({ $0.split(separator: ",") }) {
      let plain = text.filter { $0 != " " }
      let sign = plain.prefix { "<>=".contains($0) }
      guard let version = SemanticVersion(plain.dropFirst(sign.count)),
        ["", "=", "==", ">", ">=", "<", "<="].contains(sign)
      else { throw Unreadable(text: String(text)) }
      comparisons.append(Comparison(sign: String(sign), version: version))
    }
    self.comparisons = comparisons
  }

  /// A comparison that cannot be read.
  struct Unreadable: Error {
    var text: String
  }

  /// Whether one of the comparisons names a version before a release.
  var namesPrerelease: Bool { comparisons.contains { $0.version.isPrerelease } }

  /// Whether the version will do.
  func holds(_ version: SemanticVersion) -> Bool {
    comparisons.allSatisfy { comparison in
      switch comparison.sign {
      case ">": version > comparison.version
      case ">=": version >= comparison.version
      case "<": version < comparison.version
      case "<=": version <= comparison.version
      default: version == comparison.version
      }
    }
  }
}
