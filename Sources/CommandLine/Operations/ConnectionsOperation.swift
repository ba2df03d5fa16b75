import Connectors
import Diagnostics
import EngineCore
import Project

/// Lists the connections that loads can name, and tries them.
struct ConnectionsOperation: Sendable {
  let workspace: Workspace
  let form: ReportForm

  private struct Entry: Sendable {
    var connection: ConnectionDefinition
    var users: [String]
    /// What came of trying it.
    var outcome: Outcome?
  }

  private enum Outcome: Sendable {
    case reached(tables: Int, Duration)
    case failed([Diagnostic])
  }

  func perform(names: [String], isTest: Bool) async throws -> ExitStatus {
    var entries = try chosen(names)
    let resolver = workspace.makeResolver()
    if isTest {
      try await workspace.session.interruptible { [entries] in
        try await self.tried(entries, resolver)
      }.enumerated().forEach { entries[$0].outcome = $1 }
    }
    form == .json ? printJSON(entries) : printText(entries, isTest: isTest)
    var problems: [Diagnostic] = []
    for entry in entries { if case .failed(let found) = entry.outcome { problems += found } }
    workspace.session.printer.report(resolver.warnings + problems.map(resolver.redactor.redact))
    return problems.isEmpty ? .success : .failure
  }

  private func chosen(_ names: [String]) throws -> [Entry] {
    let all = workspace.project.connections
    for name in names where !all.contains(where: { $0.name == name }) {
      throw Diagnostic(
        .unknownConnection, "there is no connection '\(TerminalText.oneLine(name))'",
        hint: Spelling.hint(for: name, among: all.map(\.name)) ?? "declare it in connections.yml")
    }
    return all.filter { names.isEmpty || names.contains($0.name) }.sorted { $0.name < $1.name }.map {
      connection in
      let users = workspace.project.loads.filter {
        guard case .connection(let used)? = $0.load?.origin else { return false }
        return used.name == connection.name
      }
      return Entry(connection: connection, users: users.map(\.name))
    }
  }

  // MARK: - Trying

  /// Tries one after the other, in a database in memory: the warehouse is not touched.
  private func tried(_ entries: [Entry], _ resolver: ConnectionResolver) async throws -> [Outcome] {
    let program = workspace.session.program
    let profile = ConnectionProfile(
      type: "duckdb", settings: ["path": .text(":memory:")], projectRoot: workspace.root)
    let engine = try await program.engines.open(profile)
    var outcomes: [Outcome] = []
    for entry in entries {
      let start = program.now()
      do {
        let count = try await tables(of: entry.connection, resolver, engine)
        outcomes.append(.reached(tables: count, .seconds(program.now() - start)))
      } catch is CancellationError {
        await engine.close()
        throw CancellationError()
      } catch {
        outcomes.append(
          .failed(
            DiagnosticList.collecting(
              error, else: .sourceUnreachable, "the connection '\(entry.connection.name)' cannot be used"
            ).map { $0.located(at: entry.connection.span) }))
      }
    }
    await engine.close()
    return outcomes
  }

  private func tables(
    of connection: ConnectionDefinition, _ resolver: ConnectionResolver, _ engine: any Engine
  ) async throws -> Int {
    let resolved = try await resolver.resolve(.connection(connection), at: connection.span)
    let spool = try TemporarySpool(workspace.root, workspace.invocation.id)
    defer { spool.remove() }
    let reader = try workspace.session.program.sources.readers.reader(for: resolved, spooling: spool.path)
    let session = try await engine.makeSession()
    do {
      let found = try await reader.discover(on: session)
      await reader.close(on: session)
      await session.close()
      return found.count
    } catch {
      await reader.close(on: session)
      await session.close()
      throw error
    }
  }

  // MARK: - Printing

  private func printText(_ entries: [Entry], isTest: Bool) {
    let printer = workspace.session.printer
    guard !entries.isEmpty else {
      return printer.result("There are no connections. Declare them in connections.yml.")
    }
    var names = ["name", "type", "declared in", "used by"]
    if isTest { names.append("test") }
    let table = TextTable(
      columns: names.map { .init(name: $0, isRightAligned: false) },
      rows: entries.map { entry in
        var cells = [
          entry.connection.name, entry.connection.type.rawValue, entry.connection.span.description,
          entry.users.joined(separator: ", "),
        ]
        switch entry.outcome {
        case .reached(let tables, let duration):
          cells.append("ok, \(Quantities.count(tables, "table")) in \(Quantities.duration(duration))")
        case .failed: cells.append("failed")
        case nil: break
        }
        return cells.map { .text($0) }
      })
    let lines = table.lines(width: printer.output.size?.columns, style: printer.outputStyle).lines
    printer.result(lines.joined(separator: "\n"))
  }

  private func printJSON(_ entries: [Entry]) {
    var writer = JSONWriter(redactor: workspace.redactor)
    writer.array { list in
      for entry in entries {
        list.object { item in
          item.member("name", entry.connection.name)
          item.member("type", entry.connection.type.rawValue)
          item.member("file", entry.connection.span.file)
          item.member("line", entry.connection.span.line)
          item.member("used_by", entry.users)
          switch entry.outcome {
          case .reached(let tables, _):
            item.member("status", "ok")
            item.member("tables", tables)
          case .failed: item.member("status", "failed")
          case nil: break
          }
        }
      }
    }
    workspace.session.printer.raw(writer.text + "\n")
  }
}

/// A folder of the project's `.weir` that a reader may use while it is asked what there is.
struct TemporarySpool: Sendable {
  let path: String

  init(_ root: String, _ invocation: String) throws(Diagnostic) {
    path = "\(root)/.weir/spool/\(invocation)"
    try LocalFiles.createFolder(path)
  }

  /// Removes the folder. What cannot be removed goes with the next run.
  func remove() {
    do throws(Diagnostic) { try LocalFiles.remove(path) } catch { return }
  }
}
