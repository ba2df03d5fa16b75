import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What DuckDB writes beside a database file when memory is short. It deletes them as it closes, which a process that
/// is killed never does; DuckDB itself would see them again only when it next runs short.
enum SpillFiles {
  /// Deletes those beside the database at `path`. Whoever calls holds the file for writing, and has run nothing yet.
  static func removeLeftovers(besides path: String) {
    let folder = path + ".tmp"
    let names: [String]
    do {
      names = try Folder.names(in: folder)
    } catch {
      // As a rule there is no such folder; one that cannot be read keeps what it has.
      return
    }
    let spilled = names.filter { $0.hasPrefix("duckdb_temp_") }
    // What cannot be deleted now may be the next time: it is in nobody's way.
    for name in spilled { unlink(folder + "/" + name) }
    if !spilled.isEmpty { rmdir(folder) }
  }
}
