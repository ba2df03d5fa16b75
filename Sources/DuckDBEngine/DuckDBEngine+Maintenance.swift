import EngineCore

extension DuckDBEngine {
  /// A lake: rows kept in its catalog are written to files, files with many deleted rows are rewritten, small ones are
  /// merged, old snapshots forgotten, and files that no snapshot needs deleted. A DuckDB file: a checkpoint.
  public func maintenance(_ request: MaintenanceRequest) -> [MaintenanceStep] {
    let steps = LakeMaintenance(request: request)
    if isLake(request.database) { return request.isDryRun ? steps.preview : steps.work }
    return [steps.checkpoint]
  }

  /// What DuckLake says of its snapshots; nil for any other database.
  public func snapshotQuery(database: String) -> String? {
    guard isLake(database) else { return nil }
    return """
      SELECT snapshot_id AS version, snapshot_time AS time, changes, author, commit_message AS message
      FROM ducklake_snapshots(\(DuckDBDialect().literal(database))) ORDER BY snapshot_id DESC
      """
  }
}

/// The upkeep of one database in SQL.
struct LakeMaintenance {
  let request: MaintenanceRequest

  private var lake: String { DuckDBDialect().literal(request.database) }

  /// Files of which more than this part was deleted are rewritten without it.
  private static let deletedPart = 0.25

  /// All of it, in the order in which one step leaves work to the next.
  var work: [MaintenanceStep] {
    [
      MaintenanceStep(
        name: "write rows of the catalog to files",
        query: """
          SELECT schema_name || '.' || table_name, format('{:d} row{}', rows_flushed::BIGINT, if(rows_flushed = 1, '', 's'))
          FROM ducklake_flush_inlined_data(\(lake))
          """),
      MaintenanceStep(
        name: "rewrite files with deleted rows",
        query: """
          SELECT schema_name || '.' || table_name, format('{:d} file{} into {:d}', files_processed, if(files_processed = 1, '', 's'), files_created)
          FROM ducklake_rewrite_data_files(\(lake), delete_threshold => \(Self.deletedPart))
          """),
      MaintenanceStep(
        name: "merge small files",
        query: """
          SELECT schema_name || '.' || table_name, format('{:d} file{} into {:d}', files_processed, if(files_processed = 1, '', 's'), files_created)
          FROM ducklake_merge_adjacent_files(\(lake))
          """),
    ] + tidying
  }

  /// What the work would find. DuckLake cannot say what compaction would do, only what there is.
  var preview: [MaintenanceStep] {
    [
      MaintenanceStep(
        name: "compact",
        query: """
          SELECT table_name, format('has {:d} files and {:d} of deleted rows', file_count, delete_file_count)
          FROM ducklake_table_info(\(lake)) WHERE file_count > 1 OR delete_file_count > 0 ORDER BY table_name
          """)
    ] + tidying
  }

  private var tidying: [MaintenanceStep] {
    let would = request.isDryRun ? "would be " : ""
    return [
      MaintenanceStep(
        name: "expire snapshots",
        query: """
          SELECT format('versions {:d} to {:d}', min(snapshot_id), max(snapshot_id)),
            format('{:d} \(would)forgotten', count(*))
          FROM ducklake_expire_snapshots(\(lake), \(options(olderThan: request.snapshotAge)))
          HAVING count(*) > 0
          """),
      MaintenanceStep(
        name: "delete files that expired", query: deletion("ducklake_cleanup_old_files", would)),
      MaintenanceStep(
        name: "delete files of no table", query: deletion("ducklake_delete_orphaned_files", would)),
    ]
  }

  private func deletion(_ function: String, _ would: String) -> String {
    """
    SELECT parse_dirpath(path), format('{:d} file{} \(would)deleted', count(*), if(count(*) = 1, '', 's'))
    FROM \(function)(\(lake), \(options(olderThan: request.fileAge))) GROUP BY 1 ORDER BY 1
    """
  }

  private func options(olderThan age: Duration) -> String {
    "dry_run => \(request.isDryRun), older_than => now() - to_seconds(\(age.components.seconds))"
  }

  /// A checkpoint of a database file.
  var checkpoint: MaintenanceStep {
    MaintenanceStep(
      name: request.isDryRun ? "checkpoint (not done)" : "checkpoint",
      statement: request.isDryRun ? nil : "CHECKPOINT \(DuckDBDialect().quoted(request.database))",
      query: """
        SELECT database_name, format('{} in the file, {} of it free for reuse, {} in the log', database_size,
          format_bytes(free_blocks * block_size), wal_size)
        FROM pragma_database_size() WHERE database_name = \(lake)
        """)
  }
}
