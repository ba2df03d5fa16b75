import EngineCore

/// The functions that give the same for the same rows, whenever they are called.
struct SteadyFunctions: Sendable {
  private let names: Set<String>

  /// What most queries call: where there is nothing else, the engine need not be asked.
  static let common = SteadyFunctions(names: [
    "+", "-", "*", "/", "%", "||", "~~", "!~~", "abs", "avg", "coalesce", "concat", "count", "count_star",
    "cume_dist", "date_diff", "date_part", "date_trunc", "dense_rank", "first_value", "floor", "lag",
    "last_value",
    "lead", "length", "list_value", "lower", "max", "min", "nth_value", "ntile", "nullif", "percent_rank",
    "rank",
    "replace", "round", "row_number", "struct_pack", "substring", "sum", "trim", "upper",
  ])

  /// Words that are functions without a parenthesis.
  static let words: Set<String> = [
    "current_catalog", "current_database", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "localtime", "localtimestamp", "session_user", "user",
  ]

  /// Table functions that read nothing but their arguments.
  private static let tableFunctions: Set<String> = [
    "generate_series", "json_each", "json_tree", "range", "repeat", "repeat_row", "unnest",
  ]

  /// Functions that DuckDB counts as steady within a query, and that look at the session or the system.
  private static let settings: Set<String> = ["current_setting", "getenv", "getvariable", "version"]

  init(names: Set<String>) { self.names = names }

  /// Asks the engine: every overload of a name must be steady. The engine's own macros are, but for those that tell of the
  /// session; people's own may hold anything.
  init(_ connection: DuckDBConnection) throws {
    let rows = try connection.query(
      """
      SELECT lower(function_name) FROM duckdb_functions() GROUP BY ALL
      HAVING bool_and(coalesce(stability = 'CONSISTENT', false) OR function_type = 'aggregate'
        OR (function_type = 'macro' AND internal))
      """
    ).rows
    let asked = Set(
      rows.compactMap(\.first?.textValue).filter { !$0.hasPrefix("current_") && !$0.hasPrefix("pg_") })
    names = asked.union(Self.tableFunctions).union(Self.common.names).subtracting(Self.settings).subtracting(
      Self.words)
  }

  /// Those of `functions` that are not among them.
  func missing(from functions: Set<String>) -> Set<String> { functions.subtracting(names) }
}

extension DuckDBConnection {
  /// What a SELECT's result depends on; asks for the engine's functions at the first uncommon one. Throws a `Diagnostic`
  /// if it is no SELECT, or one that the engine's serialiser does not know.
  public func inputs(ofQuery sql: String) throws -> QueryInputs {
    let (tree, references) = try tree(of: sql)
    var changing = SteadyFunctions.common.missing(from: tree.functions)
    if !changing.isEmpty { changing = try steadyFunctions().missing(from: changing) }
    var found = changing.map { $0.contains { $0.isLetter } ? $0 + "()" : $0 }
    found += tree.bareColumns.intersection(SteadyFunctions.words)
    if tree.takesSample { found.append("a sample") }
    return QueryInputs(tables: references, changing: found.sorted())
  }
}
