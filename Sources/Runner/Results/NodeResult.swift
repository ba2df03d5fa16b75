import Diagnostics
import EngineCore
import Loads
import Project
import Tabular

/// How a node ended, in dbt's words where dbt has one.
public enum NodeStatus: String, Sendable, Hashable, Codable, CaseIterable {
  /// Built and published.
  case success
  /// It could not be built, or it was built and a check kept it from being published.
  case error
  /// Some of a microbatch model's batches were built and published, others were not.
  case partialSuccess = "partial success"
  case skipped
  /// It was left as it is: doing it again would give what is there.
  case upToDate = "no-op"
  /// A check that found nothing, or so little that it is nothing.
  case pass
  case warn
  case fail
  case interrupted

  /// Whether the run failed with it, and what is downstream must not run.
  public var isFailure: Bool {
    switch self {
    case .error, .fail, .partialSuccess: true
    case .success, .skipped, .upToDate, .pass, .warn, .interrupted: false
    }
  }
}

/// A phase of a node's work, in seconds since 1970.
public struct NodeTiming: Sendable, Hashable {
  /// `compile` or `execute`.
  public var name: String
  /// When it began.
  public var startedAt: Double
  /// When it ended.
  public var endedAt: Double

  /// Makes a timing.
  public init(name: String, startedAt: Double, endedAt: Double) {
    self.name = name
    self.startedAt = startedAt
    self.endedAt = endedAt
  }
}

/// What became of a node.
public struct NodeResult: Sendable {
  /// The node.
  public var node: NodeID
  /// What it is.
  public var resourceType: ResourceType
  /// How it ended.
  public var status: NodeStatus
  /// One line that says what happened where the status alone does not.
  public var message: String?
  /// What went wrong, in the order it did.
  public var diagnostics: [Diagnostic] = []
  /// Rows written, where the engine says.
  public var rows: Int?
  /// What a check's failure calculation gave.
  public var failures: Int?
  /// How old a source's newest row is, if it was asked.
  public var freshness: FreshnessReading?
  /// What a load did to each of its tables.
  public var loads: [LoadRecord] = []
  /// What became of a microbatch model's batches, oldest first.
  public var batches: [BatchOutcome] = []
  /// How long it took, audits included.
  public var duration: Duration = .zero
  /// When it was compiled and executed.
  public var timings: [NodeTiming] = []
  /// How often it was tried; more than once only after a transient failure.
  public var attempts = 1
  /// The checks that gated it, in order.
  public var audits: [NodeResult] = []
  /// The SELECT after rendering.
  public var compiledSQL: String?
  /// All statements that were run for it.
  public var executedSQL: String?
  /// Some of the rows that a check found.
  public var failingRows: Table?
  /// The file that holds them, relative to the project.
  public var failingRowsPath: String?
  /// Where it is stored.
  public var relation: Relation?
  /// The node whose failure kept it from running.
  public var skippedBecause: NodeID?
  /// Why it was done, where only changes were asked for.
  public var reason: String?
  /// When what is up to date was made, in seconds since 1970.
  public var upToDateSince: Double?
  /// What carrying it out showed of what its result depends on.
  public var evidence: BuildEvidence?
  /// The worker that ran it; empty if none did.
  public var thread = ""

  /// Makes a result; everything beyond status and message starts empty.
  public init(node: NodeID, resourceType: ResourceType, status: NodeStatus, message: String? = nil) {
    self.node = node
    self.resourceType = resourceType
    self.status = status
    self.message = message
  }
}

extension NodeResult {
  /// What there is to say of something that is named among the results, for which nothing is done: dbt's words.
  public static func mentioned(_ node: NodeID, _ resourceType: ResourceType) -> NodeResult {
    var result = NodeResult(node: node, resourceType: resourceType, status: .upToDate, message: "NO-OP")
    result.failures = 0
    return result
  }

  /// Whether it is of something that lies outside the warehouse: an exposure or a saved query.
  public var isMention: Bool { resourceType == .exposure || resourceType == .savedQuery }
}

extension NodeReport {
  /// What hooks at the run's end see of a result.
  init(_ result: NodeResult, in project: Project) {
    let seconds =
      Double(result.duration.components.seconds) + Double(result.duration.components.attoseconds) / 1e18
    self.init(
      node: result.node, status: result.status == .interrupted ? "error" : result.status.rawValue,
      message: result.message(in: project), executionTime: seconds,
      failures: result.failures, rows: result.rows, thread: result.thread)
    timings = result.timings.map { ($0.name, $0.startedAt, $0.endedAt) }
  }
}
