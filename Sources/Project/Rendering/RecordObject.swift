import Jinja

/// A value with named parts, as an object of dbt's own: parts are attributes and items, and `to_dict()` gives all of them.
final class RecordObject: HostObject {
  private let parts: DictObject
  let typeName: String

  init(_ typeName: String, _ parts: DictObject) {
    self.typeName = typeName
    self.parts = parts
  }

  convenience init(_ typeName: String, _ parts: [(String, Value)]) {
    let values = DictObject()
    for (name, value) in parts { values[name] = value }
    self.init(typeName, values)
  }

  /// A mapping as an object; anything else as it is.
  static func wrapping(_ value: Value, _ typeName: String) -> Value {
    guard case .dict(let parts) = value else { return value }
    return .object(RecordObject(typeName, parts))
  }

  var isMapping: Bool { true }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if name == "to_dict" { return .function(name) { [parts] _, _ in .dict(parts) } }
    return parts[name]
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    key.stringValue.flatMap { parts[$0] }
  }

  func callMethod(_ name: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value? {
    if name == "get" {
      let key = arguments.value(0, "key")?.description ?? ""
      return parts[key] ?? arguments.value(1, "default") ?? Value.none
    }
    return nil
  }

  func text() -> String { Value.dict(parts).description }
}

/// `builtins.ref`: it is called as `ref`, and has the project's configuration behind it.
final class ReferenceFunction: HostObject {
  private unowned let context: NodeContext
  private let function: Value
  let typeName = "function"

  init(_ function: Value, _ context: NodeContext) {
    self.function = function
    self.context = context
  }

  var isCallable: Bool { true }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    name == "config" ? context.runtimeConfig : nil
  }

  func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    try interpreter.call(function, arguments)
  }
}

extension NodeContext {
  /// What dbt calls the run's configuration: the project file, the target and the command line.
  var runtimeConfig: Value {
    outside.note(name: "invocation_args_dict")
    let settings = project?.settings ?? settings
    func texts(_ paths: [String]) -> Value { Value(paths.map { Value.string($0) }) }
    func text(_ value: String?) -> Value { value.map { .string($0) } ?? Value.none }
    let vars = settings.values["vars"] ?? .emptyMapping
    let packages = DictObject()
    for (name, version) in base.packageVersions {
      packages[name] = .object(
        RecordObject("RuntimeConfig", [("project_name", .string(name)), ("version", text(version))]))
    }
    return .object(
      RecordObject(
        "RuntimeConfig",
        [
          ("project_name", .string(settings.name)), ("version", text(settings.version)),
          ("project_root", .string(settings.root)), ("profile_name", .string(target.profileName)),
          ("target_name", .string(target.name)), ("threads", .int(target.threads)),
          ("credentials", base.value("target") ?? Value.none), ("model_paths", texts(settings.modelPaths)),
          ("seed_paths", texts(settings.seedPaths)), ("test_paths", texts(settings.testPaths)),
          ("macro_paths", texts(settings.macroPaths)), ("analysis_paths", texts(settings.analysisPaths)),
          ("snapshot_paths", texts(settings.snapshotPaths)), ("docs_paths", texts(settings.docsPaths)),
          ("target_path", .string(settings.targetPath)), ("clean_targets", texts(settings.cleanTargets)),
          ("packages_install_path", .string(settings.packagesPath)),
          ("dispatch", Value(settings.values["dispatch"] ?? .list([]))),
          ("models", Value(settings.values["models"] ?? .emptyMapping)),
          ("seeds", Value(settings.values["seeds"] ?? .emptyMapping)),
          ("vars", .object(RecordObject("VarProvider", [("vars", Value(vars))]))),
          ("cli_vars", Value(base.invocation.vars)), ("args", Value(base.invocation.argumentValues)),
          ("dependencies", .dict(packages)),
        ]))
  }
}
