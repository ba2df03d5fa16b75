import ArgumentParser
import Diagnostics
import EngineCore

/// How rows are printed.
enum RowForm: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table, csv, json, parquet
  /// dbt's name for `table`.
  case text

  static var allValueStrings: [String] { ["table", "csv", "json", "parquet"] }
}

/// Prints rows.
struct ShowCommand: Command {
  static let verb = Verb.show
  static let configuration: CommandConfiguration = described(examples: [
    "show --select orders", "show --inline 'select status, count(*) from orders group by 1'",
    "show --select orders --limit -1 --output-file orders.parquet",
    "show --select orders --at 41",
  ])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("SQL to run, with Jinja if wanted.", valueName: "sql"))
  var inline: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many rows; -1 for all.", valueName: "n"))
  var limit = 5

  @Option(
    name: [.customLong("output"), .customShort("o")],
    help: ArgumentHelp("The form of the rows; else as the file's name ends.", valueName: "form")
  )
  var form: RowForm?

  @Option(help: ArgumentHelp("The file to write instead of standard output.", valueName: "path"))
  var outputFile: String?

  @Option(
    help: ArgumentHelp(
      "A lake's past: a version's number, or a time. Selected models show what their tables held.",
      valueName: "version")
  )
  var at: String?

  @Flag(help: "List the snapshots that the lake keeps, newest first.")
  var snapshots = false

  @Flag(name: [.long, .customShort("f")], inversion: .prefixedNo, help: .hidden)
  var fullRefresh: Bool?

  func validate() throws {
    if snapshots {
      guard inline == nil, selectsNothing, at == nil else {
        throw ValidationError("--snapshots stands alone: it shows no rows of tables")
      }
      return
    }
    if inline == nil, selectsNothing {
      throw ValidationError("nothing to show: give --select or --inline")
    }
    if inline != nil, !selectsNothing {
      throw ValidationError("--inline and --select exclude each other")
    }
    if limit < -1 { throw ValidationError("--limit takes a number of rows, or -1 for all") }
  }

  private var selectsNothing: Bool { selection.expressions.isEmpty && selection.selector == nil }

  private var chosenForm: RowForm {
    if let form { return form }
    let ending = outputFile?.split(separator: ".").last.map { $0.lowercased() } ?? ""
    return RowForm(rawValue: ending) ?? .table
  }

  func run(in session: CommandSession) async throws -> ExitStatus {
    let workspace = try await Workspace.open(
      session, project, isFullRefresh: fullRefresh, inline: inline)
    return try await ShowOperation(
      workspace: workspace, form: chosenForm, limit: limit < 0 ? nil : limit, outputFile: outputFile,
      moment: at.map(SnapshotPoint.init(text:))
    ).perform(inline: inline, selection: selection, project: project, isListing: snapshots)
  }
}

extension SnapshotPoint {
  /// A version's number, or else a time.
  init(text: String) { self = Int(text).map(SnapshotPoint.version) ?? .time(text) }
}
