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
    guard let workspace = try await StandingWorkspace.open(session, flags) else { return nil }
    if try workspace.session.writesArtifacts() {
      guard LocalFiles.exists(Workspace.semanticManifestPath(in: workspace.targetFolder)),
        try isUpToDate(workspace)
      else { return nil }
    }
    try workspace.announce()
    return workspace.project.counts
  }

  /// Whether the manifest holds what the project is, if need be after edits of its texts.
  private func isUpToDate(_ workspace: StandingWorkspace) throws(Diagnostic) -> Bool {
    let (project, manifest) = (workspace.project, workspace.manifestPath)
    if project.edits.isEmpty { return project.kept.isWritten(manifest) }
    guard project.before.isWritten(manifest),
      try ManifestEdit(project.edits, redactor: workspace.redactor).apply(to: manifest)
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
