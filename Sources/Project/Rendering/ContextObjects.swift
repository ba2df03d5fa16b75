import Diagnostics
import EngineCore
import Jinja

/// `config`: called, it sets; asked, it gives what was merged.
final class ConfigObject: HostObject {
  private unowned let context: NodeContext
  let typeName = "config"

  init(_ context: NodeContext) { self.context = context }

  func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    guard context.project == nil else { return "" }
    var entries: [(String, DataValue)] = []
    for value in arguments.positional {
      guard let given = try value.data().entries else {
        throw Diagnostic(.templateRuntime, "config() takes named values or one dictionary")
      }
      entries += given.map { ($0.key, $0.value) }
    }
    for (name, value) in arguments.keyword { entries.append((name, try value.data())) }
    try ConfigMerge.refuseDuplicates(entries.map(\.0))
    context.frame.config = ConfigMerge.merge(context.frame.config, .mapping(entries))
    context.frame.configSpan = context.frame.configSpan ?? interpreter.location
    return ""
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "get", "meta_get":
      .function(name) { [unowned self] arguments, _ in
        // As in dbt: while a project is read, no configuration is known yet, and templates take the way that this opens.
        guard self.context.project != nil else { return "" }
        let key = arguments.value(0, "name")?.description ?? ""
        let standard = arguments.value(1, "default") ?? Value.none
        let value = name == "get" ? self.value(key) : self.value("meta")?[key]
        guard let value, !value.isNone else { return standard }
        return Value(value)
      }
    case "require", "meta_require":
      .function(name) { [unowned self] arguments, _ in
        guard self.context.project != nil else { return "" }
        let key = arguments.value(0, "name")?.description ?? ""
        if let value = name == "require" ? self.value(key) : self.value("meta")?[key], !value.isNone {
          return Value(value)
        }
        throw Diagnostic(.missingKey, "the configuration '\(key)' is required and not set")
      }
    case "set":
      .function(name) { [unowned self] arguments, _ in
        let key = arguments.value(0, "name")?.description ?? ""
        if self.context.project == nil, let value = arguments.value(1, "value") {
          self.context.frame.config = self.context.frame.config.setting(key, to: try value.data())
        }
        return ""
      }
    case "persist_relation_docs":
      .function(name) { [unowned self] _, _ in
        .bool(self.context.frame.model.map(DocumentationSQL.keepsRelation) ?? false)
      }
    case "persist_column_docs":
      .function(name) { [unowned self] _, _ in
        .bool(self.context.frame.model.map(DocumentationSQL.keepsColumns) ?? false)
      }
    default: value(name).map { Value($0) }
    }
  }

  private func value(_ key: String) -> DataValue? {
    let key = ConfigMerge.canonical(key)
    if key == "snapshot_table_column_names", let snapshot = context.frame.model?.config.snapshot {
      return .mapping(snapshot.columns.named.map { ($0.standard, .string($0.own)) })
    }
    return context.frame.model?.config.values[key] ?? context.frame.config[key]
  }
}

/// A package's macros: `my_project.my_macro`, `dbt.type_string`.
final class NamespaceObject: HostObject {
  private unowned let context: NodeContext
  private let name: String
  let typeName = "package"

  init(_ name: String, _ context: NodeContext) {
    self.name = name
    self.context = context
  }

  func attribute(_ attribute: String, _ interpreter: Interpreter) throws -> Value? {
    if context.overrides != nil {
      if let value = context.overriding("\(name).\(attribute)") { return value }
      if name == "dbt", let value = context.overriding(attribute) { return value }
    }
    if let macro = context.macro(attribute, of: name) { return macro }
    return name == "dbt" || name == "dbt_duckdb" ? context.original(attribute) : nil
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    try key.stringValue.flatMap { try attribute($0, interpreter) }
  }
}

/// `context`: every name by its text.
final class ContextObject: HostObject {
  private unowned let context: NodeContext
  let typeName = "context"

  init(_ context: NodeContext) { self.context = context }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    key.stringValue.flatMap { context.lookup($0) }
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if name == "update" {
      return .function(name) { [context] arguments, _ in
        let given = arguments.positional.first?.dictValue
        for (key, value) in zip(given?.keys ?? [], given?.values ?? []) {
          if let key = key.stringValue { context.frame.additions[key] = value }
        }
        for (key, value) in arguments.keyword { context.frame.additions[key] = value }
        return .none
      }
    }
    guard name == "get" else { return context.lookup(name) }
    return .function(name) { [context] arguments, _ in
      context.lookup(arguments.value(0, "key")?.description ?? "") ?? arguments.value(1, "default")
        ?? Value.none
    }
  }
}
