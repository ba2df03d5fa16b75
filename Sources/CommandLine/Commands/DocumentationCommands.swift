import ArgumentParser
import Diagnostics

/// Documentation: a word behind it says what is done.
struct DocumentationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Verb.docs.rawValue, abstract: Verb.docs.summary + ".",
    discussion: "Examples:\n  weir docs generate\n  weir docs serve --port 8081",
    subcommands: [GenerateDocumentationCommand.self, ServeDocumentationCommand.self])
}

/// Writes the catalog and the documentation site.
struct GenerateDocumentationCommand: Command {
  static let verb = Verb.docs
  /// What artifacts and `flags.WHICH` call it, as in dbt.
  static let word = "generate"
  static let configuration = CommandConfiguration(
    commandName: word,
    abstract: "Write catalog.json, manifest.json and the site index.html to target/.",
    discussion: """
      Examples:
        weir docs generate
        weir docs generate --select +orders
        weir docs generate --no-compile --empty-catalog
      """)

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(inversion: .prefixedNo, help: "Compile first; without it the SQL is what was compiled last.")
  var compile = true

  @Flag(help: "Ask the warehouse nothing: no columns and types of its own.")
  var emptyCatalog = false

  @Flag(name: .customLong("static"), help: "Write static_index.html too, as dbt calls a site in one file.")
  var isStatic = false

  @OptionGroup var emptiness: EmptyOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    var workspace = try await Workspace.open(session, project)
    workspace.invocation.readsNothing =
      try emptiness.empty ?? session.environment.isOn("DBT_EMPTY") ?? false
    let operation = DocumentationOperation(
      workspace: workspace, isCompiling: compile, hasEmptyCatalog: emptyCatalog, isStatic: isStatic)
    return try await session.interruptible { try await operation.perform(selection, project) }
  }
}

/// Serves the documentation.
struct ServeDocumentationCommand: Command {
  static let verb = Verb.docs
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the site that 'weir docs generate' wrote, until Ctrl-C.",
    discussion: """
      Examples:
        weir docs serve
        weir docs serve --port 8081 --no-browser
      """)

  @Option(help: ArgumentHelp("The port to listen on; 0 takes one that is free.", valueName: "n"))
  var port = 8080

  @Option(
    help: ArgumentHelp("The address to listen on; others can read what it serves.", valueName: "address"))
  var host = "127.0.0.1"

  @Flag(inversion: .prefixedNo, help: "Open a browser; without this flag, from a terminal only.")
  var browser: Bool?

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    guard (0...65_535).contains(port) else {
      throw Diagnostic(.usage, "--port takes a number from 0 to 65535")
    }
    return try await ServingOperation(
      session: session, project: project, host: host, port: port, opensBrowser: browser
    ).perform()
  }
}
