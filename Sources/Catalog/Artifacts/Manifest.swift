import Diagnostics
import EngineCore
import Jinja
import Planner
import Project

/// The whole project as other tools read it: dbt's `manifest.json`, version 12.
public struct Manifest: Sendable {
  let project: Project
  let compiled: [NodeID: CompiledNode]
  let dialect: any Dialect
  let generatedAt: Double
  let graph: Graph
  let metadata: ManifestMetadata
  /// The columns of each node that its checks say to be unique and never missing.
  let primaryKeys: [NodeID: [String]]

  /// Makes a manifest. `compiled` holds what was compiled; the rest is shown as parsed only.
  public init(
    project: Project, graph: Graph, compiled: [NodeID: CompiledNode], invocation: Invocation,
    generatedAt: Double, dialect: any Dialect = StandardDialect()
  ) {
    self.project = project
    self.graph = graph
    self.compiled = compiled
    self.dialect = dialect
    self.generatedAt = generatedAt
    metadata = ManifestMetadata(project.settings, project.target, invocation, generatedAt: generatedAt)
    primaryKeys = Self.primaryKeys(of: project)
  }

  func writeResources(to writer: inout JSONWriter) {
    writeAll("sources", project.sources.filter(\.isEnabled), id: \.id, to: &writer) { write($0, to: &$1) }
    writeMacros(to: &writer)
    writeAll("docs", project.docs + [Self.overview], id: \.id, to: &writer) { write($0, to: &$1) }
    writeAll("exposures", project.exposures, id: \.id, to: &writer) { write($0, to: &$1) }
  }

  /// The project's macros, and those that are built in and that something depends on.
  private func writeMacros(to writer: inout JSONWriter) {
    var builtIn: Set<NodeID> = []
    let prefix = "macro.dbt."
    for id in project.macros.flatMap(\.dependencies) where id.rawValue.hasPrefix(prefix) {
      builtIn.insert(id)
    }
    for node in project.nodes + project.disabled + project.operations {
      for id in node.calledMacros where id.rawValue.hasPrefix(prefix) { builtIn.insert(id) }
    }
    writer.member(
      "macros",
      object: { writer in
        for macro in project.macros {
          writer.key(macro.id.rawValue)
          write(macro, to: &writer)
        }
        for id in builtIn.sorted() {
          writer.key(id.rawValue)
          write(builtIn: id, to: &writer)
        }
      })
  }

  /// The page that documentation opens with where the project has none of its own.
  private static let overview = DocsBlock(
    id: NodeID(.documentation, "dbt", "__overview__"), package: "dbt", name: "__overview__",
    path: "overview.md",
    originalPath: "docs/overview.md",
    contents: "# The project\nIts sources, models and checks, and what depends on what.")

  func writeAll<Resource>(
    _ name: String, _ resources: [Resource], id: (Resource) -> NodeID, to writer: inout JSONWriter,
    _ write: (Resource, inout JSONWriter) -> Void
  ) {
    writer.member(
      name,
      object: { writer in
        for resource in resources {
          writer.key(id(resource).rawValue)
          write(resource, &writer)
        }
      })
  }

  /// Several definitions that are switched off may have one name, so that each name has a list.
  func writeDisabled(to writer: inout JSONWriter) {
    writer.member(
      "disabled",
      object: { writer in
        var rest = project.disabled[...]
        while let first = rest.first {
          writer.member(
            first.artifactID.rawValue,
            array: { writer in
              for node in rest.prefix(while: { $0.id == first.id }) {
                if node.unitTest != nil {
                  write(unitTest: node, to: &writer)
                } else {
                  write(node, to: &writer)
                }
              }
            })
          rest = rest.drop { $0.id == first.id }
        }
        for source in project.sources where !source.isEnabled {
          writer.member(source.id.rawValue, array: { write(source, to: &$0) })
        }
        for resource in project.disabledSemantics {
          writer.member(resource.id.rawValue, array: { write(resource, to: &$0) })
        }
      })
  }

  func writeMap(_ name: String, to writer: inout JSONWriter, _ neighbours: (NodeID) -> [NodeID]) {
    writer.member(
      name,
      object: { writer in
        for id in graph.order {
          writer.member(shown(id).rawValue, neighbours(id).lazy.map { shown($0).rawValue })
        }
        for operation in project.operations {
          let read = name == "parent_map" ? operation.dependencies.sorted() : []
          writer.member(operation.id.rawValue, read.map(\.rawValue))
        }
      })
  }

  private func shown(_ id: NodeID) -> NodeID { project.node(id)?.artifactID ?? id }

  /// What belongs to each group.
  func writeGroups(to writer: inout JSONWriter) {
    var groups: [String: [String]] = [:]
    for group in project.groups { groups[group.name] = [] }
    for node in project.nodes {
      if let group = group(of: node) { groups[group, default: []].append(node.id.rawValue) }
    }
    for resource in project.semantics {
      if let group = resource.group { groups[group, default: []].append(resource.id.rawValue) }
    }
    writer.member(
      "group_map",
      object: { writer in
        for (name, nodes) in groups.sorted(by: { $0.key < $1.key }) { writer.member(name, nodes) }
      })
  }

  /// dbt's inference: what a constraint says, else the columns that have both a `unique` and a `not_null` check, else those
  /// that have a `unique` one, best one that is not switched off.
  private static func primaryKeys(of project: Project) -> [NodeID: [String]] {
    var unique: [NodeID: Set<String>] = [:]
    var switchedOff: [NodeID: Set<String>] = [:]
    var present: [NodeID: Set<String>] = [:]
    for (nodes, isEnabled) in [(project.nodes, true), (project.disabled, false)] {
      for node in nodes {
        guard case .generic(let check)? = node.check else { continue }
        let combination = check.arguments["combination_of_columns"]?.listValue?.compactMap(\.stringValue)
        let columns = check.column.map { [$0] } ?? combination ?? []
        switch check.name {
        case "unique", "unique_combination_of_columns":
          if isEnabled {
            unique[check.attachedNode, default: []].formUnion(columns)
          } else {
            switchedOff[check.attachedNode, default: []].formUnion(columns)
          }
        case "not_null": present[check.attachedNode, default: []].formUnion(columns)
        default: continue
        }
      }
    }
    var keys: [NodeID: [String]] = [:]
    for (node, columns) in unique.merging(switchedOff, uniquingKeysWith: { $0.union($1) }) {
      let sure = columns.intersection(present[node] ?? [])
      keys[node] = (sure.isEmpty ? unique[node] ?? columns : sure).sorted()
    }
    for node in project.nodes where node.resourceType == .model {
      if let constraint = node.constraints.first(where: { $0.kind == .primaryKey }) {
        keys[node.id] = constraint.columns
      } else if let column = node.columns.first(where: { $0.constraints.contains { $0.kind == .primaryKey } })
      {
        keys[node.id] = [column.name]
      }
    }
    return keys
  }
}

/// Standard SQL's spelling, for artifacts that are written without an engine.
public struct StandardDialect: Dialect {
  /// The name that no engine has.
  public let name = "standard"

  /// Makes the dialect.
  public init() {}
}
