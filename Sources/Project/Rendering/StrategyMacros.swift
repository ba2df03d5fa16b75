import Diagnostics
import EngineCore
import Jinja

/// dbt's macros for incremental models: strategies, and what to do about columns that changed.
enum StrategyMacros {
  static let bodies: [String: NativeMacros.Body] = strategies.merging(columns) { first, _ in first }

  // MARK: - Strategies

  private static let strategies: [String: NativeMacros.Body] = [
    "get_incremental_append_sql": { context, arguments in
      try strategy(arguments, context, "get_insert_into_sql", [.target, .source, .columns])
    },
    "get_incremental_delete_insert_sql": { context, arguments in
      try strategy(
        arguments, context, "get_delete_insert_merge_sql", [.target, .source, .key, .columns, .predicates])
    },
    "get_incremental_default_sql": { context, arguments in
      try call("get_incremental_delete_insert_sql", arguments, context)
    },
    "get_incremental_merge_sql": { context, arguments in
      try strategy(arguments, context, "get_merge_sql", [.target, .source, .key, .columns, .predicates])
    },
    "get_incremental_microbatch_sql": { context, arguments in
      let values = arguments.value(0, "arg_dict")
      guard let batch = context.frame.batch,
        let config = context.frame.model?.config.incremental.microbatch,
        let base = try base(values, context)
      else {
        throw Diagnostic(
          .templateRuntime, "get_incremental_microbatch_sql is for a batch of a microbatch model")
      }
      return joined(base.microbatch(batch, eventTime: config.eventTime))
    },
    "get_insert_into_sql": { context, arguments in
      let bound = try arguments.bind(
        ["target_relation", "temp_relation", "dest_columns"], required: 3, function: "get_insert_into_sql")
      return joined(try base(bound[0], bound[1], nil, bound[2], nil, context)?.append() ?? [])
    },
    "get_delete_insert_merge_sql": { context, arguments in
      joined(try base(bound(arguments, "get_delete_insert_merge_sql"), context)?.deleteInsert() ?? [])
    },
    "get_merge_sql": { context, arguments in
      guard let base = try base(bound(arguments, "get_merge_sql"), context) else { return "" }
      let config = context.frame.model?.config.incremental.merge ?? MergeConfig()
      return .string(MergeSQL(base, config, sourceColumns: base.columns).statement())
    },
    "get_insert_overwrite_merge_sql": { _, _ in
      throw Diagnostic(
        .unsupported, "DuckDB has no insert_overwrite", hint: "use delete+insert or microbatch")
    },
    "get_merge_update_columns": { context, arguments in
      let names = ["merge_update_columns", "merge_exclude_columns", "dest_columns"]
      let bound = try arguments.bind(names, required: 3, function: "get_merge_update_columns")
      let update = try elements(bound[0], context).map(\.description)
      if !update.isEmpty { return Value(update.map { .string($0) }) }
      let left = Set(try elements(bound[1], context).map { $0.description.lowercased() })
      let kept = try descriptions(bound[2], context).filter { !left.contains($0.name.lowercased()) }
      return Value(kept.map { .string(context.dialect.quoted($0.name)) })
    },
    "get_quoted_csv": { context, arguments in
      let names = try elements(arguments.value(0, "column_names"), context)
      return .string(names.map { context.dialect.quoted($0.description) }.joined(separator: ", "))
    },
    "normalize_incremental_predicates": { context, arguments in
      Value(try texts(arguments.value(0, "incremental_predicates"), context).map { .string($0) })
    },
  ]

  private enum Part: String {
    case target = "target_relation"
    case source = "temp_relation"
    case key = "unique_key"
    case columns = "dest_columns"
    case predicates = "incremental_predicates"
  }

  /// Calls the macro behind a strategy with what the strategy was given.
  private static func strategy(
    _ arguments: Arguments, _ context: NodeContext, _ name: String, _ parts: [Part]
  ) throws -> Value {
    let values = arguments.value(0, "arg_dict")?.dictValue
    return try call(name, Arguments(parts.map { values?[$0.rawValue] ?? Value.none }), context)
  }

