/// The keys that dbt's property files know, section by section.
enum PropertyKeys {
  static let sections: Set<String> = [
    "version", "models", "seeds", "snapshots", "sources", "exposures", "macros", "analyses", "tests",
    "data_tests", "checks", "unit_tests", "groups", "metrics", "semantic_models", "saved_queries",
    "functions",
    "anchors",
  ]
  /// The keys under which checks stand, all of one meaning; the last is Weir's own.
  static let checks = ["data_tests", "tests", "checks"]
  /// Configuration that older projects write beside `config` instead of under it.
  static let movedToConfig = ["tags", "meta", "docs", "group", "access", "quote_columns", "enabled"]

  static let resource: Set<String> = [
    "name", "description", "docs", "config", "columns", "tests", "data_tests", "checks", "tags", "meta",
    "access",
    "group",
    "latest_version", "deprecation_date", "constraints", "time_spine", "versions", "quote_columns", "enabled",
    "data_type", "primary_key",
  ]
  static let snapshot: Set<String> = resource.union(["relation"])
  static let analysis: Set<String> = resource.subtracting(checks)
  static let column: Set<String> = [
    "name", "description", "docs", "config", "tests", "data_tests", "checks", "tags", "meta", "data_type",
    "constraints",
    "quote", "granularity", "policy_tags", "dimension", "entity",
  ]
  static let version: Set<String> = [
    "v", "defined_in", "description", "access", "config", "constraints", "docs", "columns", "tests",
    "data_tests", "checks", "deprecation_date", "tags", "meta",
  ]
  static let source: Set<String> = [
    "name", "description", "database", "schema", "loader", "quoting", "freshness", "loaded_at_field",
    "loaded_at_query", "tables", "tags", "meta", "config", "overrides", "tests", "data_tests", "checks",
    "enabled",
  ]
  static let table: Set<String> = [
    "name", "description", "identifier", "columns", "tests", "data_tests", "checks", "config",
    "loaded_at_field",
    "loaded_at_query", "quoting", "freshness", "external", "tags", "meta", "loader", "docs", "enabled",
  ]
  static let function: Set<String> = [
    "name", "description", "docs", "config", "columns", "tags", "meta", "access", "group", "constraints",
    "enabled", "data_type", "arguments", "returns",
  ]
  static let functionArgument: Set<String> = ["name", "data_type", "description", "default_value"]
  static let functionReturns: Set<String> = ["data_type", "description"]
  static let exposure: Set<String> = [
    "name", "label", "description", "type", "url", "maturity", "meta", "tags", "enabled", "owner",
    "depends_on",
    "config", "docs",
  ]
  static let group: Set<String> = ["name", "owner", "description", "config"]
  static let macro: Set<String> = ["name", "description", "docs", "meta", "config", "arguments"]
}
