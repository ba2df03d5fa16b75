import Project

/// Who reads whom: nodes, sources and exposures, with edges from what is read to what reads it.
public struct Graph: Sendable {
  /// Every name, parents before children; among equals by name.
  public let order: [NodeID]
  /// What each reads directly.
  public let parents: [NodeID: [NodeID]]
  /// What reads each directly.
  public let children: [NodeID: [NodeID]]
}
