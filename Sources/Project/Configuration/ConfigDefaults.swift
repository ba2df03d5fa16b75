import Jinja

/// What a resource's configuration holds before anything is written: the keys and order of dbt's manifest.
enum ConfigDefaults {
  static let model = node(materialized: "view", [("access", .string("protected")), ("freshness", .none)])
  static let seed = node(materialized: "seed", [("delimiter", .string(",")), ("quote_columns", .none)])
  static let snapshot = node(
    materialized: "snapshot",
    [
      ("strategy", .none), ("target_schema", .none), ("target_database", .none), ("updated_at", .none),
      ("check_cols", .none),
      (
        "snapshot_meta_column_names",
        .mapping(
          ["dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"].map {
            ($0, .none)
          })
      ),
      ("dbt_valid_to_current", .none),
    ])
  static let function = node(
    materialized: "function",
    [("type", .string("scalar")), ("volatility", .none), ("runtime_version", .none), ("entry_point", .none)])
  static let operation = node(materialized: "view", [])
  static let analysis = operation
  static let unitTest: DataValue = .mapping([
    ("tags", .list([])), ("meta", .emptyMapping), ("enabled", .bool(true)), ("static_analysis", .none),
  ])
  static let check: DataValue = .mapping([
    ("enabled", .bool(true)), ("alias", .none), ("schema", .string("dbt_test__audit")), ("database", .none),
    ("tags", .list([])), ("meta", .emptyMapping), ("group", .none), ("static_analysis", .none),
    ("materialized", .string("test")),
    ("severity", .string("ERROR")), ("store_failures", .none), ("store_failures_as", .none), ("where", .none),
    ("limit", .none), ("fail_calc", .string("count(*)")), ("warn_if", .string("!= 0")),
    ("error_if", .string("!= 0")),
  ])

  private static func node(materialized: String, _ more: [(String, DataValue)]) -> DataValue {
    .mapping(
      [
        ("enabled", .bool(true)), ("alias", .none), ("schema", .none), ("database", .none),
        ("tags", .list([])), ("meta", .emptyMapping), ("group", .none), ("static_analysis", .none),
        ("materialized", .string(materialized)), ("incremental_strategy", .none), ("batch_size", .none),
        ("lookback", .int(1)), ("begin", .none), ("persist_docs", .emptyMapping), ("post-hook", .list([])),
        ("pre-hook", .list([])), ("quoting", .emptyMapping), ("column_types", .emptyMapping),
        ("full_refresh", .none), ("unique_key", .none), ("on_schema_change", .string("ignore")),
        ("on_configuration_change", .string("apply")), ("grants", .emptyMapping), ("packages", .list([])),
        ("docs", .mapping([("show", .bool(true)), ("node_color", .none)])),
        ("contract", .mapping([("enforced", .bool(false)), ("alias_types", .bool(true))])),
        ("event_time", .none), ("concurrent_batches", .none),
      ] + more)
  }
}
