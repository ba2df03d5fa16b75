import Diagnostics
import Jinja
import Planner
import Project

/// What `ls` prints of a selection: a line a node, sorted by unique name, by dbt's rules.
struct ListOperation {
  let workspace: Workspace
  let form: ListForm
  let keys: [String]

  /// The keys that dbt shows unless it is told others.
  static let standardKeys = [
    "name", "resource_type", "package_name", "original_file_path", "unique_id", "alias", "config", "tags",
    "depends_on", "source_name",
  ]

  func perform(selection: SelectionOptions, kinds: ResourceTypeOptions) throws -> [String] {
    if !keys.isEmpty, form != .json {
      throw Diagnostic(.usage, "--output-keys goes with --output json only")
    }
    let selected = try select(selection, kinds)
    return try selected.nodes.sorted().compactMap(line)
  }

  /// As in dbt, analyses are listed only where they are asked for, and `--models` lists models only.
  private func select(_ selection: SelectionOptions, _ kinds: ResourceTypeOptions) throws -> Selection {
    guard selection.models.isEmpty else {
      guard selection.select.isEmpty, kinds.resourceTypes.isEmpty else {
        throw Diagnostic(
          .usage, "--models goes with neither --select nor --resource-type where nodes are listed",
          hint: "use --select, which lists every kind")
      }
      return try workspace.select(selection, nil, defaultKinds: [.model])
    }
    let standard = ResourceType.allCases.filter { $0 != .analysis }
    return try workspace.select(selection, kinds, defaultKinds: standard)
  }

  private func line(_ id: NodeID) throws -> String? {
    let project = workspace.project
    if let node = project.node(id) {
      return switch form {
      case .name: node.versionedName
      case .path: node.originalPath
      case .selector:
        switch node.resourceType {
        case .load: "load:\(node.package).\(node.name)"
        case .unitTest: "unit_test:\(node.package).\(node.versionedName)"
        default: node.fqn.joined(separator: ".")
        }
      case .json: json(entries(of: node))
      }
    }
    if let source = project.source(id) {
      return switch form {
      case .name: "\(source.sourceName).\(source.name)"
      case .path: source.originalPath
      case .selector: "source:\(source.package).\(source.sourceName).\(source.name)"
      case .json: json(entries(of: source))
      }
    }
    if let resource = project.semantic(id) {
      return switch form {
      case .name: resource.name
      case .path: resource.originalPath
      case .selector: "\(resource.resourceType.rawValue):\(resource.package).\(resource.name)"
      case .json: json(entries(of: resource))
      }
    }
    guard let exposure = project.exposures.first(where: { $0.id == id }) else { return nil }
    return switch form {
    case .name: exposure.name
    case .path: exposure.originalPath
    case .selector: "exposure:\(exposure.package).\(exposure.name)"
    case .json: json(entries(of: exposure))
    }
  }

  private typealias Entry = (key: String, write: (inout JSONWriter) -> Void)

  /// As in dbt, the keys come in the order in which they are asked for, and `config.materialized` is a key.
  private func json(_ entries: [Entry]) -> String {
    let wanted = keys.flatMap { $0.split(separator: ",").map(String.init) }
    var writer = JSONWriter()
    writer.object { writer in
      guard !wanted.isEmpty else {
        for entry in entries where Self.standardKeys.contains(entry.key) {
          writer.key(entry.key)
          entry.write(&writer)
        }
        return
      }
      for key in wanted {
        if let entry = entries.first(where: { $0.key == key }) {
          writer.key(key)
          entry.write(&writer)
        } else if let value = nested(key, in: entries) {
          writer.key(key)
          writer.value(value)
        }
      }
    }
    return writer.text
  }

  /// The value at a path with dots.
  private func nested(_ path: String, in entries: [Entry]) -> DataValue? {
    let names = path.split(separator: ".").map(String.init)
    guard names.count > 1, let entry = entries.first(where: { $0.key == names[0] }) else { return nil }
    var writer = JSONWriter()
    entry.write(&writer)
    var value = try? DataValue.parse(json: writer.text)  // What was just written parses.
    for name in names.dropFirst() { value = value?[name] }
    return value.flatMap { $0.isNone ? nil : $0 }
  }

