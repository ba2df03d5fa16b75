import Jinja

/// What templates may know about the command that runs.
public struct Invocation: Sendable {
  /// Unique to this invocation.
  public var id: String
  /// Seconds since 1970.
  public var startedAt: Double
  /// The command's name (`build`), for `flags.WHICH`.
  public var command: String
  /// Whether incremental models and seeds are built from nothing.
  public var isFullRefresh: Bool
  /// Whether checks store the rows that fail; nil leaves it to each check.
  public var storesFailures: Bool?
  /// `--vars`, a mapping.
  public var vars: DataValue
  /// The environment: only `env_var` reads it.
  public var environment: [String: String]
  /// The nodes that are selected, sorted, once they are known: `selected_resources`.
  public var selected: [NodeID] = []
  /// Where nodes are read from that the target does not have, if that is asked for.
  public var deferral: Deferral?
  /// Whether what is read gives no rows.
  public var readsNothing = false

  /// What the command was called with, by dbt's names: a mapping. `which` and `vars` stand there by themselves.
  public var arguments: DataValue = .emptyMapping
  /// What becomes of what templates warn of while nodes run.
  public var templateWarnings = TemplateWarnings.told

  /// The span of time of which alone models and snapshots read rows, where what they read has an `event_time`.
  public var sample: SampleWindow?

  /// What the options say.
  public init(_ options: LoadOptions) {
    id = options.invocationID
    startedAt = options.startedAt
    command = options.command
    isFullRefresh = options.isFullRefresh
    storesFailures = options.storesFailures
    vars = options.vars
    environment = options.environment
  }

  /// Takes in what is known of the arguments now; `more` is a mapping.
  public mutating func add(arguments more: DataValue) { arguments = arguments.merging(more) }

  /// What `invocation_args_dict` shows.
  var argumentValues: DataValue {
    DataValue.mapping([("which", .string(command)), ("vars", vars)]).merging(arguments)
  }

  /// What the environment says of the run, as `dbt_metadata_envs` shows it.
  var metadataEnvironment: [(name: String, value: String)] {
    let prefix = "DBT_ENV_CUSTOM_ENV_"
    return environment.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
      .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
  }

  /// Whether a node is selected.
  public func isSelected(_ id: NodeID) -> Bool {
    // The list is sorted.
    var bounds = selected[...]
    while let middle = bounds.isEmpty ? nil : bounds.startIndex + bounds.count / 2 {
      if bounds[middle] == id { return true }
      bounds = bounds[middle] < id ? bounds[(middle + 1)...] : bounds[..<middle]
    }
    return false
  }
}

/// What becomes of `exceptions.warn()`.
public enum TemplateWarnings: Sendable, Hashable {
  /// It is told, and stops nothing.
  case told
  /// It fails what is rendered; `origin` asked for it.
  case failing(origin: String)
  case silenced
}

/// Something that a template said: `log()`, `print()`, `exceptions.warn()`.
public struct LogLine: Sendable, Hashable {
  /// How loud it is.
  public enum Level: String, Sendable, Codable {
    /// For the log file alone.
    case debug
    /// For the person at the terminal.
    case info
    case warning
    /// What was asked for, for whoever reads the output: as it is, and whatever is to be left out of the log.
    case result
  }

  /// How loud it is.
  public var level: Level
  /// What was said.
  public var message: String
  /// The node whose text said it, if one did.
  public var node: NodeID?

  /// Makes a line.
  public init(level: Level, message: String, node: NodeID? = nil) {
    self.level = level
    self.message = message
    self.node = node
  }

  /// Whether the message is a statement that is about to run.
  public private(set) var isStatement = false

  /// A statement that is about to run for a node, or for none.
  public static func statement(_ sql: String, of node: NodeID?) -> LogLine {
    var line = LogLine(level: .debug, message: sql, node: node)
    line.isStatement = true
    return line
  }
}
