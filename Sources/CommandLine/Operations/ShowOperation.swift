import Diagnostics
import EngineCore
import Planner
import Project
import Runner
import Synchronization
import Tabular

/// Runs queries and prints their rows, as a table or in a form for programs.
struct ShowOperation: Sendable {
  var workspace: Workspace
  let form: RowForm
  let limit: Int?
  let outputFile: String?
  /// The moment of the past that is shown.
  var moment: SnapshotPoint?

  /// Shows a text of the command line, what is selected, or the lake's snapshots. Of the former two it leaves
  /// `run_results.json`, as dbt does.
  func perform(
    inline: String?, selection: SelectionOptions, project: ProjectOptions, isListing: Bool = false
  ) async throws -> ExitStatus {
    if isListing { return try await perform([.query("")]) }
    var operation = self
    operation.workspace.invocation.deferral = try StateReader(workspace: workspace, flags: selection.state)
      .deferral()
    let outcomes = ShownOutcomes()
    let status = try await operation.perform(
      inline.map { [Preview.Subject.inline($0)] } ?? subjects(of: selection, []), outcomes)
    let arguments = RunArguments(
      session: workspace.session, project: project, selection: selection, kinds: nil)
    try outcomes.write(operation.workspace, arguments, inline: inline, limit: limit ?? -1, form)
    return status
  }

  /// Shows the selected seeds, or all of them.
  func perform(seeds selection: SelectionOptions) async throws -> ExitStatus {
    try await perform(subjects(of: selection, [.seed]))
  }

  private func perform(
    _ subjects: [Preview.Subject], _ outcomes: ShownOutcomes = ShownOutcomes()
  ) async throws -> ExitStatus {
    let path = try destination(subjects)
    let engine = try await workspace.openEngine(at: moment)
    let session = workspace.session
    let preview = Preview(
      project: workspace.project, invocation: workspace.invocation, engine: engine,
      clock: RunClock(now: session.program.now, uptime: RunClock.system.uptime),
      ended: { outcomes.add($0) }, log: { session.show($0) })
    do {
      for subject in subjects { try await show(listing(subject, engine), path, preview) }
    } catch {
      await engine.close()
      throw error
    }
    await engine.close()
    return .success
  }

  /// The subject, or the engine's own query for snapshots in place of an empty one.
  private func listing(_ subject: Preview.Subject, _ engine: any Engine) throws(Diagnostic) -> Preview.Subject
  {
    guard case .query("") = subject else { return subject }
    let target = workspace.project.target
    guard let query = engine.snapshotQuery(database: target.database) else {
      throw Diagnostic(
        .notSupported, "the target '\(target.name)' keeps no snapshots",
        hint: "only lakes do: a target of type ducklake")
    }
    return .query(query)
  }

  private func show(_ subject: Preview.Subject, _ path: String?, _ preview: Preview) async throws {
    if let path { return try await export(subject, to: path, preview) }
    switch form {
    case .table, .text, .parquet: showTable(subject, try await preview.table(subject, limit: limit))
    case .csv: try await stream(subject, preview, CSVRows())
    case .json: try await stream(subject, preview, JSONRows(node: subject.node?.name))
    }
  }

  /// The selected models, seeds and checks, in the order of the graph.
  private func subjects(of selection: SelectionOptions, _ kinds: [ResourceType]) throws -> [Preview.Subject] {
    var selection = selection
    // Checks come along only if they are asked for by name.
    if selection.indirectSelection == nil { selection.indirectSelection = .empty }
    let selected = try workspace.select(selection, nil, defaultKinds: kinds)
    let all = workspace.graph.order.filter(selected.nodes.contains).compactMap(workspace.project.node)
    let nodes = all.filter { $0.resourceType != .load && $0.unitTest == nil }
    if nodes.isEmpty, let load = all.first {
      throw Diagnostic(
        .unclearSelection, "'\(load.name)' is a load, whose tables are sources",
        hint: "'weir load \(load.name) --preview' shows what it would bring")
    }
    guard !nodes.isEmpty else {
      throw Diagnostic(
        .unclearSelection, "the selection names no model, seed or check to show",
        hint: "'weir ls' lists what there is")
    }
    if nodes.count > 1, form != .table, form != .text {
      throw Diagnostic(
        .unclearSelection,
        "the selection names \(nodes.count) nodes, and --output \(form.rawValue) shows one",
        hint: "select one node")
    }
    let isPast = moment != nil
    return nodes.map { isPast && $0.check == nil && $0.relation != nil ? .stored($0) : .node($0) }
  }