  private static func call(_ name: String, _ arguments: Arguments, _ context: NodeContext) throws -> Value {
    guard let macro = context.lookup(name) else { return "" }
    return try context.interpreter.call(macro, arguments)
  }

  private static func bound(_ arguments: Arguments, _ function: String) throws -> [Value?] {
    try arguments.bind(
      ["target", "source", "unique_key", "dest_columns", "incremental_predicates"], required: 4,
      function: function)
  }

  private static func base(_ values: Value?, _ context: NodeContext) throws -> StrategySQL? {
    let values = values?.dictValue
    func part(_ part: Part) -> Value? { values?[part.rawValue] }
    return try base(part(.target), part(.source), part(.key), part(.columns), part(.predicates), context)
  }

  private static func base(_ bound: [Value?], _ context: NodeContext) throws -> StrategySQL? {
    try base(bound[0], bound[1], bound[2], bound[3], bound[4], context)
  }

  private static func base(
    _ target: Value?, _ source: Value?, _ key: Value?, _ columns: Value?, _ predicates: Value?,
    _ context: NodeContext
  ) throws -> StrategySQL? {
    guard let target = RelationObject.relation(target), let source = relation(source) else { return nil }
    return StrategySQL(
      dialect: context.dialect, target: target, source: source, columns: try descriptions(columns, context),
      uniqueKey: try texts(key, context), predicates: try texts(predicates, context))
  }

  /// A relation, or SQL in parentheses that stands for one.
  private static func relation(_ value: Value?) -> Relation? {
    if let relation = RelationObject.relation(value) { return relation }
    guard let text = value?.stringValue else { return nil }
    return Relation(identifier: text, expression: text)
  }

  private static func joined(_ statements: [String]) -> Value {
    .string(statements.joined(separator: ";\n\n"))
  }

  // MARK: - Columns that changed

  private static let columns: [String: NativeMacros.Body] = [
    "incremental_validate_on_schema_change": { _, arguments in
      let bound = try arguments.bind(
        ["on_schema_change", "default"], required: 1, function: "incremental_validate_on_schema_change")
      let text = bound[0]?.description ?? ""
      return SchemaChangeRule(rawValue: text) == nil ? bound[1] ?? "ignore" : .string(text)
    },
    "diff_columns": { context, arguments in
      let bound = try arguments.bind(
        ["source_columns", "target_columns"], required: 2, function: "diff_columns")
      let present = Set(try descriptions(bound[1], context).map { $0.name.lowercased() })
      return values(
        try descriptions(bound[0], context).filter { !present.contains($0.name.lowercased()) }, context)
    },
    "diff_column_data_types": { context, arguments in
      let bound = try arguments.bind(
        ["source_columns", "target_columns"], required: 2, function: "diff_column_data_types")
      let changes = SchemaChanges(
        source: try descriptions(bound[0], context), target: try descriptions(bound[1], context))
      return types(changes.retyped)
    },
    "check_for_schema_changes": { context, arguments in
      let bound = try arguments.bind(
        ["source_relation", "target_relation"], required: 2, function: "check_for_schema_changes")
      return try differences(bound[0], bound[1], context)
    },
    "process_schema_changes": { context, arguments in
      let names = ["on_schema_change", "source_relation", "target_relation"]
      let bound = try arguments.bind(names, required: 3, function: "process_schema_changes")
      guard let rule = SchemaChangeRule(rawValue: bound[0]?.description ?? ""), rule != .ignore else {
        return Value([(String, Value)]())
      }
      let source = try columns(of: bound[1], context)
      guard let target = RelationObject.relation(bound[2]) else { return .none }
      let changes = SchemaChanges(source: source, target: try columns(of: bound[2], context))
      if rule == .fail, !changes.isEmpty {
        throw Diagnostic(
          .incrementalMismatch, "the columns of the new rows are not those of the table",
          at: context.frame.model?.span, notes: changes.description,
          hint: "rebuild the table with --full-refresh, or set on_schema_change to append_new_columns")
      }
      for sql in changes.statements(rule, target: target, dialect: context.dialect) {
        _ = try context.execute(sql)
      }
      return values(source, context)
    },
    "sync_column_schemas": { context, arguments in
      let names = ["on_schema_change", "target_relation", "schema_changes_dict"]
      let bound = try arguments.bind(names, required: 3, function: "sync_column_schemas")
      guard let rule = SchemaChangeRule(rawValue: bound[0]?.description ?? ""),
        let target = RelationObject.relation(bound[1]), let given = bound[2]?.dictValue
      else { return "" }
      var changes = SchemaChanges(source: [], target: [])
      changes.added = try descriptions(given["source_not_in_target"], context)
      changes.removed = try descriptions(given["target_not_in_source"], context)
      changes.retyped = try elements(given["new_target_types"], context).map { item in
        ColumnDescription(
          name: item.dictValue?["column_name"]?.description ?? "",
          type: item.dictValue?["new_type"]?.description ?? "")
      }
      for sql in changes.statements(rule, target: target, dialect: context.dialect) {
        _ = try context.execute(sql)
      }
      return ""
    },
    "alter_relation_add_remove_columns": { context, arguments in
      let names = ["relation", "add_columns", "remove_columns"]
      let bound = try arguments.bind(names, required: 1, function: "alter_relation_add_remove_columns")
      guard let target = RelationObject.relation(bound[0]) else { return "" }
      var changes = SchemaChanges(source: [], target: [])
      changes.added = try descriptions(bound[1], context)
      changes.removed = try descriptions(bound[2], context)
      for sql in changes.statements(.syncAllColumns, target: target, dialect: context.dialect) {
        _ = try context.execute(sql)
      }
      return ""
    },
    "alter_column_type": { context, arguments in
      let names = ["relation", "column_name", "new_column_type"]
      let bound = try arguments.bind(names, required: 3, function: "alter_column_type")
      guard let target = RelationObject.relation(bound[0]) else { return "" }
      var changes = SchemaChanges(source: [], target: [])
      changes.retyped = [
        ColumnDescription(name: bound[1]?.description ?? "", type: bound[2]?.description ?? "")
      ]
      for sql in changes.statements(.syncAllColumns, target: target, dialect: context.dialect) {
        _ = try context.execute(sql)
      }
      return ""
    },
  ]

