import Jinja
import Tabular

/// The rows of a query as templates see them: like the tables of Python's agate.
final class ResultTable: HostObject {
  let names: [String]
  let rows: [[Value]]
  let typeName = "Table"

  init(names: [String], rows: [[Value]]) {
    self.names = names
    self.rows = rows
  }

  convenience init(_ table: Table) {
    self.init(
      names: table.schema.fields.map(\.name), rows: table.rows.map { row in row.map(ScalarText.value) })
  }

  func text() -> String { "<agate.Table>" }

  func iterate(_ interpreter: Interpreter) throws -> [Value]? { rows.map(row) }

  private func row(_ values: [Value]) -> Value {
    .object(ResultVector(values, names: names, typeName: "Row"))
  }

  private func column(_ index: Int) -> Value {
    .object(
      ResultVector(
        rows.map { $0.indices.contains(index) ? $0[index] : .none }, names: [], typeName: "Column",
        title: names.indices.contains(index) ? names[index] : ""))
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    guard case .int(let index) = key else { return nil }
    let position = index < 0 ? index + rows.count : index
    return rows.indices.contains(position) ? row(rows[position]) : nil
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "rows": .object(ResultVector(rows.map(row), names: [], typeName: "Rows"))
    case "columns":
      .object(ResultVector(names.indices.map(column), names: names, typeName: "Columns"))
    case "column_names": .tuple(names.map { .string($0) })
    default: method(name)
    }
  }
}

/// A row, a column, or the list of either: indexed by number and, where it has names, by name.
final class ResultVector: HostObject {
  private let values: [Value]
  private let names: [String]
  private let title: String
  let typeName: String

  init(_ values: [Value], names: [String], typeName: String, title: String = "") {
    self.values = values
    self.names = names
    self.typeName = typeName
    self.title = title
  }

  var isTruthy: Bool { !values.isEmpty }

  func text() -> String { "<agate.\(typeName): (\(values.map { $0.repr() }.joined(separator: ", ")))>" }

  func iterate(_ interpreter: Interpreter) throws -> [Value]? { values }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    if let name = key.stringValue { return position(of: name).map { values[$0] } }
    guard case .int(let index) = key else { return nil }
    let position = index < 0 ? index + values.count : index
    return values.indices.contains(position) ? values[position] : nil
  }

  private func position(of name: String) -> Int? {
    guard
      let index = names.firstIndex(of: name)
        ?? names.firstIndex(where: { $0.lowercased() == name.lowercased() }),
      values.indices.contains(index)
    else { return nil }
    return index
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "values": return .function(name) { _, _ in .tuple(self.values) }
    case "keys": return .function(name) { _, _ in .tuple(self.names.map { .string($0) }) }
    case "items":
      return .function(name) { _, _ in
        Value(zip(self.names, self.values).map { .tuple([.string($0), $1]) })
      }
    case "dict": return .function(name) { _, _ in Value(Array(zip(self.names, self.values))) }
    case "get":
      return .function(name) { arguments, interpreter in
        let key = arguments.value(0, "key") ?? Value.none
        return try self.item(key, interpreter) ?? arguments.value(1, "default") ?? Value.none
      }
    case "values_distinct":
      return .function(name) { _, _ in
        let seen = DictObject()
        for value in self.values { seen[value] = Value.none }
        return .tuple(seen.keys)
      }
    case "name" where typeName == "Column": return .string(title)
    default: return position(of: name).map { values[$0] }
    }
  }
}

/// Values of the warehouse as values of templates.
enum ScalarText {
  static func value(_ scalar: Scalar) -> Value {
    switch scalar {
    case .null: .none
    case .boolean(let value): .bool(value)
    case .integer(let value): .int(Int(value))
    case .unsigned(let value): Int(exactly: value).map { .int($0) } ?? .float(Double(value))
    case .huge(let value): Int(exactly: value).map { .int($0) } ?? .string(String(value))
    case .unsignedHuge(let value): Int(exactly: value).map { .int($0) } ?? .string(String(value))
    case .float32(let value): .float(Double(value))
    case .float64(let value): .float(value)
    case .decimal(let unscaled, _, let scale): decimal(unscaled, scale)
    case .text(let text): .string(text)
    case .bit(let text): .string(text)
    case .date(let days): .object(DateTimeObject(daysSince1970: Int(days)))
    case .timestamp(let microseconds): .object(DateTimeObject(microseconds: Int(microseconds)))
    case .timestampNanoseconds(let nanoseconds):
      .object(DateTimeObject(microseconds: Int(nanoseconds / 1000)))
    case .instant(let microseconds): .object(DateTimeObject(microseconds: Int(microseconds), isAware: true))
    case .list(let items): Value(items.map(value))
    case .structure(let names, let values): Value(Array(zip(names, values.map(value))))
    case .union(_, let inner), .variant(_, let inner): value(inner)
    case .map(let keys, let values): map(keys, values)
    case .time(let microseconds): .string(clock(Int(microseconds)))
    case .timeNanoseconds(let nanoseconds): .string(clock(Int(nanoseconds / 1000)))
    case .timeWithZone(let microseconds, _): .string(clock(Int(microseconds)))
    case .uuid(let bits): .string(uuid(bits))
    case .blob, .bignum, .interval: .string(String(describing: scalar))
    }
  }

  private static func map(_ keys: [Scalar], _ values: [Scalar]) -> Value {
    let dict = DictObject()
    for (key, item) in zip(keys, values) { dict[value(key)] = value(item) }
    return .dict(dict)
  }

  private static func decimal(_ unscaled: Int128, _ scale: Int) -> Value {
    guard scale > 0 else { return Int(exactly: unscaled).map { .int($0) } ?? .string(String(unscaled)) }
    var divisor = 1.0
    for _ in 0..<scale { divisor *= 10 }
    return .float(Double(unscaled) / divisor)
  }

  private static func clock(_ microseconds: Int) -> String {
    let parts = CalendarParts(microseconds: microseconds)
    let text = "\(parts.padded(parts.hour)):\(parts.padded(parts.minute)):\(parts.padded(parts.second))"
    return parts.microsecond == 0 ? text : text + "." + parts.padded(parts.microsecond, 6)
  }

  private static func uuid(_ bits: UInt128) -> String {
    let digits = String(bits, radix: 16)
    let padded = Array(String(repeating: "0", count: 32 - digits.utf8.count) + digits)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(padded[$0]) }.joined(separator: "-")
  }
}
