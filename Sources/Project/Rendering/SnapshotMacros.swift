import Diagnostics
import EngineCore
import Jinja

/// dbt's macros that say how a snapshot finds changes. Strategies of a project's own call them, or take their place.
enum SnapshotMacros {
  static let bodies: [String: NativeMacros.Body] = [
    "snapshot_get_time": { context, _ in
      .string(try call(context, "current_timestamp") + "::timestamp")
    },
    "snapshot_string_as_time": { context, arguments in
      .string(context.dialect.literal(arguments.value(0, "timestamp")?.description ?? "") + "::timestamp")
    },
    "get_true_sql": { _, _ in "TRUE" },
    "equals": { context, arguments in
      let bound = try arguments.bind(["expr1", "expr2"], required: 2, function: "equals")
      let flag = context.settings.values["flags"]?["enable_truthy_nulls_equals_macro"]
      let comparison = flag == .bool(true) ? "IS NOT DISTINCT FROM" : "="
      return .string("(\(bound[0]?.description ?? "") \(comparison) \(bound[1]?.description ?? ""))")
    },
    "get_snapshot_table_column_names": { _, _ in names(SnapshotColumns()) },
    "snapshot_hash_arguments": { context, arguments in
      let parts = try DataFunctions.elements(arguments.value(0, "args") ?? .none, context.interpreter) ?? []
      let texts = parts.map { "coalesce(cast(\($0.description) AS VARCHAR), '')" }
      return .string("md5(\(texts.joined(separator: " || '|' || ")))")
    },
    "strategy_dispatch": { context, arguments in
      try macro(of: arguments.value(0, "name")?.description ?? "", context)
    },
    "snapshot_timestamp_strategy": { context, arguments in
      let (history, source) = try aliases(arguments)
      let config = config(context)
      let updatedAt = config.updatedAt ?? ""
      let changed =
        "(\(history).\(context.dialect.quoted(config.columns.validFrom)) < \(source).\(updatedAt))"
      return try strategy(context, updatedAt: updatedAt, rowChanged: changed)
    },
    "snapshot_check_strategy": { context, arguments in
      let (history, source) = try aliases(arguments)
      let isThere = arguments.value(4, "target_exists")?.isTruthy ?? false
      let query = arguments.value(0, "node")?.dictValue?["compiled_code"]?.description ?? ""
      let columns = isThere ? try comparedColumns(context, query) : []
      let changes = columns?.map { "\(history).\($0) IS DISTINCT FROM \(source).\($0)" } ?? ["TRUE"]
      return try strategy(
        context, updatedAt: try config(context).updatedAt ?? call(context, "snapshot_get_time"),
        rowChanged: changes.isEmpty ? "FALSE" : "(\(changes.joined(separator: " OR ")))")
    },
  ]

  /// `api.Relation.scd_args(primary_key, updated_at)`: what identifies a version, as a list.
  static var versionArguments: Value {
    .function("scd_args") { arguments, interpreter in
      let bound = try arguments.bind(["primary_key", "updated_at"], required: 2, function: "scd_args")
      let key = bound[0] ?? .none
      let parts = key.stringValue == nil ? try DataFunctions.elements(key, interpreter) ?? [key] : [key]
      return Value(parts + [bound[1] ?? .none])
    }
  }

  /// What the snapshot that is rendered is configured to do.
  static func config(_ context: NodeContext) -> SnapshotConfig {
    context.frame.model?.config.snapshot ?? SnapshotConfig()
  }

  /// A macro's text, whether it is the project's or built in.
  static func call(_ context: NodeContext, _ name: String, _ arguments: Arguments = .none) throws -> String {
    guard let macro = context.lookup(name) else {
      throw Diagnostic(.missingReference, "there is no macro '\(name)'")
    }
    return NativeMacros.trimmed(try context.interpreter.call(macro, arguments).description)
  }

  /// The macro of a strategy, by its name or by its package's and its own.
  static func macro(of strategy: String, _ context: NodeContext) throws -> Value {
    let parts = strategy.split(separator: ".", maxSplits: 1).map(String.init)
    let name = "snapshot_\(parts.last ?? strategy)_strategy"
    let found: Value?
    if parts.count == 2, parts[0] != "dbt" {
      found = context.macro(name, of: parts[0])
    } else {
      found = parts.count == 2 ? context.original(name) : context.lookup(name)
    }
    if let found { return found }
    let known =
      ["timestamp", "check"]
      + context.macros.names.filter { $0.hasPrefix("snapshot_") && $0.hasSuffix("_strategy") }
      .map { String($0.dropFirst(9).dropLast(9)) }
    throw Diagnostic(
      .missingReference, "the snapshot strategy '\(strategy)' is not known",
      notes: ["there is no macro '\(name)'" + (parts.count == 2 ? " in the package '\(parts[0])'" : "")],
      hint: Spelling.hint(for: parts.last ?? strategy, among: known)
        ?? "there are " + known.joined(separator: ", "))
  }

  private static func names(_ columns: SnapshotColumns) -> Value {
    Value(columns.named.map { ($0.standard, .string($0.own)) })
  }

  private static func aliases(_ arguments: Arguments) throws -> (history: String, source: String) {
    let names = ["node", "snapshotted_rel", "current_rel", "model_config", "target_exists"]
    let bound = try arguments.bind(names, required: 5, function: "snapshot strategy")
    return (bound[1]?.description ?? "", bound[2]?.description ?? "")
  }

  private static func strategy(
    _ context: NodeContext, updatedAt: String, rowChanged: String
  ) throws -> Value {
    let config = config(context)
    let key = config.uniqueKey
    let parts = key.expressions + [updatedAt]
    let id = try call(
      context, "snapshot_hash_arguments", Arguments([Value(parts.map { .string($0) })]))
    return Value([
      (
        "unique_key",
        key.isList ? Value(key.expressions.map { .string($0) }) : .string(key.expressions.first ?? "")
      ),
      ("updated_at", .string(updatedAt)), ("row_changed", .string(rowChanged)), ("scd_id", .string(id)),
      ("invalidate_hard_deletes", .bool(config.hardDeletes == .invalidate)),
      ("hard_deletes", .string(config.hardDeletes.rawValue)),
    ])
  }

  /// The columns that are compared, quoted; nil if the source has one of them that the history lacks: then every row
  /// counts as changed.
  private static func comparedColumns(_ context: NodeContext, _ query: String) throws -> [String]? {
    guard let connection = context.session, let target = context.frame.this else { return [] }
    let asked: String
    switch config(context).checkedColumns {
    case .all, nil: asked = query
    case .some(.some(let names)):
      asked = "SELECT \(names.joined(separator: ", ")) FROM (\n\(query)\n) AS weir_rows"
    }
    let given = try connection.columns(ofQuery: asked).map(\.name)
    let present = Set(try connection.columns(of: target).map { $0.name.lowercased() })
    guard given.allSatisfy({ present.contains($0.lowercased()) }) else { return nil }
    return given.map(context.dialect.quoted)
  }
}
