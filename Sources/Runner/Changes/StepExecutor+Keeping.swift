import EngineCore
import Planner
import Project

extension StepExecutor {
  /// Runs those checks of an up-to-date node that are not up to date themselves, against what is live.
  func auditOnly(_ step: Step, _ since: [NodeID: Double], _ reasons: [NodeID: String]) -> NodeResult {
    let start = context.clock.uptime()
    var result = NodeResult.kept(
      step.node, context.project.node(step.node)?.resourceType ?? .model, since: since[step.node])
    for id in step.audits {
      guard let reason = reasons[id], let node = context.project.node(id) else {
        result.audits.append(.kept(id, .check, since: since[id]))
        continue
      }
      statements.forget()
      var audit = check(node)
      audit.reason = reason
      result.audits.append(audit)
    }
    result.duration = context.clock.uptime() - start
    return result
  }
}

extension NodeResult {
  /// Of a node that is left as it is.
  public static func kept(_ id: NodeID, _ resourceType: ResourceType, since moment: Double?) -> NodeResult {
    var result = NodeResult(
      node: id, resourceType: resourceType, status: .upToDate,
      message: "up to date: it and all that it depends on are as they were")
    result.upToDateSince = moment
    return result
  }
}
