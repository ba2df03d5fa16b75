internal import CDuckDB

extension DuckDBEngine {
  /// The version of the library that this process has loaded, such as `v1.5.5`.
  public static var version: String { String(cString: duckdb_library_version()) }
}
