/// How a run ended, or that it has not.
public enum RunStatus: String, Sendable, Hashable, CaseIterable {
  case running, succeeded, failed, interrupted
  /// Its process died before it could say how it ended.
  case crashed
}

/// One invocation that did work.
public struct RunRecord: Sendable, Hashable {
  /// Unique to the invocation.
  public var id: String
  /// The command (`build`, `run`, …).
  public var command: String
  /// The target's name.
  public var target: String
  /// The process that runs it.
  public var processID: Int32
  /// Seconds since 1970.
  public var startedAt: Double
  /// Seconds since 1970; nil while it runs and where it crashed.
  public var endedAt: Double?
  /// How it ended.
  public var status: RunStatus

  /// Makes a record of a run that begins.
  public init(
    id: String, command: String, target: String, processID: Int32, startedAt: Double,
    endedAt: Double? = nil, status: RunStatus = .running
  ) {
    self.id = id
    self.command = command
    self.target = target
    self.processID = processID
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.status = status
  }
}

/// What became of one node in a run.
public struct TaskRecord: Sendable, Hashable {
  /// The node's unique name.
  public var node: String
  /// The node's status as the results show it (`success`, `fail`, …).
  public var status: String
  /// How often it was tried.
  public var attempts: Int
  /// Seconds since 1970.
  public var startedAt: Double
  /// Seconds since 1970.
  public var endedAt: Double
  /// Rows written, where known.
  public var rows: Int?
  /// Failing rows of a check.
  public var failures: Int?
  /// The result's one-line message.
  public var message: String?

  /// Makes a record.
  public init(
    node: String, status: String, attempts: Int = 1, startedAt: Double, endedAt: Double,
    rows: Int? = nil, failures: Int? = nil, message: String? = nil
  ) {
    self.node = node
    self.status = status
    self.attempts = attempts
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.rows = rows
    self.failures = failures
    self.message = message
  }
}
