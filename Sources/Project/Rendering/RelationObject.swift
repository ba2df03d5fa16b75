import EngineCore
import Jinja

/// A relation as templates see it: prints as its name, and can be renamed, cut and compared.
final class RelationObject: HostObject {
  /// Which parts of a name are shown, and which are quoted.
  struct Parts: Equatable {
    var database = true
    var schema = true
    var identifier = true

    /// The parts as a template sees them.
    var value: Value {
      Value([("database", .bool(database)), ("schema", .bool(schema)), ("identifier", .bool(identifier))])
    }

    /// The parts with what is said of them changed.
    func changed(_ said: (_ index: Int, _ name: String) -> Value?) -> Parts {
      var parts = self
      if let value = said(0, "database"), !value.isNone { parts.database = value.isTruthy }
      if let value = said(1, "schema"), !value.isNone { parts.schema = value.isTruthy }
      if let value = said(2, "identifier"), !value.isNone { parts.identifier = value.isTruthy }
      return parts
    }
  }

  let relation: Relation
  let dialect: any Dialect
  let included: Parts
  let quoted: Parts
  /// The rows that it stands for, as a condition, where it is not all of them: `render()` leaves it out.
  let filter: String?
  let typeName = "Relation"

  init(
    _ relation: Relation, _ dialect: any Dialect, included: Parts = Parts(), quoted: Parts = Parts(),
    filter: String? = nil
  ) {
    self.filter = filter
    self.relation = relation
    self.dialect = dialect
    self.included = included
    self.quoted = quoted
  }

  func text() -> String {
    filter.map { "(select * from \(plainText) where \($0))" } ?? plainText
  }

  /// The name alone.
  private var plainText: String {
    if included == Parts(), quoted == Parts() { return dialect.rendered(relation) }
    var names: [String] = []
    if included.database, let name = relation.database {
      names.append(quoted.database ? dialect.quoted(name) : name)
    }
    if included.schema, let name = relation.schema {
      names.append(quoted.schema ? dialect.quoted(name) : name)
    }
    if included.identifier {
      names.append(quoted.identifier ? dialect.quoted(relation.identifier) : relation.identifier)
    }
    return names.joined(separator: ".")
  }

  /// As in dbt, whose packages tell a relation from a text by it.
  var isMapping: Bool { true }

