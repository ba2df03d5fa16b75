import Glibc
import Project

/// What the command line asks of a run.
public struct RunOptions: Sendable {
  /// How many steps run at once, at most.
  public var threads: Int
  /// Stop at the first failure.
  public var isFailFast = false
  /// `--store-failures`; nil leaves it to each check's configuration.
  public var storesFailures: Bool?
  /// What templates may know of the command.
  public var invocation: Invocation
  /// How many failing rows of a check are shown and saved.
  public var failureSampleRows = 100
  /// Whether `RunEvent.progress` is wanted.
  public var reportsProgress = false
  /// Loads: where a backfill begins, on the cursor's column, as text; itself part of it.
  public var since: String?
  /// Loads: where a backfill ends; not part of it.
  public var until: String?

  /// Microbatch models: where time begins that is built, in microseconds since 1970, UTC.
  public var eventTimeStart: Int?
  /// Microbatch models: where it ends; not part of it.
  public var eventTimeEnd: Int?

  /// What runs Python models.
  public var python = PythonProgram()
  /// Microbatch models of which an earlier run built some batches, and not others: only those are built now.
  public var retriedBatches: [NodeID: RetriedBatches] = [:]

  /// Whether no step begins if a hook before them fails.
  public var skipsNodesIfStartFails = false
  /// Whether statements are told of as `LogLine`s of the level `debug`.
  public var tellsStatements = false
  /// Leave as it is what is up to date.
  public var onlyChanges = false
  /// What is known of the target's database files; nil where nothing is, and nothing is taken for up to date.
  public var databases: DatabaseWatch?

  /// Options of an invocation.
  public init(threads: Int, invocation: Invocation) {
    self.threads = threads
    self.invocation = invocation
    storesFailures = invocation.storesFailures
  }

  /// Whether incremental models are rebuilt.
  public var isFullRefresh: Bool { invocation.isFullRefresh }
}

/// What became of a microbatch model's batches in an earlier run: spans of time, in microseconds since 1970, UTC.
public struct RetriedBatches: Sendable, Hashable {
  /// Those whose rows are in the table.
  public var built: [Range<Int>]
  /// Those that are built again.
  public var failed: [Range<Int>]

  /// Makes a record.
  public init(built: [Range<Int>], failed: [Range<Int>]) {
    self.built = built
    self.failed = failed
  }
}

/// Tells the time to a run.
public struct RunClock: Sendable {
  /// Seconds since 1970.
  public var now: @Sendable () -> Double
  /// Time since any fixed moment; never goes back.
  public var uptime: @Sendable () -> Duration

  /// A clock that is read by the given functions.
  public init(now: @escaping @Sendable () -> Double, uptime: @escaping @Sendable () -> Duration) {
    self.now = now
    self.uptime = uptime
  }

  /// The system's clock.
  public static let system = RunClock(
    now: {
      let time = read(CLOCK_REALTIME)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    },
    uptime: {
      let time = read(CLOCK_MONOTONIC)
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    })

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
