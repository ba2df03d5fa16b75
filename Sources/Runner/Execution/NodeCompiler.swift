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
  /// A node's hook, ready to run.
  func render(_ hook: Hook, for node: Node) throws -> String
  /// A hook of the whole run, ready to run; at the run's end with what became of its nodes.
  func render(_ hook: Hook, after reports: [NodeReport]?) throws -> String
}

extension Compiler: NodeCompiler {}

/// Makes a session's compiler. The connection is the session's own.
public typealias NodeCompilerFactory =
  @Sendable (_ connection: any Connection, _ log: @escaping @Sendable (LogLine) -> Void) throws ->
  any NodeCompiler
