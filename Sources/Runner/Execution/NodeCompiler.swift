import Diagnostics
import EngineCore
import Project

/// Turns nodes into SQL: the project's `Compiler`, or a test's own. Used on one session's thread.
public protocol NodeCompiler: AnyObject {
  /// The node's final SELECT.
  func compile(_ node: Node, isIncremental: Bool) throws -> CompiledNode
  /// A node's hook, ready to run.
  func render(_ hook: Hook, for node: Node) throws -> String
  /// A hook of the whole run, ready to run; at the run's end with what became of its nodes.
  func render(_ hook: Hook, after reports: [NodeReport]?) throws -> String
  /// A unit test's two queries; `seed` gives the query that reads a seed's file.
  func compile(unitTest node: Node, seed: @escaping (Node) throws -> String) throws -> CompiledUnitTest
}

extension NodeCompiler {
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
