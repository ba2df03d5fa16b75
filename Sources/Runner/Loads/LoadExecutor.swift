import Connectors
import Diagnostics
import EngineCore
import Loads
import Project

/// Performs one load: opens its source, and lets one transaction of the destination read and write.
struct LoadExecutor {
  let node: Node
  let audits: [Node]
  let worker: Worker
  let services: LoadServices
  let definition: LoadDefinition

  private var context: ExecutionContext { worker.context }
  private var session: any Session { worker.session }

  /// Loads of this many tables are prepared at once: calling an API, listing files.
  private static let opensAtOnce = 4

  /// What one table needs to be read and written.
  struct Prepared: Sendable {
    var table: LoadTable
    var read: SourceRead
    var position: LoadPosition?
    var state: TableState?
  }

  /// Performs the load; tries again what failed for a passing reason. Throws what went wrong.
  func perform(_ result: inout NodeResult) async throws -> Worker.Report {
    let (connection, load) = try await services.resolve(definition, node.span)
    let spool = LoadFolder(context.folder, run: context.options.invocation.id, load: load.name)
    try spool.create(in: context.folder)
    defer { spool.remove() }
    var attempt = 1
    var first: Diagnostic?
    while true {
      let reader = try services.readers.reader(for: connection, spooling: spool.path)
      do {
        let report = try await withTaskCancellationHandler {
          try await attemptLoad(load, reader, attempt, result)
        } onCancel: {
          reader.hangUp()
        }
        await reader.close(on: session)
        return report
      } catch {
        await reader.close(on: session)
        // What is lost because it was hung up is no failure.
        try Task.checkCancellation()
        guard var diagnostic = error as? Diagnostic, diagnostic.isTransient else { throw error }
        guard attempt < Retry.maximumAttempts else {
          let beginning = first.flatMap {
            $0.message == diagnostic.message ? nil : "; at first: \($0.message)"
          }
          diagnostic.notes.append("it was tried \(attempt) times" + (beginning ?? ""))
          throw diagnostic
        }
        first = first ?? diagnostic
        try await Task.sleep(for: .milliseconds(50 << attempt))
        attempt += 1
      }
    }
  }

  private func attemptLoad(
    _ load: LoadDefinition, _ reader: any SourceReader, _ attempt: Int, _ result: NodeResult
  ) async throws -> Worker.Report {
    let startedAt = context.clock.now()
    let tables = try await Self.expanded(load, reader, on: session)
    let prepared = try await open(load, tables, reader)
    var levels: [String: Int] = [:]
    while true {
      do {
        return try await session.run { [self, levels] connection in
          let connection = try worker.workbench.connection(connection, for: node, of: context.project)
          let statements = StatementRunner(connection)
          let compiler = try worker.workbench.compiler(connection)
          let step = StepExecutor(context: context, statements: statements, compiler: compiler)
          let transaction = LoadTransaction(
            step: step, node: node, load: load, tables: prepared, levels: levels, startedAt: startedAt)
          var result = result
          result.attempts = attempt
          result.diagnostics += prepared.flatMap(\.read.warnings)
          try transaction.perform(audits, &result)
          return Worker.Report(result: result, isBroken: statements.isBroken)
        }
      } catch let needed as FallbackNeeded {
        levels[needed.table] = needed.level
      }
    }
  }

  /// The tables with patterns replaced by what fits them.
  static func expanded(
    _ load: LoadDefinition, _ reader: any SourceReader, on session: any Session
  ) async throws -> [LoadTable] {
    guard load.tables.contains(where: \.isPattern) else { return load.tables }
    let found = try await reader.discover(on: session)
    var tables = load.tables.filter { !$0.isPattern }
    for pattern in load.tables where pattern.isPattern {
      let names = TablePattern(pattern.from)
      for source in found where names.matches(source.name) {
        guard !pattern.excluded.contains(where: { TablePattern($0).matches(source.name) }),
          !tables.contains(where: { $0.from.lowercased() == source.name.lowercased() })
        else { continue }
        var table = pattern
        table.from = source.name
        table.name = load.naming.name(
          for: source.name.split(separator: ".").last.map(String.init) ?? source.name)
        table.excluded = []
        if table.key.isEmpty { table.key = source.key }
        tables.append(table)
      }
    }
    try checkNames(tables, load)
    return tables
  }

