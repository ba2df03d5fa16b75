import Diagnostics
import EngineCore
import Project

/// Turns nodes into SQL: the project's `Compiler`, or a test's own. Used on one session's thread.
public protocol NodeCompiler: AnyObject {
  /// The node's final SELECT.
  func compile(_ node: Node, isIncremental: Bool) throws -> CompiledNode
  /// How a snapshot finds what changed; `compiledSQL` is its query.
  func snapshotStrategy(for node: Node, compiledSQL: String, targetExists: Bool) throws -> SnapshotStrategy
  /// Asks when a source's newest row came.
  func freshness(of source: SourceTable) throws -> FreshnessReading
  /// Whether the text that was compiled last asked for its own relation, even if compiling it failed.
  var readsItself: Bool { get }
  /// What was used that is no node's own, since this was last set.
  var outside: OutsideReads { get set }
  /// A node's hook, ready to run.
  func render(_ hook: Hook, for node: Node) throws -> String
  /// A hook of the whole run, ready to run; at the run's end with what became of its nodes.
  func render(_ hook: Hook, after reports: [NodeReport]?) throws -> String
  /// The node's SELECT for a span of time.
  func compile(_ node: Node, isIncremental: Bool, batch: EventBatch?) throws -> CompiledNode
  /// Whether a microbatch model is built batch by batch.
  func dividesTime(_ node: Node) -> Bool
  /// Whether a macro of the project's has a say in how an incremental model takes up rows.
  func hasOwnStrategy(_ node: Node) -> Bool
  /// The statements of such a macro; nil if there is none.
  func strategyStatements(_ request: StrategyRequest) throws -> String?
  /// What a macro of the project's makes of a table or view; nil if what is built in applies.
  func creation(
    _ relation: Relation, as select: String, of node: Node, isTemporary: Bool
  ) throws -> String?
  /// Lets a macro build a node; gives the relations that it made.
  func materialize(
    _ node: Node, sql: String, isIncremental: Bool, host: any MaterializationHost
  ) throws -> [Relation]
  /// A Python model with all that it may read.
  func python(_ node: Node, isIncremental: Bool) throws -> PythonModel
  /// Says something in a node's name.
  func say(_ line: LogLine)
  /// What the project puts on the statements of a node, or of what is none; nil for nothing.
  func queryComment(for node: Node?) throws -> String?
  /// A unit test's two queries; `seed` gives the query that reads a seed's file.
  func compile(unitTest node: Node, seed: @escaping (Node) throws -> String) throws -> CompiledUnitTest
}

/// Without macros, spans of time and unit tests.
extension NodeCompiler {
  /// The node's whole SELECT.
  public func compile(_ node: Node, isIncremental: Bool, batch: EventBatch?) throws -> CompiledNode {
    try compile(node, isIncremental: isIncremental)
  }

  /// Never.
  public var readsItself: Bool { false }

  /// Nothing.
  public var outside: OutsideReads {
    get { OutsideReads() }
    set {}
  }

  /// Always.
  public func dividesTime(_ node: Node) -> Bool { true }

  /// Nothing.
  public func queryComment(for node: Node?) throws -> String? { nil }

  /// Never.
  public func hasOwnStrategy(_ node: Node) -> Bool { false }

  /// None.
  public func strategyStatements(_ request: StrategyRequest) throws -> String? { nil }

  /// What is built in.
  public func creation(
    _ relation: Relation, as select: String, of node: Node, isTemporary: Bool
  ) throws -> String? { nil }

  /// Makes nothing.
  public func materialize(
    _ node: Node, sql: String, isIncremental: Bool, host: any MaterializationHost
  ) throws -> [Relation] { [] }

  /// Refuses.
  public func python(_ node: Node, isIncremental: Bool) throws -> PythonModel {
    throw Diagnostic(.notSupported, "'\(node.name)' is Python, which cannot be compiled here", at: node.span)
  }

  /// To nobody.
  public func say(_ line: LogLine) {}

  /// Refuses.
  public func compile(unitTest node: Node, seed: @escaping (Node) throws -> String) throws -> CompiledUnitTest
  {
    throw Diagnostic(.notSupported, "'\(node.name)' cannot be compiled here", at: node.span)
  }
}

extension Compiler: NodeCompiler {}

/// Makes a session's compiler. The connection is the session's own.
public typealias NodeCompilerFactory =
  @Sendable (_ connection: any Connection, _ log: @escaping @Sendable (LogLine) -> Void) throws ->
  any NodeCompiler
