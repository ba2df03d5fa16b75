import Diagnostics
import EngineCore
import Foundation
import Jinja
import Planner
import Project

/// What `Corpus/record.py` recorded from dbt: a project's facts, and what requests select in it.
struct RecordedSelections: Decodable {
  struct Facts: Decodable {
    var unique_id: String
    var resource_type: ResourceType
    var name: String
    var package_name: String
    var path: String
    var original_file_path: String
    var fqn: [String]
    var tags: [String]
    var config: DataValue
    var depends_on: [String]
    var patch_path: String?
    var test_name: String?
    var source_name: String?
  }

  struct Request: Decodable {
    var select: [String]?
    var exclude: [String]?
    var selector: String?
    var types: [String]?
    var excluded: [String]?
    var indirect: IndirectSelection?
    var found: [Int]

    /// What `weir ls` makes of the flags: analyses are listed only where they are asked for.
    var asked: SelectionRequest {
      let standard = ResourceType.allCases.filter { $0 != .analysis }
      let kinds = (types ?? ["default"]).flatMap { word -> [ResourceType] in
        switch word {
        case "all": ResourceType.allCases
        case "default": standard
        default: [ResourceType(rawValue: word) ?? .macro]
        }
      }
      var request = SelectionRequest(
        select: select ?? [], exclude: exclude ?? [], resourceTypes: kinds,
        excludedResourceTypes: (excluded ?? []).compactMap(ResourceType.init), indirect: indirect ?? .eager)
      request.selector = selector
      return request
    }
  }

  var nodes: [Facts]
  var requests: [Request]
  /// The manifest's `selectors`.
  var selectors: DataValue

  static func load() throws -> RecordedSelections {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/recorded.json")
    return try JSONDecoder().decode(RecordedSelections.self, from: Data(contentsOf: file))
  }

  /// The project that dbt was asked about.
  var project: Project {
    var fixture = ProjectFixture()
    for facts in nodes {
      switch facts.resource_type {
      case .source: fixture.sources.append(source(facts))
      case .exposure: fixture.exposures.append(exposure(facts))
      default: fixture.nodes.append(node(facts))
      }
    }
    var project = fixture.project
    project.selectors = Self.selectorFile?.selectors ?? []
    return project
  }

  /// The project's `selectors.yml`.
  static var selectorFile: SelectorFile? {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Corpus/project/selectors.yml")
    // A file that cannot be read has no selectors, and the requests that name them fail.
    return try? SelectorFile(text: String(contentsOf: file, encoding: .utf8))
  }

  private func node(_ facts: Facts) -> Node {
    let materialization = Materialization(rawValue: facts.config["materialized"]?.stringValue ?? "")
    var config = NodeConfig(materialization: materialization ?? .view, values: facts.config)
    config.tags = facts.tags
    var node = Node(
      id: NodeID(facts.unique_id), resourceType: facts.resource_type, name: facts.name,
      package: facts.package_name, path: facts.path, originalPath: facts.original_file_path, fqn: facts.fqn,
      span: SourceSpan(file: facts.original_file_path), config: config, code: "", checksum: "")
    node.dependencies = facts.depends_on.map { NodeID($0) }
    node.propertiesPath = facts.patch_path
    guard facts.resource_type == .check else { return node }
    node.check = .singular
    if let name = facts.test_name, let attached = node.dependencies.first {
      node.check = .generic(
        GenericCheck(namespace: nil, name: name, arguments: .none, attachedNode: attached, column: nil))
    }
    return node
  }

  private func source(_ facts: Facts) -> SourceTable {
    var source = SourceTable(
      id: NodeID(facts.unique_id), package: facts.package_name, sourceName: facts.source_name ?? "",
      name: facts.name, identifier: facts.name, relation: Relation(identifier: facts.name), fqn: facts.fqn,
      originalPath: facts.original_file_path, span: SourceSpan(file: facts.original_file_path),
      meta: facts.config["meta"] ?? .none, config: facts.config, properties: .none)
    source.tags = facts.tags
    return source
  }

  private func exposure(_ facts: Facts) -> Exposure {
    var exposure = Exposure(
      id: NodeID(facts.unique_id), package: facts.package_name, name: facts.name, fqn: facts.fqn,
      originalPath: facts.original_file_path, span: SourceSpan(file: facts.original_file_path),
      properties: .none)
    exposure.tags = facts.tags
    exposure.dependencies = facts.depends_on.map { NodeID($0) }
    return exposure
  }
}
