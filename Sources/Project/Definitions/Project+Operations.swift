extension Project {
  /// A hook of the whole run by its unique name.
  public func operation(_ id: NodeID) -> Node? { operations.first { $0.id == id } }
}
