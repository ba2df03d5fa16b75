import Diagnostics
import EngineCore
import Jinja

/// dbt's macros that create functions, which projects replace one by one: here they write what DuckDB's macros need.
enum FunctionMacros {
  static let bodies: [String: NativeMacros.Body] = [
    "scalar_function_sql": {
      try statement($0, $1, signature: "scalar_function_create_replace_signature_sql")
    },
    "aggregate_function_sql": {
      try statement($0, $1, signature: "get_aggregate_function_create_replace_signature")
    },
    "table_function_sql": {
      try statement($0, $1, signature: "scalar_function_create_replace_signature_sql")
    },
    "scalar_function_create_replace_signature_sql": {
      try signature(
        $0, $1, arguments: "formatted_scalar_function_args_sql", volatility: "scalar_function_volatility_sql")
    },
    "get_aggregate_function_create_replace_signature": {
      try signature(
        $0, $1, arguments: "get_formatted_aggregate_function_args",
        volatility: "get_aggregate_function_volatility_specifier")
    },
    "formatted_scalar_function_args_sql": { context, _ in
      let arguments = context.frame.model?.function?.arguments ?? []
      return .string(FunctionSQL.arguments(arguments, dialect: context.dialect))
    },
    "get_formatted_aggregate_function_args": { context, _ in
      .string(try text(of: "formatted_scalar_function_args_sql", context))
    },
    "scalar_function_body_sql": { context, _ in
      guard let function = context.frame.model?.function else { return "" }
      return .string(FunctionSQL.body(context.frame.compiledSQL ?? "", of: function))
    },
    // A macro is put in the place of its calls: it is as steady as its body, whatever is said of it.
    "scalar_function_volatility_sql": { _, _ in "" },
    "get_aggregate_function_volatility_specifier": { context, _ in
      .string(try text(of: "scalar_function_volatility_sql", context))
    },
    "get_function_language_specifier": { _, _ in "" },
    "unsupported_volatility_warning": { context, arguments in
      let volatility = arguments.value(0, "volatility")?.description ?? ""
      context.base.log(
        LogLine(
          level: .warning,
          message:
            "the volatility '\(volatility)' of the function '\(context.frame.model?.name ?? "")' has no meaning in \(context.target.type)",
          node: context.frame.model?.id))
      return ""
    },
    "function_execute_build_sql": { context, arguments in
      let names = ["build_sql", "existing_relation", "target_relation"]
      let bound = try arguments.bind(names, required: 3, function: "function_execute_build_sql")
      let rows = try context.execute(bound[0]?.description ?? "")
      context.frame.host?.mainRows = rows
      guard let node = context.frame.model, let target = RelationObject.relation(bound[2]),
        let comment = FunctionSQL.comment(on: target, node, dialect: context.dialect)
      else { return "" }
      _ = try context.execute(comment)
      return ""
    },
  ]

  private static func statement(
    _ context: NodeContext, _ arguments: Arguments, signature: String
  ) throws -> Value {
    let parts = [
      signature, "formatted_scalar_function_args_sql", "scalar_function_body_sql",
      "get_formatted_aggregate_function_args", "scalar_function_volatility_sql",
      "get_aggregate_function_volatility_specifier",
    ]
    if parts.allSatisfy({ context.replacement(of: $0) == nil }), let function = context.frame.model?.function,
      let target = RelationObject.relation(arguments.value(0, "target_relation"))
    {
      let body = context.frame.compiledSQL ?? ""
      let statements = FunctionSQL.statements(target, function, body: body, dialect: context.dialect)
      return .string(statements.joined(separator: ";\n"))
    }
    let head = try text(of: signature, context, arguments)
    return .string("\(head) \(try text(of: "scalar_function_body_sql", context))")
  }

  private static func signature(
    _ context: NodeContext, _ given: Arguments, arguments: String, volatility: String
  ) throws -> Value {
    guard let target = RelationObject.relation(given.value(0, "target_relation")) else { return "" }
    let list = NativeMacros.trimmed(try text(of: arguments, context))
    let head = FunctionSQL.signature(target, arguments: list, dialect: context.dialect)
    let word = NativeMacros.trimmed(try text(of: volatility, context))
    return .string(word.isEmpty ? head : "\(head.dropLast("AS".count))\(word) AS")
  }

  /// What a macro gives: the project's own in place of dbt's, if it has one.
  private static func text(
    of name: String, _ context: NodeContext, _ arguments: Arguments = .none
  ) throws -> String {
    guard let macro = context.replacement(of: name) ?? context.original(name) else { return "" }
    return try context.interpreter.call(macro, arguments).description
  }
}

/// What `this.get_function_config(model)` gives.
enum FunctionConfigObject {
  /// Nothing for what is no function. Throws for one in Python that does not say how it is run.
  static func value(of model: Value?) throws -> Value {
    guard let model = model?.dictValue, model["resource_type"]?.description == "function" else {
      return .none
    }
    let config = model["config"]?.dictValue
    let language = model["language"] ?? "sql"
    for (key, article) in [("runtime_version", "A"), ("entry_point", "An")] {
      guard language.description == "python", config?[key].map({ $0.isNone }) ?? true else { continue }
      throw Diagnostic(
        .missingKey, "\(article) `\(key)` is required for python functions",
        hint: "set '\(key)' under the function's 'config'")
    }
    return Value([
      ("language", language), ("type", config?["type"] ?? "scalar"),
      ("runtime_version", config?["runtime_version"] ?? .none),
      ("entry_point", config?["entry_point"] ?? .none),
    ])
  }

  /// `scalar_function_sql` and its kin.
  static func macroName(_ config: Value?, _ interpreter: Interpreter) throws -> Value {
    let entries = config?.dictValue
    let type = entries?["type"]?.description ?? "scalar"
    return .string("\(type)_function_\(entries?["language"]?.description ?? "sql")")
  }
}

extension NodeContext {
  /// What `function()` gives: the name that calls it.
  func function(_ arguments: Arguments) throws -> Value {
    let names = arguments.positional
    guard (1...2).contains(names.count), arguments.keyword.isEmpty else {
      throw Diagnostic(.templateRuntime, "function() takes 1 or 2 names but \(names.count) were given")
    }
    guard let texts = Optional(names.compactMap(\.stringValue)), texts.count == names.count else {
      throw Diagnostic(
        .templateRuntime, "function() takes names as text", hint: "write: {{ function('name') }}(…)")
    }
    let reference = FunctionReference(
      package: texts.count == 2 ? texts[0] : nil, name: texts[texts.count - 1])
    guard let project else {
      frame.record(reference, at: interpreter.location)
      return placeholder(reference.name)
    }
    let index = try project.references.resolve(reference, from: frame.package, in: project)
      .located(at: interpreter.location)
    let node = project.nodes[index]
    try checkDeclared(node.id, reference.call)
    guard let own = node.relation else { return placeholder(node.standardAlias) }
    return .object(RelationObject(try relation(readFor: node.id, own: own), dialect))
  }
}
