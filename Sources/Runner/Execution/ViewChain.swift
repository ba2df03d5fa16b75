import Project

/// The longest chain of models below a node that are no tables: an engine reads them as one query with the node.
struct ViewChain {
  /// The names, from the node's own side down to what reads tables or nothing.
  let names: [String]

  /// Finds the chain, in time proportional to what the node is built from.
  init(below node: Node, in project: Project) {
    var longest: [NodeID: (length: Int, next: NodeID?)] = [:]
    /// Models that the engine reads through; a seed or a table ends a chain.
    func parents(_ node: Node) -> [Node] {
      node.dependencies.compactMap(project.node).filter {
        $0.resourceType == .model && [.view, .ephemeral].contains($0.config.materialization)
      }
    }
    // Chains are as long as they are deep: a recursion would need a stack to match.
    var pending = [node]
    while let current = pending.last {
      let parents = parents(current)
      let open = parents.filter { longest[$0.id] == nil && $0.id != current.id }
      guard open.isEmpty else {
        pending += open
        continue
      }
      pending.removeLast()
      let best = parents.max { (longest[$0.id]?.length ?? 0) < (longest[$1.id]?.length ?? 0) }
      longest[current.id] = (1 + (best.flatMap { longest[$0.id]?.length } ?? 0), best?.id)
    }
    var names: [String] = []
    var next = longest[node.id]?.next
    while let id = next, let model = project.node(id) {
      names.append(model.name)
      next = longest[id]?.next
    }
    self.names = names
  }

  /// What to know of it; nil where the chain is not what makes a query deep.
  var note: String? {
    guard let first = names.first, let last = names.last, names.count > 9 else { return nil }
    return "it reads a chain of \(names.count) views and ephemeral models: \(first), …, \(last)"
  }

  /// What to do.
  var hint: String {
    guard note != nil else {
      return "split it: a model of its own, materialized as a table, can hold a part of it"
    }
    return "materialize one of them as a table; '\(names[names.count / 2])' stands in the middle"
  }
}
