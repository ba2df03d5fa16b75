import Diagnostics
import Project

extension Manifest {
  /// A hook of the whole run: a node that nothing reads.
  func write(_ operation: Node, index: Int, to writer: inout JSONWriter) {
    writer.object { writer in
      writeMembers(of: operation, to: &writer)
      writer.member("index", index)
    }
  }

  /// The numbers of hooks within their kind, by unique name.
  static func places(of operations: [Node]) -> [NodeID: Int] {
    var places: [NodeID: Int] = [:]
    for operation in operations {
      places[operation.id] = operation.name.split(separator: "-").last.flatMap { Int($0) } ?? 0
    }
    return places
  }
}
