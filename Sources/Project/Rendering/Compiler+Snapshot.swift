import Diagnostics
import EngineCore
import Jinja

extension Compiler {
  /// How a snapshot finds what changed: calls its strategy's macro, the project's own or dbt's. `compiledSQL` is the
  /// snapshot's query. Throws `Diagnostic`s with places in the project's files.
  public func snapshotStrategy(
    for node: Node, compiledSQL: String, targetExists: Bool
  ) throws -> SnapshotStrategy {
    try located(node) {
      enter(node, isIncremental: false)
      let config = SnapshotMacros.config(context)
      let model = GraphValues.node(node)
      model.dictValue?["compiled_code"] = .string(compiledSQL)
      model.dictValue?["compiled_sql"] = .string(compiledSQL)
      let arguments = Arguments([
        model, .string(SnapshotStrategy.historyAlias), .string(SnapshotStrategy.sourceAlias),
        Value(node.config.values), .bool(targetExists),
      ])
      let macro = try SnapshotMacros.macro(of: config.strategy, context)
      let result = try context.interpreter.call(macro, arguments)
      guard let given = result.dictValue else {
        throw Diagnostic(
          .badValue, "the strategy '\(config.strategy)' of snapshot '\(node.name)' gives no dictionary",
          hint: "end its macro with {% do return({'unique_key': …, 'updated_at': …, …}) %}")
      }
      return try strategy(given, config, node)
    }
  }

  private func strategy(
    _ given: DictObject, _ config: SnapshotConfig, _ node: Node
  ) throws -> SnapshotStrategy {
    func text(_ key: String) throws -> String {
      if let value = given[key], !value.isNone, !value.isUndefined {
        let text = NativeMacros.trimmed(value.description)
        if !text.isEmpty { return text }
      }
      throw Diagnostic(
        .missingKey, "the strategy '\(config.strategy)' of snapshot '\(node.name)' gives no '\(key)'")
    }
    let now = try SnapshotMacros.call(context, "snapshot_get_time")
    let id = context.dialect.quoted(config.columns.id)
    let deletionID = try SnapshotMacros.call(
      context, "snapshot_hash_arguments", Arguments([Value([.string(id), .string(now)])]))
    return SnapshotStrategy(
      uniqueKey: try key(given["unique_key"]) ?? config.uniqueKey, updatedAt: try text("updated_at"),
      rowChanged: try text("row_changed"), versionID: try text("scd_id"),
      hardDeletes: hardDeletes(given) ?? .ignore, now: now, deletionID: deletionID)
  }

  private func key(_ value: Value?) throws -> SnapshotKey? {
    guard let value, !value.isNone, !value.isUndefined else { return nil }
    if let text = value.stringValue { return SnapshotKey([text], isList: false) }
    let parts = try DataFunctions.elements(value, context.interpreter) ?? []
    return parts.isEmpty ? nil : SnapshotKey(parts.map(\.description), isList: true)
  }

  /// Older strategies say it with a truth value.
  private func hardDeletes(_ given: DictObject) -> SnapshotConfig.HardDeletes? {
    if let written = given["hard_deletes"]?.stringValue {
      return SnapshotConfig.HardDeletes(rawValue: written)
    }
    return given["invalidate_hard_deletes"]?.isTruthy ?? false ? .invalidate : nil
  }
}
