extension NodeContext {
  /// The rows that are read of a node or source, as a condition; nil for all of them.
  func rowFilter(_ id: NodeID) -> String? {
    base.invocation.readsNothing ? "false limit 0" : eventFilter(id)
  }
}
