import Diagnostics
import Jinja

/// A load as its file declares it.
struct DeclaredLoad: Sendable {
  /// What it does.
  var definition: LoadDefinition
  /// The file that it stands in.
  var place: FilePlace
  /// Where it stands.
  var span: SourceSpan
  var description: YAMLNode?
  var tags: [String]
  var meta: DataValue
  var isEnabled: Bool
  /// The whole entry, for its checksum.
  var written: DataValue
  /// Its tables as sources.
  var sources: [SourceProperties]

  /// The unique name.
  func id(in package: String) -> NodeID { NodeID(.load, package, definition.name) }

  /// The load as a node. A file may hold several, so that each has a path of its own, as checks of property files do.
  /// `describer` fills in docs blocks.
  func node(in package: String, _ describer: (YAMLNode?) -> String) -> Node {
    let values: [(String, DataValue)] = [
      ("enabled", .bool(isEnabled)), ("materialized", .string(Materialization.load.rawValue)),
      ("tags", .list(tags.map { .string($0) })), ("meta", meta),
    ]
    var config = NodeConfig(materialization: .load, values: .mapping(values))
    config.isEnabled = isEnabled
    config.tags = tags
    config.schema = definition.schema
    config.database = definition.database
    var node = Node(
      id: id(in: package), resourceType: .load, name: definition.name, package: package,
      path: definition.name + ".sql",
      originalPath: place.path, fqn: [package] + place.folders + [definition.name], span: span,
      config: config, code: "", checksum: Digest.sha256(Array(written.json(sortKeys: true).utf8)))
    node.description = describer(description)
    node.propertiesPath = place.path
    node.load = definition
    return node
  }
}
