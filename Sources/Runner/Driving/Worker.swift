import Diagnostics
import EngineCore
import Planner
import Project

/// A session and what lives on its thread with it.
final class Worker: Sendable {
  /// The name that results carry.
  let name: String
  let session: any Session
  let workbench: Workbench
  let context: ExecutionContext

  /// What is made once and used on the session's thread alone.
  ///
  /// Safe: only closures given to `session.run` touch it, and a session runs one at a time, on one thread.
  final class Workbench: @unchecked Sendable {
    private let makeCompiler: NodeCompilerFactory
    private let log: @Sendable (LogLine) -> Void
    private var made: (any NodeCompiler)?
    private var commented: CommentedConnection?
    private let tellsStatements: Bool
    /// Whose statements run.
    private var node: NodeID?

    init(
      _ makeCompiler: @escaping NodeCompilerFactory, tellsStatements: Bool,
      _ log: @escaping @Sendable (LogLine) -> Void
    ) {
      self.tellsStatements = tellsStatements
      self.makeCompiler = makeCompiler
      self.log = log
    }

    func compiler(_ connection: any Connection) throws -> any NodeCompiler {
      if let made { return made }
      let compiler = try makeCompiler(connection, log)
      made = compiler
      return compiler
    }

    /// The connection for the statements of a node, with the project's comment on them if it has one, and told of if
    /// that was asked for.
    func connection(
      _ connection: any Connection, for node: Node?, of project: Project
    ) throws -> any Connection {
      self.node = node?.id
      guard let lent = commented ?? CommentedConnection(connection, project, tell: teller) else {
        return connection
      }
      commented = lent
      lent.comment = nil
      lent.comment = try compiler(lent).queryComment(for: node)
      return lent
    }

    private var teller: ((String) -> Void)? {
      guard tellsStatements else { return nil }
      return { [unowned self] sql in log(.statement(sql, of: node)) }
    }

    /// Lets the compiler go where it lived.
    func clear() {
      made = nil
      commented = nil
    }
  }

  init(
    name: String, session: any Session, context: ExecutionContext,
    makeCompiler: @escaping NodeCompilerFactory,
    log: @escaping @Sendable (LogLine) -> Void
  ) {
    self.name = name
    self.session = session
    self.context = context
    workbench = Workbench(makeCompiler, tellsStatements: context.options.tellsStatements, log)
  }

  /// What became of a step, and whether the session can go on.
  struct Report: Sendable {
    var result: NodeResult
    var isBroken = false
  }

  /// Performs a step. Cancelling the task interrupts it.
  func perform(_ step: Step, _ decision: StepDecision = .perform(reason: nil)) async -> Report {
    var report = await performed(step, decision)
    if case .perform(let reason) = decision { report.result.reason = reason }
    return report
  }

  private func performed(_ step: Step, _ decision: StepDecision) async -> Report {
    do {
      if step.action == .build, let node = context.project.node(step.node), node.resourceType == .load {
        return try await load(node, audits: step.audits.compactMap(context.project.node))
      }
      return try await session.run { [context, workbench, name] connection in
        let connection = try workbench.connection(
          connection, for: context.project.node(step.node), of: context.project)
        let statements = StatementRunner(connection)
        let compiler = try workbench.compiler(connection)
        let executor = StepExecutor(context: context, statements: statements, compiler: compiler)
        var result = executor.perform(step, decision)
        result.thread = name
        for index in result.audits.indices { result.audits[index].thread = name }
        return Report(result: result, isBroken: statements.isBroken)
      }
    } catch {
      let isInterrupted = error is CancellationError
      var result = NodeResult(
        node: step.node,
        resourceType: step.action == .freshness
          ? .source : context.project.node(step.node)?.resourceType ?? .model,
        status: isInterrupted ? .interrupted : .error)
      if !isInterrupted {
        result.diagnostics = DiagnosticList.collecting(error, else: .nodeFailed, "'\(step.node)' failed")
      }
      result.message = isInterrupted ? "interrupted" : result.diagnostics.first?.message
      result.thread = name
      return Report(result: result)
    }
  }

  /// Those of some nodes whose relations stand in the warehouse as what they are built as.
  func presentNodes(_ nodes: [NodeID]) async throws -> Set<NodeID> {
    try await session.run { [context] connection in
      var present: Set<NodeID> = []
      for id in nodes {
        guard let node = context.project.node(id), let relation = node.relation else { continue }
        let isView = [.view, .external].contains(node.config.materialization)
        guard let found = try context.relations.find(relation, connection) else { continue }
        if (found.kind == .view) == isView { present.insert(id) }
      }
      return present
    }
  }

  /// Makes the schemas that are not there, in order.
  func createSchemas(_ schemas: [SchemaPath]) async throws {
    guard !schemas.isEmpty else { return }
    try await session.run { [context] connection in
      // Another process may make the same ones.
      try Retry.perform(delay: context.capabilities.retryDelay) { _ in
        try Self.createMissing(schemas, connection)
      }
    }
  }

  private static func createMissing(_ schemas: [SchemaPath], _ connection: any Connection) throws {
    var known: [String?: Set<String>] = [:]
    for path in schemas {
      let present =
        try known[path.database] ?? Set(connection.schemas(database: path.database).map { $0.lowercased() })
      known[path.database] = present
      guard !present.contains(path.schema.lowercased()) else { continue }
      try connection.execute(connection.dialect.createSchema(database: path.database, schema: path.schema))
      known[path.database]?.insert(path.schema.lowercased())
    }
  }

  /// Ends the session.
  func close() async {
    // The compiler goes first, on the thread that it lived on; a closed session has none that it could
    // trouble.
    do {
      try await session.run { [workbench] _ in workbench.clear() }
    } catch {
      workbench.clear()
    }
    await session.close()
  }
}

/// A schema of a database.
struct SchemaPath: Sendable, Hashable, Comparable {
  var database: String?
  var schema: String

  static func < (left: SchemaPath, right: SchemaPath) -> Bool {
    (left.database ?? "", left.schema) < (right.database ?? "", right.schema)
  }
}
