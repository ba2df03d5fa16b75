import ArgumentParser
import Diagnostics

/// Starts a project.
struct InitializeCommand: Command {
  static let verb = Verb.initialize
  static let configuration: CommandConfiguration = described(
    examples: [
      "init shop", "init", "init --from postgres://me@db/shop", "init --from 'data/*.csv' --name files",
    ], usage: "weir init [<name>] [<options>]")

  @Argument(help: ArgumentHelp("The new folder; the current one if left out.", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Write a file of loads/ for this source instead: a URL, a path or a connection.", valueName: "source"))
  var from: String?

  @Option(
    name: .customLong("name"),
    help: ArgumentHelp("The load's name; made of the source's unless said.", valueName: "name"))
  var loadName: String?

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(name: [.long, .customShort("s")], help: .hidden) var skipProfileSetup = false

  func run(in session: CommandSession) async throws -> ExitStatus {
    if let from {
      guard name == nil else {
        throw Diagnostic(
          .usage, "'weir init --from' works in the project that is here, and takes no folder",
          hint: "name the load with --name")
      }
      let workspace = try await Workspace.open(session, project)
      let operation = InitializeLoadOperation(workspace: workspace)
      session.printer.result(try await operation.perform(from: from, name: loadName))
      return .success
    }
    if loadName != nil { throw Diagnostic(.usage, "--name goes with --from only") }
    let created = try InitializeOperation(workingFolder: session.program.workingFolder).perform(name: name)
    session.printer.result(created.description)
    return .success
  }
}

/// Installs packages.
struct DependenciesCommand: Command {
  static let verb = Verb.deps
  static let configuration: CommandConfiguration = described(examples: ["deps", "deps --upgrade"])

  @Flag(help: "Choose versions anew instead of taking those of package-lock.yml.") var upgrade = false
  @Flag(help: "Write package-lock.yml and install nothing.") var lock = false

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await DependenciesOperation(
      session: session, project: project, isUpgrade: upgrade, isLockOnly: lock
    ).perform()
  }
}

/// Checks the set-up.
struct DebugCommand: Command {
  static let verb = Verb.debug
  static let configuration: CommandConfiguration = described(examples: [
    "debug", "debug --target prod", "debug --connection",
  ])

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(help: "Try the connection, and look at nothing else.")
  var connection = false

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await DebugOperation(session: session, project: project, isConnectionAlone: connection).perform()
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
