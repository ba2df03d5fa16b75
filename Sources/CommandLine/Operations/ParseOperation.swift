import Catalog
import Diagnostics
import Project

/// Reads the project and writes its manifest; where nothing has changed since both were done, says so at once.
struct ParseOperation: Sendable {
  var session: CommandSession
  let flags: ProjectOptions

  func perform() async throws {
    if let counts = try await standing() { return report(counts) }
    let workspace = try await Workspace.open(session, flags)
    try workspace.writeManifest(compiled: [:])
    workspace.kept?.note(written: workspace.manifestPath)
    report(workspace.project.counts)
  }

  /// What there is in a project that was read before and whose manifest is there; nil if it has to be read.
  private func standing() async throws -> [ResourceType: Int]? {
    let options = try ProjectRequest(session: session, flags: flags)
      .loadOptions(isFullRefresh: nil, storesFailures: nil)
    let loader = ProjectLoader(options: options, parser: session.program.engines.parseStatements)
    guard let project = await loader.standing() else { return nil }
    var session = session
    session.projectFlags = project.settings.values["flags"]
    let folder =
      flags.targetPath ?? session.environment.text("DBT_TARGET_PATH") ?? project.settings.targetPath
    let targetFolder = LocalFiles.absolute(folder, from: options.projectRoot)
    let manifest = Workspace.manifestPath(in: targetFolder)
    let redactor = Redactor(secrets: session.environment.secrets + project.target.secrets)
    if try session.writesArtifacts() {
      guard LocalFiles.exists(Workspace.semanticManifestPath(in: targetFolder)),
        try isUpToDate(manifest, project, redactor)
      else { return nil }
    }
    session.readSources(options, flags)
    session.printer.hide(redactor)
    try session.report(warnings: project.warnings)
    return project.counts
  }

  /// Whether the manifest holds what the project is, if need be after edits of its texts.
  private func isUpToDate(
    _ manifest: String, _ project: StandingProject, _ redactor: Redactor
  ) throws(Diagnostic) -> Bool {
    if project.edits.isEmpty { return project.kept.isWritten(manifest) }
    guard project.before.isWritten(manifest),
      try ManifestEdit(project.edits, redactor: redactor).apply(to: manifest)
    else { return false }
    project.kept.note(written: manifest)
    return true
  }

  private func report(_ counts: [ResourceType: Int]) {
    let elapsed = Duration.seconds(session.program.now() - session.startedAt)
    let text = "Read \(Inventory.text(counts)) in \(Quantities.duration(elapsed)); no problem found."
    session.printer.log(text, LogRecord(.info, "ParseOutcome", "I900", text))
  }
}