  private func common(
    id: NodeID, name: String, type: ResourceType, package: String, path: String, tags: [String],
    dependencies: [NodeID], macros: [NodeID]
  ) -> [Entry] {
    [
      ("name", { $0.string(name) }), ("resource_type", { $0.string(type.rawValue) }),
      ("package_name", { $0.string(package) }), ("original_file_path", { $0.string(path) }),
      ("unique_id", { $0.string(id.rawValue) }), ("tags", { $0.strings(tags) }),
      (
        "depends_on",
        { writer in
          writer.object { object in
            object.key("macros")
            object.strings(macros.map(\.rawValue))
            object.key("nodes")
            object.strings(dependencies.map(\.rawValue))
          }
        }
      ),
    ]
  }

  private func entries(of node: Node) -> [Entry] {
    var entries = common(
      id: node.id, name: node.name, type: node.resourceType, package: node.package, path: node.originalPath,
      tags: node.config.tags, dependencies: node.dependencies, macros: node.calledMacros)
    entries.insert(
      ("alias", { $0.string(node.relation?.identifier ?? node.config.alias ?? node.standardAlias) }), at: 5)
    entries.insert(("config", { $0.value(node.config.values) }), at: 6)
    entries += [
      ("path", { $0.string(node.path) }), ("fqn", { $0.strings(node.fqn) }),
      ("database", { $0.text(node.relation?.database) }), ("schema", { $0.text(node.relation?.schema) }),
      ("description", { $0.string(node.description) }), ("raw_code", { $0.string(node.code) }),
      ("patch_path", { $0.text(node.propertiesPath) }),
      ("version", { $0.value(node.version?.value ?? .none) }),
      ("latest_version", { $0.value(node.version?.latest ?? .none) }),
    ]
    return entries
  }

  private func entries(of source: SourceTable) -> [Entry] {
    var entries = common(
      id: source.id, name: source.name, type: .source, package: source.package, path: source.originalPath,
      tags: source.tags, dependencies: [], macros: [])
    entries.removeLast()
    entries += [
      ("source_name", { $0.string(source.sourceName) }), ("config", { $0.value(source.config) }),
      ("database", { $0.text(source.relation.database) }), ("schema", { $0.text(source.relation.schema) }),
      ("identifier", { $0.string(source.identifier) }), ("fqn", { $0.strings(source.fqn) }),
      ("description", { $0.string(source.description) }), ("loader", { $0.string(source.loader) }),
    ]
    return entries
  }

  private func entries(of resource: SemanticResource) -> [Entry] {
    var entries = common(
      id: resource.id, name: resource.name, type: resource.resourceType, package: resource.package,
      path: resource.originalPath, tags: resource.tags, dependencies: resource.dependencies, macros: [])
    // As in dbt, semantic models have no tags.
    if resource.resourceType == .semanticModel { entries.removeAll { $0.key == "tags" } }
    entries.insert(("config", { $0.value(resource.config) }), at: 5)
    entries += [
      ("fqn", { $0.strings(resource.fqn) }), ("description", { $0.text(resource.description) }),
      ("label", { $0.text(resource.label) }),
    ]
    return entries
  }

  private func entries(of exposure: Exposure) -> [Entry] {
    var entries = common(
      id: exposure.id, name: exposure.name, type: .exposure, package: exposure.package,
      path: exposure.originalPath, tags: exposure.tags, dependencies: exposure.dependencies, macros: [])
    entries += [
      ("config", { $0.value(exposure.properties["config"] ?? .none) }), ("fqn", { $0.strings(exposure.fqn) }),
    ]
    return entries
  }
}

extension JSONWriter {
  /// A list of texts.
  fileprivate mutating func strings(_ values: [String]) {
    array { list in
      for value in values { list.string(value) }
    }
  }

  /// A text or null.
  fileprivate mutating func text(_ value: String?) {
    if let value { string(value) } else { null() }
  }
}
