import Project

/// What one step of a plan does.
public enum StepAction: String, Sendable, Codable, Hashable {
  /// Builds the node, audits it with the step's checks and publishes it.
  case build
  /// Runs a check against what is live.
  case check
  /// Asks how fresh a source is.
  case freshness
  /// Names what reads the project's data outside of it among the results. Nothing is done for it.
  case mention
}

/// One thing to do.
public struct Step: Sendable, Codable, Hashable {
  /// The node that is built or the check that is run.
  public var node: NodeID
  /// What is done with the node.
  public var action: StepAction
  /// The steps that must have succeeded first.
  public var waitsFor: [NodeID]
  /// The checks that gate this node's publication, in order. They are no steps of their own.
  public var audits: [NodeID]

  /// Makes a step.
  public init(node: NodeID, action: StepAction, waitsFor: [NodeID], audits: [NodeID]) {
    self.node = node
    self.action = action
    self.waitsFor = waitsFor
    self.audits = audits
  }
}

/// Everything a run will do, in an order that would be right for one thread. The runner does only this.
public struct Plan: Sendable, Codable, Hashable {
  /// The command that it was made for.
  public var command: String
  /// The steps, each after those that it waits for.
  public var steps: [Step]

  /// Makes a plan.
  public init(command: String, steps: [Step]) {
    self.command = command
    self.steps = steps
  }
}
