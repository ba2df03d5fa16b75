import Diagnostics
import Project

/// Which checks come along with the nodes that they read.
public enum IndirectSelection: String, Sendable, Codable, Hashable, CaseIterable {
  /// Those that read any selected node.
  case eager
  /// Those that read selected nodes only.
  case cautious
  /// Those that read selected nodes and their ancestors only.
  case buildable
  /// None.
  case empty
}

/// What a command line asks for: dbt's `--select`, `--exclude`, `--resource-type` and `--indirect-selection`.
public struct SelectionRequest: Sendable, Hashable {
  /// Expressions to include; none means everything.
  public var select: [String]
  /// Expressions to leave out.
  public var exclude: [String]
  /// A selector of `selectors.yml`, in place of expressions.
  public var selector: String?
  /// The only kinds that stay in the result; empty means every kind.
  public var resourceTypes: [ResourceType]
  /// Kinds that do not stay in the result.
  public var excludedResourceTypes: [ResourceType]
  /// Which checks come along.
  public var indirect: IndirectSelection

  /// Makes a request; without arguments it asks for everything.
  public init(
    select: [String] = [], exclude: [String] = [], resourceTypes: [ResourceType] = [],
    excludedResourceTypes: [ResourceType] = [], indirect: IndirectSelection = .eager
  ) {
    self.select = select
    self.exclude = exclude
    self.resourceTypes = resourceTypes
    self.excludedResourceTypes = excludedResourceTypes
    self.indirect = indirect
  }
}

/// What a request means in a project.
public struct Selection: Sendable, Hashable {
  /// Nodes, sources and exposures.
  public var nodes: Set<NodeID>
  /// A warning for each expression that matched nothing.
  public var warnings: [Diagnostic]

  /// Makes a selection.
  public init(nodes: Set<NodeID>, warnings: [Diagnostic] = []) {
    self.nodes = nodes
    self.warnings = warnings
  }
}
