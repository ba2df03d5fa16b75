import EngineCore
import Jinja

/// `api.Relation` and `adapter.Relation`: makes relations.
final class RelationFactory: HostObject {
  private let dialect: any Dialect
  let typeName = "RelationProxy"

  /// What a relation can be, by the names that dbt has for it.
  static let kinds = [
    "Table": "table", "View": "view", "CTE": "cte", "MaterializedView": "materialized_view",
    "External": "external", "Function": "function", "PointerTable": "pointer",
  ]

  init(_ dialect: any Dialect) { self.dialect = dialect }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "scd_args": SnapshotMacros.versionArguments
    case "get_relation_type": .object(self)
    case "get_default_quote_policy", "get_default_include_policy":
      .function(name) { _, _ in RelationObject.Parts().value }
    default: Self.kinds[name].map { .string($0) } ?? method(name)
    }
  }

  /// What can be called without a relation.
  func method(_ name: String) -> Value? {
    switch name {
    case "create": .function(name) { [dialect] arguments, _ in .object(Self.create(arguments, dialect)) }
    case "add_ephemeral_prefix":
      .function(name) { arguments, _ in
        .string("__dbt__cte__" + (arguments.value(0, "name")?.description ?? ""))
      }
    default: nil
    }
  }

  private static func create(_ arguments: Arguments, _ dialect: any Dialect) -> RelationObject {
    func text(_ index: Int, _ key: String) -> String? {
      guard let value = arguments.value(index, key), !value.isNone, !value.isUndefined else { return nil }
      return value.description
    }
    let identifier = text(2, "identifier")
    let relation = Relation(
      database: text(0, "database"), schema: text(1, "schema"), identifier: identifier ?? "",
      kind: text(3, "type").flatMap(RelationKind.init))
    func policy(_ key: String) -> RelationObject.Parts {
      RelationObject.Parts().changed { _, name in arguments[key]?.dictValue?[name] }
    }
    var included = policy("include_policy")
    if identifier == nil { included.identifier = false }
    return RelationObject(relation, dialect, included: included, quoted: policy("quote_policy"))
  }
}
