import EngineCore
import Jinja

/// A relation as templates see it: prints as its name, and can be renamed, cut and compared.
final class RelationObject: HostObject {
  /// Which parts of a name are shown, and which are quoted.
  struct Parts: Equatable {
    var database = true
    var schema = true
    var identifier = true
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
    case "can_be_renamed": .bool(relation.kind != nil)
    case "can_be_replaced": true
    case "metadata": Value([("type", .string(dialect.name + "Relation"))])
    case "path":
      Value([
        ("database", Self.text(relation.database)), ("schema", Self.text(relation.schema)),
        ("identifier", .string(relation.identifier)),
      ])
    default: method(name)
    }
  }

  private func method(_ name: String) -> Value? {
    switch name {
    case "render": .function(name) { _, _ in .string(self.plainText) }
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
    var parts = parts
    if let value = arguments.value(0, "database"), !value.isNone { parts.database = value.isTruthy }
    if let value = arguments.value(1, "schema"), !value.isNone { parts.schema = value.isTruthy }
    if let value = arguments.value(2, "identifier"), !value.isNone { parts.identifier = value.isTruthy }
    return parts
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

/// `api.Relation`: makes relations.
final class RelationFactory: HostObject {
  private let dialect: any Dialect
  let typeName = "RelationFactory"

  init(_ dialect: any Dialect) { self.dialect = dialect }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if name == "scd_args" { return SnapshotMacros.versionArguments }
    guard name == "create" else { return nil }
    return .function(name) { [dialect] arguments, _ in
      func text(_ index: Int, _ key: String) -> String? {
        guard let value = arguments.value(index, key), !value.isNone, !value.isUndefined else { return nil }
        return value.description
      }
      let relation = Relation(
        database: text(0, "database"), schema: text(1, "schema"), identifier: text(2, "identifier") ?? "",
        kind: text(3, "type").flatMap(RelationKind.init))
      let parts = RelationObject.Parts(
        database: true, schema: true, identifier: text(2, "identifier") != nil)
      return .object(RelationObject(relation, dialect, included: parts))
    }
  }
}

/// A column of the warehouse as templates see it.
final class ColumnObject: HostObject {
  let column: ColumnDescription
  private let dialect: any Dialect
  let typeName = "Column"

  init(_ column: ColumnDescription, _ dialect: any Dialect) {
    self.column = column
    self.dialect = dialect
  }

  func text() -> String { "<Column \(column.name) (\(column.type))>" }

  func isEqual(to other: Value) -> Bool {
    guard case .object(let object) = other, let other = object as? ColumnObject else { return false }
    return other.column.name == column.name && other.column.type == column.type
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    try key.stringValue.flatMap { try attribute($0, interpreter) }
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "name", "column": .string(column.name)
    case "quoted": .string(dialect.quoted(column.name))
    case "data_type": .string(column.type)
    case "dtype": .string(String(column.type.prefix { $0 != "(" }))
    case "numeric_precision": numbers.first.map { .int($0) } ?? Value.none
    case "numeric_scale": numbers.count > 1 ? .int(numbers[1]) : Value.none
    case "char_size": isString ? numbers.first.map { .int($0) } ?? Value.none : Value.none
    case "is_string": .function(name) { _, _ in .bool(self.isString) }
    case "is_integer": .function(name) { _, _ in .bool(self.isInteger) }
    case "is_float": .function(name) { _, _ in .bool(["float", "double", "real"].contains(self.base)) }
    case "is_numeric": .function(name) { _, _ in .bool(["decimal", "numeric"].contains(self.base)) }
    case "is_number":
      .function(name) { _, _ in
        .bool(self.isInteger || ["float", "double", "real", "decimal", "numeric"].contains(self.base))
      }
    case "string_size": .function(name) { _, _ in .int(self.numbers.first ?? 256) }
    default: nil
    }
  }

  private var base: String { column.type.prefix { $0 != "(" }.lowercased() }
  private var isString: Bool { ["varchar", "text", "string", "char", "bpchar"].contains(base) }
  private var isInteger: Bool {
    [
      "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint",
      "uhugeint", "int",
    ].contains(base)
  }
  /// The numbers in the type's parentheses.
  private var numbers: [Int] {
    guard let open = column.type.firstIndex(of: "(") else { return [] }
    return column.type[open...].split { !("0"..."9").contains($0) }.compactMap { Int($0) }
  }
}
