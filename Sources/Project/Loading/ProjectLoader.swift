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
      if holdsProject(current) { return current }
      let parent = Path.folder(of: current)
      guard parent != current, !parent.isEmpty else { break }
      current = parent
    }
    throw ProjectFile.missing(folder)
  }

  /// The folder itself, which somebody named. Throws if it holds no project file; no other is looked for.
  public static func verifyRoot(_ folder: String) throws(Diagnostic) -> String {
    guard holdsProject(folder) else { throw ProjectFile.missing(folder) }
    return folder
  }

  private static func holdsProject(_ folder: String) -> Bool {
    [ProjectFile.weirName, ProjectFile.dbtName].contains {
      FileSystem.kind(of: Path.joined(folder, $0)) == .file
    }
  }

  /// Reads the whole project. Throws a `DiagnosticList` with every problem that there is, warnings included.
  public func load() async throws(DiagnosticList) -> LoadedProject {
    let reading = await read()
    guard let project = reading.project, !reading.hasErrors else { throw DiagnosticList(reading.problems) }
    return LoadedProject(project: project, warnings: reading.problems)
  }

  /// Reads what can be read of the project, and collects every problem that there is.
  public func read() async -> ProjectReading {
    let settingsStage: SettingsStage
    do throws(DiagnosticList) {
      settingsStage = try SettingsStage.run(options)
    } catch {
      return ProjectReading(project: nil, problems: error.items)
    }
    var problems = settingsStage.problems
    let files = FileStage.discover(settingsStage.settings, &problems)
    let environment = LoadEnvironment(
      settings: settingsStage.settings, target: settingsStage.target, vars: settingsStage.vars,
      invocation: Invocation(options), sections: settingsStage.root,
      unrendered: ConfigTrees(settingsStage.file.root.data), fileText: settingsStage.file.text)
    let loads = LoadStage.run(files.loads, environment)
    var contents = await FileStage.read(files, environment)
    guard settingsStage.file.isReadable else {
      problems += SyntaxStage.certain(loads.problems)
      problems += await SyntaxStage.problems(files, contents, environment)
      return ProjectReading(project: nil, problems: problems)
    }
    problems += loads.problems + contents.problems
    contents.loads = loads.loads
    for text in loads.brokenTexts { contents.lost.add(text) }
    let parsed = await NodeStage.run(files, contents, environment)
    problems += ConfigOrigins.once(parsed.problems, in: settingsStage.file.name)
    let patterns = PatternSources(
      loads: loads.loads, package: environment.settings.name, target: environment.target)
    var project = Project(
      settings: environment.settings, target: environment.target, nodes: parsed.nodes,
      sources: parsed.sources,
      exposures: parsed.exposures, macros: contents.macros.macros, docs: contents.docs,
      disabled: parsed.disabled,
      vars: environment.vars, connections: loads.connections)
    project.groups = parsed.groups
    project.operations = parsed.operations
    await PlainSQLStage.run(&project, parser, patterns, &problems)
    ReferenceStage(recorded: parsed.recorded, lost: contents.lost).run(&project, &problems)
    ValidationStage(
      project: project, file: settingsStage.file, properties: contents.properties.flatMap(\.resources)
    ).run(parsed, &problems)
    return ProjectReading(project: project, problems: problems)
  }
}

/// What every stage of loading needs to know.
struct LoadEnvironment: Sendable {
  let settings: ProjectSettings
  let target: Target
  let vars: DataValue
  let invocation: Invocation
  /// The project file's values and where they stand, with their Jinja rendered.
  let sections: YAMLNode
  /// The configuration of the project file before its Jinja.
  let unrendered: ConfigTrees
  /// The project file as it is.
  let fileText: String

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
