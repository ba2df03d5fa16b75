import Catalog
import Diagnostics
import EngineCore
import Planner
import Project

/// Compiles nodes, or a text, and prints the SQL if it is of one thing.
struct CompileOperation: Sendable {
  var workspace: Workspace
  /// What of an earlier command is done again, in place of a selection.
  var retried: RetriedNodes?

  func perform(
    inline: String?, selection: SelectionOptions, kinds: ResourceTypeOptions?, project: ProjectOptions
  ) async throws -> ExitStatus {
    let engine = try await workspace.openEngine()
    do {
      if let inline {
        var operation = self
        operation.workspace.invocation.deferral = try StateReader(
          workspace: workspace, flags: selection.state
        )
        .deferral()
        let start = workspace.session.program.now()
        let sql = try await operation.compile(inline, engine)
        try operation.write(
          inline: sql, compiledAt: Interval(start: start, end: workspace.session.program.now()),
          RunArguments(session: workspace.session, project: project, selection: selection, kinds: kinds),
          inline: inline)
        workspace.session.printer.result(sql)
      } else {
        try await compile(selection, kinds, project, engine)
      }
    } catch {
      await engine.close()
      throw error
    }
    await engine.close()
    return .success
  }

  private func compile(_ inline: String, _ engine: any Engine) async throws -> String {
    let session = try await engine.makeSession()
    let result: Result<String, any Error>
    do {
      result = .success(
        try await session.run { connection in
          try workspace.compiler(connection).compile(inline: inline, name: "inline").sql
        })
    } catch {
      result = .failure(error)
    }
    await session.close()
    return try result.get()
  }

  private func compile(
    _ selection: SelectionOptions, _ kinds: ResourceTypeOptions?, _ project: ProjectOptions,
    _ engine: any Engine
  ) async throws {
    let session = workspace.session
    let selected = try retried?.selection(in: workspace) ?? workspace.select(selection, kinds)
    let nodes = workspace.compilable(selected)
    var operation = self
    operation.workspace.invocation.selected = selected.nodes.sorted()
    operation.workspace.invocation.deferral = try StateReader(workspace: workspace, flags: selection.state)
      .deferral()
    var compilation = try await operation.compile(nodes, engine)
    if retried == nil, selection.isWhole, kinds?.isWhole ?? true {
      compilation.add(try await operation.compileHooks(engine))
    }
    let arguments = RunArguments(session: session, project: project, selection: selection, kinds: kinds)
    try operation.write(compilation, of: selected, arguments)
    try compilation.throwProblems()
    let compiled = compilation.compiled
    try workspace.writeManifest(compiled: compiled)
    let named = Set(selection.expressions.flatMap { $0.split(separator: " ").map(String.init) })
    let shown = nodes.filter {
      named.contains($0.name) || named.contains($0.searchName) || (nodes.count == 1 && !named.isEmpty)
    }
    for node in shown { print(node, compiled[node.id]?.sql ?? "") }
    if !shown.isEmpty { return }
    let elapsed = Quantities.duration(.seconds(session.program.now() - session.startedAt))
    let what = nodes.isEmpty ? "nothing" : Tally(nodes.map(NodeFacts.init)).text
    let text = "Compiled \(what) in \(elapsed)."
    session.printer.log(text, LogRecord(.info, "CompileOutcome", "I901", text))
  }

  private func print(_ node: Node, _ sql: String) {
    let printer = workspace.session.printer
    let text = "Compiled node '\(node.name)' is:"
    let record = LogRecord(.info, "CompiledNode", "Q042", text) { writer in
      writer.member("node_name", node.name)
      writer.member("compiled", sql)
      writer.member("unique_id", node.id.rawValue)
    }
    printer.log(text, record)
    printer.result(sql)
  }
}

extension Workspace {
  /// What compiles of a selection.
  func compilable(_ selection: Selection) -> [Node] {
    project.nodes.filter {
      selection.nodes.contains($0.id)
        && [.model, .snapshot, .check, .analysis, .function].contains($0.resourceType)
    }
  }

  /// A compiler that asks `connection` and logs through the printer.
  func compiler(_ connection: any Connection) -> Compiler {
    Compiler(project: project, invocation: invocation, connection: connection) { [session] in session.show($0)
    }
  }

  /// Whether the next build of a node would add to what is there.
  func isIncremental(_ node: Node, _ connection: any Connection) throws -> Bool {
    guard node.config.materialization == .incremental, let relation = node.relation else { return false }
    if node.config.fullRefresh ?? invocation.isFullRefresh { return false }
    return try connection.find(relation)?.kind == .table
  }
}
