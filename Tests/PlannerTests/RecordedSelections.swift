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
    var config: PlainData
    var depends_on: [String]
    var patch_path: String?
    var test_name: String?
    var source_name: String?
  }

  struct Request: Decodable {
    var select: [String]?
    var exclude: [String]?
    var types: [ResourceType]?
    var indirect: IndirectSelection?
    var found: [Int]

    var asked: SelectionRequest {
      SelectionRequest(
        select: select ?? [], exclude: exclude ?? [], resourceTypes: types ?? [], indirect: indirect ?? .eager
      )
    }
  }

  var nodes: [Facts]
  var requests: [Request]

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
    return fixture.project
  }

  private func node(_ facts: Facts) -> Node {
    let materialization = Materialization(rawValue: facts.config.value["materialized"].flatMap(text) ?? "")
    var config = NodeConfig(materialization: materialization ?? .view, values: facts.config.value)
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
      originalPath: facts.original_file_path, span: SourceSpan(file: facts.original_file_path), meta: .none,
      config: facts.config.value, properties: .none)
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

  private func text(_ value: DataValue) -> String? {
    guard case .string(let text) = value else { return nil }
    return text
  }
}

/// JSON of any shape as plain data.
struct PlainData: Decodable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var value: DataValue

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      let entries = try container.allKeys.map { key in
        (key.stringValue, try container.decode(PlainData.self, forKey: key).value)
      }
      value = .dict(DataDictionary(entries.sorted { $0.0 < $1.0 }))
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = .none
    } else if let items = try? container.decode([PlainData].self) {
      value = .list(items.map(\.value))
    } else if let truth = try? container.decode(Bool.self) {
      value = .bool(truth)
    } else if let number = try? container.decode(Int.self) {
      value = .int(number)
    } else {
      value = .string(try container.decode(String.self))
    }
  }
}
