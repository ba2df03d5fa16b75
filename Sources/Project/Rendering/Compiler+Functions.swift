import Diagnostics
import EngineCore
import Jinja

extension Compiler {
  /// The statement that creates a function whose body is `sql`, by dbt's macro for its type and language or the project's
  /// own in its place. Throws `Diagnostic`s.
  func functionStatement(_ node: Node, _ target: Relation, sql: String) throws -> String {
    try located(node) {
      enter(node, isIncremental: false)
      context.frame.checksDependencies = false
      context.frame.compiledSQL = sql
      let config = try FunctionConfigObject.value(of: context.modelValue(node))
      let name = try FunctionConfigObject.macroName(config, context.interpreter).description
      guard let macro = context.replacement(of: name) ?? context.original(name) else {
        throw missingMacro(name, node)
      }
      if !isReplaced(name, in: node), node.function?.returns == nil {
        throw Diagnostic(
          .badFunction, "no property file says what the function '\(node.name)' takes and returns",
          at: node.span, hint: "describe it under 'functions:' with arguments and returns")
      }
      let arguments = Arguments([.object(RelationObject(target, context.dialect))])
      let statement = try context.interpreter.call(macro, arguments).description
      return CommonTableInjection.withoutTerminator(NativeMacros.trimmed(statement))
    }
  }

  private func missingMacro(_ name: String, _ node: Node) -> Diagnostic {
    let type = context.target.type
    let language = node.isPython ? "Python" : "SQL"
    return Diagnostic(
      .notSupported, "No macro named '\(name)' found within namespace: it would create '\(node.name)'",
      at: node.span, notes: ["\(type) has no functions of this type that are written in \(language)"],
      hint: node.isPython
        ? "write the function in SQL, or a macro \(type)__\(name)(target_relation) that creates it"
        : "write a macro \(type)__\(name)(target_relation) that creates it")
  }
}

extension Compiler {
  /// Creates a function by way of `host`, with the hooks that run inside its transaction. Throws `Diagnostic`s.
  func createFunction(_ node: Node, sql: String, host: any MaterializationHost) throws -> [Relation] {
    guard let target = node.relation else {
      throw Diagnostic(.nodeFailed, "'\(node.name)' has no place to be created in", at: node.span)
    }
    let statement = try functionStatement(node, target, sql: sql)
    return try located(node) {
      enter(node, isIncremental: false)
      context.frame.checksDependencies = false
      context.frame.compiledSQL = sql
      context.frame.host = host
      defer { context.frame.host = nil }
      try call("run_hooks", [context.hooks("pre_hooks")])
      let existing = try namesakes(of: target)
      for other in existing where other.givesRows != (node.function?.kind == .table) {
        // An engine may let both stand.
        _ = try host.run(FunctionSQL.drop(target, givesRows: other.givesRows, dialect: context.dialect))
      }
      let found = existing.first.map { Value.object(RelationObject($0.relation, context.dialect)) }
      let made = Value.object(RelationObject(target, context.dialect))
      try call("function_execute_build_sql", [.string(statement), found ?? .none, made])
      try call("run_hooks", [context.hooks("post_hooks")])
      return [target]
    }
  }

  private func call(_ name: String, _ arguments: [Value]) throws {
    guard let macro = context.replacement(of: name) ?? context.original(name) else { return }
    _ = try context.interpreter.call(macro, Arguments(arguments))
  }

  /// The functions that stand under a name: one that gives values, and one that gives rows.
  private func namesakes(of target: Relation) throws -> [FunctionDescription] {
    let name = target.identifier.lowercased()
    return try context.session?.functions(database: target.database, schema: target.schema ?? "").filter {
      $0.relation.identifier.lowercased() == name
    } ?? []
  }
}
