import Diagnostics
import Jinja

/// The project file as YAML: found, read, and merged from its one or two files.
struct ProjectFile {
  /// `weir.yml` or `dbt_project.yml`.
  var name: String
  var root: YAMLNode
  var problems: [Diagnostic]
  /// Whether it was read: `root` is empty else.
  var isReadable = true
  /// The file as it is.
  var text = ""

  static let weirName = "weir.yml"
  static let dbtName = "dbt_project.yml"

  /// Keys that dbt's project file has, as this version reads or passes them on.
  static let dbtKeys: Set<String> = [
    "name", "version", "config-version", "profile", "require-dbt-version", "project-root", "model-paths",
    "seed-paths", "source-paths", "data-paths", "test-paths", "analysis-paths", "macro-paths",
    "snapshot-paths", "docs-paths",
    "asset-paths", "function-paths", "target-path", "log-path", "packages-install-path", "clean-targets",
    "query-comment", "quoting", "on-run-start", "on-run-end", "dispatch", "models", "seeds", "snapshots",
    "analyses", "sources", "tests", "data_tests", "unit_tests", "metrics", "semantic-models",
    "saved-queries", "exposures", "functions", "vars", "flags", "restrict-access", "dbt-cloud", "packages",
    "anchors",
  ]
  /// Keys of `weir.yml` that are Weir's own: `checks` is its word for `data_tests`.
  static let weirKeys: Set<String> = ["checks", "load-paths", "python"]

  /// Reads the project file of a package, in a folder of the project's. Throws if there is none.
  static func read(root: String, folder: String) throws(DiagnosticList) -> ProjectFile {
    var problems: [Diagnostic] = []
    let name = folder + "/" + dbtName
    guard FileSystem.kind(of: Path.joined(root, name)) == .file else {
      throw DiagnosticList([missing(Path.joined(root, folder))])
    }
    let (main, text) = load(name, root, &problems)
    let nothing = YAMLNode(content: .map([]), line: 1, column: 1)
    return ProjectFile(
      name: name, root: main ?? nothing, problems: problems, isReadable: main != nil, text: text)
  }

  /// Reads the project file of a folder. Throws if there is none.
  static func read(root: String) throws(DiagnosticList) -> ProjectFile {
    var problems: [Diagnostic] = []
    let hasWeir = FileSystem.kind(of: Path.joined(root, weirName)) == .file
    let hasDbt = FileSystem.kind(of: Path.joined(root, dbtName)) == .file
    guard hasWeir || hasDbt else { throw DiagnosticList([missing(root)]) }
    let name = hasDbt ? dbtName : weirName
    var (main, text) = load(name, root, &problems)
    if hasDbt, hasWeir, let own = load(weirName, root, &problems).root {
      checkOwnSections(own, &problems)
      let sections = (own.entries ?? []).filter { weirKeys.contains($0.key) }
      let entries = main?.entries ?? []
      main?.content = .map(entries + sections)
    }
    guard let main else {
      let nothing = YAMLNode(content: .map([]), line: 1, column: 1)
      return ProjectFile(name: name, root: nothing, problems: problems, isReadable: false)
    }
    var file = ProjectFile(name: name, root: main, problems: problems, text: text)
    file.checkKeys(isStrict: !hasDbt)
    return file
  }

  /// The name; where the file says none, the one that its sections are written for.
  var likelyName: String {
    if let name = root["name"]?.string { return name }
    for section in ["models", "seeds", "data_tests", "tests", "sources", "vars"] {
      let entry = (root[section]?.entries ?? []).first { $0.value.entries != nil && !$0.key.hasPrefix("+") }
      if let entry { return entry.key }
    }
    return ""
  }

  static func missing(_ folder: String) -> Diagnostic {
    guard FileSystem.kind(of: folder) == .folder else {
      return Diagnostic(.noProject, "there is no folder \(folder)")
    }
    return Diagnostic(
      .noProject, "there is no weir.yml or dbt_project.yml in \(folder)",
      hint: "run this in a project's folder, name it with --project-dir, or start one with 'weir init'")
  }

  private static func load(_ name: String, _ root: String, _ problems: inout [Diagnostic]) -> (
    root: YAMLNode?, text: String
  ) {
    do throws(Diagnostic) {
      let text = try FileSystem.text(of: Path.joined(root, name), shownAs: name)
      guard let node = try YAMLFile.parse(text, file: name, repeated: &problems) else {
        problems.append(Diagnostic(.missingKey, "\(name) is empty", at: SourceSpan(file: name)))
        return (nil, "")
      }
      guard node.entries != nil else {
        problems.append(
          Diagnostic(.badValue, "\(name) must be a mapping, not \(node.typeName)", at: node.span(in: name)))
        return (nil, "")
      }
      return (node, text)
    } catch {
      problems.append(error)
      return (nil, "")
    }
  }

  private static func checkOwnSections(_ node: YAMLNode, _ problems: inout [Diagnostic]) {
    for entry in node.entries ?? [] where !weirKeys.contains(entry.key) {
      let isDbt = dbtKeys.contains(entry.key)
      problems.append(
        Diagnostic(
          .unknownKey,
          isDbt
            ? "'\(entry.key)' belongs in dbt_project.yml, which this project has"
            : "weir.yml has no key '\(entry.key)'",
          at: entry.span(in: weirName),
          hint: isDbt
            ? "move it there; beside a dbt_project.yml, weir.yml holds Weir's own sections only"
            : Spelling.hint(for: entry.key, among: weirKeys.sorted())))
    }
  }

  private mutating func checkKeys(isStrict: Bool) {
    // Beside a dbt_project.yml, Weir's own keys are those of weir.yml: they stand here already.
    let known = Self.dbtKeys.union(Self.weirKeys)
    for entry in root.entries ?? [] where !known.contains(entry.key) {
      problems.append(
        Diagnostic(
          .unknownKey, "\(name) has no key '\(entry.key)'", at: entry.span(in: name),
          severity: isStrict ? .error : .warning,
          hint: Spelling.hint(for: entry.key, among: known.sorted())
            ?? (isStrict ? nil : "it is ignored; own values belong under 'vars' or 'meta'")))
    }
  }
}
