import Diagnostics
import Jinja

/// The names that every template sees, whatever it belongs to.
final class BaseContext {
  let invocation: Invocation
  /// Whether `env_var` may read `DBT_ENV_SECRET_…`: in profiles alone.
  let mayReadSecrets: Bool
  let log: (LogLine) -> Void
  var projectName = ""
  /// What `target` shows; nil while there is none.
  var target: DataValue?
  /// What `var` reads: the command line's over the project's.
  var vars: DataValue
  /// What it reads in the texts of packages, by package, and whose text is rendered.
  var packageVars: [String: DataValue] = [:]
  var package: () -> String = { "" }
  /// The versions of the project and its packages, as far as they say one.
  var packageVersions: [String: String?] = [:]
  /// What a unit test puts before variables and the environment.
  var overriddenVars: DataValue = .emptyMapping
  var overriddenEnvironment: DataValue = .emptyMapping
  /// What `secret('…')` gives; nil where there is no such function.
  var secret: ((String) throws -> String)?
  /// Told of each variable that is read, and of each of the environment.
  var noteVariable: (String) -> Void = { _ in }
  var noteEnvironment: (String) -> Void = { _ in }
  /// The node whose text is rendered, for what it logs.
  var currentNode: NodeID?
  /// Whether a variable that is not set is a mistake. As in dbt, it is nothing while a node is only read: whoever does not
  /// run the node need not set it.
  var needsVariables = true
  private var values: [String: Value] = [:]

  static let secretPrefix = "DBT_ENV_SECRET"

  init(invocation: Invocation, mayReadSecrets: Bool = false, log: @escaping (LogLine) -> Void) {
    self.invocation = invocation
    self.mayReadSecrets = mayReadSecrets
    self.log = log
    vars = invocation.vars
  }

  /// An interpreter for values outside of nodes: YAML and profiles.
  func makeInterpreter() -> Interpreter {
    let interpreter = Interpreter { [unowned self] name in self.value(name) }
    HostFilters.install(in: interpreter)
    return interpreter
  }

  /// The value of a name; nil if it is not one of these.
  func value(_ name: String) -> Value? {
    if let value = values[name] { return value }
    guard let value = makeValue(name) else { return nil }
    values[name] = value
    return value
  }

  /// What `var` reads now.
  fileprivate var visibleVars: DataValue {
    (packageVars.isEmpty ? vars : packageVars[package()] ?? vars).merging(overriddenVars)
  }

  /// Forgets what depends on the target and the variables.
  func reset() { values = [:] }

  private func makeValue(_ name: String) -> Value? {
    switch name {
    case "var": .object(VariableObject(self))
    case "env_var":
      .function("env_var") { [unowned self] arguments, _ in try self.environmentVariable(arguments) }
    case "secret": secret.map(Self.secretFunction)
    case "target": target.map { Value($0) }
    case "project_name": .string(projectName)
    case "invocation_id": .string(invocation.id)
    case "run_started_at": .object(DateTimeObject(secondsSince1970: invocation.startedAt, isAware: true))
    case "dbt_version": .string(VersionRequirement.offered)
    case "thread_id": "main"
    case "flags": .object(FlagsObject(invocation))
    case "invocation_args_dict": Value(invocation.argumentValues)
    case "dbt_metadata_envs": Value(invocation.metadataEnvironment.map { ($0.name, .string($0.value)) })
    case "exceptions": .object(ExceptionsObject(self))
    case "modules": Modules.value(startedAt: invocation.startedAt)
    case "log": .function("log") { [unowned self] arguments, _ in try self.write(arguments) }
    case "print": .function("print") { [unowned self] arguments, _ in try self.show(arguments) }
    case "return":
      .function("return") { arguments, _ in
        throw Interpreter.returning(arguments.value(0, "data") ?? Value.none)
      }
    default: DataFunctions.value(name)
    }
  }

  // MARK: - Functions

  private func environmentVariable(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["var", "default"], required: 1, function: "env_var")
    let name = bound[0]?.description ?? ""
    if name.hasPrefix(Self.secretPrefix), !mayReadSecrets {
      throw Diagnostic(
        .missingVariable, "the secret environment variable '\(name)' can be read in profiles.yml only",
        hint: "take the value from the target, or give the variable another name")
    }
    noteEnvironment(name)
    // What profiles say is read anew each time.
    if !mayReadSecrets { ReadLog.current?.note(environment: name) }
    if let value = overriddenEnvironment[name], !value.isNone { return Value(value) }
    if let value = invocation.environment[name] { return .string(value) }
    if let standard = bound[1], !standard.isNone { return .string(standard.description) }
    throw Diagnostic(
      .missingVariable, "the environment variable '\(name)' is not set",
      hint: "set it, or give a default: env_var('\(name)', '…')")
  }

  private static func secretFunction(_ secret: @escaping (String) throws -> String) -> Value {
    .function("secret") { arguments, _ in
      let bound = try arguments.bind(["reference"], required: 1, function: "secret")
      return .string(try secret(bound[0]?.description ?? ""))
    }
  }

  private func write(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["msg", "info"], required: 1, function: "log")
    let level: LogLine.Level = bound[1]?.isTruthy == true ? .info : .debug
    log(LogLine(level: level, message: bound[0]?.description ?? "", node: currentNode))
    return ""
  }

  private func show(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["msg"], required: 1, function: "print")
    log(LogLine(level: .result, message: bound[0]?.description ?? "", node: currentNode))
    return ""
  }
}

