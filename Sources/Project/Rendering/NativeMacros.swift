import Diagnostics
import EngineCore
import Jinja

/// dbt's own macros, as far as projects call them. A project's macro of the same name goes before them, and so
/// does its `duckdb__…` or `default__…` version.
final class NativeMacros {
  typealias Body = @Sendable (NodeContext, Arguments) throws -> Value

  private unowned let context: NodeContext
  private var values: [String: Value] = [:]

  init(_ context: NodeContext) { self.context = context }

  /// The macro of that name; nil if dbt has none, or none that is known here.
  func value(_ name: String) -> Value? {
    guard let value = resolved(name) else { return nil }
    context.noteCall(NodeID(.macro, "dbt", name))
    return value
  }

  /// Whether dbt has a macro of that name that is known here.
  static func has(_ name: String) -> Bool { body(name) != nil }

  /// Every name that is known here, sorted.
  static var names: [String] {
    let bodies = [
      core, naming, checks, CrossDatabaseMacros.bodies, SnapshotMacros.bodies, FreshnessMacros.bodies,
      MaterializationMacros.bodies, StrategyMacros.bodies, AdapterMacros.bodies, FunctionMacros.bodies,
    ]
    return Set(bodies.flatMap(\.keys)).sorted()
  }

  private func resolved(_ name: String) -> Value? {
    if let value = values[name] { return value }
    let prefix = context.target.type + "__"
    let isVersion = name.hasPrefix(prefix) || name.hasPrefix("default__")
    let plain = isVersion ? String(name.dropFirst(name.hasPrefix(prefix) ? prefix.count : 9)) : name
    guard let body = Self.body(plain) else { return nil }
    if !isVersion {
      for version in [prefix + plain, "default__" + plain] {
        if let macro = context.macro(version) { return macro }
      }
    }
    let value: Value = .function(name) { [unowned context] arguments, _ in try body(context, arguments) }
    values[name] = value
    return value
  }

  private static func body(_ name: String) -> Body? {
    core[name] ?? naming[name] ?? checks[name] ?? CrossDatabaseMacros.bodies[name]
      ?? SnapshotMacros.bodies[name] ?? FreshnessMacros.bodies[name]
      ?? MaterializationMacros.bodies[name] ?? StrategyMacros.bodies[name] ?? AdapterMacros.bodies[name]
      ?? FunctionMacros.bodies[name]
  }

  // MARK: - Running

