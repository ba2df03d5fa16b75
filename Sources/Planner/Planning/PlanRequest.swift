import Project

/// The commands that run a plan.
public enum PlanCommand: String, Sendable, Codable, Hashable, CaseIterable {
  /// Loads, builds models and seeds and runs checks.
  case build
  /// Builds models.
  case run
  /// Builds seeds.
  case seed
  /// Takes snapshots.
  case snapshot
  /// Runs checks.
  case test
  /// Loads, with the checks that gate what is loaded.
  case load

  /// The kinds of nodes that the command builds.
  public var builtTypes: Set<ResourceType> {
    switch self {
    case .build: [.model, .seed, .snapshot, .load, .function]
    case .run: [.model]
    case .seed: [.seed]
    case .snapshot: [.snapshot]
    case .test: []
    case .load: [.load]
    }
  }

  /// The kinds of what lies outside the warehouse that the command names among its results.
  public var mentionedTypes: Set<ResourceType> { self == .build ? [.exposure, .savedQuery] : [] }

  /// Whether the command runs checks.
  public var runsChecks: Bool { self == .build || self == .test || self == .load }

  /// Whether only those checks run that gate something that is built.
  public var runsGatesOnly: Bool { self == .load }
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
