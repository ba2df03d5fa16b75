import Catalog
import Diagnostics
import Planner
import Project
import Runner
import StateStore

/// What a run left that the same run would find up to date, as it is kept: enough to say so without reading the project or
/// opening the warehouse.
struct StandingRun: Codable, Sendable {
  /// Stands for what says which nodes a run takes.
  var request: String
  /// The run that was the last one.
  var run: String
  /// What has to stay as it is.
  var evidence: StandingEvidence
  /// The artifacts as the run left them.
  var artifacts: StandingEvidence
  /// Which results are kept beside it.
  var results: UInt64

  /// What became of a node, as a run tells it that leaves the node as it is.
  struct Outcome: Codable, Sendable {
    var facts: NodeFacts
    var artifactID: NodeID
    var resourceType: ResourceType
    /// When what is up to date was made, in seconds since 1970.
    var since: Double?
    /// How many of the outcomes behind it are those of its audits.
    var audits: Int
  }
}

extension StandingRun {
  /// Keeps what a run left, if there is a place for it. Nothing depends on whether that works.
  static func keep(_ standing: StandingResults, _ request: String, in workspace: Workspace) {
    guard let kept = workspace.kept else { return }
    let outcomes = standing.results.flatMap { result in
      ([result] + result.audits).map { item in
        Outcome(
          facts: NodeFacts(item.node, in: workspace.project),
          artifactID: workspace.project.node(item.node)?.artifactID ?? item.node,
          resourceType: item.resourceType, since: item.upToDateSince, audits: item.audits.count)
      }
    }
    guard let results = kept.keep(outcomes, as: .results) else { return }
    var run = StandingRun(
      request: request, run: workspace.invocation.id, evidence: standing.evidence,
      artifacts: StandingEvidence(), results: results)
    run.watchArtifacts(in: workspace.targetFolder)
    _ = kept.keep(run, as: .run)
  }

  /// Takes note of the artifacts that a run has just written.
  mutating func watchArtifacts(in targetFolder: String) {
    artifacts = StandingEvidence()
    artifacts.watch(Workspace.manifestPath(in: targetFolder))
    artifacts.watch(Workspace.semanticManifestPath(in: targetFolder))
  }

  /// The results that the outcomes stand for.
  static func results(_ outcomes: [Outcome]) -> [NodeResult] {
    var results: [NodeResult] = []
    var open = 0
    for outcome in outcomes {
      let (id, type) = (outcome.facts.id, outcome.resourceType)
      let result = outcome.since.map { NodeResult.kept(id, type, since: $0) } ?? .mentioned(id, type)
      if open > 0 {
        open -= 1
        results[results.count - 1].audits.append(result)
      } else {
        open = outcome.audits
        results.append(result)
      }
    }
    return results
  }
}
