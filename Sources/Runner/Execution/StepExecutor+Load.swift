import Diagnostics
import Project

extension Worker {
  /// Performs a load and the checks of its tables. Throws what keeps it from beginning; all else is in the result.
  func load(_ node: Node, audits: [Node]) async throws -> Report {
    throw Diagnostic(.notSupported, "the load '\(node.name)' cannot be run by this version", at: node.span)
  }
}
