/// A node's name or its path of package, folders and name, as dbt matches it.
struct NamePattern {
  private let raw: String
  private let isNested: Bool
  /// The leading parts that must be equal.
  private let fixed: [Substring]
  /// The rest from the first part with a wildcard on; dots in it are characters.
  private let rest: Wildcard?
  private let partCount: Int
  private let whole: Wildcard

  init(_ pattern: String) {
    raw = pattern
    let parts = pattern.split(separator: ".", omittingEmptySubsequences: false)
    let special = parts.firstIndex { Wildcard.isSpecial($0) }
    fixed = Array(parts.prefix(special ?? parts.count))
    rest = special.map { Wildcard(parts[$0...].joined(separator: ".")) }
    partCount = parts.count
    isNested = parts.count > 1
    whole = Wildcard(pattern)
  }

  /// The name, if the pattern can only mean one.
  var plainName: String? { rest == nil && !raw.isEmpty ? raw : nil }

  /// Whether the pattern fits the whole path or the path within the package. The path of a model that has versions
  /// ends in its version, behind its name.
  func matches(fqn: [String], isVersioned: Bool = false) -> Bool {
    fits(fqn[...], isVersioned) || fits(fqn.dropFirst(), isVersioned)
  }

  private func fits(_ fqn: ArraySlice<String>, _ isVersioned: Bool) -> Bool {
    guard let leaf = isVersioned ? fqn.dropLast().last : fqn.last else { return false }
    if leaf == raw { return true }
    if isVersioned {
      // `orders.v2` and `orders_v2` mean the same.
      let own = fqn.suffix(2).joined(separator: "_")
      if own == raw.split(separator: ".", omittingEmptySubsequences: false).suffix(2).joined(separator: "_") {
        return true
      }
    }
    let hasDots = fqn.contains { $0.utf8.contains(0x2E) }
    if hasDots {
      return fitsFlat(fqn.flatMap { $0.split(separator: ".", omittingEmptySubsequences: false) }, leaf)
    }
    return fitsFlat(fqn.map { $0[...] }, leaf)
  }

  private func fitsFlat(_ flat: [Substring], _ leaf: String) -> Bool {
    guard flat.count >= partCount, flat.starts(with: fixed) else { return false }
    guard let rest else { return true }
    if rest.matches(flat.dropFirst(fixed.count).joined(separator: ".")) { return true }
    return !isNested && whole.matches(leaf)
  }
}
