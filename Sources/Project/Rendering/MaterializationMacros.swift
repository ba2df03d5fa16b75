import Diagnostics
import EngineCore
import Jinja

/// dbt's macros that materializations of projects and packages are made of.
enum MaterializationMacros {
  static let bodies: [String: NativeMacros.Body] = relations.merging(statements) { first, _ in first }
    .merging(creations) { first, _ in first }

  // MARK: - Relations

  private static let relations: [String: NativeMacros.Body] = [
    "make_temp_relation": { context, arguments in
      let bound = try arguments.bind(
        ["base_relation", "suffix"], required: 1, function: "make_temp_relation")
      guard var relation = RelationObject.relation(bound[0]) else { return .none }
      relation = Relation(
        identifier: relation.identifier + (bound[1]?.description ?? "__dbt_tmp"), kind: relation.kind)
      return .object(RelationObject(relation, context.dialect))
    },
    "make_intermediate_relation": { context, arguments in
      try renamed("make_intermediate_relation", "__dbt_tmp", context, arguments)
    },
    "make_backup_relation": { context, arguments in
      let names = ["base_relation", "backup_relation_type", "suffix"]
      let bound = try arguments.bind(names, required: 1, function: "make_backup_relation")
      guard var relation = RelationObject.relation(bound[0]) else { return .none }
      relation.identifier += bound[2]?.description ?? "__dbt_backup"
      if let type = bound[1], !type.isNone { relation.kind = RelationKind(rawValue: type.description) }
      return .object(RelationObject(relation, context.dialect))
    },
    "get_or_create_relation": { context, arguments in
      let names = ["database", "schema", "identifier", "type"]
      let bound = try arguments.bind(names, required: 4, function: "get_or_create_relation")
      let texts = bound.map { $0.flatMap { $0.isNone || $0.isUndefined ? nil : $0.description } }
      var relation = Relation(database: texts[0], schema: texts[1], identifier: texts[2] ?? "")
      let found = try context.connection?.find(relation)
      relation.kind = found?.kind ?? texts[3].flatMap(RelationKind.init)
      return .tuple([.bool(found != nil), .object(RelationObject(relation, context.dialect))])
    },
    "drop_relation": { context, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return "" }
      _ = try context.execute(context.dialect.drop(relation))
      return ""
    },
    "rename_relation": { context, arguments in
      guard let from = RelationObject.relation(arguments.value(0, "from_relation")),
        let to = RelationObject.relation(arguments.value(1, "to_relation"))
      else { return "" }
      _ = try context.execute(context.renaming(from, to: to))
      return ""
    },
    "truncate_relation": { context, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return "" }
      _ = try context.execute("DELETE FROM \(context.dialect.rendered(relation))")
      return ""
    },
    "get_drop_sql": { context, arguments in
      RelationObject.relation(arguments.value(0, "relation")).map { .string(context.dialect.drop($0)) } ?? ""
    },
    "get_rename_sql": { context, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return "" }
      let name = arguments.value(1, "new_name")?.description ?? ""
      return .string(context.renaming(relation, to: Relation(identifier: name, kind: relation.kind)))
    },
    "get_columns_in_relation": { context, arguments in
      try context.interpreter.call(
        try AdapterObject(context).attribute("get_columns_in_relation", context.interpreter) ?? Value.none,
        arguments)
    },
  ]

  private static func renamed(
    _ name: String, _ suffix: String, _ context: NodeContext, _ arguments: Arguments
  ) throws -> Value {
    let bound = try arguments.bind(["base_relation", "suffix"], required: 1, function: name)
    guard var relation = RelationObject.relation(bound[0]) else { return .none }
    relation.identifier += bound[1]?.description ?? suffix
    return .object(RelationObject(relation, context.dialect))
  }

  // MARK: - Statements

  private static let statements: [String: NativeMacros.Body] = [
    "run_hooks": { context, arguments in
      let bound = try arguments.bind(["hooks", "inside_transaction"], required: 1, function: "run_hooks")
      let isInside = bound[1]?.isTruthy ?? true
      let hooks = try DataFunctions.elements(bound[0] ?? Value.none, context.interpreter) ?? []
      for hook in hooks {
        guard let entries = hook.dictValue, (entries["transaction"]?.isTruthy ?? true) == isInside else {
          continue
        }
        try runHook(entries["sql"]?.description ?? "", isInside, context)
      }
      return ""
    },
    "noop_statement": { context, arguments in
      let names = ["name", "message", "code", "rows_affected", "res", "caller"]
      let bound = try arguments.bind(names, function: "noop_statement")
      guard let name = bound[0], !name.isNone else { return "" }
      if name.description == "main" { context.frame.host?.mainRows = bound[3]?.intValue }
      let texts = bound.map { $0 ?? Value.none }
      context.results[name.description] = Value([
        ("response", Value([("_message", texts[1]), ("code", texts[2]), ("rows_affected", texts[3])])),
        ("data", Value([Value]())), ("table", texts[4]),
      ])
      return ""
    },
    "should_revoke": { _, arguments in
      let bound = try arguments.bind(
        ["existing_relation", "full_refresh_mode"], required: 1, function: "should_revoke")
      return .bool(bound[0].map { !$0.isNone } ?? false)
    },
    "copy_grants": { _, _ in true },
    "apply_grants": { context, arguments in
      guard arguments.value(1, "grant_config")?.isTruthy ?? false else { return "" }
      context.base.log(
        LogLine(
          level: .warning, message: "grants have no meaning in DuckDB", node: context.frame.model?.id))
      return ""
    },
    "create_indexes": { context, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")),
        let indexes = context.frame.model?.config.indexes
      else { return "" }
      for index in indexes { _ = try context.execute(index.statement(on: relation, context.dialect)) }
      return ""
    },
    "drop_indexes_on_relation": { _, _ in "" },
    "persist_docs": { context, arguments in
      guard let node = context.frame.model, let connection = context.connection,
        var relation = RelationObject.relation(arguments.value(0, "relation"))
      else { return "" }
      let names = ["relation", "model", "for_relation", "for_columns"]
      _ = try arguments.bind(names, required: 2, function: "persist_docs")
      if relation.kind == nil { relation.kind = try connection.find(relation)?.kind }
      let columns = try connection.columns(of: relation)
      for sql in DocumentationSQL.statements(node, relation, columns: columns, dialect: context.dialect) {
        _ = try context.execute(sql)
      }
      return ""
    },
    "py_current_timestring": { context, _ in
      let moment = DateTimeObject(secondsSince1970: context.base.invocation.startedAt, isAware: false)
      return .string(moment.text().filter(\.isNumber))
    },
  ]

  private static func runHook(_ text: String, _ isInside: Bool, _ context: NodeContext) throws {
    let file = context.frame.model?.span.file ?? "hook"
    let sql =
      YAMLRenderer.holdsJinja(text)
      ? try context.interpreter.render(try Template(parsing: text, name: SnippetNames.hook(of: file))) : text
    guard !SQLText.isEmpty(sql) else { return }
    guard !isInside, let host = context.frame.host else {
      _ = try context.execute(sql)
      return
    }
    try host.runOutside(sql)
  }

  // MARK: - Creating

  private static let creations: [String: NativeMacros.Body] = [
    "create_table_as": { context, arguments in try table(context, arguments, "create_table_as") },
    "get_create_table_as_sql": { context, arguments in
      try table(context, arguments, "get_create_table_as_sql")
    },
    "create_view_as": { context, arguments in try view(context, arguments, "create_view_as") },
    "get_create_view_as_sql": { context, arguments in try view(context, arguments, "get_create_view_as_sql")
    },
    "get_empty_subquery_sql": { _, arguments in
      let select = arguments.value(0, "select_sql")?.description ?? ""
      return .string("select * from (\n\(select)\n) as __dbt_sbq\nwhere false\nlimit 0")
    },
    "create_or_replace_view": { context, _ in
      guard let this = context.frame.this, let select = context.frame.compiledSQL else { return .none }
      let target = Relation(
        database: this.database, schema: this.schema, identifier: this.identifier, kind: .view)
      if let found = try context.connection?.find(target), found.kind != .view {
        _ = try context.execute(context.dialect.drop(found))
      }
      context.frame.host?.mainRows =
        try context.execute(context.dialect.createView(target, as: select, replacing: true))
      return Value([("relations", Value([.object(RelationObject(target, context.dialect))]))])
    },
  ]

  private static func table(
    _ context: NodeContext, _ arguments: Arguments, _ function: String
  ) throws -> Value {
    // The macro behind `get_create_table_as_sql` may be the project's own.
    if function == "get_create_table_as_sql", let own = context.replacement(of: "create_table_as") {
      return try context.interpreter.call(own, arguments)
    }
    guard let relation = RelationObject.relation(arguments.value(1, "relation")) else { return "" }
    let select = (arguments.value(2, "compiled_code") ?? arguments["sql"])?.description ?? ""
    let isTemporary = arguments.value(0, "temporary")?.isTruthy ?? false
    let header = context.frame.model?.config.sqlHeader.map { $0 + "\n" } ?? ""
    return .string(
      header
        + (isTemporary
          ? "CREATE TEMPORARY TABLE \(context.dialect.quoted(relation.identifier)) AS (\n\(select)\n)"
          : context.dialect.createTable(relation, as: select, replacing: false)))
  }

  private static func view(
    _ context: NodeContext, _ arguments: Arguments, _ function: String
  ) throws -> Value {
    if function == "get_create_view_as_sql", let own = context.replacement(of: "create_view_as") {
      return try context.interpreter.call(own, arguments)
    }
    guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return "" }
    let select = arguments.value(1, "sql")?.description ?? ""
    let header = context.frame.model?.config.sqlHeader.map { $0 + "\n" } ?? ""
    return .string(header + context.dialect.createView(relation, as: select, replacing: false))
  }
}

extension NodeContext {
  /// The project's own macro in place of one of dbt's; nil if there is none.
  func replacement(of name: String) -> Value? {
    for version in [name, "\(target.type)__\(name)", "default__\(name)"] {
      if let found = macro(version) { return found }
    }
    return nil
  }

  /// The statement that renames a table or a view.
  func renaming(_ from: Relation, to: Relation) -> String {
    var relation = from
    relation.kind = from.kind ?? to.kind
    return dialect.rename(relation, to: to.identifier)
  }
}