  private static func differences(_ source: Value?, _ target: Value?, _ context: NodeContext) throws -> Value
  {
    let (source, target) = (try columns(of: source, context), try columns(of: target, context))
    let changes = SchemaChanges(source: source, target: target)
    return Value([
      ("schema_changed", .bool(!changes.isEmpty)),
      ("source_not_in_target", values(changes.added, context)),
      ("target_not_in_source", values(changes.removed, context)),
      ("source_columns", values(source, context)), ("target_columns", values(target, context)),
      ("new_target_types", types(changes.retyped)),
    ])
  }

  private static func types(_ columns: [ColumnDescription]) -> Value {
    Value(columns.map { Value([("column_name", .string($0.name)), ("new_type", .string($0.type))]) })
  }

  private static func columns(of value: Value?, _ context: NodeContext) throws -> [ColumnDescription] {
    guard let relation = RelationObject.relation(value), let connection = context.connection else {
      return []
    }
    return try connection.columns(of: relation)
  }

  // MARK: - Values

  private static func values(_ columns: [ColumnDescription], _ context: NodeContext) -> Value {
    Value(columns.map { .object(ColumnObject($0, context.dialect)) })
  }

  private static func elements(_ value: Value?, _ context: NodeContext) throws -> [Value] {
    guard let value, !value.isNone, !value.isUndefined else { return [] }
    return try DataFunctions.elements(value, context.interpreter) ?? []
  }

  /// A text, or a list of texts, as a list.
  private static func texts(_ value: Value?, _ context: NodeContext) throws -> [String] {
    if let text = value?.stringValue { return text.isEmpty ? [] : [text] }
    return try elements(value, context).map(\.description)
  }

  private static func descriptions(_ value: Value?, _ context: NodeContext) throws -> [ColumnDescription] {
    try elements(value, context).map { item in
      if case .object(let object) = item, let column = object as? ColumnObject { return column.column }
      return ColumnDescription(name: item.description, type: "")
    }
  }
}
