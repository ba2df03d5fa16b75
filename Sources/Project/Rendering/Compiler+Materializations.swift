import Diagnostics
import EngineCore
import Jinja

extension Compiler {
  /// The statements by which a macro of the project or of a package takes up new rows; nil if none has a say, and what is
  /// built in applies. Throws `Diagnostic`s.
  public func strategyStatements(_ request: StrategyRequest) throws -> String? {
    let node = request.node
    let strategy = node.config.incrementalStrategy ?? .append
    guard hasOwnStrategy(node) else { return nil }
    return try located(node) {
      enter(node, isIncremental: true, batch: request.batch)
      context.frame.checksDependencies = false
      guard let callable = strategyMacro(strategy) else {
        throw Diagnostic(
          .missingReference, "there is no macro '\(strategy.macroName)' for the strategy of '\(node.name)'",
          at: node.span)
      }
      let values = node.config.values
      let predicates = [values["predicates"], values["incremental_predicates"]].compactMap { $0 }.first {
        !$0.isNone
      }
      let arguments = Value([
        ("target_relation", .object(RelationObject(request.target, context.dialect))),
        ("temp_relation", .object(RelationObject(request.source, context.dialect))),
        ("unique_key", Value(values["unique_key"] ?? .none)),
        ("dest_columns", Value(request.columns.map { .object(ColumnObject($0, context.dialect)) })),
        ("incremental_predicates", Value(predicates ?? .none)),
      ])
      return try context.interpreter.call(callable, Arguments([arguments])).description
    }
  }

  /// Whether a macro of the project or of a package has a say in how an incremental model takes up rows.
  public func hasOwnStrategy(_ node: Node) -> Bool {
    let strategy = node.config.incrementalStrategy ?? .append
    return ([strategy.macroName] + Self.innerMacros(strategy)).contains { isReplaced($0, in: node) }
  }

  /// Whether a microbatch model is built batch by batch: as in dbt, not where the project has a strategy of that name of
  /// its own, unless a flag of the project file says so.
  public func dividesTime(_ node: Node) -> Bool {
    guard isReplaced(IncrementalStrategy.microbatch.macroName, in: node) else { return true }
    let flag = project.settings.values["flags"]?["require_batched_execution_for_custom_microbatch_strategy"]
    return flag?.boolValue ?? false
  }

  /// The macros of dbt's that the one of a strategy calls, and that a project may replace on their own.
  private static func innerMacros(_ strategy: IncrementalStrategy) -> [String] {
    switch strategy {
    case .append: ["get_insert_into_sql"]
    case .deleteInsert: ["get_delete_insert_merge_sql"]
    case .merge: ["get_merge_sql", "get_merge_update_columns"]
    default: []
    }
  }

  private func strategyMacro(_ strategy: IncrementalStrategy) -> Value? {
    if let found = context.lookup(strategy.macroName) { return found }
    return context.macros.packages(defining: strategy.macroName).first.flatMap {
      context.macro(strategy.macroName, of: $0)
    }
  }

  /// Whether a macro of the project's or of a package's goes before one of dbt's in the texts of a node.
  func isReplaced(_ name: String, in node: Node) -> Bool {
    let macros = context.macros
    return [name, "\(context.target.type)__\(name)", "default__\(name)"].contains {
      macros.macro($0, from: node.package) != nil
    } || (!NativeMacros.has(name) && !macros.packages(defining: name).isEmpty)
  }

  /// The statement with which macros of the project create a table or view; nil if none of dbt's is replaced.
  public func creation(
    _ relation: Relation, as select: String, of node: Node, isTemporary: Bool
  ) throws -> String? {
    let names =
      relation.kind == .view
      ? ["get_create_view_as_sql", "create_view_as"] : ["get_create_table_as_sql", "create_table_as"]
    guard let name = names.first(where: { isReplaced($0, in: node) }) else { return nil }
    return try located(node) {
      enter(node, isIncremental: false)
      context.frame.checksDependencies = false
      context.frame.compiledSQL = select
      guard let callable = context.lookup(name) else { return nil }
      let target = Value.object(RelationObject(relation, context.dialect))
      let arguments =
        relation.kind == .view ? [target, .string(select)] : [.bool(isTemporary), target, .string(select)]
      return try context.interpreter.call(callable, Arguments(arguments)).description
    }
  }

  /// Lets the macro of a node's own materialization build it, by way of `host`; gives the relations that it made. Throws
  /// `Diagnostic`s.
  public func materialize(
    _ node: Node, sql: String, isIncremental: Bool, host: any MaterializationHost
  ) throws -> [Relation] {
    if node.function != nil, node.config.ownMaterialization == nil {
      return try createFunction(node, sql: sql, host: host)
    }
    return try located(node) {
      let name = node.config.materializationName
      guard let id = node.config.ownMaterialization,
        let definition = context.macros.macros.first(where: { $0.id == id })
      else {
        throw Diagnostic(.missingReference, "there is no materialization '\(name)'", at: node.span)
      }
      try requireSQL(definition, name, node)
      enter(node, isIncremental: isIncremental)
      context.frame.checksDependencies = false
      context.frame.compiledSQL = sql
      context.frame.host = host
      defer { context.frame.host = nil }
      let macro = context.callable(definition)
      return try relations(try context.interpreter.call(macro, .none), definition, name)
    }
  }

  private func requireSQL(_ definition: MacroDefinition, _ name: String, _ node: Node) throws {
    let block = definition.template.definitions[definition.definitionIndex]
    guard let languages = block.parameters.first?.defaultSource,
      !["'sql'", "\"sql\""].contains(where: { languages.contains($0) })
    else { return }
    throw Diagnostic(
      .badValue, "the materialization '\(name)' of '\(node.name)' takes no SQL: it supports \(languages)",
      at: node.span)
  }

  private func relations(
    _ value: Value, _ definition: MacroDefinition, _ name: String
  ) throws -> [Relation] {
    if let list = value.dictValue?["relations"],
      let items = try DataFunctions.elements(list, context.interpreter)
    {
      return items.compactMap { RelationObject.relation($0) }
    }
    throw Diagnostic(
      .templateRuntime, "the materialization '\(name)' does not say which relations it made",
      at: definition.span, hint: "end it with {{ return({'relations': [target_relation]}) }}")
  }
}
