import Diagnostics
import Jinja

extension ConfigDecoder {
  /// How an incremental model takes up rows.
  mutating func strategy(_ values: DataValue, _ config: NodeConfig) -> IncrementalStrategy {
    let standard: IncrementalStrategy = config.uniqueKey.isEmpty ? .append : .deleteInsert
    guard let written = text("incremental_strategy", values), written != "default" else {
      // A project's own default goes before dbt-duckdb's.
      return macros.hasMacro("get_incremental_default_sql")
        ? IncrementalStrategy(rawValue: "default") : standard
    }
    let strategy = IncrementalStrategy(rawValue: written == "delete_insert" ? "delete+insert" : written)
    if strategy == .deleteInsert, config.uniqueKey.isEmpty {
      report(
        "incremental_strategy", .missingKey, "\(subject) uses 'delete+insert' and has no unique_key",
        .warning,
        hint: "without one every new row is added: say which columns identify a row, or use 'append'")
    }
    if IncrementalStrategy.builtIn.contains(strategy) || macros.hasMacro(strategy.macroName) {
      return strategy
    }
    let names = IncrementalStrategy.builtIn.map(\.rawValue)
    if written == "insert_overwrite" {
      report(
        "incremental_strategy", .badValue,
        "the incremental strategy 'insert_overwrite' of \(subject) is none that DuckDB has",
        hint: "'microbatch' replaces spans of time, 'delete+insert' the rows of a key")
    } else {
      report(
        "incremental_strategy", .badValue, "\(subject) has the unknown incremental strategy '\(written)'",
        hint: Spelling.hint(for: written, among: names)
          ?? "there are \(names.joined(separator: ", ")), and what a macro '\(strategy.macroName)' adds")
    }
    return standard
  }

  /// What else is configured of an incremental model.
  mutating func incremental(_ values: DataValue, _ config: NodeConfig) -> IncrementalConfig {
    var result = IncrementalConfig()
    let rules = SchemaChangeRule.allCases.map(\.rawValue)
    result.onSchemaChange =
      choice("on_schema_change", values, rules).flatMap(SchemaChangeRule.init) ?? .ignore
    if config.incrementalStrategy == .merge { result.merge = merge(values) }
    if config.incrementalStrategy == .microbatch { result.microbatch = microbatch(values, config) }
    return result
  }

  // MARK: - Merge

  private mutating func merge(_ values: DataValue) -> MergeConfig {
    var merge = MergeConfig()
    merge.updateColumns = texts("merge_update_columns", values)
    merge.excludedColumns = texts("merge_exclude_columns", values)
    merge.updateCondition = text("merge_update_condition", values)
    merge.insertCondition = text("merge_insert_condition", values)
    merge.usingColumns = texts("merge_on_using_columns", values)
    merge.returning = texts("merge_returning_columns", values)
    merge.assignments = assignments("merge_update_set_expressions", values["merge_update_set_expressions"])
    if !merge.updateColumns.isEmpty, !merge.excludedColumns.isEmpty {
      report(
        "merge_exclude_columns", .badValue,
        "\(subject) has both 'merge_update_columns' and 'merge_exclude_columns'", hint: "keep one of them")
    }
    guard let written = values["merge_clauses"], !written.isNone else { return merge }
    guard written.entries != nil else {
      report(
        "merge_clauses", .badValue,
        "'merge_clauses' of \(subject) must be a mapping of 'when_matched' and 'when_not_matched'")
      return merge
    }
    merge.matched = clauses("when_matched", written)
    merge.notMatched = clauses("when_not_matched", written)
    for (key, _) in written.entries ?? [] where key != "when_matched" && key != "when_not_matched" {
      report(
        "merge_clauses", .badValue, "'merge_clauses' of \(subject) cannot have '\(key)'",
        hint: Spelling.hint(for: key, among: ["when_matched", "when_not_matched"]))
    }
    if !merge.hasOwnClauses {
      report(
        "merge_clauses", .badValue, "'merge_clauses' of \(subject) has no clause",
        hint: "it takes 'when_matched' and 'when_not_matched', each a list")
    }
    refuseBesideClauses(values)
    return merge
  }

  /// What clauses say themselves would be passed over in silence.
  private mutating func refuseBesideClauses(_ values: DataValue) {
    let basic = [
      "merge_update_condition", "merge_insert_condition", "merge_update_columns",
      "merge_update_set_expressions", "merge_exclude_columns",
    ]
    for key in basic {
      guard let value = values[key], !value.isNone, value.items?.isEmpty != true,
        value.entries?.isEmpty != true
      else { continue }
      report(
        key, .badValue, "'\(key)' of \(subject) has no effect beside 'merge_clauses'",
        hint: "say it within the clauses")
    }
  }

  private mutating func assignments(_ key: String, _ value: DataValue?) -> [MergeConfig.Assignment] {
    guard let value, !value.isNone else { return [] }
    guard let entries = value.entries else {
      report(key, .badValue, "'\(key)' of \(subject) must be a mapping of columns to expressions")
      return []
    }
    return entries.compactMap { column, expression in
      if let text = expression.scalarText { return .init(column: column, expression: text) }
      report(key, .badValue, "'\(column)' in '\(key)' of \(subject) must be SQL, not \(expression.typeName)")
      return nil
    }
  }

