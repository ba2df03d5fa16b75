import Diagnostics
import EngineCore
import Jinja
import Project

/// The semantic layer by itself, as MetricFlow reads it: dbt's `semantic_manifest.json`.
public struct SemanticManifest: Sendable {
  private let project: Project
  private let dialect: any Dialect
  /// The version of dbt-semantic-interfaces whose form this is.
  private static let version = ["major_version": "0", "minor_version": "9", "patch_version": "0"]

  /// The semantic layer of a project.
  public init(project: Project, dialect: any Dialect = StandardDialect()) {
    self.project = project
    self.dialect = dialect
  }

  /// Writes it at once, replacing an older one. Throws if the system refuses.
  public func write(to path: String, redactor: Redactor = .none) throws(Diagnostic) {
    try ArtifactFile.replace(path, with: encoded(redactor: redactor))
  }

  /// The semantic layer as JSON.
  public func encoded(redactor: Redactor = .none) -> [UInt8] {
    var writer = JSONWriter(redactor: redactor, reserving: 3_000 * project.semantics.count)
    writer.value(
      .dict([
        ("semantic_models", list(.semanticModel, model)), ("metrics", list(.metric, metric)),
        ("project_configuration", configuration), ("saved_queries", list(.savedQuery, query)),
      ]))
    return writer.bytes
  }

  /// Where a relation lies, in parts and whole.
  static func value(of relation: Relation, _ target: Target, _ dialect: any Dialect) -> DataValue {
    .dict([
      ("alias", .string(relation.identifier)), ("schema_name", .string(relation.schema ?? target.schema)),
      ("database", .string(relation.database ?? target.database)),
      ("relation_name", .string(dialect.rendered(relation))),
    ])
  }

  private func list(_ kind: ResourceType, _ value: (SemanticResource) -> DataMap) -> DataValue {
    .list(project.semantics.filter { $0.resourceType == kind }.map { .dict(value($0)) })
  }

  /// What all of them have.
  private func common(_ resource: SemanticResource) -> DataMap {
    var map = DataMap([("name", .string(resource.name)), ("metadata", .none)])
    map["description"] = resource.description.map { .string($0) } ?? DataValue.none
    map["label"] = resource.label.map { .string($0) } ?? DataValue.none
    return map
  }

  private func meta(_ resource: SemanticResource) -> DataValue {
    .dict([("meta", resource.config["meta"] ?? .dict(DataMap()))])
  }

  private func model(_ resource: SemanticResource) -> DataMap {
    var map = common(resource)
    let relation = resource.dependencies.first.flatMap { project.node($0)?.relation }
    map["node_relation"] = relation.map { Self.value(of: $0, project.target, dialect) } ?? DataValue.none
    map["config"] = meta(resource)
    for key in ["defaults", "primary_entity"] { map[key] = resource.properties[key] ?? DataValue.none }
    for key in ["entities", "measures", "dimensions"] {
      let elements = resource.properties[key]?.listValue ?? []
      map[key] = .list(elements.map { Self.changing($0) { $0["metadata"] = DataValue.none } })
    }
    return map
  }

  private func metric(_ resource: SemanticResource) -> DataMap {
    var map = common(resource)
    map["config"] = meta(resource)
    for key in ["type", "filter", "time_granularity"] {
      map[key] = resource.properties[key] ?? DataValue.none
    }
    map["type_params"] = Self.changing(resource.properties["type_params"]) { parameters in
      parameters["metric_aggregation_params"] = nil
      guard let cumulative = parameters["cumulative_type_params"] else { return }
      parameters["cumulative_type_params"] = Self.changing(cumulative) { $0["metric"] = nil }
    }
    return map
  }

  private func query(_ resource: SemanticResource) -> DataMap {
    var map = common(resource)
    map["tags"] = .list(resource.tags.map { .string($0) })
    map["query_params"] = resource.properties["query_params"] ?? DataValue.none
    let exports = resource.properties["exports"]?.listValue ?? []
    map["exports"] = .list(
      exports.map { export in
        Self.changing(export) { export in
          export["unrendered_config"] = nil
          export["config"] = Self.changing(export["config"]) { $0["database"] = nil }
        }
      })
    return map
  }

  /// A mapping with some of it changed; anything else as it is.
  private static func changing(_ value: DataValue?, _ change: (inout DataMap) -> Void) -> DataValue {
    guard var map = value?.dictValue else { return value ?? .none }
    change(&map)
    return .dict(map)
  }

  // MARK: - Time spines

  private var configuration: DataValue {
    let spines = project.nodes.filter { $0.timeSpine != nil }
    // Without a semantic layer nobody asks for it.
    let old =
      project.semantics.isEmpty
      ? []
      : project.nodes.filter {
        $0.resourceType == .model && $0.name == "metricflow_time_spine" && $0.timeSpine == nil
      }
    return .dict([
      ("time_spine_table_configurations", .list(old.map(oldSpine))),
      ("metadata", .none),
      (
        "dsi_package_version",
        .dict(Self.version.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
      ),
      ("time_spines", .list(spines.map(spine))),
    ])
  }

  /// A time spine of the time before models could say that they are one: its name and its column are fixed.
  private func oldSpine(_ node: Node) -> DataValue {
    .dict([
      ("location", node.relation.map { .string(dialect.rendered($0)) } ?? .none),
      ("column_name", "date_day"), ("grain", "day"),
    ])
  }

  private func spine(_ node: Node) -> DataValue {
    guard let spine = node.timeSpine else { return .none }
    let granularity = node.columns.first { $0.name == spine.column }?.granularity
    let own = spine.granularities.map { granularity -> DataValue in
      .dict([
        ("name", .string(granularity.name)),
        ("column_name", granularity.column.map { .string($0) } ?? .none),
      ])
    }
    return .dict([
      ("node_relation", node.relation.map { Self.value(of: $0, project.target, dialect) } ?? .none),
      (
        "primary_column",
        .dict([
          ("name", .string(spine.column)), ("time_granularity", granularity.map { .string($0) } ?? .none),
        ])
      ),
      ("custom_granularities", .list(own)),
    ])
  }
}
