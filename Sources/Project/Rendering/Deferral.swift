import EngineCore

/// Where nodes are read from that the target does not have: what a saved manifest says of another target.
public struct Deferral: Sendable {
  /// Where the other target has each node.
  public var relations: [NodeID: Relation]
  /// Whether that counts for all that is not selected, be it in this target or not.
  public var favorsState: Bool

  /// Makes a deferral.
  public init(relations: [NodeID: Relation], favorsState: Bool) {
    self.relations = relations
    self.favorsState = favorsState
  }
}

extension NodeContext {
  /// Where a node is read from: `own` in this target, or the other target's if this one does not have it.
  func relation(readFor id: NodeID, own: Relation) throws -> Relation {
    guard let deferral = base.invocation.deferral, let other = deferral.relations[id], let connection else {
      return own
    }
    if deferral.favorsState, !base.invocation.isSelected(id) { return other }
    if presentNodes.contains(id) { return own }
    guard try connection.find(own) != nil else { return other }
    presentNodes.insert(id)
    return own
  }
}
