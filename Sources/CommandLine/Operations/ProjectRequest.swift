import Diagnostics
import Jinja
import Project
import StateStore

/// What flags and environment say of the project to load.
struct ProjectRequest {
  let session: CommandSession
  let flags: ProjectOptions

  /// The project's folder. Throws if there is none here or above, or right where a flag points.
  func root() throws(Diagnostic) -> String {
    let start = session.program.workingFolder
    guard let folder = flags.projectDir ?? session.environment.text("DBT_PROJECT_DIR") else {
      return try ProjectLoader.findRoot(from: start)
    }
    return try ProjectLoader.verifyRoot(LocalFiles.absolute(folder, from: start))
  }

  /// Everything that loading asks for.
  func loadOptions(isFullRefresh: Bool?, storesFailures: Bool?) throws(Diagnostic) -> LoadOptions {
    let environment = session.environment
    var options = LoadOptions(
      projectRoot: try root(), vars: try vars(), environment: environment.values,
      startedAt: session.startedAt, invocationID: session.invocationID, command: session.word)
    let folder = flags.profilesDir ?? environment.text("DBT_PROFILES_DIR")
    options.profilesFolder = folder.map { LocalFiles.absolute($0, from: session.program.workingFolder) }
    options.profileName = flags.profile ?? environment.text("DBT_PROFILE")
    options.targetName = flags.target ?? environment.text("DBT_TARGET")
    options.threads = try threads()
    options.cacheFolder = StateFolder(root: options.projectRoot).parseFolder
    if let isPartial = flags.partialParse {
      options.isPartial = isPartial
    } else {
      options.isPartial = try environment.isOn("DBT_PARTIAL_PARSE")
    }
    if let isFullRefresh {
      options.isFullRefresh = isFullRefresh
    } else {
      options.isFullRefresh = try environment.isOn("DBT_FULL_REFRESH") ?? false
    }
    if let storesFailures {
      options.storesFailures = storesFailures
    } else {
      options.storesFailures = try environment.isOn("DBT_STORE_FAILURES")
    }
    return options
  }

  private func threads() throws(Diagnostic) -> Int? {
    guard let threads = flags.threads ?? environmentThreads else { return nil }
    guard threads > 0 else { throw Diagnostic(.usage, "--threads takes a number above 0") }
    return threads
  }

  private var environmentThreads: Int? { session.environment.text("DBT_THREADS").flatMap { Int($0) } }

  private func vars() throws(Diagnostic) -> DataValue {
    guard let text = flags.vars ?? session.environment.text("DBT_VARS") else { return .dict(DataMap()) }
    return try CommandLineVars.parse(text)
  }
}
