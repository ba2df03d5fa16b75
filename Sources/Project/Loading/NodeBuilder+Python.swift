import Diagnostics
import Jinja

extension NodeBuilder {
  /// Reads a Python model's file: records what it refers to and configures. Throws all that is wrong with it.
  func python(_ node: Node) throws {
    let source = PythonSource(node.code)
    let file = node.span.file
    var problems = source.problems.map { problem in
      Diagnostic(
        .badPythonModel, problem.message,
        at: SourceSpan(file: file, line: problem.line, column: problem.column), hint: problem.hint)
    }
    var keys = PythonConfigKeys()
    for call in source.calls {
      let span = SourceSpan(file: file, line: call.line, column: call.column)
      do {
        try record(call, at: span, &keys)
      } catch {
        problems += DiagnosticList.collecting(error, else: .badPythonModel, "the call cannot be read").map {
          var problem = $0
          problem.code = .badPythonModel
          return problem.located(at: span)
        }
      }
    }
    context.frame.config = ConfigMerge.merge(context.frame.config, keys.values)
    guard problems.isEmpty else { throw DiagnosticList(problems) }
  }

  private func record(_ call: PythonSource.Call, at span: SourceSpan, _ keys: inout PythonConfigKeys) throws {
    let given = call.arguments
    let arguments = Arguments(
      given.positional.map { Value($0) }, keyword: given.keyword.map { ($0.name, Value($0.value)) })
    switch call.function {
    case "ref": context.frame.record(try NodeContext.reference(arguments), at: span)
    case "source":
      guard given.positional.count == 2, given.keyword.isEmpty else {
        throw Diagnostic(
          .badPythonModel, "dbt.source() takes a source's and a table's name", at: span,
          hint: "dbt.source('shop', 'orders')")
      }
      let names = arguments.positional.map(\.description)
      context.frame.record(SourceReference(source: names[0], table: names[1]), at: span)
    case "config":
      context.frame.config = ConfigMerge.merge(context.frame.config, try configuration(given, span))
      context.frame.configSpan = context.frame.configSpan ?? span
    default: try keys.add(call, at: span)
    }
  }

  private func configuration(_ given: PythonLiteral.Arguments, _ span: SourceSpan) throws -> DataValue {
    if given.positional.isEmpty { return .mapping(given.keyword.map { ($0.name, $0.value) }) }
    guard given.positional.count == 1, given.keyword.isEmpty, given.positional[0].entries != nil else {
      throw Diagnostic(
        .badPythonModel, "dbt.config() takes named values or one dictionary", at: span,
        hint: "dbt.config(materialized='table', tags=['daily'])")
    }
    return given.positional[0]
  }

  /// What the file of a Python model says of its configuration: as in dbt, it is a table unless it or its entry in a
  /// property file says otherwise, whatever its folder does.
  func pythonConfiguration(_ entry: ResourceProperties?) -> DataValue {
    let said = context.frame.config
    guard said["materialized"] == nil, entry?.config["materialized"] == nil else { return said }
    return said.setting("materialized", to: .string("table"))
  }

  /// What a Python model cannot be.
  func pythonProblems(_ node: Node, _ origins: ConfigOrigins) -> [Diagnostic] {
    func problem(_ key: String, _ code: DiagnosticCode, _ message: String, hint: String) -> Diagnostic {
      Diagnostic(code, message, at: origins.span(of: key) { _ in true } ?? node.span, hint: hint)
    }
    let name = node.searchName
    if let timeout = node.config.values["timeout"], !timeout.isNone, !Self.isTimeout(timeout) {
      return [
        problem(
          "timeout", .badValue, "the timeout of the Python model '\(name)' must be a number of seconds",
          hint: "dbt.config(timeout=600)")
      ]
    }
    switch node.config.materialization {
    case .table, .external: return []
    case .incremental where node.config.incremental.microbatch != nil:
      return [
        problem(
          "incremental_strategy", .unsupported, "the Python model '\(name)' cannot be built in batches yet",
          hint: "use another strategy, and choose the rows with dbt.is_incremental and dbt.this")
      ]
    case .incremental: return []
    case .own:
      return [
        problem(
          "materialized", .unsupported,
          "the materialization '\(node.config.materializationName)' of the Python model '\(name)' is a macro's, which takes SQL only",
          hint: "use table, incremental or external")
      ]
    default:
      return [
        problem(
          "materialized", .badValue,
          "the Python model '\(name)' cannot be materialized as \(node.config.materialization.rawValue)",
          hint: "a Python model is a table, incremental or external")
      ]
    }
  }
}

extension NodeBuilder {
  private static func isTimeout(_ value: DataValue) -> Bool {
    switch value {
    case .int(let seconds): seconds > 0
    case .float(let seconds): seconds > 0
    default: false
    }
  }
}

/// The keys that a Python model asks for while it runs, as dbt records them.
private struct PythonConfigKeys {
  private var used: [DataValue] = []
  private var defaults: [DataValue] = []
  private var metaUsed: [DataValue] = []
  private var metaDefaults: [DataValue] = []

  mutating func add(_ call: PythonSource.Call, at span: SourceSpan) throws {
    let given = call.arguments
    guard (1...2).contains(given.positional.count), let key = given.positional.first?.stringValue else {
      throw Diagnostic(
        .badPythonModel, "dbt.\(call.function)() takes a key and, if wanted, what stands in for it", at: span,
        hint: "dbt.\(call.function)('key', 'default')")
    }
    let named = given.keyword.first { $0.name == "default" }?.value
    let standard = given.positional.count == 2 ? given.positional[1] : named ?? DataValue.none
    if call.function == "config.get" {
      used.append(.string(key))
      defaults.append(standard)
    } else {
      metaUsed.append(.string(key))
      metaDefaults.append(standard)
    }
  }

  /// As they stand in the configuration.
  var values: DataValue {
    guard !used.isEmpty || !metaUsed.isEmpty else { return .emptyMapping }
    return .mapping([
      ("config_keys_used", .list(used)), ("config_keys_defaults", .list(defaults)),
      ("meta_keys_used", .list(metaUsed)), ("meta_keys_defaults", .list(metaDefaults)),
    ])
  }
}