  private static let core: [String: Body] = [
    "run_query": { context, arguments in
      let bound = try arguments.bind(["sql"], required: 1, function: "run_query")
      guard context.project != nil else { return .none }
      return .object(try context.table(of: bound[0]?.description ?? "", "run_query"))
    },
    "statement": { try statement($0, $1) },
    "is_incremental": { context, _ in .bool(context.frame.isIncremental) },
    "should_full_refresh": { context, _ in .bool(fullRefresh(context)) },
    "should_store_failures": { context, _ in .bool(context.frame.model?.config.storesFailures ?? false) },
    "get_where_subquery": { context, arguments in
      whereSubquery(context, arguments.value(0, "relation") ?? Value.none)
    },
    "load_relation": { context, arguments in try existing(context, arguments) },
    "load_cached_relation": { context, arguments in try existing(context, arguments) },
    "drop_relation_if_exists": { context, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return "" }
      _ = try context.execute(context.dialect.drop(relation))
      return ""
    },
    "create_schema": { context, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return "" }
      let sql = context.dialect.createSchema(database: relation.database, schema: relation.schema ?? "")
      _ = try context.execute(sql)
      return ""
    },
    "get_columns_in_query": { context, arguments in
      guard let connection = context.connection else { return Value([Value]()) }
      let sql = arguments.value(0, "select_sql")?.description ?? ""
      return Value(try connection.columns(ofQuery: sql).map { .string($0.name) })
    },
    "before_begin": { _, arguments in hook(arguments, isTransactional: false) },
    "in_transaction": { _, arguments in hook(arguments, isTransactional: true) },
    "after_commit": { _, arguments in hook(arguments, isTransactional: false) },
    "set_sql_header": { context, arguments in
      // As in dbt, what it says when the project is read is what counts.
      guard context.project == nil, let caller = arguments["caller"] else { return "" }
      let text = try context.interpreter.call(caller, .none).description
      context.frame.config = context.frame.config.setting("sql_header", to: .string(text))
      return ""
    },
  ]

  private static func statement(_ context: NodeContext, _ arguments: Arguments) throws -> Value {
    let name = arguments.value(0, "name").flatMap { $0.isNone ? nil : $0.description }
    guard let caller = arguments["caller"] else { return "" }
    let sql = try context.interpreter.call(caller, .none).description
    guard context.project != nil else { return "" }
    guard context.connection != nil else {
      throw Diagnostic(
        .needsConnection, "a statement block needs a connection, and there is none here",
        hint: "put it inside {% if execute %} … {% endif %}")
    }
    let fetches = arguments.value(1, "fetch_result")?.isTruthy ?? false
    let table: ResultTable
    var rows: Int?
    if fetches {
      table = try context.table(of: sql, "statement")
    } else {
      rows = try NodeContext.asked(sql, "statement") { try context.execute(sql) }
      table = ResultTable(names: [], rows: [])
    }
    if name == "main" { context.frame.host?.mainRows = rows ?? table.rows.count }
    if let name {
      context.results[name] = Value([
        ("response", Value([("code", "OK"), ("rows_affected", .int(rows ?? table.rows.count))])),
        ("data", Value(table.rows.map { .tuple($0) })), ("table", .object(table)),
      ])
    }
    return ""
  }

  private static func fullRefresh(_ context: NodeContext) -> Bool {
    context.frame.model?.config.fullRefresh ?? context.base.invocation.isFullRefresh
  }

  private static func existing(_ context: NodeContext, _ arguments: Arguments) throws -> Value {
    guard let relation = RelationObject.relation(arguments.value(0, "relation")),
      let found = try context.connection?.find(relation)
    else { return .none }
    var complete = relation
    complete.kind = found.kind
    return .object(RelationObject(complete, context.dialect))
  }

  private static func hook(_ arguments: Arguments, isTransactional: Bool) -> Value {
    let data: DataValue = .mapping([
      ("sql", .string(arguments.value(0, "sql")?.description ?? "")), ("transaction", .bool(isTransactional)),
    ])
    return .string(data.json())
  }

  // MARK: - Names

  private static let naming: [String: Body] = [
    "generate_schema_name": { context, arguments in
      let bound = try arguments.bind(["custom_schema_name", "node"], function: "generate_schema_name")
      guard let custom = bound[0], !custom.isNone else { return .string(context.target.schema) }
      return .string(context.target.schema + "_" + trimmed(custom.description))
    },
    "generate_schema_name_for_env": { context, arguments in
      let bound = try arguments.bind(
        ["custom_schema_name", "node"], function: "generate_schema_name_for_env")
      guard context.target.name == "prod", let custom = bound[0], !custom.isNone else {
        return .string(context.target.schema)
      }
      return .string(trimmed(custom.description))
    },
    "generate_alias_name": { _, arguments in
      let bound = try arguments.bind(["custom_alias_name", "node"], function: "generate_alias_name")
      if let custom = bound[0], custom.isTruthy { return .string(trimmed(custom.description)) }
      let node = bound[1]?.dictValue
      guard let name = node?["name"] else { return "" }
      guard let version = node?["version"], version.isTruthy else { return name }
      let parts = version.description.split(separator: ".", omittingEmptySubsequences: false)
      return .string("\(name.description)_v\(parts.joined(separator: "_"))")
    },
    "generate_database_name": { context, arguments in
      let bound = try arguments.bind(["custom_database_name", "node"], function: "generate_database_name")
      guard let custom = bound[0], !custom.isNone else { return .string(context.target.database) }
      return .string(trimmed(custom.description))
    },
  ]

  static func trimmed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  // MARK: - Checks

  /// What a check reads: the relation, or the rows of it that `where` leaves.
  static func whereSubquery(_ context: NodeContext, _ relation: Value) -> Value {
    guard let condition = context.frame.model?.config.condition, !condition.isEmpty else { return relation }
    return .string("(select * from \(relation.description) where \(condition)) dbt_subquery")
  }

  private static let checks: [String: Body] = [
    "test_not_null": { context, arguments in
      let bound = try arguments.bind(["model", "column_name"], required: 2, function: "test_not_null")
      let (model, column) = (text(bound[0]), text(bound[1]))
      let shown = context.frame.model?.config.storesFailures ?? false ? "*" : column
      return .string("\nselect \(shown)\nfrom \(model)\nwhere \(column) is null\n")
    },
    "test_unique": { _, arguments in
      let bound = try arguments.bind(["model", "column_name"], required: 2, function: "test_unique")
      let (model, column) = (text(bound[0]), text(bound[1]))
      return .string(
        """

        select
            \(column) as unique_field,
            count(*) as n_records

        from \(model)
        where \(column) is not null
        group by \(column)
        having count(*) > 1

        """)
    },
    "test_accepted_values": { context, arguments in
      let names = ["model", "column_name", "values", "quote"]
      let bound = try arguments.bind(names, required: 3, function: "test_accepted_values")
      let (model, column) = (text(bound[0]), text(bound[1]))
      let isQuoted = bound[3].map(\.isTruthy) ?? true
      let values = try DataFunctions.elements(bound[2] ?? Value.none, context.interpreter) ?? []
      let list = values.map { isQuoted ? "'\($0.description)'" : $0.description }.joined(separator: ",")
      return .string(
        """

        with all_values as (

            select
                \(column) as value_field,
                count(*) as n_records

            from \(model)
            group by \(column)

        )

        select *
        from all_values
        where value_field not in (
            \(list)
        )

        """)
    },
    "test_relationships": { _, arguments in
      let names = ["model", "column_name", "to", "field"]
      let bound = try arguments.bind(names, required: 4, function: "test_relationships")
      let (model, column, parent, field) = (text(bound[0]), text(bound[1]), text(bound[2]), text(bound[3]))
      return .string(
        """

        with child as (
            select \(column) as from_field
            from \(model)
            where \(column) is not null
        ),

        parent as (
            select \(field) as to_field
            from \(parent)
        )

        select
            from_field

        from child
        left join parent
            on child.from_field = parent.to_field

        where parent.to_field is null

        """)
    },
  ]

  /// The checks that need no macro of the project.
  static let checkNames = ["not_null", "unique", "accepted_values", "relationships"]

  private static func text(_ value: Value?) -> String { value?.description ?? "" }
}
