import ArgumentParser

/// Does again what the last run left undone.
struct RetryCommand: Command {
  static let verb = Verb.retry
  static let configuration: CommandConfiguration = described(examples: [
    "retry", "retry --state last-run", "retry --threads 1",
  ])

  @Option(help: ArgumentHelp("Where run_results.json is, if not in target/.", valueName: "folder"))
  var state: String?

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(name: [.long, .customShort("f")], inversion: .prefixedNo, help: .hidden)
  var fullRefresh: Bool?

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await RetryOperation(session: session, project: project, state: state, fullRefresh: fullRefresh)
      .perform()
  }
}

/// Makes nodes by pointing at those of another target.
struct CloneCommand: Command {
  static let verb = Verb.clone
  static let configuration: CommandConfiguration = described(examples: [
    "clone --state prod-artifacts", "clone --select tag:daily --state prod-artifacts --full-refresh",
  ])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Nodes") var kinds: ResourceTypeOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(
    name: [.long, .customShort("f")], inversion: .prefixedNo, help: "Replace what the target has already.")
  var fullRefresh: Bool?

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await CloneOperation(
      session: session, project: project, selection: selection, kinds: kinds, fullRefresh: fullRefresh
    ).perform()
  }
}
