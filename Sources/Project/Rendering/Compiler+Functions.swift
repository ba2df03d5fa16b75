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
      at: node.span, notes: ["\(type) runs no functions in \(language) of this type"],
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
      try dropNamesake(of: node, target, host)
      let existing = try context.session?.find(target).map {
        Value.object(RelationObject($0, context.dialect))
      }
      let made = Value.object(RelationObject(target, context.dialect))
      try call("function_execute_build_sql", [.string(statement), existing ?? .none, made])
      try call("run_hooks", [context.hooks("post_hooks")])
      return [target]
    }
  }

  private func call(_ name: String, _ arguments: [Value]) throws {
    guard let macro = context.replacement(of: name) ?? context.original(name) else { return }
    _ = try context.interpreter.call(macro, Arguments(arguments))
  }

  /// Removes what was a function of rows where it gives values now, or the other way round: an engine may let both stand.
  private func dropNamesake(of node: Node, _ target: Relation, _ host: any MaterializationHost) throws {
    let givesRows = node.function?.kind == .table
    let name = target.identifier.lowercased()
    let found = try context.session?.functions(database: target.database, schema: target.schema ?? "") ?? []
    guard found.contains(where: { $0.relation.identifier.lowercased() == name && $0.givesRows != givesRows })
    else { return }
    _ = try host.run(FunctionSQL.drop(target, givesRows: !givesRows, dialect: context.dialect))
  }
}
