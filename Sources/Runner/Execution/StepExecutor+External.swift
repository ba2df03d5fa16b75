import Diagnostics
import EngineCore
import Project

extension StepExecutor {
  /// What writes an external model's files, for this attempt.
  func externalWriter(_ node: Node, _ target: Relation, _ result: NodeResult) throws -> ExternalWriter {
    let config = node.config.external ?? ExternalConfig()
    let external = ExternalMaterialization(
      target: target, dialect: dialect, config: config, location: try location(node, target, config))
    let version = "\(context.options.invocation.id)-\(result.attempts)"
    return ExternalWriter(external, version: version, statements)
  }

  /// Where the files go: what the model says, else its own name under the target's `external_root`. Absolute, or the
  /// address of an object store.
  private func location(_ node: Node, _ target: Relation, _ config: ExternalConfig) throws -> String {
    var location: String
    if let written = config.location {
      location = written.contains("{") ? try compiler.render(Hook(sql: written), for: node) : written
    } else {
      let root = context.project.target.visibleValues["external_root"]?.stringValue ?? "."
      let probe = ExternalMaterialization(target: target, dialect: dialect, config: config, location: "")
      location = "\(root)/\(target.identifier)" + (probe.isFolder ? "" : ".\(probe.format.rawValue)")
    }
    while location.hasSuffix("/") { location.removeLast() }
    guard !location.isEmpty else {
      throw Diagnostic(
        .externalFile, "the location of '\(node.name)' is empty", at: SourceSpan(file: node.span.file),
        hint: "name a file: location='exports/\(node.name).parquet'")
    }
    if location.contains("://") { return location }
    let absolute = context.absolute(location)
    let steps = absolute.split(separator: "/").filter { $0 != "." }
    return "/" + steps.joined(separator: "/")
  }

  /// Runs `body`, which says whether its transaction was committed; if it was not, the files that it made go.
  func withFiles(of build: NodeBuild, _ body: () throws -> Bool) throws {
    var isPublished = false
    defer { if !isPublished { build.files?.discard() } }
    isPublished = try body()
  }

  /// What is left to do once a build is live. It failing leaves old files, or a path that leads to the version before:
  /// a warning, for the model itself is published.
  func finishFiles(of build: NodeBuild, _ result: inout NodeResult) {
    do {
      try build.files?.finish()
    } catch {
      var diagnostic = Diagnostic.wrapping(error, .externalFile, "old files could not be put away")
      diagnostic.severity = .warning
      diagnostic.notes.append("'\(build.node.name)' is published; the next build tries again")
      result.diagnostics.append(diagnostic)
    }
  }
}