/// `var('name', default)` and `var.has_var('name')`.
final class VariableObject: HostObject {
  private unowned let context: BaseContext

  init(_ context: BaseContext) { self.context = context }

  let typeName = "Var"

  func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let bound = try arguments.bind(["var_name", "default"], required: 1, function: "var")
    let name = bound[0]?.description ?? ""
    context.noteVariable(name)
    if let value = context.visibleVars[name] { return try value.renderedVariable(interpreter) }
    if let standard = bound[1] { return standard }
    guard context.needsVariables else { return .none }
    throw Diagnostic(
      .missingVariable, "the variable '\(name)' is not set",
      hint: Spelling.hint(for: name, among: (context.visibleVars.entries ?? []).map(\.key))
        ?? "set it under 'vars' in the project file or with --vars, or give a default: var('\(name)', …)")
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    guard name == "has_var" else { return nil }
    return .function("has_var") { [context] arguments, _ in
      let name = arguments.value(0, "var_name")?.description ?? ""
      context.noteVariable(name)
      return .bool(context.visibleVars[name] != nil)
    }
  }
}

extension DataValue {
  /// A variable's value. Variables may hold Jinja of their own, which gives text, as in dbt, whatever it evaluates to.
  fileprivate func renderedVariable(_ interpreter: Interpreter) throws -> Jinja.Value {
    guard case .string(let text) = self, YAMLRenderer.holdsJinja(text) else { return Jinja.Value(self) }
    return .string(try interpreter.render(try Template(parsing: text, name: "vars")))
  }
}

/// `flags.FULL_REFRESH` and the like.
final class FlagsObject: HostObject {
  private var values: [String: Value]

  init(_ invocation: Invocation) {
    values = [
      "FULL_REFRESH": .bool(invocation.isFullRefresh), "WHICH": .string(invocation.command),
      "STORE_FAILURES": invocation.storesFailures.map { .bool($0) } ?? Value.none, "USE_COLORS": false,
      "DEBUG": false, "QUIET": false, "FAIL_FAST": false,
      "EMPTY": .bool(invocation.readsNothing), "INTROSPECT": true,
      "INDIRECT_SELECTION": "eager", "PARTIAL_PARSE": true, "WARN_ERROR": false, "VERSION_CHECK": true,
      "CACHE_SELECTED_ONLY": false, "SEND_ANONYMOUS_USAGE_STATS": false,
      "REQUIRE_SQL_HEADER_IN_TEST_CONFIGS": false,
    ]
    for name in ["fail_fast", "quiet", "indirect_selection", "log_format"] {
      if let value = invocation.arguments[name], !value.isNone { values[name.uppercased()] = Value(value) }
    }
  }

  let typeName = "Flags"

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    let name = name.uppercased()
    if name == "WHICH" { ReadLog.current?.noteCommand() }
    return values[name]
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    try key.stringValue.flatMap { try attribute($0, interpreter) }
  }
}

/// `exceptions.raise_compiler_error(…)` and its neighbours.
final class ExceptionsObject: HostObject {
  private unowned let context: BaseContext

  init(_ context: BaseContext) { self.context = context }

  let typeName = "exceptions"

  private static let raising: Set<String> = [
    "raise_compiler_error", "raise_not_implemented", "raise_database_error", "raise_dependency_error",
    "raise_duplicate_patch_name", "raise_fail_fast_error", "raise_contract_error", "raise_parsing_error",
    "raise_invalid_property_yml_version",
  ]

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if Self.raising.contains(name) {
      return .function(name) { arguments, _ in
        throw Diagnostic(.raised, arguments.value(0, "msg")?.description ?? "the project raised an error")
      }
    }
    switch name {
    case "warn":
      return .function(name) { [context] arguments, _ in
        let message = arguments.value(0, "msg")?.description ?? ""
        switch context.invocation.templateWarnings {
        case .told: context.log(LogLine(level: .warning, message: message, node: context.currentNode))
        case .failing(let origin):
          throw Diagnostic(.raised, message, notes: ["what templates warn of is an error with \(origin)"])
        case .silenced: break
        }
        return ""
      }
    case "missing_config":
      return .function(name) { arguments, _ in
        throw Diagnostic(
          .raised, "the configuration '\(arguments.value(1, "name")?.description ?? "")' is missing")
      }
    case "missing_relation", "relation_wrong_type", "missing_materialization", "column_type_missing",
      "raise_ambiguous_alias", "raise_ambiguous_catalog_match", "raise_cache_inconsistent",
      "raise_dataclass_not_dict":
      return .function(name) { arguments, _ in
        let details = arguments.positional.map(\.description).joined(separator: ", ")
        throw Diagnostic(.raised, "\(name): \(details)")
      }
    default: return nil
    }
  }
}
