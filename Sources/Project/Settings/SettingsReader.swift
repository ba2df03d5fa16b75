import Diagnostics
import Jinja

/// Reads the project file's values into settings and collects what is wrong with them.
struct SettingsReader {
  let file: ProjectFile
  let projectRoot: String
  private(set) var problems: [Diagnostic] = []
  /// Whether the project has a name; one is made up else, for the sake of what else can be checked.
  private(set) var hasName = true

  init(file: ProjectFile, projectRoot: String) {
    self.file = file
    self.projectRoot = projectRoot
  }

  /// The settings. `root` is the file's value with its Jinja rendered.
  mutating func read(_ root: YAMLNode) -> ProjectSettings {
    let name = readName(root)
    hasName = name != nil
    var settings = ProjectSettings(
      name: name ?? file.likelyName, root: projectRoot, file: file.name, values: root.data)
    settings.version = root["version"]?.scalarText
    settings.python = text("python", root)
    settings.profileName = text("profile", root)
    settings.modelPaths =
      paths("model-paths", root) ?? paths("source-paths", root, renamed: "model-paths") ?? settings.modelPaths
    settings.seedPaths =
      paths("seed-paths", root) ?? paths("data-paths", root, renamed: "seed-paths") ?? settings.seedPaths
    settings.testPaths = paths("test-paths", root) ?? settings.testPaths
    settings.macroPaths = paths("macro-paths", root) ?? settings.macroPaths
    settings.analysisPaths = paths("analysis-paths", root) ?? settings.analysisPaths
    settings.loadPaths = paths("load-paths", root) ?? settings.loadPaths
    settings.snapshotPaths = paths("snapshot-paths", root) ?? settings.snapshotPaths
    settings.functionPaths = paths("function-paths", root) ?? settings.functionPaths
    settings.docsPaths = paths("docs-paths", root) ?? allPaths(settings)
    settings.targetPath = text("target-path", root) ?? settings.targetPath
    settings.packagesPath = paths("packages-install-path", root, isOne: true)?.first ?? settings.packagesPath
    settings.cleanTargets = list("clean-targets", root) ?? [settings.targetPath]
    settings.onRunStart = hooks("on-run-start", root)
    settings.onRunEnd = hooks("on-run-end", root)
    checkVersion(root)
    checkConfigVersion(root)
    settings.searchOrders = searchOrders(root)
    checkSections(root)
    return settings
  }

  private func allPaths(_ settings: ProjectSettings) -> [String] {
    var seen: Set<String> = []
    return
      (settings.modelPaths + settings.seedPaths + settings.snapshotPaths + settings.analysisPaths
      + settings.macroPaths + settings.functionPaths).filter { seen.insert($0).inserted }
  }

  private mutating func readName(_ root: YAMLNode) -> String? {
    guard let node = root["name"], let name = node.string else {
      problems.append(
        Diagnostic(
          .missingKey, "\(file.name) does not say the project's name",
          at: SourceSpan(file: file.name, line: 1),
          hint: "add a line such as 'name: shop'"))
      return nil
    }
    let isName =
      name.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
      && !(name.utf8.first.map { (48...57).contains($0) } ?? true)
    guard isName else {
      problems.append(
        Diagnostic(
          .badValue, "the project's name '\(name)' is not a name", at: node.span(in: file.name),
          hint: "use letters, digits and underscores, and no digit first"))
      return nil
    }
    return name
  }

  private mutating func text(_ key: String, _ root: YAMLNode) -> String? {
    guard let node = root[key], !node.isNull else { return nil }
    guard let text = node.scalarText else {
      problems.append(bad(key, "text", node))
      return nil
    }
    return text
  }

  private mutating func list(_ key: String, _ root: YAMLNode) -> [String]? {
    guard let node = root[key], !node.isNull else { return nil }
    guard let texts = node.data.texts else {
      problems.append(bad(key, "a list of texts", node))
      return nil
    }
    return texts
  }

