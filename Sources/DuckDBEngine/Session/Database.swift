internal import CDuckDB
import Diagnostics
import Synchronization

/// One open database, closed with its last owner.
///
/// Safe as `@unchecked Sendable`: the handle never changes, and DuckDB lets any thread connect.
final class Database: @unchecked Sendable {
  let handle: duckdb_database
  private let path: String

  /// Opening one file twice in a process loses data, so every database comes from this one cache of DuckDB's
  /// own, which hands out the open one and forgets it when its last owner goes. It lives as long as the
  /// process; DuckDB locks it.
  private nonisolated(unsafe) static let cache: duckdb_instance_cache? = duckdb_create_instance_cache()

  /// How many databases of this process are open, by path.
  private static let open = Mutex<[String: Int]>([:])

  /// Opens the file at `path`, or one in memory that belongs to the caller alone. Throws a `Diagnostic`.
  init(path: String, configuration: [String: String]) throws {
    var config: duckdb_config?
    defer { duckdb_destroy_config(&config) }
    guard duckdb_create_config(&config) == DuckDBSuccess else {
      throw Diagnostic(.engineOutOfMemory, "the engine cannot be configured: no memory")
    }
    for (name, value) in configuration.sorted(by: { $0.key < $1.key }) {
      // Only names of no known setting fail here; those of extensions are accepted when the database opens.
      if duckdb_set_config(config, name, value) != DuckDBSuccess {
        throw Diagnostic(.profileSetting, "DuckDB has no setting \(name), or it does not take this value")
      }
    }
    let isWritable =
      configuration["access_mode"]?.lowercased() != "read_only" && !path.hasPrefix(":memory:")
    var database: duckdb_database?
    var error: UnsafeMutablePointer<CChar>?
    defer { duckdb_free(error) }
    // One at a time: a file is only mended while nobody in this process has it.
    let state = Self.open.withLock { open in
      let isFirst = open[path, default: 0] == 0
      if isFirst, isWritable { InterruptedCheckpoint.mend(path) }
      let state = duckdb_get_or_create_from_cache(Self.cache, path, &database, config, &error)
      guard state == DuckDBSuccess, database != nil else { return state }
      open[path, default: 0] += 1
      if isFirst, isWritable { SpillFiles.removeLeftovers(besides: path) }
      return state
    }
    guard state == DuckDBSuccess, let database else {
      duckdb_close(&database)
      throw Diagnostic.opening(path, error.map { String(cString: $0) } ?? "the engine gave no reason")
    }
    handle = database
    self.path = path
  }

  deinit {
    var handle: duckdb_database? = handle
    duckdb_close(&handle)
    Self.open.withLock { open in
      let others = open[path, default: 1] - 1
      open[path] = others == 0 ? nil : others
    }
  }
}