  func isEqual(to other: Value) -> Bool {
    guard case .object(let object) = other, let other = object as? RelationObject else { return false }
    return relation.path == other.relation.path
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    try key.stringValue.flatMap { try attribute($0, interpreter) }
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "database": Self.text(relation.database)
    case "schema": Self.text(relation.schema)
    case "identifier", "name", "table": .string(relation.identifier)
    case "type": Self.text(relation.kind?.rawValue)
    case "is_table": .bool(relation.kind == .table)
    case "is_view": .bool(relation.kind == .view)
    case "is_cte": .bool(relation.expression?.hasPrefix("__dbt__cte__") ?? false)
    case "is_materialized_view", "is_dynamic_table", "is_pointer": false
    case "is_function": .bool(relation.kind == .function)
    case "dbt_created", "require_alias": false
    case "limit", "event_time_filter", "external", "catalog": Value.none
    case "quote_character": "\""
    case "include_policy": included.value
    case "quote_policy": quoted.value
    case "can_be_renamed": .bool(relation.kind != nil)
    case "can_be_replaced": true
    case "metadata": Value([("type", .string(dialect.name + "Relation"))])
    case "path":
      Value([
        ("database", Self.text(relation.database)), ("schema", Self.text(relation.schema)),
        ("identifier", .string(relation.identifier)),
      ])
    default: RelationFactory.kinds[name].map { .string($0) } ?? method(name)
    }
  }

  private func method(_ name: String) -> Value? {
    switch name {
    case "render", "render_limited": .function(name) { _, _ in .string(self.plainText) }
    case "quoted":
      .function(name) { arguments, _ in
        .string("\"\(arguments.value(0, "identifier")?.description ?? "")\"")
      }
    case "to_dict": .function(name) { _, interpreter in try self.dictionary(interpreter) }
    case "add_ephemeral_prefix", "create": RelationFactory(dialect).method(name)
    case "include":
      .function(name) { arguments, _ in
        .object(self.copy(included: Self.parts(self.included, arguments)))
      }
    case "quote":
      .function(name) { arguments, _ in .object(self.copy(quoted: Self.parts(self.quoted, arguments))) }
    case "without_identifier":
      .function(name) { _, _ in
        .object(self.copy(included: Parts(database: true, schema: true, identifier: false)))
      }
    case "incorporate": .function(name) { arguments, _ in .object(self.incorporating(arguments)) }
    case "replace_path": .function(name) { arguments, _ in .object(self.replacing(arguments.keyword)) }
    case "replace": .function(name) { arguments, _ in .object(self.incorporating(arguments)) }
    case "information_schema_only":
      .function(name) { _, _ in
        .object(
          RelationObject(
            Relation(database: self.relation.database, schema: "INFORMATION_SCHEMA", identifier: ""),
            self.dialect, included: Parts(identifier: false), quoted: Parts(schema: false)))
      }
    case "information_schema":
      .function(name) { arguments, _ in
        let view = arguments.value(0, "view_name").flatMap { $0.isNone ? nil : $0.description }
        let name = Relation(
          database: self.relation.database, schema: "INFORMATION_SCHEMA", identifier: view ?? "")
        return .object(
          RelationObject(
            name, self.dialect, included: Parts(database: true, schema: true, identifier: view != nil),
            quoted: Parts(database: true, schema: false, identifier: false)))
      }
    case "matches":
      .function(name) { arguments, _ in
        let wanted = ["database", "schema", "identifier"].enumerated().map { index, key in
          arguments.value(index, key)
        }
        let own = [self.relation.database, self.relation.schema, self.relation.identifier]
        return .bool(
          zip(wanted, own).allSatisfy { wanted, own in
            guard let wanted, !wanted.isNone else { return true }
            return wanted.description.lowercased() == own?.lowercased()
          })
      }
    case "get_function_config":
      .function(name) { arguments, _ in try FunctionConfigObject.value(of: arguments.value(0, "model")) }
    case "get_function_macro_name":
      .function(name) { arguments, interpreter in
        try FunctionConfigObject.macroName(arguments.value(0, "config"), interpreter)
      }
    case "get":
      .function(name) { arguments, interpreter in
        let key = arguments.value(0, "key") ?? Value.none
        return try self.item(key, interpreter) ?? arguments.value(1, "default") ?? Value.none
      }
    default: nil
    }
  }

  private func copy(included: Parts? = nil, quoted: Parts? = nil) -> RelationObject {
    RelationObject(
      relation, dialect, included: included ?? self.included, quoted: quoted ?? self.quoted, filter: filter)
  }

  private static func parts(_ parts: Parts, _ arguments: Arguments) -> Parts {
    parts.changed { index, key in arguments.value(index, key) }
  }

  /// All that there is to it, as dbt's `to_dict()` gives it.
  private func dictionary(_ interpreter: Interpreter) throws -> Value {
    let names = [
      "path", "type", "quote_character", "include_policy", "quote_policy", "dbt_created", "limit",
      "event_time_filter", "require_alias", "catalog", "external",
    ]
    return Value(try names.map { ($0, try attribute($0, interpreter) ?? Value.none) })
  }

  private func incorporating(_ arguments: Arguments) -> RelationObject {
    var entries: [(name: String, value: Value)] = arguments.keyword.filter { $0.name != "path" }
    if let path = arguments["path"]?.dictValue {
      for key in path.keys { entries.append((key.description, path[key] ?? Value.none)) }
    }
    return replacing(entries)
  }

  private func replacing(_ entries: [(name: String, value: Value)]) -> RelationObject {
    var changed = relation
    for (name, value) in entries {
      let text = value.isNone || value.isUndefined ? nil : value.description
      switch name {
      case "database": changed.database = text
      case "schema": changed.schema = text
      case "identifier":
        changed.identifier = text ?? changed.identifier
        changed.expression = nil
      case "type": changed.kind = text.flatMap(RelationKind.init)
      default: continue
      }
    }
    return RelationObject(changed, dialect, included: included, quoted: quoted, filter: filter)
  }

  private static func text(_ value: String?) -> Value { value.map { .string($0) } ?? Value.none }

  /// The relation that a template hands over; nil if the value is none.
  static func relation(_ value: Value?) -> Relation? {
    guard case .object(let object)? = value else { return nil }
    return (object as? RelationObject)?.relation
  }
}
