import Catalog
import Diagnostics
import EngineCore
import Planner
import Project

/// Reads what an earlier run left: the artifacts of `--state` and `--defer-state`.
struct StateReader {
  let workspace: Workspace
  let flags: StateOptions

  private var environment: ProcessEnvironment { workspace.session.environment }

  /// The folder that states are compared with, as it was named.
  var folder: String? {
    flags.state ?? environment.text("DBT_STATE") ?? environment.text("DBT_ARTIFACT_STATE_PATH")
  }

  /// What the methods `state`, `result` and `source_status` compare with; nil if no folder is named. Throws if an
  /// artifact cannot be used.
  func selectionState() throws(Diagnostic) -> SelectionState? {
    guard let folder else { return nil }
    var state = SelectionState(folder: folder, now: workspace.session.startedAt)
    let path = absolute(folder)
    if let text = text("manifest.json", in: path) {
      state.manifest = try SavedManifest(json: text, file: "\(folder)/manifest.json")
      state.current = try currentManifest()
    }
    if let text = text("run_results.json", in: path) {
      state.run = try SavedRun(json: text, file: "\(folder)/run_results.json")
    }
    if let text = text("sources.json", in: path) {
      state.freshness = try SavedFreshness(json: text, file: "\(folder)/sources.json")
    }
    if let text = text("sources.json", in: workspace.targetFolder) {
      let name = LocalFiles.relative(workspace.targetFolder, to: workspace.root)
      state.currentFreshness = try SavedFreshness(json: text, file: "\(name)/sources.json")
    }
    for node in workspace.project.nodes where node.artifactID != node.id {
      state.artifactIDs[node.id] = node.artifactID
    }
    let comparesUnrendered = workspace.project.flag("state_modified_compare_more_unrendered_values")
    state.comparesUnrendered = comparesUnrendered?.boolValue ?? false
    return state
  }

  /// Where nodes are read from that the target does not have; nil if nothing is deferred. Throws if it is asked for
  /// and there is no manifest.
  func deferral() throws(Diagnostic) -> Deferral? {
    guard try isOn(flags.isDeferring, "DBT_DEFER", "DBT_DEFER_TO_STATE", flag: "defer") else { return nil }
    let manifest = try manifestToDeferTo()
    try workspace.session.report(warnings: sameFolder)
    var deferral = Deferral(
      relations: [:],
      favorsState: try isOn(flags.favorState, "DBT_FAVOR_STATE", "DBT_FAVOR_STATE_MODE", flag: "favor_state"))
    for node in workspace.project.nodes {
      if let saved = manifest.relation(of: node.id.rawValue) { deferral.relations[node.id] = Relation(saved) }
    }
    return deferral
  }

  /// What there is to say if the state is what this very command writes over: then it says nothing of another target.
  var sameFolder: [Diagnostic] {
    guard let folder = flags.deferState ?? environment.text("DBT_DEFER_STATE") ?? folder,
      absolute(folder) == workspace.targetFolder
    else { return [] }
    return [
      Diagnostic(
        .sameState, "The state and target directories are the same: '\(folder)'",
        severity: .warning,
        hint: "save the artifacts of the other target in a folder of their own, and name that")
    ]
  }

  /// The manifest of `--defer-state`, or of `--state`. Throws if neither is named or holds one.
  func manifestToDeferTo() throws(Diagnostic) -> SavedManifest {
    guard let folder = flags.deferState ?? environment.text("DBT_DEFER_STATE") ?? folder else {
      throw Diagnostic(
        .missingState, "--state or --defer-state are required for deferral, but neither was provided",
        hint: "name the folder of the saved artifacts, such as target/ of an earlier run")
    }
    guard let text = text("manifest.json", in: absolute(folder)) else {
      throw Diagnostic(
        .missingState, "there is no manifest.json in '\(folder)'",
        hint: "save the folder target/ of an earlier run, and name it with --state")
    }
    return try SavedManifest(json: text, file: "\(folder)/manifest.json")
  }

  /// The project as its own manifest shows it.
  private func currentManifest() throws(Diagnostic) -> SavedManifest {
    let manifest = Manifest(
      project: workspace.project, graph: workspace.graph, compiled: [:], invocation: workspace.invocation,
      generatedAt: workspace.session.startedAt)
    return try SavedManifest(json: String(decoding: manifest.encoded(), as: UTF8.self), file: "the project")
  }

  /// As in dbt, relative to the project.
  private func absolute(_ folder: String) -> String { LocalFiles.absolute(folder, from: workspace.root) }

  private func text(_ name: String, in folder: String) -> String? {
    LocalFiles.text(of: "\(folder)/\(name)")
  }

  private func isOn(
    _ given: Bool?, _ variable: String, _ oldVariable: String, flag: String
  ) throws(Diagnostic) -> Bool {
    if let given { return given }
    if let set = try environment.isOn(variable) { return set }
    if let set = try environment.isOn(oldVariable) { return set }
    return workspace.project.flag(flag)?.boolValue ?? false
  }
}

extension Relation {
  /// Where a saved manifest has it.
  init(_ saved: SavedRelation) {
    self.init(database: saved.database, schema: saved.schema, identifier: saved.identifier)
  }
}
