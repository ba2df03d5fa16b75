import Diagnostics
import EngineCore
import Planner
import Project
import Tabular

/// Runs queries and prints their rows, as a table or in a form for programs.
struct ShowOperation: Sendable {
  let workspace: Workspace
  let form: RowForm
  let limit: Int?
  let outputFile: String?

  /// What is asked for.
  enum Subject: Sendable {
    case inline(String)
    case node(Node)

    var name: String {
      switch self {
      case .inline: "inline"
      case .node(let node): node.name
      }
    }
  }

  func perform(inline: String?, selection: SelectionOptions) async throws -> ExitStatus {
    try await perform(inline.map { [.inline($0)] } ?? subjects(of: selection, []))
  }

  /// Shows the selected seeds, or all of them.
  func perform(seeds selection: SelectionOptions) async throws -> ExitStatus {
    try await perform(subjects(of: selection, [.seed]))
  }

  private func perform(_ subjects: [Subject]) async throws -> ExitStatus {
    let path = try destination(subjects)
    let engine = try await workspace.openEngine()
    do {
      let session = try await engine.makeSession()
      do {
        for subject in subjects {
          try await session.run { try show(subject, path: path, $0) }
        }
      } catch {
        await session.close()
        throw error
      }
      await session.close()
    } catch {
      await engine.close()
      throw error
    }
    await engine.close()
    return .success
  }

  /// The selected models, seeds and checks, in the order of the graph.
  private func subjects(of selection: SelectionOptions, _ kinds: [ResourceType]) throws -> [Subject] {
    var selection = selection
    // Checks come along only if they are asked for by name.
    if selection.indirectSelection == nil { selection.indirectSelection = .empty }
    let selected = try workspace.select(selection, nil, defaultKinds: kinds)
    let nodes = workspace.graph.order.filter(selected.nodes.contains).compactMap(workspace.project.node)
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
    return nodes.map { .node($0) }
  }

  /// The file to write, absolute; nil for standard output.
  private func destination(_ subjects: [Subject]) throws -> String? {
    if outputFile != nil, form == .table || form == .text {
      throw Diagnostic(
        .usage, "--output-file goes with --output csv, json or parquet",
        hint: "add --output csv, or name a file that ends in .csv, .json or .parquet")
    }
    guard let outputFile else {
      if form == .parquet {
        throw Diagnostic(
          .usage, "--output parquet needs a file", hint: "add --output-file \(subjects[0].name).parquet")
      }
      return nil
    }
    return LocalFiles.absolute(outputFile, from: workspace.session.program.workingFolder)
  }

  private func show(_ subject: Subject, path: String?, _ connection: any Connection) throws {
    do {
      let sql = try query(subject, connection)
      if let path { return try export(sql, to: path, connection) }
      switch form {
      case .table, .text, .parquet: showTable(subject, try connection.query(sql, maximumRows: limit))
      case .csv: try stream(sql, connection, CSVRows())
      case .json: try stream(sql, connection, JSONRows(node: subject.isInline ? nil : subject.name))
      }
    } catch let diagnostic as Diagnostic {
      throw located(diagnostic, subject)
    }
  }

  private func query(_ subject: Subject, _ connection: any Connection) throws -> String {
    let compiler = workspace.compiler(connection)
    switch subject {
    case .inline(let text):
      if Self.isReport(text) { return text }
      return try compiler.compile(inline: text, name: "inline").sql
    case .node(let node):
      if node.resourceType == .seed, let relation = node.relation {
        return "select * from \(connection.dialect.rendered(relation))"
      }
      return try compiler.compile(node, isIncremental: workspace.isIncremental(node, connection)).sql
    }
  }

  /// Whether a text asks about tables rather than for rows: the engine answers it as it stands.
  static func isReport(_ text: String) -> Bool {
    let word = text.drop { $0.isWhitespace }.prefix { $0.isLetter }.lowercased()
    return ["describe", "desc", "explain", "show", "summarize"].contains(word)
  }

  /// A place in a statement, as the person who asked knows the statement.
  private func located(_ diagnostic: Diagnostic, _ subject: Subject) -> Diagnostic {
    var copy = diagnostic
    guard copy.span?.file.isEmpty ?? true else { return copy }
    switch subject {
    case .inline: copy.span?.file = "--inline"
    case .node(let node): copy.span = node.span
    }
    return copy
  }

  // MARK: Forms

  private func showTable(_ subject: Subject, _ table: Table) {
    let printer = workspace.session.printer
    let title = subject.isInline ? "Previewing inline node:" : "Previewing node '\(subject.name)':"
    if !printer.options.isJSON, !printer.options.isQuiet { printer.note(title) }
    let text = ResultTable.text(table)
    let width = printer.output.size?.columns
    let (lines, shown) = text.lines(width: width, style: printer.outputStyle)
    let count = table.rowCount
    var tally = Quantities.count(count, "row")
    if let limit, count == limit { tally += " (--limit \(limit))" }
    tally += ", \(Quantities.count(text.columns.count, "column"))"
    if shown < text.columns.count { tally += " (\(shown) shown: the terminal is too narrow)" }
    if printer.options.isJSON {
      printer.result(lines.joined(separator: "\n"))
      return
    }
    printer.result(lines.joined(separator: "\n"))
    if !printer.options.isQuiet { printer.note(tally) }
  }

  private func stream(_ sql: String, _ connection: any Connection, _ writer: some RowWriter) throws {
    let printer = workspace.session.printer
    var rest = limit ?? .max
    var isFirst = true
    func write(_ batch: Batch) {
      let part = batch.rowCount > rest ? batch.prefix(rest) : batch
      if isFirst { printer.raw(writer.opening(part.schema)) }
      printer.raw(writer.text(of: part, isFirst: isFirst))
      isFirst = false
      rest -= part.rowCount
    }
    do {
      try connection.stream(sql) { batch in
        guard batch.rowCount > 0 else { return }
        write(batch)
        if rest == 0 || printer.output.isClosed { throw EnoughRows() }
      }
    } catch is EnoughRows {
      // All that was asked for has been written.
    }
    // Without a row there was no batch to learn the columns from.
    if isFirst { printer.raw(writer.opening(try connection.query(sql, maximumRows: 0).schema)) }
    printer.raw(writer.closing(isEmpty: isFirst))
  }

  /// The engine writes files itself: faster, and in every form that it knows.
  private func export(_ sql: String, to path: String, _ connection: any Connection) throws {
    let dialect = connection.dialect
    let options =
      switch form {
      case .parquet: "FORMAT parquet"
      case .json: "FORMAT json, ARRAY true"
      case .csv, .table, .text: "FORMAT csv, HEADER true"
      }
    let bounded = limit.map { "SELECT * FROM (\n\(sql)\n) LIMIT \($0)" } ?? sql
    let rows = try connection.execute("COPY (\n\(bounded)\n) TO \(dialect.literal(path)) (\(options))")
    let shown = LocalFiles.relative(path, to: workspace.session.program.workingFolder)
    let text = "Wrote \(Quantities.count(rows, "row")) to \(shown)"
    workspace.session.printer.log(text, LogRecord(.info, "ShowOutcome", "I902", text))
  }
}

extension ShowOperation.Subject {
  var isInline: Bool { if case .inline = self { true } else { false } }
}

/// Ends a stream that has given enough.
private struct EnoughRows: Error {}
