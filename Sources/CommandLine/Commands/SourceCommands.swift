import ArgumentParser

/// What is asked of sources: dbt's `source freshness`.
struct SourceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Verb.source.rawValue, abstract: Verb.source.summary + ".",
    discussion: "Examples:\n  weir source freshness\n  weir source freshness --select source:shop",
    subcommands: [FreshnessCommand.self])
}

/// Asks how fresh sources are.
struct FreshnessCommand: Command {
  static let verb = Verb.source
  static let configuration = CommandConfiguration(
    commandName: "freshness", abstract: "Ask how old the newest rows of sources are.",
    discussion: """
      Examples:
        weir source freshness
        weir source freshness --select source:shop.orders
        weir source freshness --output target/fresh.json
      """,
    aliases: ["snapshot-freshness"])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Option(
    name: [.customLong("output"), .customShort("o")],
    help: ArgumentHelp("Where the results go, instead of target/sources.json.", valueName: "file"))
  var outputPath: String?

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await FreshnessOperation(
      session: session, project: project, selection: selection, outputPath: outputPath
    ).perform()
  }
}