  private mutating func paths(
    _ key: String, _ root: YAMLNode, isOne: Bool = false, renamed: String? = nil
  ) -> [String]? {
    guard let listed = list(key, root), let node = root[key] else { return nil }
    if node.items == nil, !isOne {
      var problem = bad(key, "a list of folders", node)
      problem.hint = "write \(key): [\(node.scalarText ?? "")]"
      problems.append(problem)
    }
    if let renamed {
      problems.append(
        Diagnostic(
          .deprecatedSpelling, "'\(key)' is called '\(renamed)' now", at: node.span(in: file.name),
          severity: .warning, hint: "rename it"))
    }
    return listed.compactMap { path in
      if let inside = Path.inside(path) { return inside }
      problems.append(
        Diagnostic(
          .pathOutside, "'\(path)' under '\(key)' leads out of the project", at: node.span(in: file.name),
          hint: "name a folder of the project, relative to \(file.name)"))
      return nil
    }
  }

  private mutating func hooks(_ key: String, _ root: YAMLNode) -> [Hook] {
    guard let node = root[key], !node.isNull else { return [] }
    do {
      return try ConfigDecoder.hooks(node.data)
    } catch {
      problems.append(bad(key, "SQL text or a list of it", node))
      return []
    }
  }

  private func bad(_ key: String, _ wanted: String, _ node: YAMLNode) -> Diagnostic {
    Diagnostic(.badValue, "'\(key)' must be \(wanted), not \(node.typeName)", at: node.span(in: file.name))
  }

  private mutating func checkVersion(_ root: YAMLNode) {
    guard let node = root["require-dbt-version"] else { return }
    for requirement in node.data.texts ?? [] {
      for part in requirement.split(separator: ",") where !VersionRequirement.isOne(String(part)) {
        problems.append(
          Diagnostic(
            .badValue, "'\(part)' under 'require-dbt-version' is not a version", at: node.span(in: file.name),
            hint: "write for example '>=1.8.0,<2.0.0'"))
      }
      for part in requirement.split(separator: ",") where !VersionRequirement.isMet(String(part)) {
        problems.append(
          Diagnostic(
            .versionMismatch,
            "the project asks for dbt \(requirement); what runs it behaves as \(VersionRequirement.offered)",
            at: node.span(in: file.name), hint: "widen 'require-dbt-version'"))
      }
    }
  }

  private mutating func checkConfigVersion(_ root: YAMLNode) {
    guard let node = root["config-version"], !node.isNull, node.scalarText != "2" else { return }
    problems.append(
      Diagnostic(
        .badValue, "'config-version' must be 2", at: node.span(in: file.name),
        hint: "write 'config-version: 2' or leave it out"))
  }

  /// `dispatch`: a list of mappings of `macro_namespace` and `search_order`.
  private mutating func searchOrders(_ root: YAMLNode) -> [String: [String]] {
    guard let node = root["dispatch"], !node.isNull else { return [:] }
    guard let items = node.items else {
      problems.append(bad("dispatch", "a list of mappings", node))
      return [:]
    }
    var orders: [String: [String]] = [:]
    for item in items {
      guard item.entries != nil else {
        problems.append(bad("dispatch", "a list of mappings, each of them", item))
        continue
      }
      if item["macro_namespace"]?.string == nil {
        problems.append(
          Diagnostic(
            .missingKey, "an entry of 'dispatch' has no 'macro_namespace'", at: item.span(in: file.name)))
      }
      if item["search_order"]?.items == nil {
        problems.append(
          Diagnostic(
            .badValue, "an entry of 'dispatch' needs a 'search_order', a list of packages",
            at: (item["search_order"] ?? item).span(in: file.name)))
      }
      if let namespace = item["macro_namespace"]?.string {
        orders[namespace] = item["search_order"]?.data.texts ?? []
      }
    }
    return orders
  }

