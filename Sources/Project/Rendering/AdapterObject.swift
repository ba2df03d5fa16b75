import Diagnostics
import EngineCore
import Jinja

/// `adapter`: the warehouse as macros ask it.
final class AdapterObject: HostObject {
  unowned let context: NodeContext
  let typeName = "DatabaseWrapper"

  init(_ context: NodeContext) { self.context = context }

  typealias Method = @Sendable (AdapterObject, Arguments) throws -> Value

  private static let methods: [String: Method] = [
    "dispatch": { try $0.dispatch($1) },
    "type": { adapter, _ in .string(adapter.context.target.type) },
    "quote": { adapter, arguments in
      .string(adapter.context.dialect.quoted(arguments.value(0, "identifier")?.description ?? ""))
    },
    "quote_as_configured": { adapter, arguments in
      .string(adapter.context.dialect.quoted(arguments.value(0, "identifier")?.description ?? ""))
    },
    "quote_seed_column": { adapter, arguments in
      let name = arguments.value(0, "column")?.description ?? ""
      let isQuoted = arguments.value(1, "quote_config").map { $0.isNone || $0.isTruthy } ?? true
      return .string(isQuoted ? adapter.context.dialect.quoted(name) : name)
    },
    "get_relation": { try $0.relation($1) },
    "load_relation": { try $0.load($1) },
    "get_columns_in_relation": { try $0.columns($1) },
    "get_missing_columns": { try $0.missingColumns($1) },
    "list_relations": { try $0.relations($1) },
    "list_relations_without_caching": { try $0.relations($1) },
    "list_schemas": { try $0.schemas($1) },
    "check_schema_exists": { try $0.hasSchema($1) },
    "create_schema": { adapter, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return .none }
      return try adapter.run(
        adapter.context.dialect.createSchema(database: relation.database, schema: relation.schema ?? ""))
    },
    "drop_schema": { adapter, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return .none }
      let name = [relation.database, relation.schema].compactMap { $0 }.map(adapter.context.dialect.quoted)
      return try adapter.run("DROP SCHEMA IF EXISTS \(name.joined(separator: ".")) CASCADE")
    },
    "drop_relation": { adapter, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return .none }
      return try adapter.run(adapter.context.dialect.drop(relation))
    },
    "truncate_relation": { adapter, arguments in
      guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return .none }
      return try adapter.run("DELETE FROM \(adapter.context.dialect.rendered(relation))")
    },
    "rename_relation": { try $0.rename($1) },
    "execute": { try $0.execute($1) },
    "run_query": { try $0.execute($1) },
    "expand_target_column_types": { _, _ in .none },
    "cache_added": { _, _ in "" }, "cache_dropped": { _, _ in "" }, "cache_renamed": { _, _ in "" },
    "commit": { _, _ in "" }, "nice_connection_name": { _, _ in "main" },
    "valid_snapshot_target": { _, _ in .none },
    "assert_valid_snapshot_target_given_strategy": { _, _ in .none },
    "get_hard_deletes_behavior": { adapter, _ in
      .string(SnapshotMacros.config(adapter.context).hardDeletes.rawValue)
    },
    "get_incremental_strategy_macro": { try $0.strategyMacro($1) },
    "valid_incremental_strategies": { _, _ in
      Value(IncrementalStrategy.builtIn.map { .string($0.rawValue) })
    },
    "is_motherduck": { _, _ in false }, "is_ducklake": { _, _ in false },
    "disable_transactions": { _, _ in false },
    "external_root": { adapter, _ in
      .string(adapter.context.target.visibleValues["external_root"]?.stringValue ?? ".")
    },
    "convert_type": { _, _ in "varchar" },
    "verify_database": { _, _ in "" },
    "get_catalog_relations": { _, _ in Value([Value]()) },
    "build_catalog_relation": { _, _ in .none },
    "behavior": { _, _ in .none },
    "resolve_schema_name": { adapter, arguments in
      arguments.value(0, "schema") ?? .string(adapter.context.target.schema)
    },
  ]

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if name == "Relation" { return .object(RelationFactory(context.dialect)) }
    guard let method = Self.methods[name] ?? Self.furtherMethods[name] else {
      if Self.unsupported.contains(name) {
        throw Diagnostic(.unsupported, "dbt's adapter.\(name) is not supported yet")
      }
      let known = Array(Self.methods.keys).sorted() + Array(Self.furtherMethods.keys).sorted() + ["Relation"]
      throw Diagnostic(
        .templateRuntime, "the adapter has no method '\(name)'", hint: Spelling.hint(for: name, among: known))
    }
    return .function("adapter." + name) { arguments, _ in try method(self, arguments) }
  }

  // MARK: - Dispatch

  private func dispatch(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["macro_name", "macro_namespace"], required: 1, function: "dispatch")
    let name = bound[0]?.description ?? ""
    guard !name.contains(".") else {
      throw Diagnostic(
        .templateRuntime, "adapter.dispatch got '\(name)' with a dot in it",
        hint: "name the package second: adapter.dispatch('macro', 'package')")
    }
    let prefixes = [context.target.type + "__", "default__"]
    let namespace = bound[1].flatMap { $0.isNone || $0.isUndefined ? nil : $0.description }
    guard let order = namespace.flatMap(context.macros.searchOrder) else {
      for prefix in prefixes {
        if let macro = context.macro(prefix + name) { return macro }
      }
      return try context.original(name) ?? missing(name, prefixes)
    }
    for package in order {
      for prefix in prefixes {
        if let macro = context.macro(prefix + name, of: package) { return macro }
      }
      if MacroTable.builtInPackages.contains(package), let native = context.original(name) { return native }
    }
    return try missing(name, prefixes)
  }

  private func missing(_ name: String, _ prefixes: [String]) throws -> Value {
    throw Diagnostic(
      .missingReference, "adapter.dispatch found no macro for '\(name)'",
      notes: ["it looked for: " + prefixes.map { $0 + name }.joined(separator: ", ")],
      hint: Spelling.hint(for: "default__" + name, among: context.macros.names))
  }

  // MARK: - Reading the warehouse

  /// While the project is only being read, questions have empty answers, as in dbt.
  func connection(_ function: String) throws -> (any Connection)? {
    if let connection = context.connection { return connection }
    guard context.project != nil else { return nil }
    throw Diagnostic(
      .needsConnection, "adapter.\(function)() needs a connection, and there is none here",
      hint: "put it inside {% if execute %} … {% endif %}")
  }

  private func relation(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(
      ["database", "schema", "identifier"], required: 3, function: "get_relation")
    let names = bound.map { $0.flatMap { $0.isNone || $0.isUndefined ? nil : $0.description } }
    return try find(
      Relation(database: names[0], schema: names[1], identifier: names[2] ?? ""), "get_relation")
  }

  private func load(_ arguments: Arguments) throws -> Value {
    guard let relation = RelationObject.relation(arguments.value(0, "relation")) else { return .none }
    return try find(relation, "load_relation")
  }

  private func find(_ relation: Relation, _ function: String) throws -> Value {
    guard let found = try connection(function)?.find(relation) else { return .none }
    var complete = relation
    complete.kind = found.kind
    return .object(RelationObject(complete, context.dialect))
  }

  private func columns(_ arguments: Arguments) throws -> Value {
    guard let relation = RelationObject.relation(arguments.value(0, "relation")),
      let connection = try connection("get_columns_in_relation")
    else { return Value([Value]()) }
    let found =
      try relation.expression.map { try connection.columns(ofQuery: "SELECT * FROM \($0)") }
      ?? connection.columns(of: relation)
    return Value(found.map { .object(ColumnObject($0, context.dialect)) })
  }

  private func missingColumns(_ arguments: Arguments) throws -> Value {
    guard let from = RelationObject.relation(arguments.value(0, "from_relation")),
      let to = RelationObject.relation(arguments.value(1, "to_relation")),
      let connection = try connection("get_missing_columns")
    else { return Value([Value]()) }
    let present = Set(try connection.columns(of: to).map(\.name))
    return Value(
      try connection.columns(of: from).filter { !present.contains($0.name) }
        .map { .object(ColumnObject($0, context.dialect)) })
  }

  private func relations(_ arguments: Arguments) throws -> Value {
    var database = context.target.database
    var schema = context.target.schema
    if let relation = RelationObject.relation(arguments.positional.first) {
      database = relation.database ?? database
      schema = relation.schema ?? schema
    } else {
      if let value = arguments.value(0, "database"), !value.isNone { database = value.description }
      if let value = arguments.value(1, "schema"), !value.isNone { schema = value.description }
    }
    let found = try connection("list_relations")?.relations(database: database, schema: schema) ?? []
    return Value(found.map { .object(RelationObject($0, context.dialect)) })
  }

  private func schemas(_ arguments: Arguments) throws -> Value {
    let database = arguments.value(0, "database").flatMap { $0.isNone ? nil : $0.description }
    let names = try connection("list_schemas")?.schemas(database: database) ?? []
    return Value(names.map { .string($0) })
  }

  private func hasSchema(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["database", "schema"], required: 2, function: "check_schema_exists")
    let database = bound[0].flatMap { $0.isNone ? nil : $0.description }
    let wanted = bound[1]?.description.lowercased() ?? ""
    let names = try connection("check_schema_exists")?.schemas(database: database) ?? []
    return .bool(names.contains { $0.lowercased() == wanted })
  }

  // MARK: - Changing the warehouse

  private func run(_ sql: String) throws -> Value {
    if try connection("execute") != nil { _ = try context.execute(sql) }
    return .none
  }

  private func strategyMacro(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(
      ["model_context", "strategy"], required: 2, function: "get_incremental_strategy_macro")
    let name = bound[1].flatMap { $0.isNone ? nil : $0.description } ?? "default"
    let macro = IncrementalStrategy(rawValue: name).macroName
    if let found = context.lookup(macro) { return found }
    throw Diagnostic(
      .missingReference, "there is no macro '\(macro)' for the incremental strategy '\(name)'",
      hint: Spelling.hint(for: macro, among: context.macros.names))
  }

  private func rename(_ arguments: Arguments) throws -> Value {
    guard let from = RelationObject.relation(arguments.value(0, "from_relation")),
      let to = RelationObject.relation(arguments.value(1, "to_relation"))
    else { return .none }
    return try run(context.renaming(from, to: to))
  }

  func execute(_ arguments: Arguments) throws -> Value {
    let sql = arguments.value(0, "sql")?.description ?? ""
    let fetches = arguments.value(2, "fetch")?.isTruthy ?? false
    guard try connection("execute") != nil else { return .none }
    guard fetches else {
      let rows = try context.execute(sql)
      return .tuple([Value([("rows_affected", .int(rows)), ("code", "OK")]), .none])
    }
    let table = try context.table(of: sql, "adapter.execute")
    return .tuple([Value([("rows_affected", .int(table.rows.count)), ("code", "OK")]), .object(table)])
  }
}
