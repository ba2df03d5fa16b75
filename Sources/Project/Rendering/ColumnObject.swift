import Diagnostics
import EngineCore
import Jinja

/// A column of the warehouse as templates see it: as dbt-duckdb gives it.
final class ColumnObject: HostObject {
  /// The sizes of a type that are not part of its name.
  struct Sizes: Equatable {
    var characters: Int?
    var precision: Int?
    var scale: Int?
  }

  private let name: String
  private let type: String
  private let sizes: Sizes
  private let dialect: any Dialect
  let typeName = "DuckDBColumn"

  init(_ column: ColumnDescription, _ dialect: any Dialect, sizes: Sizes = Sizes()) {
    name = column.name
    type = column.type
    self.sizes = sizes
    self.dialect = dialect
  }

  /// The column with its whole type.
  var column: ColumnDescription {
    ColumnDescription(name: name, type: sizes == Sizes() ? type : dataType)
  }

  func text() -> String {
    func number(_ value: Int?) -> String { value.map(String.init) ?? "None" }
    return "DuckDBColumn(column=\(Value.string(name).repr()), dtype=\(Value.string(type).repr()), "
      + "char_size=\(number(sizes.characters)), numeric_precision=\(number(sizes.precision)), "
      + "numeric_scale=\(number(sizes.scale)), fields=[\(fields.map { $0.text() }.joined(separator: ", "))])"
  }