  private mutating func checkSections(_ root: YAMLNode) {
    for key in [
      "models", "seeds", "tests", "data_tests", "checks", "sources", "exposures", "snapshots", "vars",
      "flags",
      "quoting",
    ] {
      guard let node = root[key], !node.isNull, node.entries == nil else { continue }
      problems.append(bad(key, "a mapping", node))
    }
    if let node = root["require-dbt-version"], !node.isNull, node.data.texts == nil {
      problems.append(bad("require-dbt-version", "a version or a list of them", node))
    }
    let parts = ["database", "schema", "identifier", "snowflake_ignore_case"]
    for entry in root["quoting"]?.entries ?? [] where !parts.contains(entry.key) {
      problems.append(
        Diagnostic(
          .unknownKey, "'quoting' has no '\(entry.key)'", at: entry.span(in: file.name),
          hint: Spelling.hint(for: entry.key, among: parts) ?? "there are database, schema and identifier"))
    }
    let checks = PropertyKeys.checks.compactMap { key in root[key].map { (key, $0) } }
    if checks.count > 1 {
      problems.append(
        Diagnostic(
          .badValue, "'\(checks[0].0)' and '\(checks[1].0)' mean the same; the file has both",
          at: checks[1].1.span(in: file.name), hint: "keep '\(checks[0].0)'"))
    }
    warnOfUnsupported(root)
  }

  private mutating func checkQueryComment(_ node: YAMLNode?) {
    guard let node, !node.isNull else { return }
    guard let entries = node.entries else {
      if node.scalarText == nil { problems.append(bad("query-comment", "text or a mapping", node)) }
      return
    }
    for entry in entries where !["comment", "append", "job-label"].contains(entry.key) {
      problems.append(
        Diagnostic(
          .unknownKey, "'query-comment' has no '\(entry.key)'", at: entry.span(in: file.name),
          hint: Spelling.hint(for: entry.key, among: ["comment", "append", "job-label"])))
    }
    if let comment = node["comment"], !comment.isNull, comment.scalarText == nil {
      problems.append(bad("comment", "text", comment))
    }
    if let append = node["append"], !append.isNull, append.bool == nil {
      problems.append(bad("append", "true or false", append))
    }
  }

  /// Sections that would change what dbt does and that this version leaves out.
  private mutating func warnOfUnsupported(_ root: YAMLNode) {
    checkQueryComment(root["query-comment"])
    for key in ["packages"] {
      guard let node = root[key], !node.isNull, !(node.items?.isEmpty ?? false) else { continue }
      problems.append(
        Diagnostic(
          .unsupported, "'\(key)' is not supported yet; it has no effect", at: node.span(in: file.name),
          severity: .warning))
    }
  }
}

/// The versions that `require-dbt-version` may ask for.
public enum VersionRequirement {
  /// The version of dbt whose behaviour this is.
  static let offered = "1.11.0"

  /// Whether a text is a comparison with a version, or says nothing.
  static func isOne(_ requirement: String) -> Bool {
    let text = requirement.filter { $0 != " " && $0 != "\"" }.drop { "<>=!".contains($0) }
    return text.isEmpty || numbers(text) != nil
  }

  /// Whether one comparison (`>=1.3.0`) holds.
  public static func isMet(_ requirement: String) -> Bool {
    let text = String(requirement.filter { $0 != " " && $0 != "\"" })
    let comparison = String(text.prefix { "<>=!".contains($0) })
    guard let wanted = numbers(text.dropFirst(comparison.count)), let own = numbers(offered[...]) else {
      return true
    }
    let isBelow = own.lexicographicallyPrecedes(wanted)
    let isAbove = wanted.lexicographicallyPrecedes(own)
    switch comparison {
    case ">=": return !isBelow
    case ">": return isAbove
    case "<=": return !isAbove
    case "<": return isBelow
    case "!=": return isBelow || isAbove
    default: return !isBelow && !isAbove
    }
  }

  private static func numbers(_ text: Substring) -> [Int]? {
    let release = text.prefix { $0.isNumber || $0 == "." }
    let parts = release.split(separator: ".").map { Int($0) }
    guard !parts.isEmpty, parts.allSatisfy({ $0 != nil }) else { return nil }
    let numbers = parts.compactMap { $0 }
    return numbers + [Int](repeating: 0, count: max(0, 3 - numbers.count))
  }
}