  private static func checkNames(_ tables: [LoadTable], _ load: LoadDefinition) throws {
    var seen: [String: LoadTable] = [:]
    var problems: [Diagnostic] = []
    for table in tables {
      if let other = seen.updateValue(table, forKey: table.name.lowercased()) {
        problems.append(
          Diagnostic(
            .nameCollision,
            "'\(other.from)' and '\(table.from)' of the load '\(load.name)' would both be '\(table.name)'",
            at: table.span, hint: "leave one out with `exclude`, or declare one under a name of its own"))
      }
    }
    if !problems.isEmpty { throw DiagnosticList(problems) }
  }

  /// Opens all tables, some at a time, in order.
  private func open(_ load: LoadDefinition, _ tables: [LoadTable], _ reader: any SourceReader) async throws
    -> [Prepared]
  {
    let database = load.database ?? context.project.target.database
    let (states, files) = try await session.run { connection in
      let ledger = LoadLedger(connection, database: database, schema: load.schema)
      return (try ledger.states(load: load.name), try ledger.files(load: load.name))
    }
    let logs = LoadFolder.Logs(path: context.folder.path + "/logs", load: load.name)
    var prepared: [Prepared?] = Array(repeating: nil, count: tables.count)
    try await withThrowingTaskGroup(of: (Int, Prepared).self) { group in
      for (index, table) in tables.enumerated() {
        if index >= Self.opensAtOnce, let (done, value) = try await group.next() { prepared[done] = value }
        let state = states.first { $0.table == table.name }
        let seen = files[table.name] ?? []
        var request = request(table, state, seen)
        request.earlierTables = tables[..<index].map(\.name)
        group.addTask { [session, request] in
          let read = try await reader.open(request, on: session)
          logs.keep(read.logs, table: table.name)
          return (index, Prepared(table: table, read: read, position: request.position, state: state))
        }
      }
      for try await (done, value) in group { prepared[done] = value }
    }
    return prepared.compactMap(\.self)
  }

  private func request(_ table: LoadTable, _ state: TableState?, _ files: [SeenFile]) -> ReadRequest {
    let (node, events) = (node.id, context.loadProgress)
    var request = ReadRequest(table: table) { events(node, $0) }
    let options = context.options
    request.since = options.since
    request.until = options.until
    // What is replaced is read whole.
    let isFresh = table.disposition == .replace || options.isFullRefresh
    if !isFresh, state != nil || !files.isEmpty {
      request.position = LoadPosition(
        cursor: state?.cursor, cursorType: state?.cursorType, files: files, state: state?.sourceState)
    }
    return request
  }
}

/// Thrown out of a transaction that must begin anew, with a slower way to read one table.
struct FallbackNeeded: Error {
  let table: String
  /// Which, from 1.
  let level: Int
}

extension Worker {
  /// Performs a load and the checks of its tables. Throws what keeps it from beginning; all else is in the result.
  func load(_ node: Node, audits: [Node]) async throws -> Report {
    guard let definition = node.load, let services = context.loads else {
      throw Diagnostic(.notSupported, "the load '\(node.name)' cannot be run here", at: node.span)
    }
    var result = NodeResult(node: node.id, resourceType: .load, status: .success)
    let start = context.clock.uptime()
    let startedAt = context.clock.now()
    let executor = LoadExecutor(
      node: node, audits: audits, worker: self, services: services, definition: definition)
    var report: Report
    do {
      report = try await executor.perform(&result)
    } catch {
      fail(&result, node, audits, error)
      report = Report(result: result)
    }
    report.result.duration = context.clock.uptime() - start
    report.result.timings = [
      NodeTiming(name: "execute", startedAt: startedAt, endedAt: context.clock.now())
    ]
    report.result.thread = name
    for index in report.result.audits.indices { report.result.audits[index].thread = name }
    return report
  }

  private func fail(_ result: inout NodeResult, _ node: Node, _ audits: [Node], _ error: any Error) {
    if error is CancellationError || ((error as? Diagnostic)?.code == .engineInterrupted && Task.isCancelled)
    {
      result.status = .interrupted
      result.message = "interrupted"
      return
    }
    result.status = .error
    result.diagnostics += DiagnosticList.collecting(
      error, else: .nodeFailed, "the load '\(node.name)' failed"
    ).map {
      var diagnostic = $0
      if diagnostic.span?.file.isEmpty ?? true { diagnostic.span = node.span }
      return diagnostic
    }
    result.message = result.diagnostics.first?.message
    result.audits = audits.map { audit in
      var skipped = NodeResult(
        node: audit.id, resourceType: audit.resourceType, status: .skipped,
        message: "'\(node.name)' could not be loaded")
      skipped.skippedBecause = node.id
      return skipped
    }
  }
}
