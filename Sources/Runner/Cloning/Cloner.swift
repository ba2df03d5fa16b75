import Diagnostics
import EngineCore
import Project

/// Makes nodes of a target by pointing at those of another one: each becomes a view of its counterpart.
public struct Cloner: Sendable {
  /// What is to be cloned.
  public struct Request: Sendable {
    /// The node.
    public var node: Node
    /// Where it is to be.
    public var target: Relation
    /// Where the other target has it; nil if its manifest does not say.
    public var origin: Relation?

    /// Makes a request.
    public init(node: Node, target: Relation, origin: Relation?) {
      self.node = node
      self.target = target
      self.origin = origin
    }
  }

  /// What became of a node.
  public enum Outcome: Sendable {
    /// It is a view of its counterpart now.
    case cloned(sql: String, Duration)
    /// The target has it already.
    case present
    /// The other target's manifest does not have it.
    case unknown
    case failed(Diagnostic)
  }

  private let engine: any Engine
  /// Whether what is there already is replaced.
  private let isFullRefresh: Bool
  private let clock: RunClock
  /// What the statements of a node run on, given a session's own connection.
  public var connection: @Sendable (any Connection, Node) throws -> any Connection = { own, _ in own }

  /// Makes a cloner.
  public init(engine: any Engine, isFullRefresh: Bool, clock: RunClock = .system) {
    self.engine = engine
    self.isFullRefresh = isFullRefresh
    self.clock = clock
  }

  /// Clones in order, each node in a transaction of its own, and hands on what became of it. A failure does not keep
  /// the rest from being cloned.
  public func perform(
    _ requests: [Request], each body: @escaping @Sendable (Request, Outcome) -> Void
  ) async throws {
    let session = try await engine.makeSession()
    do {
      for request in requests {
        let outcome = try await session.run { connection in self.clone(request, connection) }
        body(request, outcome)
        try Task.checkCancellation()
      }
      await session.close()
    } catch {
      await session.close()
      throw error
    }
  }

  private func clone(_ request: Request, _ connection: any Connection) -> Outcome {
    guard let origin = request.origin else { return .unknown }
    let start = clock.uptime()
    do {
      let connection = try self.connection(connection, request.node)
      let existing = try connection.find(request.target)
      if existing != nil, !isFullRefresh { return .present }
      guard !origin.isSameName(as: request.target) else {
        throw Diagnostic(
          .badState, "'\(request.node.name)' would become a view of itself: the state is of this very target",
          hint: "clone from the state of another target")
      }
      let dialect = connection.dialect
      let select = "select * from \(dialect.rendered(origin))"
      let statements = ViewMaterialization(target: request.target, dialect: dialect)
        .statements(select: select, existing: existing)
      try StatementRunner(connection).transaction {
        if let schema = request.target.schema {
          try connection.execute(dialect.createSchema(database: request.target.database, schema: schema))
        }
        for statement in statements { try connection.execute(statement) }
        return true
      }
      return .cloned(sql: statements.joined(separator: ";\n"), clock.uptime() - start)
    } catch {
      return .failed(.wrapping(error, .nodeFailed, "'\(request.node.name)' cannot be cloned"))
    }
  }
}
