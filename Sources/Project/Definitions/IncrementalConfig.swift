import Jinja

/// What an incremental model does when its columns are not those of its table.
public enum SchemaChangeRule: String, Sendable, Codable, Hashable, CaseIterable {
  /// Columns that the table does not have are left out.
  case ignore
  /// The build fails.
  case fail
  /// New columns are added; those that are gone stay and are NULL in new rows.
  case appendNewColumns = "append_new_columns"
  /// New columns are added, those that are gone are dropped, and types follow.
  case syncAllColumns = "sync_all_columns"
}

/// How an incremental model takes up new rows, by dbt's names; a project's macros may define more.
public struct IncrementalStrategy: Sendable, Hashable, Codable {
  /// The name as configured.
  public let rawValue: String

  /// A strategy by its name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// All new rows are added.
  public static let append = IncrementalStrategy(rawValue: "append")
  /// Rows whose key comes again are deleted, then all new rows are added.
  public static let deleteInsert = IncrementalStrategy(rawValue: "delete+insert")
  /// Rows whose key comes again are updated, others are added.
  public static let merge = IncrementalStrategy(rawValue: "merge")
  /// The rows of a span of time are replaced, one span after the other.
  public static let microbatch = IncrementalStrategy(rawValue: "microbatch")

  /// The strategies that need no macro of the project.
  public static let builtIn: [IncrementalStrategy] = [.append, .deleteInsert, .merge, .microbatch]

  /// The macro that gives the statement, as dbt names it.
  public var macroName: String {
    "get_incremental_\(rawValue.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "_"))_sql"
  }
}

/// What else is configured of an incremental model.
public struct IncrementalConfig: Sendable, Codable, Hashable {
  /// What happens when the columns changed.
  public var onSchemaChange: SchemaChangeRule = .ignore
  /// How rows are merged.
  public var merge = MergeConfig()
  /// How time is divided; set for microbatch models.
  public var microbatch: MicrobatchConfig?

  /// Nothing configured.
  public init() {}
}

/// How `merge` goes.
public struct MergeConfig: Sendable, Codable, Hashable {
  /// A column that is set to something of its own.
  public struct Assignment: Sendable, Codable, Hashable {
    /// The column as written.
    public var column: String
    /// The expression.
    public var expression: String
  }

  /// The columns that are updated; empty for all.
  public var updateColumns: [String] = []
  /// The columns that are not.
  public var excludedColumns: [String] = []
  /// A condition on rows to be updated.
  public var updateCondition: String?
  /// A condition on rows to be added.
  public var insertCondition: String?
  /// What columns are set to in place of the new rows' values.
  public var assignments: [Assignment] = []
  /// Columns that join in place of the key.
  public var usingColumns: [String] = []
  /// What the statement gives back.
  public var returning: [String] = []
  /// The clauses for rows that match; nil for the usual one.
  public var matched: [MergeClause]?
  /// The clauses for rows that do not; nil for the usual one.
  public var notMatched: [MergeClause]?

  /// Whether clauses are written out.
  public var hasOwnClauses: Bool { matched != nil || notMatched != nil }
}

/// One `WHEN` of a merge.
public struct MergeClause: Sendable, Codable, Hashable {
  /// Which columns are taken.
  public enum Mode: String, Sendable, Codable, Hashable, CaseIterable {
    case byName = "by_name"
    case byPosition = "by_position"
    case star
    case explicit
  }

  /// What is done.
  public enum Action: String, Sendable, Codable, Hashable, CaseIterable {
    case update, insert, delete
    case doNothing = "do_nothing"
    case error
  }

  /// What is done.
  public var action: Action
  /// Which columns an update or an insert takes.
  public var mode: Mode = .byName
  /// Conditions, all of which must hold.
  public var conditions: [String] = []
  /// Which side lacks the row: `source` or `target`.
  public var side: String?
  /// An explicit update's columns, those it leaves out and what it sets.
  public var include: [String] = []
  /// The columns that an explicit update leaves out.
  public var exclude: [String] = []
  /// What columns are set to.
  public var assignments: [MergeConfig.Assignment] = []
  /// An explicit insert's columns.
  public var insertColumns: [String] = []
  /// An explicit insert's values.
  public var insertValues: [String] = []
  /// What an error says.
  public var message: String?
}

/// How long a batch is.
public enum BatchSize: String, Sendable, Codable, Hashable, CaseIterable {
  case hour, day, month, year
}

/// How a microbatch model divides time.
public struct MicrobatchConfig: Sendable, Codable, Hashable {
  /// The column that says when a row happened.
  public var eventTime: String
  /// Where the first batch begins, in microseconds since 1970, UTC.
  public var begin: Int
  /// How long a batch is.
  public var size: BatchSize
  /// How many batches before the current one are built again.
  public var lookback: Int
  /// Whether the model has a unique key, which batches cannot regard: it fails when it is built.
  public var refusesKey = false

  /// Makes a configuration.
  public init(eventTime: String, begin: Int, size: BatchSize, lookback: Int = 1) {
    self.eventTime = eventTime
    self.begin = begin
    self.size = size
    self.lookback = lookback
  }
}
