import Diagnostics
import EngineCore
import Jinja
import Project

extension Manifest {
  /// The enabled resources of a kind.
  func writeSemantics(_ name: String, _ kind: ResourceType, to writer: inout JSONWriter) {
    writer.member(
      name,
      object: { writer in
        for resource in project.semantics where resource.resourceType == kind {
          writer.key(resource.id.rawValue)
          write(resource, to: &writer)
        }
      })
  }

  /// A semantic model, a metric or a saved query.
  func write(_ resource: SemanticResource, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", resource.name)
      writer.member("resource_type", resource.resourceType.rawValue)
      writer.member("package_name", resource.package)
      writer.member("path", withoutModelFolder(resource.originalPath))
      writer.member("original_file_path", resource.originalPath)
      writer.member("unique_id", resource.id.rawValue)
      writer.member("fqn", resource.fqn)
      writer.member("description", resource.description)
      writer.member("label", resource.label)
      for (key, value) in resource.properties.dictValue ?? DataMap() { writer.member(key, value) }
      writeOwnMembers(of: resource, to: &writer)
      writer.member("metadata", nil as String?)
      writer.member("config", orEmpty: resource.config)
      writer.member("unrendered_config", orEmpty: resource.unrenderedConfig)
      writeDependencies(macros: [], nodes: resource.dependencies, to: &writer)
      writer.key("created_at")
      writer.number(generatedAt)
      writer.member("group", resource.group)
    }
  }

  private func writeOwnMembers(of resource: SemanticResource, to writer: inout JSONWriter) {
    switch resource.resourceType {
    case .metric:
      writer.member("tags", resource.tags)
      writeReferences([], [], to: &writer)
      writer.member("metrics", [])
    case .semanticModel:
      writeReferences(resource.references, to: &writer)
      writeNodeRelation(of: resource, to: &writer)
    default:
      writer.member("tags", resource.tags)
      writer.member("refs", [])
    }
  }

  /// Where the model of a semantic model is stored.
  private func writeNodeRelation(of resource: SemanticResource, to writer: inout JSONWriter) {
    guard let id = resource.dependencies.first, let relation = project.node(id)?.relation else {
      return writer.member("node_relation", nil as String?)
    }
    writer.member(
      "node_relation",
      object: {
        $0.member("alias", relation.identifier)
        $0.member("schema_name", relation.schema ?? project.target.schema)
        $0.member("database", relation.database ?? project.target.database)
        $0.member("relation_name", dialect.rendered(relation))
      })
  }

  /// What makes a model a time spine.
  func writeTimeSpine(_ spine: TimeSpine?, to writer: inout JSONWriter) {
    guard let spine else { return writer.member("time_spine", nil as String?) }
    writer.member(
      "time_spine",
      object: { writer in
        writer.member("standard_granularity_column", spine.column)
        writer.member(
          "custom_granularities",
          array: { list in
            for granularity in spine.granularities {
              list.object {
                $0.member("name", granularity.name)
                $0.member("column_name", granularity.column)
              }
            }
          })
      })
  }
}
