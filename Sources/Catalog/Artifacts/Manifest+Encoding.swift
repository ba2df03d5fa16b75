import Diagnostics
import Planner
import Project

extension Manifest {
  /// Part of the text: members of an object, with commas between them.
  private typealias Part = @Sendable (inout JSONWriter) -> Void

  /// How many nodes one part holds.
  private static let nodesInPart = 256
  /// How many parts are made side by side before they are written.
  private static let partsAtOnce = 8

  /// Writes the manifest at once, replacing an older one. It is made in parts, and never stands in memory whole.
  /// Throws if the system refuses.
  public func write(to path: String, redactor: Redactor = .none) throws(Diagnostic) {
    try ArtifactFile.replace(path) { stream throws(Diagnostic) in
      try encode(redactor) { bytes throws(Diagnostic) in try stream.append(bytes) }
    }
  }

  /// The manifest as JSON.
  public func encoded(redactor: Redactor = .none) -> [UInt8] {
    var text: [UInt8] = []
    encode(redactor) { text += $0 }
    return text
  }

  /// Gives the text to `take`, bit by bit and in order.
  private func encode<Failure>(
    _ redactor: Redactor, _ take: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try take(Array("{".utf8))
    try encode([{ metadata.write(to: &$0) }], redactor, take)
    try take(Array(ManifestMetadata.end.utf8))
    try encode(nodeParts, redactor, take)
    try take(Array("},".utf8))
    try encode(otherParts, redactor, take)
    try take(Array("}".utf8))
  }

  /// Makes the parts on every core and gives them on in their order.
  private func encode<Failure>(
    _ parts: [Part], _ redactor: Redactor, _ take: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var isFirst = true
    for start in stride(from: 0, to: parts.count, by: Self.partsAtOnce) {
      let some = Array(parts[start..<min(start + Self.partsAtOnce, parts.count)])
      let texts = Parallel.chunks(of: some.count, size: 1) { range in
        some[range].map { part in
          var writer = JSONWriter(redactor: redactor)
          part(&writer)
          return writer.bytes
        }
      }
      for text in texts where !text.isEmpty {
        if !isFirst { try take([UInt8(ascii: ",")]) }
        isFirst = false
        try take(text)
      }
    }
  }

  private var nodeParts: [Part] {
    let nodes = project.nodes
    var parts = stride(from: 0, to: nodes.count, by: Self.nodesInPart).map { start -> Part in
      { writer in
        for node in nodes[start..<min(start + Self.nodesInPart, nodes.count)]
        where node.unitTest == nil && node.function == nil {
          writer.key(node.artifactID.rawValue)
          write(node, to: &writer)
        }
      }
    }
    parts.append { writer in
      let places = Self.places(of: project.operations)
      for operation in project.operations {
        writer.key(operation.id.rawValue)
        write(operation, index: places[operation.id] ?? 0, to: &writer)
      }
    }
    return parts
  }

  private var otherParts: [Part] {
    [
      { writeResources(to: &$0) },
      { writer in
        writeSemantics("metrics", .metric, to: &writer)
        writeAll("groups", project.groups, id: \.id, to: &writer) { write($0, to: &$1) }
        writer.member("selectors", .dict(SelectorEntries.normalized(project.selectors)))
        writeDisabled(to: &writer)
      },
      { writeMap("parent_map", to: &$0) { graph.parents(of: $0) } },
      { writeMap("child_map", to: &$0) { graph.children(of: $0) } },
      { writer in
        writeGroups(to: &writer)
        writeSemantics("saved_queries", .savedQuery, to: &writer)
        writeSemantics("semantic_models", .semanticModel, to: &writer)
        writeAll("unit_tests", project.nodes.filter { $0.unitTest != nil }, id: \.id, to: &writer) {
          write(unitTest: $0, to: &$1)
        }
        writeFunctions(to: &writer)
      },
    ]
  }
}
