import Diagnostics
import Project

/// A project of which at most texts have changed since it was read, and what commands need around it that can do without
/// its definitions.
struct StandingWorkspace: Sendable {
  let session: CommandSession
  let flags: ProjectOptions
  let options: LoadOptions
  let project: StandingProject
  /// Where artifacts go, absolute.
  let targetFolder: String

  /// Nil if the project has to be read. Throws what `Workspace.open` throws before it reads.
  static func open(
    _ session: CommandSession, _ flags: ProjectOptions, isFullRefresh: Bool? = nil,
    storesFailures: Bool? = nil
  ) async throws -> StandingWorkspace? {
    let options = try ProjectRequest(session: session, flags: flags)
      .loadOptions(isFullRefresh: isFullRefresh, storesFailures: storesFailures)
    let loader = ProjectLoader(options: options, parser: session.program.engines.parseStatements)
    guard let project = await loader.standing() else { return nil }
    var session = session
    session.projectFlags = project.settings.values["flags"]
    let folder =
      flags.targetPath ?? session.environment.text("DBT_TARGET_PATH") ?? project.settings.targetPath
    return StandingWorkspace(
      session: session, flags: flags, options: options, project: project,
      targetFolder: LocalFiles.absolute(folder, from: options.projectRoot))
  }

  var manifestPath: String { Workspace.manifestPath(in: targetFolder) }

  /// What must not be shown or written.
  var redactor: Redactor { Redactor(secrets: session.environment.secrets + project.target.secrets) }

  /// Prints what reading the project warned of. Throws if warnings are to count as errors.
  func announce() throws(Diagnostic) {
    session.readSources(options, flags)
    session.printer.hide(redactor)
    try session.report(warnings: project.warnings)
  }
}
