import Diagnostics
import Jinja
import Project

/// How a node can stand to a saved manifest, by dbt's names.
enum StateAspect: String, CaseIterable, Sendable {
  case new, old, modified, unmodified
  case modifiedBody = "modified.body"
  case modifiedConfigs = "modified.configs"
  case modifiedRelation = "modified.relation"
  case modifiedDescriptions = "modified.persisted_descriptions"
  case modifiedMacros = "modified.macros"
  case modifiedContract = "modified.contract"
}

/// What the methods `state`, `result` and `source_status` compare with.
public struct SelectionState: Sendable {
  /// The folder of the saved artifacts, as messages name it.
  public var folder: String
  /// The saved manifest, if the folder has one.
  public var manifest: SavedManifest?
  /// The saved run, if the folder has one.
  public var run: SavedRun?
  /// How fresh sources were, if the folder says.
  public var freshness: SavedFreshness?
  /// How fresh sources are now, as the target folder says.
  public var currentFreshness: SavedFreshness?
  /// The project as its own manifest shows it, for the method `state`.
  public var current: SavedManifest?
  /// The names that artifacts have for nodes, where they are others.
  public var artifactIDs: [NodeID: NodeID] = [:]
  /// Now, in seconds since 1970: what is past its deprecation date may go.
  public var now: Double
  /// Whether databases and schemas of sources are compared as they are written.
  public var comparesUnrendered = false

  /// Makes a state that knows nothing yet of what the folder holds.
  public init(folder: String, now: Double) {
    self.folder = folder
    self.now = now
  }

  private func artifactID(_ id: NodeID) -> String { (artifactIDs[id] ?? id).rawValue }

  /// The members that stand so to the saved manifest. Warnings tell of contracts that break and of large seeds.
  static func nodes(
    _ aspect: StateAspect, in state: SelectionState?, of members: [Selectable], raw: String,
    _ warnings: inout [Diagnostic]
  ) -> Result<Set<NodeID>, Diagnostic> {
    guard let state else { return .failure(missing(raw)) }
    guard let saved = state.manifest, let current = state.current else {
      return .failure(
        Diagnostic(
          .missingState, "the selector '\(raw)' needs a manifest, and there is none in '\(state.folder)'",
          hint: "save the folder target/ of an earlier run, and name it with --state"))
    }
    var comparison = StateComparison(
      saved: saved, current: current, now: state.now, comparesUnrendered: state.comparesUnrendered)
    var found: Set<NodeID> = []
    for member in members where comparison.stands(state.artifactID(member.id), aspect) {
      found.insert(member.id)
    }
    comparison.checkRemoved(aspect)
    if let broken = comparison.problems.first(where: { $0.severity == .error }) { return .failure(broken) }
    for warning in comparison.problems where !warnings.contains(warning) { warnings.append(warning) }
    return .success(found)
  }

  /// The members that the saved run left so.
  static func nodes(
    withResult status: String, in state: SelectionState?, of members: [Selectable], raw: String
  ) -> Result<Set<NodeID>, Diagnostic> {
    guard let state else { return .failure(missing(raw)) }
    guard let run = state.run else {
      return .failure(
        Diagnostic(
          .missingState,
          "the selector '\(raw)' needs a run_results.json, and there is none in '\(state.folder)'"))
    }
    let ids = Set(run.results.lazy.filter { $0.status == status }.map(\.id))
    return .success(Set(members.lazy.map(\.id).filter { ids.contains(state.artifactID($0)) }))
  }

  /// The sources whose newest data is newer than the saved look at them found.
  static func fresherSources(
    in state: SelectionState?, of members: [Selectable], raw: String
  ) -> Result<Set<NodeID>, Diagnostic> {
    guard let state else { return .failure(missing(raw)) }
    guard let saved = state.freshness else {
      return .failure(
        Diagnostic(
          .missingState, "the selector '\(raw)' needs a sources.json, and there is none in '\(state.folder)'")
      )
    }
    guard let current = state.currentFreshness else {
      return .failure(
        Diagnostic(
          .missingState, "the selector '\(raw)' needs a sources.json in the target folder",
          hint: "run 'weir source freshness' first"))
    }
    let found = members.lazy.map(\.id).filter { id in
      guard let now = current.newest[id.rawValue], !current.failed.contains(id.rawValue) else { return false }
      return saved.newest[id.rawValue].map { now > $0 } ?? true
    }
    return .success(Set(found))
  }

  private static func missing(_ raw: String) -> Diagnostic {
    Diagnostic(
      .missingState, "the selector '\(raw)' compares with a saved state, and none is named",
      hint: "name the folder of the saved artifacts with --state, or with DBT_STATE")
  }
}