  func isEqual(to other: Value) -> Bool {
    guard case .object(let object) = other, let other = object as? ColumnObject else { return false }
    return other.name == name && other.type == type && other.sizes == sizes
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    try key.stringValue.flatMap { try attribute($0, interpreter) }
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "name", "column": .string(self.name)
    case "quoted": .string(dialect.quoted(self.name))
    case "data_type", "expanded_data_type": .string(dataType)
    case "dtype": .string(type)
    case "numeric_precision": Self.number(sizes.precision)
    case "numeric_scale": Self.number(sizes.scale)
    case "char_size": Self.number(sizes.characters)
    case "fields": Value(fields.map { .object($0) })
    case "is_string": .function(name) { _, _ in .bool(self.isString) }
    case "is_integer": .function(name) { _, _ in .bool(Self.integers.contains(self.lowered)) }
    case "is_float": .function(name) { _, _ in .bool(Self.floats.contains(self.lowered)) }
    case "is_numeric": .function(name) { _, _ in .bool(self.isNumeric) }
    case "is_number":
      .function(name) { _, _ in
        .bool(self.isNumeric || Self.integers.contains(self.lowered) || Self.floats.contains(self.lowered))
      }
    case "is_struct": .function(name) { _, _ in .bool(self.isStructure) }
    case "flatten": .function(name) { _, _ in Value(self.flattened().map { .object($0) }) }
    case "string_size": .function(name) { _, _ in .int(try self.stringSize()) }
    case "can_expand_to":
      .function(name) { arguments, _ in .bool(try self.canExpand(to: arguments.value(0, "other_column"))) }
    case "literal":
      .function(name) { arguments, _ in
        .string("\(arguments.value(0, "value")?.description ?? "")::\(self.dataType)")
      }
    default: try ColumnFactory(dialect).attribute(name, interpreter)
    }
  }

  private static func number(_ value: Int?) -> Value { value.map { .int($0) } ?? Value.none }

  // MARK: - Types

  private var lowered: String { type.lowercased() }
  private var isString: Bool {
    ["text", "character varying", "character", "varchar"].contains(lowered)
  }
  private var isNumeric: Bool { ["numeric", "decimal"].contains(lowered) }
  private var isStructure: Bool { lowered.hasPrefix("struct") }

  private static let floats: Set<String> = ["real", "float", "float4", "float8", "double"]
  private static let integers: Set<String> = [
    "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint",
    "int1", "int2", "int4", "int8", "short", "int", "signed", "long",
  ]

  /// The type as SQL: texts and decimals with their sizes.
  private var dataType: String {
    if isString { return ColumnFactory.text(size) }
    if isNumeric { return ColumnFactory.decimal(type, sizes.precision, sizes.scale) }
    return type
  }

  /// How long texts may be; 256 where nothing says.
  private var size: Int { lowered == "text" ? 256 : sizes.characters ?? 256 }

  private func stringSize() throws -> Int {
    guard isString else {
      throw Diagnostic(
        .templateRuntime, "string_size() was called on '\(name)', which is no text but \(type)")
    }
    return size
  }

  private func canExpand(to other: Value?) throws -> Bool {
    guard case .object(let object)? = other, let other = object as? ColumnObject else { return false }
    guard isString, other.isString else { return false }
    return try other.stringSize() > stringSize()
  }

  // MARK: - Structures

  /// The columns that a structure holds.
  private var fields: [ColumnObject] {
    guard isStructure, let open = type.firstIndex(of: "("), type.last == ")" else { return [] }
    return Self.parts(type[type.index(after: open)...].dropLast()).compactMap { part in
      guard let space = part.firstIndex(of: " ") else { return nil }
      let field = ColumnDescription(
        name: String(part[..<space]), type: String(part[part.index(after: space)...]))
      return ColumnObject(field, dialect)
    }
  }

  /// The parts of a list between its commas, those inside parentheses and quotes left alone.
  private static func parts(_ text: Substring) -> [String] {
    var parts: [String] = [""]
    var depth = 0
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if !isQuoted, character == "(" { depth += 1 }
      if !isQuoted, character == ")" { depth -= 1 }
      if character == ",", depth == 0, !isQuoted {
        parts.append("")
      } else if character != " " || parts.last != "" {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  /// The column, or what a structure holds, each by its path.
  private func flattened() -> [ColumnObject] {
    guard isStructure else { return [self] }
    return fields.flatMap { $0.flattened() }.map { field in
      ColumnObject(ColumnDescription(name: "\(name).\(field.name)", type: field.type), dialect)
    }
  }
}

/// `api.Column`: makes columns.
final class ColumnFactory: HostObject {
  private let dialect: any Dialect
  let typeName = "ColumnFactory"

  init(_ dialect: any Dialect) { self.dialect = dialect }

  func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let names = ["column", "dtype", "char_size", "numeric_precision", "numeric_scale"]
    let bound = try arguments.bind(names, required: 2, function: "Column")
    let column = ColumnDescription(name: bound[0]?.description ?? "", type: bound[1]?.description ?? "")
    let sizes = ColumnObject.Sizes(
      characters: bound[2]?.intValue, precision: bound[3]?.intValue, scale: bound[4]?.intValue)
    return .object(ColumnObject(column, dialect, sizes: sizes))
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "create":
      .function(name) { [dialect] arguments, _ in
        let bound = try arguments.bind(["name", "label_or_dtype"], required: 2, function: name)
        let type = Self.translated(bound[1]?.description ?? "")
        return .object(
          ColumnObject(ColumnDescription(name: bound[0]?.description ?? "", type: type), dialect))
      }
    case "from_description":
      .function(name) { [dialect] arguments, _ in try Self.described(arguments, dialect) }
    case "translate_type":
      .function(name) { arguments, _ in
        .string(Self.translated(arguments.value(0, "dtype")?.description ?? ""))
      }
    case "TYPE_LABELS": Value([("STRING", "TEXT")])
    case "string_type":
      .function(name) { arguments, _ in .string(Self.text(arguments.value(0, "size")?.intValue ?? 256)) }
    case "numeric_type":
      .function(name) { arguments, _ in
        .string(
          Self.decimal(
            arguments.value(0, "dtype")?.description ?? "numeric", arguments.value(1, "precision")?.intValue,
            arguments.value(2, "scale")?.intValue))
      }
    default: nil
    }
  }

  private static func translated(_ type: String) -> String { type.uppercased() == "STRING" ? "TEXT" : type }

  /// The type of texts of a length.
  static func text(_ size: Int) -> String { "character varying(\(size))" }

  /// The type of decimal numbers; without sizes if one of them is not known.
  static func decimal(_ type: String, _ precision: Int?, _ scale: Int?) -> String {
    guard let precision, let scale else { return type }
    return "\(type)(\(precision),\(scale))"
  }

  /// A column of a name and a type that has its sizes in parentheses.
  private static func described(_ arguments: Arguments, _ dialect: any Dialect) throws -> Value {
    let bound = try arguments.bind(["name", "raw_data_type"], required: 2, function: "from_description")
    let type = bound[1]?.description ?? ""
    let base = String(type.prefix { $0 != "(" })
    let numbers = type.dropFirst(base.count).split { !("0"..."9").contains($0) }.compactMap { Int($0) }
    var sizes = ColumnObject.Sizes()
    if numbers.count == 1 { sizes.characters = numbers[0] }
    if numbers.count == 2 { (sizes.precision, sizes.scale) = (numbers[0], numbers[1]) }
    let column = ColumnDescription(name: bound[0]?.description ?? "", type: base)
    return .object(ColumnObject(column, dialect, sizes: sizes))
  }
}
