import Diagnostics
import EngineCore
import Jinja

/// Reads the project file and the profile.
struct SettingsStage {
  var file: ProjectFile
  /// The file's values with their Jinja rendered.
  var root: YAMLNode
  var settings: ProjectSettings
  var target: Target
  var vars: DataValue
  var problems: [Diagnostic]
  /// Whether the project has its name and was read: what else is said here is made up otherwise.
  var isUsable: Bool

  /// Keys whose Jinja is rendered later, or never.
  static let lateKeys: Set<String> = [
    "on-run-start", "on-run-end", "query-comment", "pre-hook", "post-hook", "pre_hook", "post_hook",
    "+pre-hook",
    "+post-hook", "+pre_hook", "+post_hook", "vars",
  ]

  /// Throws if there is no project file; everything else that is wrong is kept.
  static func run(_ options: LoadOptions) throws(DiagnosticList) -> SettingsStage {
    let file = try ProjectFile.read(root: options.projectRoot)
    var problems = file.problems
    let base = BaseContext(invocation: Invocation(options), mayReadSecrets: true, log: { _ in })
    let interpreter = base.makeInterpreter()
    let name = file.likelyName
    base.projectName = name
    let isNamed =
      options.profileName != nil || file.root["profile"] != nil || file.root["name"]?.string != nil
    let target =
      isNamed ? target(file, name, options, interpreter, &problems) : Self.embedded(name, options)
    let open = BaseContext(invocation: Invocation(options), log: { _ in })
    open.projectName = name
    open.target = target.visibleValues
    let vars = variables(file, name, options)
    var renderer = YAMLRenderer(interpreter: open.makeInterpreter(), file: file.name)
    var root = file.root
    if YAMLRenderer.holdsJinja(root) { root = renderer.render(root, skipping: lateKeys.contains) }
    problems += renderer.problems
    var reader = SettingsReader(file: file, projectRoot: options.projectRoot)
    let settings = reader.read(root)
    if file.isReadable { problems += reader.problems }
    return SettingsStage(
      file: file, root: root, settings: settings, target: target, vars: vars, problems: problems,
      isUsable: file.isReadable && reader.hasName)
  }

  private static func target(
    _ file: ProjectFile, _ name: String, _ options: LoadOptions, _ interpreter: Interpreter,
    _ problems: inout [Diagnostic]
  ) -> Target {
    do {
      var renderer = YAMLRenderer(interpreter: interpreter, file: file.name)
      let profile = file.root["profile"].map { renderer.render($0, skipping: { _ in false }) }
      problems += renderer.problems
      return try ProfileReader(
        options: options, projectName: name, projectProfile: profile?.scalarText, interpreter: interpreter
      ).read()
    } catch {
      problems += DiagnosticList.collecting(error, else: .badProfile, "the profile cannot be read")
      return embedded(name, options)
    }
  }

  /// What stands for a target that is not known.
  private static func embedded(_ name: String, _ options: LoadOptions) -> Target {
    Target(
      profileName: "", name: "", type: "duckdb", database: name, schema: "main", threads: 1,
      profile: ConnectionProfile(type: "duckdb", settings: [:], projectRoot: options.projectRoot),
      visibleValues: .emptyMapping)
  }

  /// The command line's variables over the project's own, those over what the file says to all projects.
  private static func variables(_ file: ProjectFile, _ name: String, _ options: LoadOptions) -> DataValue {
    let written = file.root["vars"]?.data ?? .emptyMapping
    let own = written[name] ?? .emptyMapping
    return DataValue.emptyMapping.merging(written).merging(own).merging(options.vars)
  }
}
