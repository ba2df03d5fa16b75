import ArgumentParser
import Diagnostics

/// Starts a project.
struct InitializeCommand: Command {
  static let verb = Verb.initialize
  static let configuration: CommandConfiguration = described(
    examples: ["init shop", "init"], usage: "weir init [<name>] [<options>]")

  @Argument(help: ArgumentHelp("The new folder; the current one if left out.", valueName: "name"))
  var name: String?

  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Option(help: .hidden) var projectDir: String?

  @Flag(name: [.long, .customShort("s")], help: .hidden) var skipProfileSetup = false

  func run(in session: CommandSession) async throws -> ExitStatus {
    let created = try InitializeOperation(workingFolder: session.program.workingFolder).perform(name: name)
    session.printer.result(created.description)
    return .success
  }
}

/// Checks the set-up.
struct DebugCommand: Command {
  static let verb = Verb.debug
  static let configuration: CommandConfiguration = described(examples: ["debug", "debug --target prod"])

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await DebugOperation(session: session, project: project).perform()
  }
}

/// Deletes what builds left.
struct CleanCommand: Command {
  static let verb = Verb.clean
  static let configuration: CommandConfiguration = described(examples: ["clean"])

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(inversion: .prefixedNo, help: .hidden) var cleanProjectFilesOnly: Bool?

  func run(in session: CommandSession) async throws -> ExitStatus {
    try CleanOperation(session: session, project: project).perform()
  }
}

/// Prints a completion script.
struct CompletionsCommand: Command {
  static let verb = Verb.completions
  static let configuration: CommandConfiguration = described(
    examples: [
      "completions bash > ~/.local/share/bash-completion/completions/weir",
      "completions zsh > ~/.zfunc/_weir", "completions fish > ~/.config/fish/completions/weir.fish",
    ], usage: "weir completions <shell>")

  @Argument(help: "bash, zsh or fish.")
  var shell: String

  @OptionGroup(title: "Output") var output: OutputOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    session.printer.raw(try Completions.script(for: shell) + "\n")
    return .success
  }
}
