import Diagnostics
import EngineCore
import Project
import Runner
import StateStore
import Synchronization

/// Keeps the target's database in good order and says what was done.
struct MaintainOperation: Sendable {
  let session: CommandSession
  let project: ProjectOptions
  let snapshotAge: Duration
  let fileAge: Duration
  let isDryRun: Bool

  func perform() async throws -> ExitStatus {
    let options = try ProjectRequest(session: session, flags: project)
      .loadOptions(isFullRefresh: nil, storesFailures: nil)
    // What is wrong beyond project file and profile does not matter here.
    let loaded = try ProjectLoader(options: options, parser: session.program.engines.parseStatements)
      .loadSettings()
    let target = loaded.target
    session.printer.hide(Redactor(secrets: session.environment.secrets + target.secrets))
    let problems = loaded.problems.filter { $0.severity == .error }
    if !problems.isEmpty { throw DiagnosticList(problems) }
    let lock =
      isDryRun
      ? nil
      : try ProjectLock.acquire(
        root: loaded.settings.root, command: "weir \(session.verb.rawValue)",
        startedAt: Quantities.timeOfDay(session.startedAt))
    defer { withExtendedLifetime(lock) {} }
    return try await session.interruptible { try await maintain(target) }
  }

  private func maintain(_ target: Target) async throws -> ExitStatus {
    let engine = try await session.program.engines.open(target.profile)
    let request = MaintenanceRequest(
      database: target.database, snapshotAge: snapshotAge, fileAge: fileAge, isDryRun: isDryRun)
    let outcomes = Mutex<[Maintainer.Outcome]>([])
    var failure: (any Error)?
    do {
      try await Maintainer(engine: engine).perform(request) { outcome in
        outcomes.withLock { $0.append(outcome) }
      }
    } catch {
      failure = error
    }
    await engine.close()
    show(outcomes.withLock { $0 }, target)
    guard let failure else { return .success }
    if failure is CancellationError { throw failure }
    session.printer.report(
      DiagnosticList.collecting(failure, else: .engineFailure, "the upkeep of '\(target.database)' failed"))
    return .failure
  }

  private func show(_ outcomes: [Maintainer.Outcome], _ target: Target) {
    if outcomes.isEmpty { return }
    let printer = session.printer
    if printer.options.isJSON {
      for outcome in outcomes { printer.log("", record(outcome, target)) }
      return
    }
    let table = TextTable(
      columns: ["step", "on", "done"].map { TextTable.Column(name: $0, isRightAligned: false) },
      rows: outcomes.map { [.text($0.step), .text($0.object), .text($0.effect)] })
    printer.result(
      table.lines(width: printer.output.size?.columns, style: printer.outputStyle).lines.joined(
        separator: "\n"))
    if isDryRun, !printer.options.isQuiet { printer.note("Nothing was changed: --dry-run.") }
  }

  private func record(_ outcome: Maintainer.Outcome, _ target: Target) -> LogRecord {
    let isDryRun = isDryRun
    let text = [outcome.step, outcome.object, outcome.effect].filter { !$0.isEmpty }.joined(separator: ": ")
    return LogRecord(.info, "MaintenanceStep", "W901", text) { data in
      data.member("database", target.database)
      data.member("step", outcome.step)
      data.member("object", outcome.object)
      data.member("effect", outcome.effect)
      data.member("dry_run", isDryRun)
    }
  }
}
