import Diagnostics
import EngineCore
import Jinja

/// Says where a node is stored, by dbt's naming macros or the project's own in their place.
struct Naming {
  let context: NodeContext

  /// The node's relation; nil if it stores nothing.
  func relation(of node: Node, kind: RelationKind? = nil) throws -> Relation? {
    let config = node.config
    switch config.materialization {
    case .ephemeral, .unit: return nil
    case .check where !config.storesFailures: return nil
    default: break
    }
    var database = try name("generate_database_name", config.database, node)
    var schema = try name("generate_schema_name", config.schema, node)
    let alias = try name("generate_alias_name", config.alias, node)
    if node.resourceType == .snapshot {
      // As in dbt, what these two say goes past the naming macros.
      if let written = config.values["target_database"]?.scalarText, !written.isEmpty { database = written }
      if let written = config.values["target_schema"]?.scalarText, !written.isEmpty { schema = written }
    }
    guard !alias.isEmpty, !schema.isEmpty else {
      throw Diagnostic(
        .badValue, "the naming macros give '\(node.name)' no \(alias.isEmpty ? "alias" : "schema")",
        at: node.span)
    }
    return Relation(
      database: database.isEmpty ? nil : database, schema: schema, identifier: alias,
      kind: kind ?? Self.kind(config))
  }

  private static func kind(_ config: NodeConfig) -> RelationKind {
    switch config.materialization {
    case .view, .external: .view
    case .function: .function
    case .check: config.storesFailuresAs == .view ? .view : .table
    default: .table
    }
  }

  private func name(_ macro: String, _ custom: String?, _ node: Node) throws -> String {
    let versions = [macro, context.target.type + "__" + macro, "default__" + macro]
    guard versions.contains(where: { context.macros.macro($0, from: context.frame.package) != nil }),
      let callable = context.lookup(macro)
    else {
      return standard(macro, custom, node)
    }
    let before = context.frame
    context.base.currentNode = node.id
    defer { context.frame = before }
    let arguments = Arguments([custom.map { .string($0) } ?? .none, GraphValues.node(node)])
    let value = try context.interpreter.call(callable, arguments)
    return NativeMacros.trimmed(value.isNone ? "" : value.description)
  }

  /// dbt's own rules.
  private func standard(_ macro: String, _ custom: String?, _ node: Node) -> String {
    let custom = custom.map(NativeMacros.trimmed)
    return switch macro {
    case "generate_database_name": custom ?? context.target.database
    case "generate_schema_name": custom.map { context.target.schema + "_" + $0 } ?? context.target.schema
    default: custom.flatMap { $0.isEmpty ? nil : $0 } ?? node.standardAlias
    }
  }
}
