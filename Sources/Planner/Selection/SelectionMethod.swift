import Diagnostics
import Jinja
import Project

/// What an expression of a selector compares: dbt's methods.
enum SelectionMethod {
  case name(NamePattern)
  case tag(Wildcard)
  case group(Wildcard)
  case access(String)
  case source(package: Wildcard, source: Wildcard, table: Wildcard)
  case exposure(package: Wildcard, name: Wildcard)
  case unitTest(package: Wildcard, name: Wildcard)
  /// A metric, a semantic model or a saved query by its name.
  case semantic(ResourceType, package: Wildcard, name: Wildcard)
  /// Weir's own: a load by its name.
  case load(package: Wildcard, name: Wildcard)
  case path(PathPattern)
  case file(Wildcard)
  case package(Wildcard, isThis: Bool)
  case config(keys: [String], value: DataValue)
  case testName(Wildcard)
  case testType(generic: Bool, singular: Bool, unit: Bool)
  case resourceType(ResourceType?)
  case version(VersionKind)
  /// What a saved manifest says of the node.
  case state(StateAspect)
  /// What became of the node in the saved run.
  case result(String)
  /// What became of the source's freshness since the saved look at it.
  case sourceStatus
  case everything

  /// Which of a model's versions.
  enum VersionKind: String, CaseIterable {
    case latest, prerelease, old, none
  }

  /// The method of that name, or the one that the value's look suggests. Throws for what does not exist.
  init(name: String?, value: DataValue, raw: String) throws(Diagnostic) {
    guard let name else {
      self = Self.suggested(by: value.plainText)
      return
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts[0] == "config" {
      self = try Self.config(Array(parts.dropFirst()), value, raw)
    } else {
      self = try Self.named(parts[0], Array(parts.dropFirst()), value.plainText, raw)
    }
  }

  private static let known = [
    "fqn", "tag", "group", "access", "source", "path", "file", "package", "config", "test_name", "test_type",
    "resource_type", "exposure", "load", "version", "metric", "semantic_model", "saved_query", "unit_test",
    "state", "result", "source_status",
  ]

  private static func suggested(by value: String) -> SelectionMethod {
    switch suggestedName(by: value) {
    case "path": .path(PathPattern(value))
    case "file": .file(Wildcard(value))
    default: .name(NamePattern(value))
    }
  }

  /// The name of the method that a value without one is taken for.
  static func suggestedName(by value: String) -> String {
    if value.contains("/") { return "path" }
    let lower = value.lowercased()
    return [".sql", ".py", ".csv"].contains { lower.hasSuffix($0) } ? "file" : "fqn"
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
    case "test_name": return .testName(Wildcard(value))
    case "source": return try source(value, raw)
    case "exposure", "load", "unit_test", "metric", "semantic_model", "saved_query":
      return try resource(name, value, raw)
    case "test_type": return try testType(value, raw)
    case "resource_type": return try resourceType(value, raw)
    case "version": return try version(value, raw)
    case "state": return try state(value, raw)
    case "result": return try result(value, raw)
    case "source_status":
      guard value == "fresher" else { throw badValue(value, of: ["fresher"], raw) }
      return .sourceStatus
    default:
      throw Diagnostic(
        .unknownSelectorMethod, "the selector '\(raw)' uses the method '\(name)', which does not exist",
        notes: ["the methods are \(known.joined(separator: ", "))"],
        hint: Spelling.hint(for: name, among: known))
    }
  }

  /// A resource that is called by its package and name.
  private static func resource(
    _ method: String, _ value: String, _ raw: String
  ) throws(Diagnostic) -> SelectionMethod {
    let article = method == "exposure" ? "an" : "a"
    let (package, name) = try packageAndName(value, raw, kind: method, article: article)
    switch method {
    case "exposure": return .exposure(package: package, name: name)
    case "load": return .load(package: package, name: name)
    case "unit_test": return .unitTest(package: package, name: name)
    case "metric": return .semantic(.metric, package: package, name: name)
    case "semantic_model": return .semantic(.semanticModel, package: package, name: name)
    default: return .semantic(.savedQuery, package: package, name: name)
    }
  }

  private static func state(_ value: String, _ raw: String) throws(Diagnostic) -> SelectionMethod {
    guard let aspect = StateAspect(rawValue: value) else {
      throw badValue(value, of: StateAspect.allCases.map(\.rawValue), raw)
    }
    return .state(aspect)
  }

  private static func result(_ value: String, _ raw: String) throws(Diagnostic) -> SelectionMethod {
    let known = [
      "success", "error", "fail", "warn", "skipped", "pass", "runtime error", "partial success", "no-op",
    ]
    guard known.contains(value) else { throw badValue(value, of: known, raw) }
    return .result(value)
  }

  private static func config(
    _ keys: [String], _ value: DataValue, _ raw: String
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
    case "generic", "schema": return .testType(generic: true, singular: false, unit: false)
    case "singular": return .testType(generic: false, singular: true, unit: false)
    case "data": return .testType(generic: true, singular: true, unit: false)
    case "unit": return .testType(generic: false, singular: false, unit: true)
    default: throw badValue(value, of: ["generic", "singular", "data", "unit"], raw)
    }
  }

  private static func resourceType(_ value: String, _ raw: String) throws(Diagnostic) -> SelectionMethod {
    if let type = ResourceType(rawValue: value) { return .resourceType(type) }
    let later = ["fixture", "sql operation", "sql_operation", "rpc"]
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
