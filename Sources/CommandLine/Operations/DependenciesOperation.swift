import Diagnostics
import Packages
import Project
import StateStore

/// Installs the packages that a project asks for.
struct DependenciesOperation {
  let session: CommandSession
  let project: ProjectOptions
  /// Whether the choice of the last time is made anew.
  let isUpgrade: Bool
  /// Whether the choice is written and nothing installed.
  let isLockOnly: Bool

  func perform() async throws -> ExitStatus {
    let request = ProjectRequest(session: session, flags: project)
    let loader = ProjectLoader(
      options: try request.loadOptions(isFullRefresh: nil, storesFailures: nil),
      parser: session.program.engines.parseStatements)
    let settings = try loader.loadSettings().settings
    guard let file = try loader.packages(), !file.packages.isEmpty else {
      session.printer.result("No packages are named in packages.yml or dependencies.yml.")
      return .success
    }
    let lock = try ProjectLock.acquireExisting(
      root: settings.root, command: "weir \(session.verb.rawValue)",
      startedAt: Quantities.timeOfDay(session.startedAt))
    defer { withExtendedLifetime(lock) {} }
    let hub = session.environment.text("DBT_PACKAGE_HUB_URL") ?? "https://hub.getdbt.com/"
    let installer = PackageInstaller(settings, hub: hub) { [printer = session.printer] in printer.result($0) }
    let packages: [PinnedPackage]
    do {
      packages = try await installer.install(file, isUpgrade: isUpgrade, isLockOnly: isLockOnly)
    } catch {
      try Task.checkCancellation()
      throw DiagnosticList(
        DiagnosticList.collecting(error, else: .packageMissing, "the packages cannot be installed"))
    }
    let count = Quantities.count(packages.count, "package")
    session.printer.result(
      isLockOnly ? "Chose \(count): package-lock.yml" : "Installed \(count) in \(settings.packagesPath)")
    return .success
  }
}
