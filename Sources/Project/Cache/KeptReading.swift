import Diagnostics

/// A project that is kept as it was read, and what was made of it.
public struct KeptReading: Sendable {
  let cache: ParseCache
  /// Which project it is.
  let project: KeptIdentity

  /// Notes that a file now holds what was made of the kept project and of nothing else.
  public func note(written path: String) { cache.note(written: path, of: project) }

  /// Whether a file still holds what was made of the kept project.
  public func isWritten(_ path: String) -> Bool { cache.isWritten(path, of: project) }

  /// Keeps something that was made of the kept project, in place of what was kept there. Gives what stands for it; nil if it
  /// could not be kept.
  public func keep(_ value: some Encodable, as place: KeptValue) -> UInt64? {
    cache.keep(value, as: place, of: project)
  }

  /// What is kept at a place, with what stands for it; nil if nothing is that was made of the kept project.
  public func value<Value: Decodable>(
    _ type: Value.Type, at place: KeptValue
  ) -> (value: Value, identity: UInt64)? {
    cache.value(type, at: place, of: project)
  }
}

/// A project of which nothing but texts has changed since it was read, without its definitions.
public struct StandingProject: Sendable {
  /// What the project file says.
  public var settings: ProjectSettings
  /// The environment that the project is read for.
  public var target: Target
  /// How many there are of each kind of resource that is enabled.
  public var counts: [ResourceType: Int]
  /// What is doubtful and stops nothing.
  public var warnings: [Diagnostic]
  /// What was kept before the edits.
  public var before: KeptReading
  /// What is kept now.
  public var kept: KeptReading
  /// The texts that changed.
  public var edits: [EditedText]
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
  /// The project's facts, if at most texts have changed since it was read and kept; nil if it has to be read.
  public func standing() async -> StandingProject? {
    guard let settings = settings(), let cache = ParseCache(options, settings),
      let current = await current(settings, cache)
    else { return nil }
    return StandingProject(
      settings: settings.settings, target: settings.target, counts: current.marks.counts,
      warnings: settings.problems + current.marks.problems,
      before: KeptReading(cache: cache, project: current.before),
      kept: KeptReading(cache: cache, project: current.marks.project), edits: current.edits)
  }

  private func settings() -> SettingsStage? {
    do {
      return try SettingsStage.run(options)
    } catch {
      // Whoever reads the project says what is wrong.
      return nil
    }
  }

  /// What is kept, brought up to date.
  private struct Current {
    var marks: KeptMarks
    /// The project as far as it was read.
    var project: KeptProject?
    /// What was kept before.
    var before: KeptIdentity
    var edits: [EditedText] = []
  }

  /// What is kept of the project, with edits of texts taken into it; nil if the project has to be read.
  private func current(_ settings: SettingsStage, _ cache: ParseCache) async -> Current? {
    guard let kept = cache.open() else { return nil }
    var current = Current(marks: kept, before: kept.project)
    let (change, fresh) = await kept.marks.compared(options)
    if let fresh { current.marks.marks = fresh }
    switch change {
    case .none:
      if fresh != nil { cache.keep(current.marks) }
      return current
    case .files(let paths):
      guard var project = cache.project(of: kept),
        let (edits, log) = await ModelEdits.take(paths, into: &project, kept, settings, options)
      else { return nil }
      current.marks.marks.take(paths, readBy: log, options)
      guard cache.keep(project, &current.marks) else { return nil }
      current.project = project
      current.edits = edits
      return current
    case .more: return nil
    }
  }

  /// The project as it was kept; nil if it has to be read.
  func keptReading(_ settings: SettingsStage, _ cache: ParseCache) async -> ProjectReading? {
    guard let current = await current(settings, cache),
      let kept = current.project ?? cache.project(of: current.marks)
    else { return nil }
    let project: Project
    do {
      project = try await assembled(kept, settings)
    } catch {
      // Damaged: the project is read from its own files.
      return nil
    }
    var reading = ProjectReading(project: project, problems: settings.problems + current.marks.problems)
    reading.kept = KeptReading(cache: cache, project: current.marks.project)
    return reading
  }

  private func assembled(_ kept: KeptProject, _ settings: SettingsStage) async throws -> Project {
    var environment = LoadEnvironment(settings, options)
    environment.addPackages(PackageStage(settings, environment, options).environments)
    let base = kept.base
    var project = Project(
      settings: environment.settings, target: environment.target, nodes: try await kept.nodes(),
      sources: base.sources, exposures: base.exposures,
      macros: try await kept.macros(root: options.projectRoot), docs: base.docs,
      disabled: base.disabled.map(Node.init), vars: environment.vars,
      connections: LoadStage.run([], environment).connections)
    project.groups = base.groups
    project.semantics = base.semantics
    project.disabledSemantics = base.disabledSemantics
    project.operations = base.operations.map(Node.init)
    project.selectors = SelectorFile(root: options.projectRoot, render: environment.rendered).selectors
    project.packageVars = environment.packageVars
    project.packageVersions = environment.packageVersions
    return project
  }
}
