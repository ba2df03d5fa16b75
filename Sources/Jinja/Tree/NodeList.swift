/// Nodes in a row, to be gone through without counting references: threads share nodes, and counting would make them
/// wait for each other.
struct NodeList<Node: AnyObject> {
  /// Keeps the nodes and the memory of the references to them.
  private final class Storage {
    let nodes: [Node]
    let references: UnsafeMutableBufferPointer<Unmanaged<Node>>

    init(_ nodes: [Node]) {
      self.nodes = nodes
      references = .allocate(capacity: nodes.count)
      _ = references.initialize(from: nodes.lazy.map { Unmanaged.passUnretained($0) })
    }

    deinit { references.deallocate() }
  }

  private let storage: Storage
  /// The nodes, for someone who keeps the list as well.
  let references: UnsafeMutableBufferPointer<Unmanaged<Node>>

  init(_ nodes: [Node]) {
    storage = Storage(nodes)
    references = storage.references
  }

  /// The nodes as an array.
  var nodes: [Node] { storage.nodes }

  @inline(__always)
  var count: Int { references.count }

  /// Calls `body` with the node at `index`.
  @inline(__always)
  func with<Result>(_ index: Int, _ body: (Node) throws -> Result) throws -> Result {
    try references[index]._withUnsafeGuaranteedRef { try body($0) }
  }
}
