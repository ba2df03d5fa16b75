import Project

/// The commands that run a plan.
public enum PlanCommand: String, Sendable, Codable, Hashable, CaseIterable {
  /// Builds models and seeds and runs checks.
  case build
  /// Builds models.
  case run
  /// Builds seeds.
  case seed
  /// Runs checks.
  case test

  /// The kinds of nodes that the command builds.
  public var builtTypes: Set<ResourceType> {
    switch self {
    case .build: [.model, .seed]
    case .run: [.model]
    case .seed: [.seed]
    case .test: []
    }
  }

  /// Whether the command runs checks.
  public var runsChecks: Bool { self == .build || self == .test }
}

/// What a plan is wanted for.
public struct PlanRequest: Sendable, Hashable {
  /// The command.
  public var command: PlanCommand
  /// What was selected.
  public var selection: Selection

  /// Makes a request.
  public init(command: PlanCommand, selection: Selection) {
    self.command = command
    self.selection = selection
  }
}
