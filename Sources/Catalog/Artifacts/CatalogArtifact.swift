import Diagnostics
import EngineCore
import Project

/// What the warehouse holds of the project: dbt's `catalog.json`, version 1.
public struct CatalogArtifact: Sendable {
  /// The tables and views of models, seeds and snapshots, and of rows that failed checks.
  public let nodes: [NodeID: RelationDescription]
  /// The tables and views of sources.
  public let sources: [NodeID: RelationDescription]
  /// What went wrong while the warehouse was asked.
  public let errors: [String]
  private let metadata: ArtifactMetadata
  /// What was looked for and could have been found.
  private let expected: Set<NodeID>

  /// Finds the project's nodes and sources among what the warehouse holds; names are compared without regard to case,
  /// and what is not among `selected` is left out. `found` is nil where the warehouse was not asked.
  public init(
    project: Project, selected: Set<NodeID>, found: [RelationDescription]?, errors: [String] = [],
    invocation: Invocation, generatedAt: Double
  ) {
    var byName: [[String]: RelationDescription] = [:]
    for description in found ?? [] { byName[Self.key(description.relation, project.target)] = description }
    let wanted = Self.relations(of: project, selected)
    var nodes: [NodeID: RelationDescription] = [:]
    for (id, relation) in wanted.nodes {
      nodes[id] = byName[Self.key(relation, project.target)]
    }
    var sources: [NodeID: RelationDescription] = [:]
    for (id, relation) in wanted.sources {
      sources[id] = byName[Self.key(relation, project.target)]
    }
    self.nodes = nodes
    self.sources = sources
    self.errors = errors
    // Files that stand for a source have no name in the warehouse, and rows need not have failed a check.
    let named =
      wanted.nodes.filter { project.node($0.id)?.check == nil }
      + wanted.sources.filter { $0.relation.expression == nil }
    expected = found == nil || !errors.isEmpty ? [] : Set(named.map(\.id))
    metadata = ArtifactMetadata(schema: "catalog/v1", invocation: invocation, generatedAt: generatedAt)
  }

  /// Whether it was looked for and is not there.
  func isMissing(_ id: NodeID) -> Bool {
    expected.contains(id) && nodes[id] == nil && sources[id] == nil
  }

  /// The schemas that hold what is selected, by database; both sorted.
  public static func places(
    of project: Project, _ selected: Set<NodeID>
  ) -> [(database: String, schemas: [String])] {
    let (nodes, sources) = relations(of: project, selected)
    var places: [String: Set<String>] = [:]
    for (_, relation) in nodes + sources {
      guard let schema = relation.schema else { continue }
      places[relation.database ?? project.target.database, default: []].insert(schema)
    }
    return places.map { ($0, $1.sorted()) }.sorted { $0.database < $1.database }
  }

  /// The catalog as JSON.
  public func encoded(redactor: Redactor = .none) -> [UInt8] {
    var writer = JSONWriter(redactor: redactor, reserving: 2_000 * (nodes.count + sources.count))
    writer.object { writer in
      writer.member("metadata", object: { metadata.writeMembers(to: &$0) })
      for (name, tables) in [("nodes", nodes), ("sources", sources)] {
        writer.member(
          name,
          object: { writer in
            for (id, table) in tables.sorted(by: { $0.key < $1.key }) {
              writer.member(id.rawValue, object: { write(table, of: id, to: &$0) })
            }
          })
      }
      writer.key("errors")
      if errors.isEmpty { writer.null() } else { writer.array { list in errors.forEach { list.string($0) } } }
    }
    return writer.bytes
  }

  private func write(_ table: RelationDescription, of id: NodeID, to writer: inout JSONWriter) {
    writer.member(
      "metadata",
      object: {
        $0.member("type", table.relation.kind == .view ? "VIEW" : "BASE TABLE")
        $0.member("schema", table.relation.schema)
        $0.member("name", table.relation.identifier)
        $0.member("database", table.relation.database)
        $0.member("comment", table.comment)
        $0.member("owner", table.owner)
      })
    writer.member(
      "columns",
      object: { writer in
        for column in table.columns {
          writer.member(
            column.name,
            object: {
              $0.member("type", column.type)
              $0.member("index", column.index)
              $0.member("name", column.name)
              $0.member("comment", column.comment)
            })
        }
      })
    writer.member("stats", object: { writeStatistics(to: &$0) })
    writer.member("unique_id", id.rawValue)
  }

  /// No engine gives statistics yet; dbt always says whether there are any.
  private func writeStatistics(to writer: inout JSONWriter) {
    writer.member(
      "has_stats",
      object: {
        $0.member("id", "has_stats")
        $0.member("label", "Has Stats?")
        $0.member("value", false)
        $0.member("include", false)
        $0.member("description", "Indicates whether there are statistics for this table")
      })
  }

  private typealias Named = (id: NodeID, relation: Relation)

  /// What of the selection can lie in the warehouse.
  private static func relations(
    of project: Project, _ selected: Set<NodeID>
  ) -> (nodes: [Named], sources: [Named]) {
    let kinds: Set<ResourceType> = [.model, .seed, .snapshot, .check]
    let nodes = project.nodes.compactMap { node in
      kinds.contains(node.resourceType) && selected.contains(node.id)
        ? node.relation.map { (node.id, $0) } : nil
    }
    let sources = project.sources.filter { $0.isEnabled && selected.contains($0.id) }
    return (nodes, sources.map { ($0.id, $0.relation) })
  }

  private static func key(_ relation: Relation, _ target: Target) -> [String] {
    [relation.database ?? target.database, relation.schema ?? target.schema, relation.identifier].map {
      $0.lowercased()
    }
  }
}