  private mutating func clauses(_ key: String, _ values: DataValue) -> [MergeClause]? {
    guard let value = values[key] else { return nil }
    guard let items = value.items, !items.isEmpty else {
      report("merge_clauses", .badValue, "'\(key)' of \(subject) must be a list of clauses")
      return nil
    }
    return items.compactMap { clause(key, $0) }
  }

  private mutating func clause(_ key: String, _ value: DataValue) -> MergeClause? {
    let actions = MergeClause.Action.allCases.filter { key == "when_not_matched" || $0 != .insert }
      .map(\.rawValue)
    guard value.entries != nil, let written = value["action"]?.scalarText else {
      report(
        "merge_clauses", .badValue,
        "a clause under '\(key)' of \(subject) must be a mapping with an 'action'",
        hint: "an action is one of: " + actions.joined(separator: ", "))
      return nil
    }
    guard actions.contains(written), let action = MergeClause.Action(rawValue: written) else {
      report(
        "merge_clauses", .badValue,
        "a clause under '\(key)' of \(subject) cannot have the action '\(written)'",
        hint: Spelling.hint(for: written, among: actions)
          ?? "an action is one of: " + actions.joined(separator: ", "))
      return nil
    }
    var clause = MergeClause(action: action)
    clause.conditions = value["condition"]?.texts ?? []
    clause.message = value["error_message"]?.scalarText
    if let side = value["by"]?.scalarText {
      guard ["source", "target"].contains(side.lowercased()) else {
        report("merge_clauses", .badValue, "'by' of a clause of \(subject) must be 'source' or 'target'")
        return nil
      }
      clause.side = side.lowercased()
    }
    return action == .update || action == .insert ? withColumns(clause, key, value) : clause
  }

  /// A clause that names columns.
  private mutating func withColumns(_ clause: MergeClause, _ key: String, _ value: DataValue) -> MergeClause?
  {
    var clause = clause
    let modes = MergeClause.Mode.allCases.map(\.rawValue)
    clause.assignments = assignments("merge_clauses", value["set_expressions"])
    if clause.action == .update, key == "when_not_matched" {
      guard !clause.assignments.isEmpty else {
        report(
          "merge_clauses", .badValue,
          "an update of rows that do not match needs 'set_expressions' in \(subject)")
        return nil
      }
      clause.side = clause.side ?? "source"
      return clause
    }
    guard let text = value["mode"]?.scalarText, let mode = MergeClause.Mode(rawValue: text) else {
      report(
        "merge_clauses", .badValue,
        "the \(clause.action.rawValue) of a clause of \(subject) needs a 'mode'",
        hint: "a mode is one of: " + modes.joined(separator: ", "))
      return nil
    }
    clause.mode = mode
    clause.include = value["update"]?["include"]?.texts ?? []
    clause.exclude = value["update"]?["exclude"]?.texts ?? []
    clause.assignments = assignments("merge_clauses", value["update"]?["set_expressions"])
    clause.insertColumns = value["insert"]?["columns"]?.texts ?? []
    clause.insertValues = value["insert"]?["values"]?.texts ?? []
    if clause.action == .insert, mode == .explicit,
      clause.insertColumns.isEmpty || clause.insertColumns.count != clause.insertValues.count
    {
      report(
        "merge_clauses", .badValue,
        "an explicit insert of \(subject) needs as many 'values' as 'columns' under 'insert'")
      return nil
    }
    return clause
  }

  // MARK: - Microbatch

  private mutating func microbatch(_ values: DataValue, _ config: NodeConfig) -> MicrobatchConfig? {
    let refusesKey =
      !config.uniqueKey.isEmpty && !macros.hasMacro(IncrementalStrategy.microbatch.macroName)
    if refusesKey {
      report(
        "unique_key", .badValue,
        "\(subject) is built in batches of time and cannot have a unique_key: it will fail",
        .warning, hint: "remove it, or use incremental_strategy='merge'")
    }
    let sizes = BatchSize.allCases.map(\.rawValue)
    for (key, what) in [
      ("event_time", "the column that says when a row happened"),
      ("begin", "the date from which it is built, such as begin='2024-01-01'"),
      ("batch_size", "one of: " + sizes.joined(separator: ", ")),
    ] where values[key]?.isNone ?? true {
      report(
        "incremental_strategy", .missingKey, "\(subject) is built in batches and has no \(key)",
        hint: "add \(key): \(what)")
    }
    let size = choice("batch_size", values, sizes).flatMap(BatchSize.init)
    let lookback = integer("lookback", values)
    if let lookback, lookback < 0 {
      report("lookback", .badValue, "'lookback' of \(subject) must not be negative")
    }
    _ = bool("concurrent_batches", values)
    guard let eventTime = text("event_time", values), let size, let begin = begin(values) else { return nil }
    var result = MicrobatchConfig(
      eventTime: eventTime, begin: begin, size: size, lookback: max(0, lookback ?? 1))
    result.refusesKey = refusesKey
    return result
  }

  private mutating func begin(_ values: DataValue) -> Int? {
    guard let written = text("begin", values) else { return nil }
    if let moment = MomentText.microseconds(written) { return moment }
    report(
      "begin", .badValue, "'begin' of \(subject) must be a date or a moment, not '\(written)'",
      hint: "write it as 2024-01-31 or 2024-01-31T12:00:00")
    return nil
  }
}
