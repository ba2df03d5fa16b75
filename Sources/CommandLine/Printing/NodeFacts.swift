import Diagnostics
import Project
import Runner

/// What the log says of a node: looked up once, so that rendering events stays pure.
struct NodeFacts: Sendable, Codable {
  var id: NodeID
  var resourceType: ResourceType
  /// The node's own name.
  var name: String
  /// The name in a line: `schema.alias` of what is stored, the name of a check.
  var title: String
  /// `table`, `view`, `seed`, `check`, …
  var kind: String
  /// The materialization by dbt's name.
  var materialization: String
  var path: String
  var originalPath: String
  var span: SourceSpan?
  var database: String
  var schema: String
  var alias: String
  var checksum: String
  /// A generic check's model.
  var attachedNode: NodeID?

  /// Reads a node's facts.
  init(_ node: Node) {
    id = node.id
    resourceType = node.resourceType
    name = node.name
    materialization = node.config.materializationName
    path = node.path
    originalPath = node.originalPath
    span = node.span
    database = node.relation?.database ?? ""
    schema = node.relation?.schema ?? ""
    alias = node.relation?.identifier ?? node.standardAlias
    checksum = node.checksum
    let stored = [schema, alias].filter { !$0.isEmpty }.joined(separator: ".")
    let isCheck = node.resourceType == .check
    title = node.unitTest != nil ? node.title : isCheck || node.resourceType == .load ? node.name : stored
    kind = isCheck ? "check" : node.unitTest != nil ? "unit test" : node.config.materializationName
    if case .generic(let check) = node.check { attachedNode = check.attachedNode }
  }

  /// Reads the facts of a hook of the whole run.
  init(_ hook: RunHook, in project: Project) {
    if let operation = project.operation(hook.id) {
      self.init(operation)
    } else {
      self.init(unknown: hook.id)
    }
    (title, kind) = (hook.label, "hook")
  }

  /// The facts of all hooks of the whole run.
  static func hooks(of project: Project) -> [NodeFacts] {
    RunHook.Moment.allCases.flatMap { RunHook.all($0, of: project) }.map { NodeFacts($0, in: project) }
  }

  /// Reads a source's facts.
  init(_ source: SourceTable) {
    id = source.id
    resourceType = .source
    name = "\(source.sourceName).\(source.name)"
    title = name
    kind = "source"
    materialization = ""
    path = source.originalPath
    originalPath = source.originalPath
    span = source.span
    database = source.relation.database ?? ""
    schema = source.relation.schema ?? ""
    alias = source.identifier
    checksum = ""
  }

  /// Reads the facts of something that lies outside the warehouse.
  private init(
    _ id: NodeID, _ resourceType: ResourceType, _ name: String, kind: String, path: String, _ span: SourceSpan
  ) {
    self.init(unknown: id)
    self.resourceType = resourceType
    (self.name, title, self.kind) = (name, name, kind)
    (self.path, originalPath, self.span) = (path, path, span)
  }

  /// Reads the facts of what a name means.
  init(_ id: NodeID, in project: Project) {
    if let node = project.node(id) {
      self.init(node)
    } else if let resource = project.semantic(id) {
      self.init(
        id, resource.resourceType, resource.name,
        kind: resource.resourceType.rawValue.split(separator: "_").joined(separator: " "),
        path: resource.originalPath, resource.span)
    } else if let exposure = project.exposure(id) {
      self.init(id, .exposure, exposure.name, kind: "exposure", path: exposure.originalPath, exposure.span)
    } else {
      self.init(unknown: id)
    }
  }

  /// Facts of a name that the project does not hold: the name is all there is.
  init(unknown id: NodeID) {
    self.id = id
    resourceType = .operation
    name = id.rawValue
    title = id.rawValue
    kind = "operation"
    materialization = ""
    path = ""
    originalPath = ""
    database = ""
    schema = ""
    alias = ""
    checksum = ""
  }
}

/// Numbers of nodes by kind, as a sentence counts them.
struct Tally: Sendable, Hashable {
  private var counts: [String: Int] = [:]

  /// Counts nodes by what they are.
  init(_ nodes: [NodeFacts]) {
    for node in nodes {
      let noun =
        switch node.resourceType {
        case .check: "check"
        case .unitTest: "unit test"
        case .savedQuery: "saved query"
        case .operation where node.kind == "hook": "project hook"
        case .model: node.materialization == "incremental" ? "incremental model" : "\(node.kind) model"
        default: node.resourceType.rawValue
        }
      counts[noun, default: 0] += 1
    }
  }

  /// `1 load, 3 seeds, 2 table models, 20 checks`; models by name, checks last.
  var text: String {
    let ranks = ["load": 0, "seed": 1, "check": 3, "unit test": 4, "exposure": 5, "saved query": 6]
    let plurals = ["analysis": "analyses", "saved query": "saved queries"]
    let nouns = counts.keys.sorted { (ranks[$0] ?? 2, $0) < (ranks[$1] ?? 2, $1) }
    return nouns.map { Quantities.count(counts[$0] ?? 0, $0, plurals[$0]) }.joined(separator: ", ")
  }
}
