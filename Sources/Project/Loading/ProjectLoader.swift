import Diagnostics
import Jinja

/// Reads a project from disk: its settings, its target, and everything that its files define.
public struct ProjectLoader: Sendable {
  let options: LoadOptions
  private let parser: StatementParser

  /// Makes a loader. `parser` is asked once, and only if the project holds SQL without Jinja.
  public init(options: LoadOptions, parser: @escaping StatementParser) {
    self.options = options
    self.parser = parser
  }

  /// The nearest folder from `folder` upward that holds a project file.
  public static func findRoot(from folder: String) throws(Diagnostic) -> String {
    var current = folder
    while true {
      for name in [ProjectFile.weirName, ProjectFile.dbtName] {
        if FileSystem.kind(of: Path.joined(current, name)) == .file { return current }
      }
      let parent = Path.folder(of: current)
      guard parent != current, !parent.isEmpty else { break }
      current = parent
    }
    throw ProjectFile.missing(folder)
  }

  /// Reads the whole project. Throws a `DiagnosticList` with every problem that there is, warnings included.
  public func load() async throws -> LoadedProject {
    let settingsStage = try SettingsStage.run(options)
    var problems = settingsStage.problems
    let files = FileStage.discover(settingsStage.settings, &problems)
    let environment = LoadEnvironment(
      settings: settingsStage.settings, target: settingsStage.target, vars: settingsStage.vars,
      invocation: Invocation(options))
    let loads = LoadStage.run(files.loads, environment)
    problems += loads.problems
    var contents = await FileStage.read(files, environment)
    problems += contents.problems
    contents.loads = loads.loads
    let parsed = await NodeStage.run(files, contents, environment)
    problems += parsed.problems
    let patterns = PatternSources(
      loads: loads.loads, package: environment.settings.name, target: environment.target)
    var project = Project(
      settings: environment.settings, target: environment.target, nodes: parsed.nodes,
      sources: parsed.sources,
      exposures: parsed.exposures, macros: contents.macros.macros, docs: contents.docs,
      disabled: parsed.disabled,
      vars: environment.vars, connections: loads.connections)
    await PlainSQLStage.run(&project, parser, patterns, &problems)
    ReferenceStage(recorded: parsed.recorded).run(&project, &problems)
    ValidationStage(
      project: project, file: settingsStage.file, properties: contents.properties.flatMap(\.resources)
    ).run(parsed, &problems)
    guard !problems.contains(where: { $0.severity == .error }) else { throw DiagnosticList(problems) }
    return LoadedProject(project: project, warnings: problems)
  }
}

/// What every stage of loading needs to know.
struct LoadEnvironment: Sendable {
  let settings: ProjectSettings
  let target: Target
  let vars: DataValue
  let invocation: Invocation

  /// A context for parsing; what templates say meanwhile is collected by `log`.
  func makeContext(
    macros: MacroTable, docs: [DocsBlock], log: @escaping (LogLine) -> Void
  ) -> NodeContext {
    let base = BaseContext(invocation: invocation, log: log)
    base.vars = vars
    let context = NodeContext(base: base, settings: settings, target: target, macros: macros)
    context.frame.docs = docs
    return context
  }
}
