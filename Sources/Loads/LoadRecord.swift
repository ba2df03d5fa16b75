/// What one load did to one table: a row of `_weir_loads`.
public struct LoadRecord: Sendable, Hashable {
  /// The load's unique id, shared by its tables.
  public var id: String
  /// The load's name.
  public var load: String
  /// The table's name.
  public var table: String
  /// How it was written: append, replace, merge or scd2.
  public var disposition = ""
  /// When it began, in seconds since 1970.
  public var startedAt = 0.0
  /// When it ended, in seconds since 1970.
  public var endedAt = 0.0
  /// Rows that were read from the source.
  public var rowsRead = 0
  /// Rows that are new in the table.
  public var rowsInserted = 0
  /// Rows that took the place of older versions.
  public var rowsUpdated = 0
  /// Rows that were removed or marked as gone.
  public var rowsDeleted = 0
  /// Rows that could not be taken.
  public var rowsRejected = 0
  /// Bytes that were read, if known.
  public var bytes: Int?
  /// How often the table's columns have changed, from 1.
  public var schemaVersion = 1
  /// The cursor before.
  public var cursorFrom: String?
  /// The cursor after.
  public var cursorTo: String?
  /// What changed in the source's columns, in words.
  public var changes: [String] = []

  /// Makes a record of nothing done yet.
  public init(id: String, load: String, table: String) {
    self.id = id
    self.load = load
    self.table = table
  }
}
