import ArgumentParser

/// Keeps the target's database in good order.
struct MaintainCommand: Command {
  static let verb = Verb.maintain
  static let configuration: CommandConfiguration = described(examples: [
    "maintain --dry-run", "maintain --older-than '30 days'",
  ])

  @Option(help: ArgumentHelp("Forget snapshots older than this.", valueName: "age"))
  var olderThan = Age(.seconds(7 * 86_400))

  @Option(
    help: ArgumentHelp(
      "Delete files once nothing has needed them for this long: a reader may still be at them.",
      valueName: "age"))
  var keepFiles = Age(.seconds(2 * 86_400))

  @Flag(help: "Say what would be done, and do nothing.")
  var dryRun = false

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await MaintainOperation(
      session: session, project: project, snapshotAge: olderThan.duration, fileAge: keepFiles.duration,
      isDryRun: dryRun
    ).perform()
  }
}
