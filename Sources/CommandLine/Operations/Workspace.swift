import Catalog
import Diagnostics
import EngineCore
import Jinja
import Planner
import Project
import StateStore

/// A loaded project and all that commands need around it.
struct Workspace: Sendable {
  let session: CommandSession
  let project: Project
  let graph: Graph
  let options: LoadOptions
  var invocation: Invocation
  /// The project as it is kept for the next time, if it is.
  var kept: KeptReading?

  var root: String { project.settings.root }

  /// Where artifacts go, absolute.
  var targetFolder: String { LocalFiles.absolute(project.settings.targetPath, from: root) }

  /// Finds and reads the project that the flags, the environment and the working folder name, and prints the
  /// warnings that this gave. Throws every problem found.
  static func open(
    _ session: CommandSession, _ flags: ProjectOptions, isFullRefresh: Bool? = nil,
    storesFailures: Bool? = nil, inline: String? = nil
  ) async throws -> Workspace {
    let options = try ProjectRequest(session: session, flags: flags)
      .loadOptions(isFullRefresh: isFullRefresh, storesFailures: storesFailures)
    session.readSources(options, flags, inline: inline)
    let loader = ProjectLoader(options: options, parser: session.program.engines.parseStatements)
    var reading = await loader.read()
    var loaded = try SoundProject(reading)
    await keep(&reading, options)
    if let path = flags.targetPath ?? session.environment.text("DBT_TARGET_PATH") {
      loaded.project.settings.targetPath = path
    }
    var session = session
    session.projectFlags = loaded.project.settings.values["flags"]
    var workspace = Workspace(
      session: session, project: loaded.project, graph: loaded.graph, options: options,
      invocation: Invocation(options), kept: reading.kept)
    workspace.invocation.arguments = RunArguments.common(session, flags, options)
    workspace.invocation.templateWarnings = try session.warningPolicy().templateWarnings
    session.program.hold?(workspace)
    session.printer.hide(workspace.redactor)
    try session.report(warnings: loaded.warnings)
    return workspace
  }

  private static func keep(_ reading: inout ProjectReading, _ options: LoadOptions) async {
    do throws(Diagnostic) {
      try StateFolder(root: options.projectRoot).createParseFolder()
    } catch {
      // A project that cannot be written to is read anew each time.
      return
    }
    await reading.keep()
  }

  /// What renders connections: their secrets are hidden from the moment that they are known.
  func makeResolver() -> ConnectionResolver {
    let (printer, hidden) = (session.printer, redactor)
    return ConnectionResolver(
      project: project, invocation: invocation, secrets: session.program.sources.secrets,
      hide: { printer.hide(hidden.adding($0)) })
  }

  /// The nodes that a selection means. Prints warnings; throws on an expression that does not parse.
  func select(
    _ selection: SelectionOptions, _ kinds: ResourceTypeOptions?, defaultKinds: [ResourceType] = []
  ) throws -> Selection {
    let request = try SelectionReader(workspace: self, selection: selection, kinds: kinds)
      .request(defaultKinds: defaultKinds)
    var state: SelectionState?
    if Selector.asksForState(request, project: project) {
      state = try StateReader(workspace: self, flags: selection.state).selectionState()
    }
    let chosen = try Selector(state: state).select(request, project: project, graph: graph)
    try session.report(warnings: selection.oldNames + chosen.warnings)
    return chosen
  }

  /// Opens the engine of the target.
  func openEngine(at moment: SnapshotPoint? = nil) async throws -> any Engine {
    var profile = project.target.profile
    profile.snapshot = moment
    return try await session.program.engines.open(profile)
  }

}

/// What there is in a project, counted.
enum Inventory {
  private static let nouns: [(type: ResourceType, noun: String, plural: String?)] = [
    (.load, "load", nil), (.model, "model", nil), (.seed, "seed", nil), (.snapshot, "snapshot", nil),
    (.check, "check", nil), (.unitTest, "unit test", nil), (.analysis, "analysis", "analyses"),
    (.function, "function", nil),
    (.source, "source", nil), (.exposure, "exposure", nil), (.semanticModel, "semantic model", nil),
    (.metric, "metric", nil), (.savedQuery, "saved query", "saved queries"),
  ]

  /// `5 models, 3 seeds, 20 checks`, of all that is enabled.
  static func text(_ counts: [ResourceType: Int]) -> String {
    let parts = nouns.compactMap { type, noun, plural in
      counts[type].flatMap { $0 > 0 ? Quantities.count($0, noun, plural) : nil }
    }
    return parts.isEmpty ? "an empty project" : parts.joined(separator: ", ")
  }
}

extension Project {
  /// A flag under `flags:` of the project file.
  func flag(_ name: String) -> DataValue? { settings.values["flags"]?[name] }
}

extension Target {
  /// What must never be shown of a profile: values whose names say that they are secret.
  var secrets: [String] {
    var found: [String] = []
    func visit(_ setting: ConnectionProfile.Setting, _ name: String) {
      switch setting {
      case .text(let text): if Self.isSecret(name), !text.isEmpty { found.append(text) }
      case .list(let items): for item in items { visit(item, name) }
      case .table(let table): for (key, value) in table { visit(value, key) }
      case .integer, .number, .boolean: break
      }
    }
    for (name, value) in profile.settings { visit(value, name) }
    return found
  }

  private static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return [
      "password", "secret", "token", "pass", "private_key", "access_key", "api_key", "connection_string",
    ]
    .contains { name.contains($0) }
  }
}

extension CommandSession {
  /// Lets the printer show lines of the texts that problems stand in.
  func readSources(_ options: LoadOptions, _ flags: ProjectOptions, inline: String? = nil) {
    printer.readSources { file in
      switch file {
      case "--inline", "inline": inline
      case "--vars": flags.vars
      default: LocalFiles.text(of: LocalFiles.absolute(file, from: options.projectRoot))
      }
    }
  }

  /// Prints warnings; throws if they are to count as errors.
  func report(warnings: [Diagnostic]) throws(Diagnostic) {
    let policy = try warningPolicy()
    let verdicts = warnings.map { ($0, policy.verdict($0)) }
    printer.report(verdicts.filter { $0.1 != .silenced }.map(\.0))
    let banned = verdicts.count { $0.1 == .error }
    if banned > 0 {
      throw Diagnostic(
        .warningsAsErrors, "\(Quantities.count(banned, "warning")) with \(policy.origin)",
        hint: "mend what the warnings name, or leave the \(policy.isFlag ? "flag" : "setting") out")
    }
  }
}
