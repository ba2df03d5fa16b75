import Diagnostics
import Loads
import Project
import Runner
import StateStore

/// Shows and edits where loads stopped: what the next load begins after.
struct StateOperation: Sendable {
  let workspace: Workspace
  let form: ReportForm

  /// A change that was asked for.
  private enum Change: Sendable {
    case set(load: Node, table: String, cursor: String)
    case forget(load: Node, table: String?)
    case forgetFiles(load: Node)
  }

  func perform(names: [String], set: [String], forget: [String]) async throws -> ExitStatus {
    let loads = try names.isEmpty ? workspace.project.loads : names.map { try load($0) }
    var changes = try set.map(setting)
    for text in forget {
      changes += text == "files" ? loads.map { .forgetFiles(load: $0) } : [try forgetting(text)]
    }
    if forget.contains("files"), names.isEmpty {
      throw Diagnostic(
        .usage, "--forget files needs the loads whose files are forgotten",
        hint: "name them, as in 'weir state shop --forget files'")
    }
    let lock =
      changes.isEmpty
      ? nil
      : try ProjectLock.acquire(
        root: workspace.root, command: "weir state",
        startedAt: Quantities.timeOfDay(workspace.session.startedAt))
    defer { withExtendedLifetime(lock) {} }
    let engine = try await workspace.openEngine()
    let connection = try await engine.makeSession()
    let outcome: Result<[TableState], any Error>
    do {
      let (target, now) = (workspace.project.target, workspace.session.startedAt)
      let planned = changes
      outcome = .success(
        try await connection.run { connection in
          func ledger(_ load: Node) -> LoadLedger {
            LoadLedger(
              connection, database: load.load?.database ?? target.database,
              schema: load.load?.schema ?? load.name)
          }
          for change in planned {
            switch change {
            case .set(let load, let table, let cursor):
              try ledger(load).setCursor(load: load.name, table: table, to: cursor, at: now)
            case .forget(let load, let table): try ledger(load).forget(load: load.name, table: table)
            case .forgetFiles(let load): try ledger(load).forgetFiles(load: load.name)
            }
          }
          return try loads.flatMap { try ledger($0).states(load: $0.name) }
        })
    } catch {
      outcome = .failure(error)
    }
    await connection.close()
    await engine.close()
    let states = try outcome.get()
    form == .json ? printJSON(states) : printText(states, loads)
    return .success
  }

  // MARK: - Arguments

  private func load(_ name: String) throws -> Node {
    let known = workspace.project.loads
    guard let load = known.first(where: { $0.name == name }) else {
      throw Diagnostic(
        .unclearSelection, "there is no load '\(TerminalText.oneLine(name))'",
        hint: Spelling.hint(for: name, among: known.map(\.name)) ?? "'weir state' lists them all")
    }
    return load
  }

  /// `load.table=cursor`.
  private func setting(_ text: String) throws -> Change {
    let place = text.prefix { $0 != "=" }
    guard place.count < text.count, let (load, table) = try parts(place), let table else {
      throw Diagnostic(
        .usage, "--set takes load.table=cursor, not '\(TerminalText.oneLine(text))'",
        hint: "as in --set shop.orders=2026-01-01")
    }
    return .set(load: load, table: table, cursor: String(text.dropFirst(place.count + 1)))
  }

  /// `load` or `load.table`.
  private func forgetting(_ text: String) throws -> Change {
    guard let (load, table) = try parts(text[...]) else {
      throw Diagnostic(
        .usage, "--forget takes load, load.table or files, not '\(TerminalText.oneLine(text))'")
    }
    return .forget(load: load, table: table)
  }

  private func parts(_ text: Substring) throws -> (load: Node, table: String?)? {
    let name = text.prefix { $0 != "." }
    guard !name.isEmpty else { return nil }
    let load = try load(String(name))
    guard name.count < text.count else { return (load, nil) }
    let table = String(text.dropFirst(name.count + 1))
    guard !table.isEmpty else { return nil }
    guard load.load?.table(named: table) != nil else {
      throw Diagnostic(
        .unclearSelection, "the load '\(load.name)' has no table '\(TerminalText.oneLine(table))'",
        hint: Spelling.hint(for: table, among: load.load?.tables.map(\.name) ?? []))
    }
    return (load, table)
  }

  // MARK: - Printing

  private func printText(_ states: [TableState], _ loads: [Node]) {
    let printer = workspace.session.printer
    guard !states.isEmpty else {
      return printer.result(
        loads.isEmpty ? "There are no loads. Declare them in loads/*.yml." : "Nothing was loaded yet.")
    }
    let table = TextTable(
      columns: [
        .init(name: "table", isRightAligned: false), .init(name: "cursor", isRightAligned: false),
        .init(name: "type", isRightAligned: false), .init(name: "files", isRightAligned: true),
        .init(name: "schema", isRightAligned: true), .init(name: "loaded at", isRightAligned: false),
      ],
      rows: states.map { state in
        [
          .text("\(state.load).\(state.table)"), state.cursor.map { .text($0) } ?? .text(""),
          .text(state.cursorType ?? ""), .text(state.files == 0 ? "" : Quantities.grouped(state.files)),
          .text("v\(state.schemaVersion)"), .text(Self.instant(state.loadedAt)),
        ]
      })
    let lines = table.lines(width: printer.output.size?.columns, style: printer.outputStyle).lines
    printer.result(lines.joined(separator: "\n"))
  }

  /// `2026-11-22 20:30:18.437286+00` as `2026-11-22T20:30:18Z`; with another zone as it is.
  private static func instant(_ text: String?) -> String {
    guard let text, text.count > 19, text.hasSuffix("+00") else { return text ?? "" }
    return text.prefix(19).replacing(" ", with: "T") + "Z"
  }

  private func printJSON(_ states: [TableState]) {
    var writer = JSONWriter(redactor: workspace.redactor)
    writer.array { list in
      for state in states {
        list.object { item in
          item.member("load", state.load)
          item.member("table", state.table)
          item.member("cursor", state.cursor)
          item.member("cursor_type", state.cursorType)
          item.member("source_state", state.sourceState)
          item.member("files", state.files)
          item.member("schema_version", state.schemaVersion)
          item.member("loaded_at", Self.instant(state.loadedAt))
        }
      }
    }
    workspace.session.printer.raw(writer.text + "\n")
  }
}
