extension NodeContext {
  /// The rows that are read of a node or source, as a condition; nil for all of them.
  func rowFilter(_ id: NodeID) -> String? {
    noRows ?? eventFilter(id)
  }

  /// The condition that no row meets, with `--empty`; what ephemeral models give is not read either.
  var noRows: String? { base.invocation.readsNothing ? "false limit 0" : nil }
}
