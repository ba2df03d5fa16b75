import ArgumentParser
import Project

/// How `ls` names nodes.
enum ListForm: String, ExpressibleByArgument, CaseIterable, Sendable {
  case name, path, selector, json
}

/// Lists nodes.
struct ListCommand: Command {
  static let verb = Verb.list
  static let configuration: CommandConfiguration = described(examples: [
    "ls --select +orders", "ls --resource-type model --output path",
    "ls --output json --output-keys name tags",
  ])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Nodes") var kinds: ResourceTypeOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Option(
    name: [.customLong("output"), .customShort("o")],
    help: ArgumentHelp("How nodes are named.", valueName: "form"))
  var form: ListForm = .selector

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("The keys of each JSON object.", valueName: "key"))
  var outputKeys: [String] = []

  func run(in session: CommandSession) async throws -> ExitStatus {
    let workspace = try await Workspace.open(session, project)
    let nodes = try ListOperation(
      workspace: workspace, form: form, keys: outputKeys.flatMap { $0.split(separator: " ").map(String.init) }
    )
    .perform(selection: selection, kinds: kinds)
    if !nodes.isEmpty { session.printer.result(nodes.joined(separator: "\n")) }
    return .success
  }
}

/// Reads a project and does nothing else.
struct ParseCommand: Command {
  static let verb = Verb.parse
  static let configuration: CommandConfiguration = described(examples: ["parse", "parse --warn-error"])

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await ParseOperation(session: session, flags: project).perform()
    return .success
  }
}

/// Compiles.
struct CompileCommand: Command {
  static let verb = Verb.compile
  static let configuration: CommandConfiguration = described(examples: [
    "compile", "compile --select orders", "compile --inline \"select * from {{ ref('orders') }}\"",
  ])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Nodes") var kinds: ResourceTypeOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("SQL to compile instead of nodes.", valueName: "sql"))
  var inline: String?

  @Flag(
    name: [.long, .customShort("f")], inversion: .prefixedNo,
    help: "Compile incremental models as for a rebuild.")
  var fullRefresh: Bool?

  @OptionGroup var emptiness: EmptyOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    var workspace = try await Workspace.open(
      session, project, isFullRefresh: fullRefresh, inline: inline)
    workspace.invocation.readsNothing =
      try emptiness.empty ?? session.environment.isOn("DBT_EMPTY") ?? false
    return try await CompileOperation(workspace: workspace).perform(
      inline: inline, selection: selection, kinds: kinds, project: project)
  }
}
