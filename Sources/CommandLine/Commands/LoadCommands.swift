import ArgumentParser
import Diagnostics

/// Loads alone.
struct LoadCommand: Command {
  static let verb = Verb.load
  static let configuration: CommandConfiguration = described(examples: [
    "load", "load shop", "load shop --preview --limit 5", "load shop --full-refresh",
    "load shop --since 2026-01-01 --until 2026-02-01", "load --select tag:hourly",
  ])

  @Argument(help: ArgumentHelp("Loads by name, or selectors; all of them if left out.", valueName: "load"))
  var names: [String] = []

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(
    name: [.long, .customShort("f")], inversion: .prefixedNo,
    help: "Forget the state and load everything anew.")
  var fullRefresh: Bool?

  @Flag(name: [.long, .customShort("x")], inversion: .prefixedNo, help: "Stop at the first failure.")
  var failFast: Bool?

  @Flag(inversion: .prefixedNo, help: "Keep failing rows in tables.")
  var storeFailures: Bool?

  @Option(help: ArgumentHelp("Load again from this value of the cursor on.", valueName: "value"))
  var since: String?

  @Option(help: ArgumentHelp("Load again up to this value, without it.", valueName: "value"))
  var until: String?

  @Flag(help: "Show columns and first rows; write nothing.")
  var preview = false

  @Option(help: ArgumentHelp("Rows of each table to show.", valueName: "n"))
  var limit: Int?

  @Option(
    name: [.customLong("output"), .customShort("o")],
    help: ArgumentHelp("How a preview looks: text or json.", valueName: "form"))
  var form: ReportForm = .text

  func run(in session: CommandSession) async throws -> ExitStatus {
    let loads = LoadSelection(names: names, since: since, until: until)
    if preview {
      guard limit.map({ $0 > 0 }) ?? true else { throw Diagnostic(.usage, "--limit takes a number above 0") }
      let workspace = try await Workspace.open(session, project)
      return try await LoadPreviewOperation(workspace: workspace, form: form, limit: limit ?? 10)
        .perform(selected: loads.select(selection, in: workspace))
    }
    if limit != nil { throw Diagnostic(.usage, "--limit goes with --preview only") }
    if fullRefresh == true, since != nil || until != nil {
      throw Diagnostic(
        .usage, "--full-refresh loads everything: --since and --until do not go with it",
        hint: "leave one of them out")
    }
    return try await RunOperation(
      session: session, project: project, selection: selection, kinds: nil, fullRefresh: fullRefresh,
      failFast: failFast, storesFailures: storeFailures, loads: loads
    ).perform()
  }
}

/// How a report looks.
enum ReportForm: String, ExpressibleByArgument, CaseIterable, Sendable {
  case text, json
}

/// Lists connections, and tries them.
struct ConnectionsCommand: Command {
  static let verb = Verb.connections
  static let configuration: CommandConfiguration = described(examples: [
    "connections", "connections --test", "connections shop_db --test",
  ])

  @Argument(help: ArgumentHelp("Connections by name; all of them if left out.", valueName: "name"))
  var names: [String] = []

  @Flag(help: "Connect, and see what there is.")
  var test = false

  @Option(
    name: [.customLong("output"), .customShort("o")], help: ArgumentHelp("text or json.", valueName: "form"))
  var form: ReportForm = .text

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    let workspace = try await Workspace.open(session, project)
    return try await ConnectionsOperation(workspace: workspace, form: form).perform(
      names: names, isTest: test)
  }
}

/// Shows and edits where loads stopped.
struct StateCommand: Command {
  static let verb = Verb.state
  static let configuration: CommandConfiguration = described(examples: [
    "state", "state shop", "state --set shop.orders=2026-01-01", "state --forget shop.orders",
    "state shop --forget files",
  ])

  @Argument(help: ArgumentHelp("Loads by name; all of them if left out.", valueName: "load"))
  var names: [String] = []

  @Option(help: ArgumentHelp("Set where a table's next load starts.", valueName: "load.table=cursor"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp(
      "Forget all of a load or of a table; 'files' forgets the files seen by the loads named.",
      valueName: "load.table"))
  var forget: [String] = []

  @Option(
    name: [.customLong("output"), .customShort("o")], help: ArgumentHelp("text or json.", valueName: "form"))
  var form: ReportForm = .text

  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    let workspace = try await Workspace.open(session, project)
    return try await StateOperation(workspace: workspace, form: form)
      .perform(names: names, set: set, forget: forget)
  }
}
