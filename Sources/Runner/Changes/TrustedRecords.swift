import Planner
import Project

/// Which records hold as a run begins: those of databases to which nobody else wrote.
struct TrustedRecords {
  private let project: Project
  private let watch: DatabaseWatch
  private let doubts: [String: String]

  init(_ project: Project, _ watch: DatabaseWatch) {
    self.project = project
    self.watch = watch
    var doubts: [String: String] = [:]
    for name in Self.databases(of: project) where !watch.untouched.contains(name.lowercased()) {
      doubts[name.lowercased()] =
        watch.watches(name)
        ? "something else wrote to the database '\(name)', or a run of it was killed"
        : "of the database '\(name)' it cannot be told whether others wrote to it"
    }
    self.doubts = doubts
  }

  /// The databases that hold what nodes make.
  static func databases(of project: Project) -> Set<String> {
    Set(project.nodes.compactMap { place(of: $0, project) })
  }

  /// The database that holds what a node makes; nil for what makes nothing.
  private static func place(of node: Node, _ project: Project) -> String? {
    if let load = node.load { return load.database ?? project.target.database }
    guard node.check == nil, node.unitTest == nil, let relation = node.relation else { return nil }
    return relation.database ?? project.target.database
  }

  /// Why a node's record is of no use; nil if it is of use.
  func doubt(of id: NodeID) -> String? {
    guard let node = project.node(id) else { return nil }
    return Self.place(of: node, project).flatMap { doubts[$0.lowercased()] }
  }

  /// The versions of the sources that no load of the project brings.
  func sourceVersions() -> [NodeID: DataVersion] {
    var versions: [NodeID: DataVersion] = [:]
    for source in project.sources where source.isEnabled {
      versions[source.id] = version(of: source)
    }
    return versions
  }

  private func version(of source: SourceTable) -> DataVersion {
    let name = "\(source.sourceName).\(source.name)"
    if let expression = source.relation.expression {
      return SourceFiles.version(of: expression, root: project.settings.root).map { .known($0) }
        ?? .unknown("\(name), whose files are not all on this machine")
    }
    let database = source.relation.database ?? project.target.database
    return watch.epochs[database.lowercased()].map { .known($0) }
      ?? .unknown("\(name), of whose database it cannot be told whether others wrote to it")
  }
}
