import ArgumentParser

/// Calls a macro: dbt's `run-operation`.
struct MacroCommand: Command {
  static let verb = Verb.runOperation
  static let configuration: CommandConfiguration = described(examples: [
    "run-operation grant_select --args '{role: reporter}'", "run-operation dbt_utils.some_macro",
  ])

  @Argument(help: ArgumentHelp("The macro, with its package if it is not the project's.", valueName: "macro"))
  var macro: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What the macro is called with, as a YAML mapping.", valueName: "yaml"))
  var args: String?

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    let arguments = try CommandLineVars.parse(args ?? "{}", flag: "--args", example: "{schema: staging}")
    let workspace = try await Workspace.open(session, project)
    return try await MacroOperation(workspace: workspace).perform(macro, arguments)
  }
}
