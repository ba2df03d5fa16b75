import Catalog
import Diagnostics
import EngineCore
import Planner
import Project
import Runner

/// What became of nodes that were to be compiled.
struct Compilation: Sendable {
  var compiled: [NodeID: CompiledNode] = [:]
  /// When each was at work, in seconds since 1970.
  var times: [NodeID: Interval] = [:]
  var problems: [NodeID: [Diagnostic]] = [:]

  mutating func add(_ other: Compilation) {
    compiled.merge(other.compiled) { first, _ in first }
    times.merge(other.times) { first, _ in first }
    problems.merge(other.problems) { first, _ in first }
  }

  /// Throws every problem found, by place.
  func throwProblems() throws {
    guard !problems.isEmpty else { return }
    throw DiagnosticList(
      problems.sorted { $0.key < $1.key }.flatMap(\.value)
        .sorted { "\($0.span?.description ?? "")" < "\($1.span?.description ?? "")" })
  }
}

extension CompileOperation {
  /// Compiles side by side, in as many sessions as are useful. What does not compile is in the result.
  func compile(_ nodes: [Node], _ engine: any Engine) async throws -> Compilation {
    let width = max(1, min(workspace.project.target.threads, 4, (nodes.count + 99) / 100))
    let writer =
      try workspace.session.writesArtifacts()
      ? ArtifactWriter(project: workspace.project, redactor: workspace.redactor) : nil
    let size = (nodes.count + width - 1) / width
    let chunks = stride(from: 0, to: nodes.count, by: max(1, size)).map { start in
      Array(nodes[start..<min(nodes.count, start + size)])
    }
    return try await withThrowingTaskGroup(of: Compilation.self) { group in
      for chunk in chunks {
        group.addTask { try await compileChunk(chunk, engine, writer) }
      }
      var all = Compilation()
      for try await some in group { all.add(some) }
      return all
    }
  }

  private func compileChunk(
    _ nodes: [Node], _ engine: any Engine, _ writer: ArtifactWriter?
  ) async throws -> Compilation {
    let session = try await engine.makeSession()
    let now = workspace.session.program.now
    let result = try await session.run { connection in
      let compiler = workspace.compiler(connection)
      var result = Compilation()
      for node in nodes {
        let start = now()
        do {
          let isIncremental = try workspace.isIncremental(node, connection)
          let compiled = try compiler.compile(node, isIncremental: isIncremental)
          result.compiled[node.id] = compiled
          try writer?.writeCompiled(compiled.sql, of: node)
        } catch {
          result.problems[node.id] = DiagnosticList.collecting(
            error, else: .nodeFailed, "'\(node.name)' does not compile")
        }
        result.times[node.id] = Interval(start: start, end: now())
      }
      return result
    }
    await session.close()
    return result
  }

  /// Renders the hooks of the whole run. Those at its end speak of what it did: one that cannot without a run is left out.
  func compileHooks(_ engine: any Engine) async throws -> Compilation {
    let hooks = RunHook.Moment.allCases.map { ($0, RunHook.all($0, of: workspace.project)) }
    guard hooks.contains(where: { !$0.1.isEmpty }) else { return Compilation() }
    let session = try await engine.makeSession()
    let now = workspace.session.program.now
    let result = try await session.run { connection in
      let compiler = workspace.compiler(connection)
      var result = Compilation()
      for (moment, hooks) in hooks {
        for hook in hooks {
          let start = now()
          do {
            let sql = try hook.compiled(by: compiler, moment)
            result.compiled[hook.id] = CompiledNode(id: hook.id, sql: sql, ephemeralParents: [])
          } catch {
            if moment == .end { continue }
            result.problems[hook.id] = DiagnosticList.collecting(
              error, else: .nodeFailed, "'\(hook.label)' does not compile")
          }
          result.times[hook.id] = Interval(start: start, end: now())
        }
      }
      return result
    }
    await session.close()
    return result
  }

  /// Writes `run_results.json`, unless artifacts are not wanted: as in dbt, ephemeral models are in it where something was
  /// selected, and so are seeds, of which there is nothing to compile; hooks where nothing was.
  func write(_ compilation: Compilation, of selected: Selection, _ arguments: RunArguments) throws {
    let session = workspace.session
    guard try session.writesArtifacts() else { return }
    let isNarrowed = !arguments.selection.expressions.isEmpty || retried != nil
    let records = workspace.graph.order.filter(selected.nodes.contains).compactMap { id -> ResultRecord? in
      guard let node = workspace.project.node(id), Self.types.contains(node.resourceType),
        isNarrowed || node.config.materialization != .ephemeral
      else { return nil }
      return record(of: node, compilation)
    }
    let hooks = workspace.project.operations.filter { compilation.times[$0.id] != nil }
      .map { record(of: $0, compilation) }
    let end = session.program.now()
    let artifact = RunResultsArtifact(
      results: records + hooks, invocation: workspace.invocation, generatedAt: end,
      elapsedSeconds: end - session.startedAt,
      arguments: arguments.values([
        ("full_refresh", .bool(workspace.invocation.isFullRefresh)),
        ("empty", .bool(workspace.invocation.readsNothing)),
      ]))
    try workspace.artifacts.write(artifact.encoded(redactor: workspace.redactor), as: "run_results.json")
  }

  /// Writes `run_results.json` for a text of the command line, unless artifacts are not wanted.
  func write(
    inline sql: String, compiledAt times: Interval, _ arguments: RunArguments, inline text: String
  ) throws {
    guard try workspace.session.writesArtifacts() else { return }
    var record = InlineRecord.make(sql, in: workspace)
    record.executionTime = times.end - times.start
    record.isAnswered = false
    record.compile = times
    record.execute = Interval(start: times.end, end: times.end)
    let end = workspace.session.program.now()
    let artifact = RunResultsArtifact(
      results: [record], invocation: workspace.invocation, generatedAt: end,
      elapsedSeconds: end - workspace.session.startedAt,
      arguments: arguments.values([("inline", .string(text))]))
    try LookResults.write(artifact, in: workspace)
  }

  private static let types: Set<ResourceType> = [.model, .seed, .snapshot, .check, .analysis, .function]

  private func record(of node: Node, _ compilation: Compilation) -> ResultRecord {
    let problem = compilation.problems[node.id]?.first
    let times = compilation.times[node.id]
    var record = ResultRecord(
      id: node.artifactID, status: problem == nil ? .success : .error, threadName: "Thread-1",
      executionTime: times.map { $0.end - $0.start } ?? 0)
    record.isAnswered = false
    record.isCompilable = node.resourceType != .seed
    record.compile = times
    record.execute = times.map { Interval(start: $0.end, end: $0.end) }
    record.message = problem?.message
    guard let compiled = compilation.compiled[node.id] else { return record }
    record.compiledSQL = compiled.sql
    if [.model, .snapshot].contains(node.resourceType) {
      record.relationName = node.relation.map { StandardDialect().rendered($0) }
    }
    return record
  }
}
