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
    guard let cache = ParseCache(options, settingsStage) else { return await read(settingsStage) }
    if let kept = await keptReading(settingsStage, cache) { return kept }
    let log = ReadLog()
    var reading = await ReadLog.$current.withValue(log) { await read(settingsStage) }
    reading.keeper = ReadingKeeper(
      cache: cache, marks: ReadMarks(log, options), macroFiles: reading.macroFiles,
      settingsProblems: settingsStage.problems.count)
    return reading
  }

  private func read(_ settingsStage: SettingsStage) async -> ProjectReading {
    var problems = settingsStage.problems
    let files = FileStage.discover(settingsStage.settings, &problems)
    var environment = LoadEnvironment(settingsStage, options)
    let selectors = SelectorFile(root: options.projectRoot, render: environment.rendered)
    problems += selectors.problems
    let loads = LoadStage.run(files.loads, environment)
    var contents = await FileStage.read(files, environment)
    guard settingsStage.file.isReadable else {
      problems += SyntaxStage.certain(loads.problems)
      problems += await SyntaxStage.problems(files, contents, environment)
      return ProjectReading(project: nil, problems: problems)
    }
    problems += loads.problems
    contents.loads = loads.loads
    for text in loads.brokenTexts { contents.lost.add(text) }
    let packages = PackageStage(settingsStage, environment, options)
    problems += packages.problems
    guard !packages.problems.contains(where: { $0.severity == .error }) else {
      // Without its packages everything that uses them would be wrong.
      return ProjectReading(project: nil, problems: problems + SyntaxStage.certain(contents.problems))
    }
    environment.addPackages(packages.environments)
    let environments = [environment] + packages.environments.map { $0.beside(environment) }
    var filesOfAll = [files]
    var contentsOfAll = [contents]
    for package in environments.dropFirst() {
      let files = FileStage.discover(package.settings, &problems)
      filesOfAll.append(files)
      contentsOfAll.append(await FileStage.read(files, package))
    }
    FileStage.join(&contentsOfAll, environment.settings, adapter: environment.target.type)
    var parsed = ParsedProject()
    for (package, (files, contents)) in zip(environments, zip(filesOfAll, contentsOfAll)) {
      problems += contents.problems
      let found = await NodeStage.run(files, contents, package)
      problems += ConfigOrigins.once(found.problems, in: package.settings.file)
      parsed.add(found)
    }
    let patterns = PatternSources(
      loads: loads.loads, package: environment.settings.name, target: environment.target)
    var project = Project(
      settings: environment.settings, target: environment.target, nodes: parsed.nodes,
      sources: parsed.sources,
      exposures: parsed.exposures, macros: contentsOfAll[0].macros.macros, docs: contentsOfAll[0].docs,
      disabled: parsed.disabled,
      vars: environment.vars, connections: loads.connections)
    project.groups = parsed.groups
    project.semantics = parsed.semantics.filter(\.isEnabled)
    project.disabledSemantics = parsed.semantics.filter { !$0.isEnabled }
    project.selectors = selectors.selectors
    project.operations = parsed.operations
    project.packageVars = environment.packageVars
    project.packageVersions = environment.packageVersions
    await PlainSQLStage.run(&project, parser, patterns, &problems)
    let lost = contentsOfAll.reduce(into: LostDefinitions()) { $0.add($1.lost) }
    ReferenceStage(recorded: parsed.recorded, lost: lost).run(&project, &problems)
    let restricted = packages.environments.filter { $0.settings.values["restrict-access"] == .bool(true) }
    AccessStage(recorded: parsed.recorded, restricted: Set(restricted.map(\.settings.name)))
      .run(project, &problems)
    LifetimeStage(recorded: parsed.recorded, now: environment.invocation.startedAt).run(project, &problems)
    UnitTestStage.run(project, &problems)
    SemanticStage(lost: lost).run(&project, &problems)
    ValidationStage(
      project: project, file: settingsStage.file,
      properties: contentsOfAll.flatMap(\.properties).flatMap(\.resources)
    ).run(parsed, &problems)
    var reading = ProjectReading(project: project, problems: problems)
    reading.macroFiles = zip(environments, filesOfAll).flatMap { package, files in
      files.macros.map { KeptProject.MacroFile(place: $0, package: package.settings.name) }
    }
    return reading
  }
}

/// What every stage of loading needs to know.
struct LoadEnvironment: Sendable {
  private(set) var settings: ProjectSettings
  let target: Target
  let vars: DataValue
  let invocation: Invocation
  /// The project file's values and where they stand, with their Jinja rendered.
  let sections: YAMLNode
  /// The configuration of the project file before its Jinja.
  let unrendered: ConfigTrees
  /// The project file as it is.
  let fileText: String
  /// What the project says to a package's nodes; nil for the project itself.
  var overriding: ConfigOverrides?
  /// What `var()` finds in packages' texts, by package.
  private(set) var packageVars: [String: DataValue] = [:]
  /// The versions of the project and its packages, as far as their project files say one.
  private(set) var packageVersions: [String: String?] = [:]

  /// Takes in the packages' variables, and their hooks after the project's own, as in dbt.
  mutating func addPackages(_ packages: [LoadEnvironment]) {
    packageVars = Dictionary(
      packages.map { ($0.settings.name, $0.vars) }, uniquingKeysWith: { first, _ in first })
    for package in [self] + packages {
      packageVersions[package.settings.name] = .some(package.settings.version)
    }
    for package in packages.sorted(by: { $0.settings.name < $1.settings.name }) {
      settings.onRunStart += package.settings.onRunStart
      settings.onRunEnd += package.settings.onRunEnd
    }
  }

  /// A package's environment, with what the project's knows of all packages.
  func beside(_ project: LoadEnvironment) -> LoadEnvironment {
    var package = self
    package.packageVars = project.packageVars
    package.packageVersions = project.packageVersions
    return package
  }

  /// A context for parsing; what templates say meanwhile is collected by `log`.
  func makeContext(
    macros: MacroTable, docs: [DocsBlock], log: @escaping (LogLine) -> Void
  ) -> NodeContext {
    let base = BaseContext(invocation: invocation, log: log)
    base.vars = vars
    base.packageVars = packageVars
    base.packageVersions = packageVersions
    let context = NodeContext(base: base, settings: settings, target: target, macros: macros)
    context.frame.docs = docs
    return context
  }
}

extension LoadEnvironment {
  /// The project's own.
  init(_ stage: SettingsStage, _ options: LoadOptions) {
    self.init(
      settings: stage.settings, target: stage.target, vars: stage.vars, invocation: Invocation(options),
      sections: stage.root, unrendered: ConfigTrees(stage.file.root.data), fileText: stage.file.text)
  }
}
