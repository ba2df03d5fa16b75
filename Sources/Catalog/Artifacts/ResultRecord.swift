import Project

/// How a node ended, by dbt's words.
public enum ResultStatus: String, Sendable, Codable, Hashable, CaseIterable {
  /// A model or seed was built.
  case success
  /// The node could not be carried out.
  case error
  /// Some batches of a microbatch model were built, and others were not.
  case partialSuccess = "partial success"
  /// Something that it needs did not succeed.
  case skipped
  /// It was left as it is: dbt's word for what there is nothing to do about.
  case upToDate = "no-op"
  /// A check found nothing wrong.
  case pass
  /// A check found something that does not stop anything.
  case warn
  /// A check failed.
  case fail
}

/// A stretch of time, in seconds since 1970.
public struct Interval: Sendable, Hashable {
  /// When it began.
  public var start: Double
  /// When it ended.
  public var end: Double

  /// Makes an interval.
  public init(start: Double, end: Double) {
    self.start = start
    self.end = end
  }
}

/// What became of one node, as `run_results.json` tells it.
public struct ResultRecord: Sendable, Hashable {
  /// The node.
  public var id: NodeID
  /// How it ended.
  public var status: ResultStatus
  /// When it was compiled, if it was.
  public var compile: Interval?
  /// When it was carried out, if it was.
  public var execute: Interval?
  /// The thread's name.
  public var threadName: String
  /// All told, in seconds.
  public var executionTime: Double
  /// Whether an engine said something about it.
  public var isAnswered = true
  /// What there is to say about it.
  public var message: String?
  /// How many failures a check found.
  public var failures: Int?
  /// How many rows the engine changed, if it says.
  public var rowsAffected: Int?
  /// What became of a microbatch model's batches; none for other nodes.
  public var batches: [BatchRecord] = []
  /// Whether it is something that is compiled, even if it was not.
  public var isCompilable = false
  /// The SQL before any statement was made of it.
  public var compiledSQL: String?
  /// The relation that was built, as SQL spells it.
  public var relationName: String?

  /// Makes a record; what is not known yet starts empty.
  public init(id: NodeID, status: ResultStatus, threadName: String, executionTime: Double) {
    self.id = id
    self.status = status
    self.threadName = threadName
    self.executionTime = executionTime
  }
}

/// What became of one batch of a microbatch model.
public struct BatchRecord: Sendable, Hashable {
  /// The first moment, as text: `2024-01-31 00:00:00+00:00`.
  public var start: String
  /// The first moment that is no part of it.
  public var end: String
  /// Whether its rows are in the table.
  public var isBuilt: Bool

  /// Makes a record.
  public init(start: String, end: String, isBuilt: Bool) {
    self.start = start
    self.end = end
    self.isBuilt = isBuilt
  }
}