  /// The file to write, absolute; nil for standard output.
  private func destination(_ subjects: [Preview.Subject]) throws -> String? {
    if outputFile != nil, form == .table || form == .text {
      throw Diagnostic(
        .usage, "--output-file goes with --output csv, json or parquet",
        hint: "add --output csv, or name a file that ends in .csv, .json or .parquet")
    }
    guard let outputFile else {
      if form == .parquet {
        throw Diagnostic(
          .usage, "--output parquet needs a file",
          hint: "add --output-file \(subjects.first?.node?.name ?? "rows").parquet")
      }
      return nil
    }
    return LocalFiles.absolute(outputFile, from: workspace.session.program.workingFolder)
  }

  private func showTable(_ subject: Preview.Subject, _ table: Table) {
    let printer = workspace.session.printer
    let isSilent = printer.options.isJSON || printer.options.isQuiet
    let title = subject.node.map { "Previewing node '\($0.name)':" } ?? subject.title
    if !isSilent { printer.note(title) }
    let text = ResultTable.text(table)
    let (lines, shown) = text.lines(width: printer.output.size?.columns, style: printer.outputStyle)
    printer.result(lines.joined(separator: "\n"))
    let count = table.rowCount
    var tally = Quantities.count(count, "row")
    if let limit, count == limit { tally += " (--limit \(limit))" }
    tally += ", \(Quantities.count(text.columns.count, "column"))"
    if shown < text.columns.count { tally += " (\(shown) shown: the terminal is too narrow)" }
    if !isSilent { printer.note(tally) }
  }

  private func stream(
    _ subject: Preview.Subject, _ preview: Preview, _ writer: some RowWriter & Sendable
  ) async throws {
    let printer = workspace.session.printer
    let isEmpty = Mutex(true)
    do {
      try await preview.stream(subject, limit: limit) { batch in
        guard batch.rowCount > 0 else { return }
        let isFirst = isEmpty.withLock { isEmpty in
          defer { isEmpty = false }
          return isEmpty
        }
        if isFirst { printer.raw(writer.opening(batch.schema)) }
        printer.raw(writer.text(of: batch, isFirst: isFirst))
        if printer.output.isClosed { throw ReaderLeft() }
      }
    } catch is ReaderLeft {
      return
    }
    let hasNone = isEmpty.withLock { $0 }
    // Without a row there was no batch to learn the columns from.
    if hasNone { printer.raw(writer.opening(try await preview.table(subject, limit: 0).schema)) }
    printer.raw(writer.closing(isEmpty: hasNone))
  }

  /// The engine writes files itself: faster, and in every form that it knows.
  private func export(_ subject: Preview.Subject, to path: String, _ preview: Preview) async throws {
    let format = Preview.Format(rawValue: form.rawValue) ?? .csv
    let rows = try await preview.export(subject, limit: limit, to: path, as: format)
    let shown = LocalFiles.relative(path, to: workspace.session.program.workingFolder)
    let text = "Wrote \(Quantities.count(rows, "row")) to \(shown)"
    workspace.session.printer.log(text, LogRecord(.info, "ShowOutcome", "I902", text))
  }
}

extension Preview.Subject {
  /// The node that is shown; nil for a text of the command line.
  fileprivate var node: Node? {
    switch self {
    case .node(let node), .stored(let node): node
    case .inline, .query: nil
    }
  }

  /// What stands above the rows of what is no node.
  fileprivate var title: String {
    if case .query = self { "Snapshots:" } else { "Previewing inline node:" }
  }
}

/// Ends a stream that nobody reads any more.
private struct ReaderLeft: Error {}
