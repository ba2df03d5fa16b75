/// What a snapshot's configuration says of the history that it keeps.
public struct SnapshotConfig: Sendable, Codable, Hashable {
  /// What becomes of rows that the source no longer has.
  public enum HardDeletes: String, Sendable, Codable, Hashable, CaseIterable {
    /// Their last version stays valid.
    case ignore
    /// Their last version ends.
    case invalidate
    /// Their last version ends, and one that says that they are deleted follows.
    case newRecord = "new_record"
  }

  /// Which columns are compared by the strategy `check`.
  public enum CheckedColumns: Sendable, Codable, Hashable {
    case all
    case some([String])
  }

  /// How changes are found: `timestamp`, `check`, or a strategy of the project's own, perhaps with its package.
  public var strategy = ""
  /// What identifies a row.
  public var uniqueKey = SnapshotKey([], isList: false)
  /// The column, or expression, that says when a row was changed.
  public var updatedAt: String?
  /// Which columns are compared.
  public var checkedColumns: CheckedColumns?
  /// What becomes of rows that the source no longer has.
  public var hardDeletes = HardDeletes.ignore
  /// What stands in `dbt_valid_to` of versions that are valid now, as SQL; nil for NULL.
  public var validToCurrent: String?
  /// The names of the columns that the history adds.
  public var columns = SnapshotColumns()
  /// Whether two NULLs are equal in a key that is a list: dbt's flag `enable_truthy_nulls_equals_macro`.
  public var matchesNullKeys = false

  /// Makes a configuration that says nothing.
  public init() {}
}

/// What identifies a row of a snapshot: one expression, or a list of them.
public struct SnapshotKey: Sendable, Codable, Hashable {
  /// The expressions, as SQL.
  public var expressions: [String]
  /// Whether they were given as a list, be it of one.
  public var isList: Bool

  /// Makes a key.
  public init(_ expressions: [String], isList: Bool) {
    self.expressions = expressions
    self.isList = isList
  }

  /// The columns that hold their values while a snapshot is taken; the names are dbt's, which strategies may use.
  public var columns: [String] {
    isList ? expressions.indices.map { "dbt_unique_key_\($0 + 1)" } : ["dbt_unique_key"]
  }
}

/// The names of the columns that a history adds to those of its source.
public struct SnapshotColumns: Sendable, Codable, Hashable {
  /// Since when a version is valid.
  public var validFrom = "dbt_valid_from"
  /// Until when it was.
  public var validTo = "dbt_valid_to"
  /// What identifies a version.
  public var id = "dbt_scd_id"
  /// When the source says that it was changed.
  public var updatedAt = "dbt_updated_at"
  /// Whether it says that the row is deleted: `True` or `False`, as text.
  public var isDeleted = "dbt_is_deleted"

  /// dbt's names.
  public init() {}

  /// The names in use, by dbt's.
  public var named: [(standard: String, own: String)] {
    [
      ("dbt_valid_from", validFrom), ("dbt_valid_to", validTo), ("dbt_scd_id", id),
      ("dbt_updated_at", updatedAt), ("dbt_is_deleted", isDeleted),
    ]
  }
}

/// How a snapshot finds what changed, as SQL: what a strategy's macro gave.
public struct SnapshotStrategy: Sendable, Hashable {
  /// The rows of the source in `rowChanged`.
  public static let sourceAlias = "source_data"
  /// The versions that are valid now in `rowChanged`, and in `deletionID`.
  public static let historyAlias = "snapshotted_data"

  /// What identifies a row.
  public var uniqueKey: SnapshotKey
  /// When a row of the source was changed, over the source's columns.
  public var updatedAt: String
  /// Whether a row of the source differs from its version that is valid now.
  public var rowChanged: String
  /// What identifies a new version, over the source's columns.
  public var versionID: String
  /// What becomes of rows that the source no longer has.
  public var hardDeletes: SnapshotConfig.HardDeletes
  /// The time of the snapshot.
  public var now: String
  /// What identifies the version that says that a row is deleted.
  public var deletionID: String

  /// Makes a strategy.
  public init(
    uniqueKey: SnapshotKey, updatedAt: String, rowChanged: String, versionID: String,
    hardDeletes: SnapshotConfig.HardDeletes, now: String, deletionID: String
  ) {
    self.uniqueKey = uniqueKey
    self.updatedAt = updatedAt
    self.rowChanged = rowChanged
    self.versionID = versionID
    self.hardDeletes = hardDeletes
    self.now = now
    self.deletionID = deletionID
  }
}
