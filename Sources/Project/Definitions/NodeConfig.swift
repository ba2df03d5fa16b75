import Jinja

/// How a model is stored.
public enum Materialization: String, Sendable, Codable, Hashable {
  case view, table, incremental, external, ephemeral, seed, snapshot
  /// One that a macro of the project or a package carries out.
  case own
  /// A check's own.
  case check = "test"
  /// A load's own.
  case load
  /// A unit test's own.
  case unit
  /// A function's own.
  case function
}

/// When a new version becomes visible.
public enum PublishRule: String, Sendable, Codable, Hashable {
  /// Only after its checks passed.
  case afterChecks = "after_checks"
  /// At once; checks run afterwards, as dbt does.
  case always
}

/// How a failing check counts.
public enum CheckSeverity: String, Sendable, Codable, Hashable {
  case error, warn
}

/// From where a model may be referred to.
public enum ModelAccess: String, Sendable, Codable, Hashable, CaseIterable {
  /// From models of its own group.
  case `private`
  /// From its own package, and from others unless the package says `restrict-access`.
  case protected
  /// From everywhere.
  case `public`
}

/// A statement that runs before or after a model, still with its Jinja.
public struct Hook: Sendable, Codable, Hashable {
  /// The text.
  public var sql: String
  /// Whether it runs inside the model's transaction.
  public var isTransactional: Bool
  /// The package that it belongs to, if not to the project.
  public private(set) var package: String?

  /// Makes a hook.
  public init(sql: String, isTransactional: Bool = true) {
    self.sql = sql
    self.isTransactional = isTransactional
  }

  /// The hook as one of a package.
  func of(package: String) -> Hook {
    var hook = self
    hook.package = package
    return hook
  }
}

/// The type that a seed's column is declared to have.
public struct ColumnType: Sendable, Codable, Hashable {
  /// The column, as it is written.
  public var column: String
  /// The type, in the engine's words.
  public var type: String

  /// Makes a declaration.
  public init(column: String, type: String) {
    self.column = column
    self.type = type
  }
}

/// A node's configuration: project, folders, property file and `config()` merged, each key by dbt's rule.
public struct NodeConfig: Sendable, Codable {
  /// Every key as merged, those that Weir does not know too: what `config.get` reads and the manifest shows.
  public var values: DataValue
  /// Whether it takes part at all.
  public var isEnabled = true
  /// How it is stored.
  public var materialization: Materialization
  /// The custom database, schema and alias as written, before the naming macros.
  public var database: String?
  /// The custom schema as written.
  public var schema: String?
  /// The custom name in the warehouse.
  public var alias: String?
  /// The tags, each once.
  public var tags: [String] = []
  /// Statements before the model.
  public var preHooks: [Hook] = []
  /// Statements after the model.
  public var postHooks: [Hook] = []
  /// From where a model may be referred to.
  public var access: ModelAccess = .protected
  /// What it promises of its columns.
  public var contract = ContractConfig()
  /// The group that it belongs to.
  public var group: String?
  /// When a new version becomes visible.
  public var publish: PublishRule = .afterChecks
  /// Incremental models: the columns that identify a row, the strategy, further conditions for deleting.
  public var uniqueKey: [String] = []
  /// How new rows are taken up; set for incremental models.
  public var incrementalStrategy: IncrementalStrategy?
  /// Further conditions on the rows that are deleted.
  public var incrementalPredicates: [String] = []
  /// What else is configured of an incremental model.
  public var incremental = IncrementalConfig()
  /// The macro that builds the model, where it is not built in.
  public var ownMaterialization: NodeID?
  /// Overrides `--full-refresh` where set.
  public var fullRefresh: Bool?
  /// External models: where and how their files are written.
  public var external: ExternalConfig?
  /// Snapshots: the history that they keep.
  public var snapshot: SnapshotConfig?
  /// Seeds: declared types by column, and how the file is written.
  public var columnTypes: [ColumnType] = []
  /// What parts a seed's columns.
  public var delimiter: String = ","
  /// Whether a seed's column names are quoted, if said.
  public var quotesColumns: Bool?
  /// Checks.
  public var severity: CheckSeverity = .error
  /// The count of failures, as a comparison, from which it warns.
  public var warnIf = "!= 0"
  /// The count of failures, as a comparison, from which it fails.
  public var errorIf = "!= 0"
  /// The expression that counts failures.
  public var failureCalculation = "count(*)"
  /// The rows that are checked, as a condition (`where`).
  public var condition: String?
  /// How many failing rows are looked for at most.
  public var limit: Int?
  /// Whether the rows that fail are stored.
  public var storesFailures = false
  /// How failures are stored: `table` or `view`.
  public var storesFailuresAs: Materialization = .table

  /// How it is stored, by the name that the project gives it.
  public var materializationName: String {
    guard materialization == .own else { return materialization.rawValue }
    return values["materialized"]?.stringValue ?? "view"
  }

  /// Whether it adds to the table that is there, built in or by a macro of its own.
  public var isIncremental: Bool { materializationName == "incremental" }

  /// Makes a configuration with nothing set but how it is stored.
  public init(materialization: Materialization, values: DataValue) {
    self.materialization = materialization
    self.values = values
  }
}
