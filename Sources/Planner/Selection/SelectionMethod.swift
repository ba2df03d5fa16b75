import Diagnostics
import Project

/// What an expression of a selector compares: dbt's methods.
enum SelectionMethod {
  case name(NamePattern)
  case tag(Wildcard)
  case group(Wildcard)
  case access(String)
  case source(package: Wildcard, source: Wildcard, table: Wildcard)
  case exposure(package: Wildcard, name: Wildcard)
  /// Weir's own: a load by its name.
  case load(package: Wildcard, name: Wildcard)
  case path(PathPattern)
  case file(Wildcard)
  case package(Wildcard, isThis: Bool)
  case config(keys: [String], value: String)
  case testName(Wildcard)
  case testType(generic: Bool, singular: Bool)
  case unitTests
  case unitTest(package: Wildcard, name: Wildcard)
  case resourceType(ResourceType?)
  case version(VersionKind)
  /// A kind of resource that a project cannot have yet, so that nothing matches.
  case nothing

  /// Which of a model's versions.
  enum VersionKind: String, CaseIterable {
    case latest, prerelease, old, none
  }

  /// The method of that name, or the one that the value's look suggests. Throws for what does not exist.
  init(name: String?, value: String, raw: String) throws(Diagnostic) {
    guard let name else {
      self = Self.suggested(by: value)
      return
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    self = try Self.named(parts[0], Array(parts.dropFirst()), value, raw)
  }

  private static let known = [
    "fqn", "tag", "group", "access", "source", "path", "file", "package", "config", "test_name", "test_type",
    "resource_type", "exposure", "load", "version", "metric", "semantic_model", "saved_query", "unit_test",
    "state",
    "result", "source_status",
  ]

  private static func suggested(by value: String) -> SelectionMethod {
    if value.contains("/") { return .path(PathPattern(value)) }
    let lower = value.lowercased()
    let isFile = [".sql", ".py", ".csv"].contains { lower.hasSuffix($0) }
    return isFile ? .file(Wildcard(value)) : .name(NamePattern(value))
  }

  private static func named(
    _ name: String, _ arguments: [String], _ value: String, _ raw: String
  ) throws(Diagnostic) -> SelectionMethod {
    switch name {
    case "fqn": return .name(NamePattern(value))
    case "tag": return .tag(Wildcard(value))
    case "group": return .group(Wildcard(value))
    case "access": return .access(value)
    case "path": return .path(PathPattern(value))
    case "file": return .file(Wildcard(value))
    case "package": return .package(Wildcard(value), isThis: value == "this")
    case "config": return try config(arguments, value, raw)
    case "test_name": return .testName(Wildcard(value))
    case "source": return try source(value, raw)
    case "exposure":
      let (package, name) = try packageAndName(value, raw, kind: "exposure", article: "an")
      return .exposure(package: package, name: name)
    case "load":
      let (package, name) = try packageAndName(value, raw, kind: "load", article: "a")
      return .load(package: package, name: name)
    case "test_type": return try testType(value, raw)
    case "resource_type": return try resourceType(value, raw)
    case "version": return try version(value, raw)
    case "unit_test":
      let (package, name) = try packageAndName(value, raw, kind: "unit_test", article: "a")
      return .unitTest(package: package, name: name)
    case "metric", "semantic_model", "saved_query": return .nothing
    case "state", "result", "source_status":
      throw Diagnostic(
        .unsupportedSelector, "the selector '\(raw)' uses the method '\(name)', which is not supported yet")
    default:
      throw Diagnostic(
        .unknownSelectorMethod, "the selector '\(raw)' uses the method '\(name)', which does not exist",
        notes: ["the methods are \(known.joined(separator: ", "))"],
        hint: Spelling.hint(for: name, among: known))
    }
  }

  private static func config(
    _ keys: [String], _ value: String, _ raw: String
  ) throws(Diagnostic) -> SelectionMethod {
    if keys.isEmpty || keys.contains("") {
      throw Diagnostic(
        .brokenSelector, "the selector '\(raw)' does not say which configuration it means",
        hint: "write for example 'config.materialized:table'")
    }
    return .config(keys: keys, value: value)
  }

  private static func source(_ value: String, _ raw: String) throws(Diagnostic) -> SelectionMethod {
    let parts = value.split(separator: ".", omittingEmptySubsequences: false).map { Wildcard(String($0)) }
    switch parts.count {
    case 1: return .source(package: Wildcard("*"), source: parts[0], table: Wildcard("*"))
    case 2: return .source(package: Wildcard("*"), source: parts[0], table: parts[1])
    case 3: return .source(package: parts[0], source: parts[1], table: parts[2])
    default:
      throw Diagnostic(
        .badSelectorValue, "the selector '\(raw)' has too many parts for a source",
        hint: "write 'source:<source>', 'source:<source>.<table>' or 'source:<package>.<source>.<table>'")
    }
  }

  private static func packageAndName(
    _ value: String, _ raw: String, kind: String, article: String
  ) throws(Diagnostic) -> (package: Wildcard, name: Wildcard) {
    let parts = value.split(separator: ".", omittingEmptySubsequences: false).map { Wildcard(String($0)) }
    switch parts.count {
    case 1: return (Wildcard("*"), parts[0])
    case 2: return (parts[0], parts[1])
    default:
      throw Diagnostic(
        .badSelectorValue, "the selector '\(raw)' has too many parts for \(article) \(kind)",
        hint: "write '\(kind):<name>' or '\(kind):<package>.<name>'")
    }
  }

  private static func testType(_ value: String, _ raw: String) throws(Diagnostic) -> SelectionMethod {
    switch value {
    case "generic", "schema": return .testType(generic: true, singular: false)
    case "singular": return .testType(generic: false, singular: true)
    case "data": return .testType(generic: true, singular: true)
    case "unit": return .unitTests
    default: throw badValue(value, of: ["generic", "singular", "data", "unit"], raw)
    }
  }

  private static func resourceType(_ value: String, _ raw: String) throws(Diagnostic) -> SelectionMethod {
    if let type = ResourceType(rawValue: value) { return .resourceType(type) }
    let later = [
      "metric", "group", "saved_query", "semantic_model", "fixture", "function", "sql_operation", "rpc",
    ]
    if later.contains(value) { return .resourceType(nil) }
    throw badValue(value, of: ResourceType.allCases.map(\.rawValue), raw)
  }

  private static func version(_ value: String, _ raw: String) throws(Diagnostic) -> SelectionMethod {
    if let kind = VersionKind(rawValue: value) { return .version(kind) }
    throw badValue(value, of: VersionKind.allCases.map(\.rawValue), raw)
  }

  private static func badValue(_ value: String, of known: [String], _ raw: String) -> Diagnostic {
    Diagnostic(
      .badSelectorValue, "the selector '\(raw)' has the value '\(value)', which does not exist",
      notes: ["the values are \(known.joined(separator: ", "))"],
      hint: Spelling.hint(for: value, among: known))
  }
}

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

  /// Whether the pattern fits the whole path or the path within the package. The path of a model's version ends
  /// with the version.
  func matches(fqn: [String], isVersioned: Bool = false) -> Bool {
    if isVersioned, fitsVersion(fqn.suffix(2)) { return true }
    return fits(fqn[...], isVersioned) || fits(fqn.dropFirst(), isVersioned)
  }

  /// Whether the pattern is the model's name, or that and the version, with a dot or a low line between them.
  private func fitsVersion(_ end: ArraySlice<String>) -> Bool {
    guard let name = end.first else { return false }
    let last = raw.split(separator: ".", omittingEmptySubsequences: false).suffix(2)
    return name == raw || end.joined(separator: "_") == last.joined(separator: "_")
  }

  private func fits(_ fqn: ArraySlice<String>, _ isVersioned: Bool) -> Bool {
    guard let last = fqn.last else { return false }
    if last == raw, !isVersioned { return true }
    let leaf = isVersioned ? fqn.dropLast().last ?? last : last
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
