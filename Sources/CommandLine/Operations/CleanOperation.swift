import Diagnostics
import Project
import StateStore

/// Deletes the folders that a project names as `clean-targets`: only inside the project, never the project
/// itself, never what a link points at, and not while a run works on the project.
struct CleanOperation {
  let session: CommandSession
  let project: ProjectOptions

  func perform() throws -> ExitStatus {
    let request = ProjectRequest(session: session, flags: project)
    let loader = ProjectLoader(
      options: try request.loadOptions(isFullRefresh: nil, storesFailures: nil),
      parser: session.program.engines.parseStatements)
    // What is wrong beyond the project file does not matter here.
    let settings = try loader.loadSettings().settings
    let targets = try Self.checked(settings)
    let lock = try ProjectLock.acquireExisting(
      root: settings.root, command: "weir \(session.verb.rawValue)",
      startedAt: Quantities.timeOfDay(session.startedAt))
    defer { withExtendedLifetime(lock) {} }
    var deleted = 0
    for target in targets where LocalFiles.exists(settings.root + "/" + target) {
      let count = try LocalFiles.remove(settings.root + "/" + target)
      deleted += 1
      session.printer.result("Deleted \(target) (\(Quantities.count(count, "file")))")
    }
    if deleted == 0 { session.printer.result("Nothing to delete.") }
    return .success
  }

  /// The targets relative to the project, without repeats. Throws all that may not be deleted, before anything is.
  static func checked(_ settings: ProjectSettings) throws(DiagnosticList) -> [String] {
    var problems: [Diagnostic] = []
    var targets: [String] = []
    let sources =
      settings.modelPaths + settings.seedPaths + settings.testPaths + settings.macroPaths
      + settings.analysisPaths + settings.snapshotPaths + settings.functionPaths + settings.docsPaths
    let files = ["dbt_project.yml", "weir.yml", "profiles.yml", "packages.yml", "selectors.yml", ".git"]
    let kept = Set((sources + files).map { LocalFiles.absolute($0, from: settings.root) })
    for target in settings.cleanTargets {
      let path = LocalFiles.absolute(target, from: settings.root)
      if let reason = reason(against: path, root: settings.root, kept: kept) {
        problems.append(
          Diagnostic(
            .unsafeDeletion, "'\(TerminalText.oneLine(target))' is not deleted: \(reason)",
            at: SourceSpan(file: settings.file),
            hint: "name only folders that builds make under clean-targets"))
        continue
      }
      let relative = LocalFiles.relative(path, to: settings.root)
      if !targets.contains(relative) { targets.append(relative) }
    }
    if !problems.isEmpty { throw DiagnosticList(problems) }
    // The folder of the lock goes last: until then nobody else begins.
    let state = LocalFiles.relative(StateFolder(root: settings.root).path, to: settings.root)
    let isState = { (target: String) in target == state || target.hasPrefix(state + "/") }
    return targets.filter { !isState($0) } + targets.filter(isState)
  }

  private static func reason(against path: String, root: String, kept: Set<String>) -> String? {
    if path == root { return "it is the project itself" }
    guard path.hasPrefix(root + "/") else { return "it lies outside the project" }
    if kept.contains(where: { $0 == path || $0.hasPrefix(path + "/") }) {
      return "it holds the project's own files"
    }
    // A folder above it that is a link may lead out of the project.
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    if let real = LocalFiles.real("/" + parent), let realRoot = LocalFiles.real(root),
      real != realRoot, !real.hasPrefix(realRoot + "/")
    {
      return "a link on the way leads out of the project"
    }
    return nil
  }
}
