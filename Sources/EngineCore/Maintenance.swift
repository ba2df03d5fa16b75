/// What is asked of a database's upkeep.
public struct MaintenanceRequest: Sendable, Hashable {
  /// The database, as the target names it.
  public var database: String
  /// Snapshots older than this are forgotten.
  public var snapshotAge: Duration
  /// Files are deleted once nothing has needed them for this long.
  public var fileAge: Duration
  /// Whether to say what would be done, and do nothing.
  public var isDryRun: Bool

  /// Makes a request.
  public init(database: String, snapshotAge: Duration, fileAge: Duration, isDryRun: Bool) {
    self.database = database
    self.snapshotAge = snapshotAge
    self.fileAge = fileAge
    self.isDryRun = isDryRun
  }
}

/// One step of a database's upkeep.
public struct MaintenanceStep: Sendable, Hashable {
  /// What it does, in a word or two.
  public var name: String
  /// A statement to run first, if any.
  public var statement: String?
  /// A query that does the step, or looks at what was done, and gives a row for each thing it touched: what it is,
  /// and what became of it.
  public var query: String

  /// Makes a step.
  public init(name: String, statement: String? = nil, query: String) {
    self.name = name
    self.statement = statement
    self.query = query
  }
}
