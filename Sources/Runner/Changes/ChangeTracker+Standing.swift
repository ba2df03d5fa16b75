import Planner
import Project

/// What a run left, if the same run would find nothing to do.
public struct StandingResults: Sendable {
  /// What has to stay as it is.
  public var evidence: StandingEvidence
  /// What that run would tell, step by step in the plan's order.
  public var results: [NodeResult]
}

extension ChangeTracker {
  /// What the run left, if a run of the same plan would do nothing; nil if it would do something, or that cannot be told
  /// without all that a run does. Call it when the run has ended.
  mutating func standing(
    _ plan: Plan, environment: [String: String], _ resourceType: (NodeID) -> ResourceType
  ) -> StandingResults? {
    // Statements of the project's own may have removed what nodes made, and a run begins and ends with some of them.
    guard keepsRecords, !mayHaveWritten else { return nil }
    let places = Set(TrustedRecords.databases(of: project).map { $0.lowercased() })
    guard places.isSubset(of: databases.names) else { return nil }
    var standing = StandingResults(evidence: StandingEvidence(), results: [])
    standing.evidence.databases = databases.names
    var variables: Set<String> = []
    for step in plan.steps {
      if step.action == .mention {
        standing.results.append(.mentioned(step.node, resourceType(step.node)))
        continue
      }
      var kept: [NodeResult] = []
      for id in [step.node] + step.audits {
        guard step.action != .freshness, case .yes(let moment) = decide(id),
          let publication = ledger.publication(of: id)
        else { return nil }
        kept.append(.kept(id, resourceType(id), since: moment))
        if let (path, state) = publication.files.flatMap(Self.parts) {
          standing.evidence.files.append(.init(name: path, state: state))
        }
        variables.formUnion(publication.outside.compactMap(OutsideReads.variable))
      }
      kept[0].audits = Array(kept.dropFirst())
      standing.results.append(kept[0])
    }
    standing.evidence.use(variables, in: environment)
    for source in project.sources {
      guard let expression = source.relation.expression else { continue }
      standing.evidence.sources.append(.init(name: expression, state: ledger.version(of: source.id).text))
    }
    return standing
  }
}
