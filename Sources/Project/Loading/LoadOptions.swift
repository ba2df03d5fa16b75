import Diagnostics
import EngineCore
import Jinja

/// What the command line and the environment ask of loading.
public struct LoadOptions: Sendable {
  /// The folder of the project file, absolute.
  public var projectRoot: String
  /// The folder of `profiles.yml` if one was named; else dbt's search order applies.
  public var profilesFolder: String?
  /// The profile that is asked for, if one is.
  public var profileName: String?
  /// The target that is asked for, if one is.
  public var targetName: String?
  /// How many threads are asked for, if it is said.
  public var threads: Int?
  /// `--vars`, a mapping.
  public var vars: DataValue
  /// The environment: only `env_var` and the profile search read it.
  public var environment: [String: String]
  /// Now, as `run_started_at` shows it, in seconds since 1970.
  public var startedAt: Double
  /// Unique to this invocation.
  public var invocationID: String
  /// The command's name (`build`), for `flags.WHICH`.
  public var command: String
  /// Whether incremental models and seeds are built from nothing.
  public var isFullRefresh: Bool
  /// Whether checks store the rows that fail; nil leaves it to each check.
  public var storesFailures: Bool?
  /// The folder that keeps projects as they were read; nil if nothing is kept.
  public var cacheFolder: String?
  /// Whether what is kept is used (`--partial-parse`); nil leaves it to the project's `flags`.
  public var isPartial: Bool?

  /// Makes options for a project; everything else starts as on an empty command line.
  public init(
    projectRoot: String, vars: DataValue, environment: [String: String], startedAt: Double,
    invocationID: String, command: String
  ) {
    self.projectRoot = projectRoot
    self.vars = vars
    self.environment = environment
    self.startedAt = startedAt
    self.invocationID = invocationID
    self.command = command
    isFullRefresh = false
  }
}

/// Finds the tables that statements read, by the engine's parser, in the statements' order. A statement that
/// does not parse gives its diagnostic, with the place within the statement as its span.
public typealias StatementParser =
  @Sendable (_ statements: [String]) async throws -> [Result<[TableReference], Diagnostic>]

/// What reading a project gave, whether it has mistakes or not.
public struct ProjectReading: Sendable {
  /// What could be read; nil if the project file could not. With errors among the problems it is not whole.
  public var project: Project?
  /// Everything that is wrong or doubtful.
  public var problems: [Diagnostic]
  /// What keeps it for the next time; nil if it is kept already, or cannot be.
  var keeper: ReadingKeeper?
  /// The project as it is kept, if it is.
  public internal(set) var kept: KeptReading?
  /// The files that define its macros.
  var macroFiles: [KeptProject.MacroFile] = []

  /// Whether the project cannot be used.
  public var hasErrors: Bool { project == nil || problems.contains { $0.severity == .error } }

  /// Makes a reading.
  public init(project: Project?, problems: [Diagnostic]) {
    self.project = project
    self.problems = problems
  }
}

/// A project and the warnings that reading it gave.
public struct LoadedProject: Sendable {
  /// The project.
  public var project: Project
  /// What is doubtful and stops nothing.
  public var warnings: [Diagnostic]

  /// Makes a loaded project.
  public init(project: Project, warnings: [Diagnostic]) {
    self.project = project
    self.warnings = warnings
  }
}
