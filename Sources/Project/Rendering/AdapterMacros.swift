import Diagnostics
import EngineCore
import Jinja

/// dbt's macros that ask the warehouse, or change it, on their own: operations of projects call them.
enum AdapterMacros {
  static let bodies: [String: NativeMacros.Body] = schemas.merging(texts) { first, _ in first }
    .merging(times) { first, _ in first }

  // MARK: - Schemas and what is in them

  private static let schemas: [String: NativeMacros.Body] = [
    "drop_schema": { context, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return "" }
      return try drop(database: relation.database, schema: relation.schema ?? "", context)
    },
    "drop_schema_named": { context, arguments in
      let bound = try arguments.bind(["schema_name"], required: 1, function: "drop_schema_named")
      return try drop(database: nil, schema: bound[0]?.description ?? "", context)
    },
    "list_schemas": { context, arguments in
      let database = arguments.value(0, "database").flatMap { $0.isNone ? nil : $0.description }
      let names = try context.connection?.schemas(database: database) ?? []
      return .object(ResultTable(names: ["schema_name"], rows: names.map { [.string($0)] }))
    },
    "check_schema_exists": { context, arguments in
      let names = ["information_schema", "schema"]
      let bound = try arguments.bind(names, required: 2, function: "check_schema_exists")
      let database = RelationObject.relation(bound[0])?.database
      let wanted = bound[1]?.description.lowercased() ?? ""
      let found = try context.connection?.schemas(database: database) ?? []
      let count = found.count { $0.lowercased() == wanted }
      return .object(ResultTable(names: ["count_star()"], rows: [[.int(count)]]))
    },
    "list_relations_without_caching": { context, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "schema_relation")) else {
        return .none
      }
      let schema = relation.schema ?? context.target.schema
      let found = try context.connection?.relations(database: relation.database, schema: schema) ?? []
      let rows = found.map { item -> [Value] in
        [
          .string(relation.database ?? context.target.database), .string(item.identifier),
          .string(item.schema ?? schema), .string(item.kind?.rawValue ?? "table"),
        ]
      }
      return .object(ResultTable(names: ["database", "name", "schema", "type"], rows: rows))
    },
    "information_schema_name": { _, arguments in
      guard let database = arguments.value(0, "database"), database.isTruthy else {
        return "INFORMATION_SCHEMA"
      }
      return .string("\(database.description).INFORMATION_SCHEMA")
    },
    "can_clone_table": { _, _ in false },
    "get_column_schema_from_query": { context, arguments in
      try context.interpreter.call(
        try AdapterObject(context).attribute("get_column_schema_from_query", context.interpreter)
          ?? Value.none, arguments)
    },
    "get_create_index_sql": { context, arguments in
      let names = ["relation", "index_dict"]
      let bound = try arguments.bind(names, required: 2, function: "get_create_index_sql")
      guard let relation = RelationObject.relation(bound[0]) else { return "" }
      let index = try IndexDefinition((bound[1] ?? .none).data())
      return .string(index.statement(on: relation, context.dialect) + ";")
    },
    "drop_table": { context, arguments in .string(dropped(arguments, .table, context)) },
    "drop_view": { context, arguments in .string(dropped(arguments, .view, context)) },
  ]

  private static func drop(database: String?, schema: String, _ context: NodeContext) throws -> Value {
    let name = [database, schema].compactMap { $0 }.map(context.dialect.quoted).joined(separator: ".")
    _ = try context.execute("DROP SCHEMA IF EXISTS \(name) CASCADE")
    return ""
  }

  private static func dropped(_ arguments: Arguments, _ kind: RelationKind, _ context: NodeContext) -> String
  {
    guard var relation = RelationObject.relation(arguments.value(0, "relation")) else { return "" }
    relation.kind = kind
    return context.dialect.drop(relation)
  }

  // MARK: - Texts

  private static let texts: [String: NativeMacros.Body] = [
    "get_batch_size": { _, _ in 10000 },
    "get_binding_char": { _, _ in "?" },
    "format_column": { context, arguments in
      guard case .object(let object)? = arguments.value(0, "column"), let column = object as? ColumnObject
      else {
        return .none
      }
      let type = try column.attribute("dtype", context.interpreter) ?? Value.none
      let name = column.column.name
      return Value([
        ("name", .string(name)), ("data_type", type),
        ("formatted", .string("\(name.lowercased()) \(type.description)")),
      ])
    },
    "get_list_of_column_names": { context, arguments in
      let columns =
        try DataFunctions.elements(arguments.value(0, "columns") ?? .none, context.interpreter) ?? []
      return Value(
        try columns.map { column in
          guard case .object(let object) = column else { return column }
          return try object.attribute("name", context.interpreter) ?? Value.none
        })
    },
    "get_limit_sql": { _, arguments in
      let bound = try arguments.bind(["sql", "limit"], required: 2, function: "get_limit_sql")
      return .string(limited(bound[0], bound[1]))
    },
    "get_limit_subquery_sql": { _, arguments in
      let bound = try arguments.bind(["sql", "limit"], required: 2, function: "get_limit_subquery_sql")
      let (sql, limit) = (bound[0]?.description ?? "", bound[1]?.description ?? "")
      return .string("select * from (\n\(sql)\n) as model_limit_subq\nlimit \(limit)")
    },
    "get_show_sql": { _, arguments in
      let names = ["compiled_code", "sql_header", "limit"]
      let bound = try arguments.bind(names, required: 3, function: "get_show_sql")
      let header = bound[1].flatMap { $0.isNone ? nil : $0.description + "\n" } ?? ""
      return .string(header + limited(bound[0], bound[2]))
    },
    "get_test_sql": { _, arguments in
      let names = ["main_sql", "fail_calc", "warn_if", "error_if", "limit"]
      let bound = try arguments.bind(names, required: 5, function: "get_test_sql")
      let parts = bound.map { $0?.description ?? "" }
      return .string(
        """
        select
          \(parts[1]) as failures,
          \(parts[1]) \(parts[2]) as should_warn,
          \(parts[1]) \(parts[3]) as should_error
        from (
        \(limited(bound[0], bound[4]))
        ) as weir_failures
        """)
    },
    "get_seed_column_quoted_csv": { context, arguments in
      let bound = try arguments.bind(
        ["model", "column_names"], required: 2, function: "get_seed_column_quoted_csv")
      let names = try DataFunctions.elements(bound[1] ?? .none, context.interpreter) ?? []
      let quotes = bound[0]?.dictValue?["config"]?.dictValue?["quote_columns"]
      let isQuoted = quotes.map { $0.isNone || $0.isTruthy } ?? true
      let shown = names.map { isQuoted ? context.dialect.quoted($0.description) : $0.description }
      return .string(shown.joined(separator: ", "))
    },
    "get_empty_schema_sql": { context, arguments in
      guard let columns = arguments.value(0, "columns")?.dictValue else { return "" }
      return .string(try emptySchema(columns, context))
    },
  ]

  private static func limited(_ sql: Value?, _ limit: Value?) -> String {
    let text = sql?.description ?? ""
    guard let limit, !limit.isNone else { return text }
    return "\(text)\nlimit \(limit.description)"
  }

  /// A query without rows that has the columns that a property file declares.
  private static func emptySchema(_ columns: DictObject, _ context: NodeContext) throws -> String {
    let list = try columns.keys.map { key in
      let column = columns[key]?.dictValue
      let name = column?["name"]?.description ?? key.description
      guard let type = column?["data_type"], !type.isNone else {
        throw Diagnostic(.badContract, "the column '\(name)' has no data_type")
      }
      let isQuoted = column?["quote"]?.isTruthy ?? false
      return "cast(null as \(type.description)) as \(isQuoted ? context.dialect.quoted(name) : name)"
    }
    return "select\n  " + list.joined(separator: ",\n  ")
  }

  // MARK: - Times

  private static let times: [String: NativeMacros.Body] = [
    "get_intervals_between": { context, arguments in
      let names = ["start_date", "end_date", "datepart"]
      let bound = try arguments.bind(names, required: 3, function: "get_intervals_between")
      guard context.connection != nil else { return 1 }
      let difference = context.lookup("datediff") ?? Value.none
      let sql = try context.interpreter.call(difference, Arguments(bound.map { $0 ?? Value.none }))
        .description
      return try context.table(of: "select \(sql)", "get_intervals_between").rows.first?.first ?? 1
    }
  ]
}
