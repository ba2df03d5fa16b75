import EngineCore

/// How DuckDB spells SQL: as the standard has it.
public struct DuckDBDialect: Dialect {
  /// The dialect needs to know nothing.
  public init() {}

  /// `duckdb`, as in dbt.
  public var name: String { "duckdb" }
}
