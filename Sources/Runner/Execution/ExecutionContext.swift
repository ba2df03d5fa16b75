import Catalog
import Connectors
import EngineCore
import Project
import StateStore

/// What all steps of a run share.
struct ExecutionContext: Sendable {
  let project: Project
  let options: RunOptions
  let capabilities: Capabilities
  let clock: RunClock
  let relations = RelationCache()
  /// What loads need; nil where there are none.
  var loads: LoadServices?
  /// Told how much of a load's source was fetched.
  var loadProgress: @Sendable (NodeID, FetchProgress) -> Void = { _, _ in }

  /// The project's `.weir` folder.
  var folder: StateFolder { StateFolder(root: project.settings.root) }

  /// The folder of artifacts as messages show it: relative to the project where it lies inside.
  var targetPath: String { project.settings.targetPath }

  /// A path of the project as the system knows it.
  func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : project.settings.root + "/" + path
  }

  /// Where the compiled text of a node is put.
  func compiledPath(_ node: Node) -> String {
    "\(targetPath)/compiled/\(ArtifactWriter.path(of: node))"
  }

  /// Whether a check's failing rows are kept in the warehouse.
  func storesFailures(_ check: Node) -> Bool {
    options.storesFailures ?? check.config.storesFailures
  }

  /// Where they are kept: what the project says, else where dbt keeps them.
  func failuresRelation(_ check: Node) -> Relation {
    var relation =
      check.relation
      ?? Relation(
        database: project.target.database, schema: project.target.schema + "_dbt_test__audit",
        identifier: check.config.alias ?? check.name)
    relation.kind = check.config.storesFailuresAs == .view ? .view : .table
    return relation
  }
}
