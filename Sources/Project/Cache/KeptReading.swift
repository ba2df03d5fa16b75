import Diagnostics

/// A project that is kept as it was read, and what was made of it.
public struct KeptReading: Sendable {
  let cache: ParseCache
  /// The identity of what is kept.
  let project: UInt64

  /// Notes that a file now holds what was made of the kept project and of nothing else.
  public func note(written path: String) { cache.note(written: path, of: project) }

  /// Whether a file still holds what was made of the kept project.
  public func isWritten(_ path: String) -> Bool { cache.isWritten(path, of: project) }
}

/// A project of which nothing has changed since it was read, without its definitions.
public struct StandingProject: Sendable {
  /// What the project file says.
  public var settings: ProjectSettings
  /// The environment that the project is read for.
  public var target: Target
  /// How many there are of each kind of resource that is enabled.
  public var counts: [ResourceType: Int]
  /// What is doubtful and stops nothing.
  public var warnings: [Diagnostic]
  /// What is kept.
  public var kept: KeptReading
}

/// What it takes to keep a reading.
struct ReadingKeeper: Sendable {
  let cache: ParseCache
  let marks: ReadMarks
  let macroFiles: [KeptProject.MacroFile]
  /// How many of the reading's problems are those of the settings, which are read each time.
  let settingsProblems: Int
}

extension ProjectReading {
  /// Keeps the project for the next time that it is read. Call it when the project is known to be sound, and as it was
  /// read. Nothing happens where it is kept already or cannot be: loads, for example, are read each time.
  public mutating func keep() async {
    guard let keeper, let project, !hasErrors, !project.nodes.contains(where: { $0.load != nil }) else {
      return
    }
    self.keeper = nil
    let problems = Array(self.problems.dropFirst(keeper.settingsProblems))
    let identity = await keeper.cache.keep(keeper.marks, project, keeper.macroFiles, problems)
    kept = identity.map { KeptReading(cache: keeper.cache, project: $0) }
  }
}

extension ProjectLoader {
  /// The project's facts, if nothing has changed since it was read and kept; nil if it has to be read.
  public func standing() async -> StandingProject? {
    guard let settings = settings(), let cache = ParseCache(options, settings), let kept = cache.open() else {
      return nil
    }
    guard case (.none, let fresh) = await kept.marks.compared(options) else { return nil }
    refresh(kept, fresh, in: cache)
    return StandingProject(
      settings: settings.settings, target: settings.target, counts: kept.counts,
      warnings: settings.problems + kept.problems, kept: KeptReading(cache: cache, project: kept.project))
  }

  private func settings() -> SettingsStage? {
    do {
      return try SettingsStage.run(options)
    } catch {
      // Whoever reads the project says what is wrong.
      return nil
    }
  }

  private func refresh(_ kept: KeptMarks, _ fresh: ReadMarks?, in cache: ParseCache) {
    guard let fresh else { return }
    var kept = kept
    kept.marks = fresh
    cache.keep(kept)
  }

  /// The project as it was kept; nil if it has to be read.
  func keptReading(_ settings: SettingsStage, _ cache: ParseCache) async -> ProjectReading? {
    guard let kept = cache.open() else { return nil }
    guard case (.none, let fresh) = await kept.marks.compared(options),
      let project = await assembled(kept, settings, cache)
    else { return nil }
    refresh(kept, fresh, in: cache)
    var reading = ProjectReading(project: project, problems: settings.problems + kept.problems)
    reading.kept = KeptReading(cache: cache, project: kept.project)
    return reading
  }

  private func assembled(_ kept: KeptMarks, _ settings: SettingsStage, _ cache: ParseCache) async -> Project?
  {
    guard let parts = cache.project(of: kept) else { return nil }
    let project: KeptProject
    let macros: [MacroDefinition]
    do {
      project = try await KeptProject(parts)
      macros = try await project.macros(root: options.projectRoot)
    } catch {
      // Damaged: the project is read from its own files.
      return nil
    }
    return assembled(project, macros, settings)
  }

  private func assembled(
    _ kept: KeptProject, _ macros: [MacroDefinition], _ settings: SettingsStage
  ) -> Project {
    var environment = LoadEnvironment(settings, options)
    environment.addPackages(PackageStage(settings, environment, options).environments)
    var project = Project(
      settings: environment.settings, target: environment.target,
      nodes: kept.nodes.flatMap { $0.map(Node.init) },
      sources: kept.base.sources, exposures: kept.base.exposures, macros: macros, docs: kept.base.docs,
      disabled: kept.base.disabled.map(Node.init), vars: environment.vars,
      connections: LoadStage.run([], environment).connections)
    project.groups = kept.base.groups
    project.semantics = kept.base.semantics
    project.disabledSemantics = kept.base.disabledSemantics
    project.operations = kept.base.operations.map(Node.init)
    project.selectors = SelectorFile(root: options.projectRoot, render: environment.rendered).selectors
    project.packageVars = environment.packageVars
    return project
  }
}
