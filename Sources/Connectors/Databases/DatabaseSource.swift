import Diagnostics
import EngineCore
import Jinja
import Project

/// What differs between databases that are read through the engine.
protocol DatabaseSource: Sendable {
  /// The engine's extension that reads it, if it takes one.
  var extensionName: String? { get }
  /// The sockets to its server, where it has one that must be watched.
  var peer: PeerSockets? { get }
  /// How long its server may say nothing.
  var patience: SourceWatch.Patience { get }
  /// Statements that make the database readable under `alias`. They may hold secrets.
  func attaching(as alias: String) -> [String]
  /// Statements that undo `attaching`, whatever of it was done.
  func detaching(_ alias: String) -> [String]
  /// The tables and views that a user would load, with their keys.
  func tables(_ alias: String, _ connection: any Connection) throws -> [SourceTableDescription]
  /// The columns of a table as the engine would read them; empty if there is no such table.
  func columns(of name: QualifiedName, _ alias: String, _ connection: any Connection) throws
    -> [ColumnDescription]
  /// A SELECT of the table's rows, exact in every type.
  func select(_ table: TableToRead, _ alias: String, _ connection: any Connection) throws -> SourceRead
  /// A SELECT of what a query in the database's own SQL gives.
  func select(query: String, _ alias: String, _ connection: any Connection) throws -> String
}

extension DatabaseSource {
  /// A file, or a server whose driver sees to it.
  var peer: PeerSockets? { nil }
  /// For ever.
  var patience: SourceWatch.Patience { SourceWatch.Patience(seconds: 0) }
}

/// A table that is to be read, found in the source.
struct TableToRead {
  /// Its name in the source.
  var name: QualifiedName
  /// Its columns as the engine would read them.
  var columns: [ColumnDescription]
  /// Which rows are wanted.
  var bounds: CursorBounds
}

/// The rows that are wanted, by a column whose values grow. The bounds are texts of the column's own type.
struct CursorBounds {
  /// The column.
  var column: ColumnDescription?
  /// The least value that is wanted.
  var lower: String?
  /// The value from which on nothing is wanted.
  var upper: String?

  /// All rows.
  static let all = CursorBounds(column: nil)

  /// Whether all rows are wanted.
  var isAll: Bool { lower == nil && upper == nil }

  /// Whether rows without a cursor are wanted: all but a backfill that ends somewhere brings them.
  var takesNulls: Bool { lower != nil && upper == nil }

  /// The bounds as a condition in the engine's SQL, for a read in its dialect.
  func condition(_ dialect: any Dialect) -> String? {
    guard let column else { return nil }
    return condition(on: dialect.quoted(column.name)) { "CAST(\(dialect.literal($0)) AS \(column.type))" }
  }

  /// The bounds as a condition on `name`, the column in the server's own SQL; `value` writes a bound there.
  func condition(on name: String, _ value: (String) -> String) -> String? {
    guard let range = range(of: name, value) else { return nil }
    return takesNulls ? "(\(range) OR \(name) IS NULL)" : range
  }

  /// Like `condition`, without the rows that have no cursor.
  func range(of name: String, _ value: (String) -> String) -> String? {
    let parts = [lower.map { "\(name) >= \(value($0))" }, upper.map { "\(name) < \(value($0))" }]
      .compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " AND ")
  }
}

/// A table's name within its database: `sales.orders`, `"odd.name"."x"`.
struct QualifiedName: Hashable {
  /// The schema, if one is said.
  var schema: String?
  /// The table.
  var table: String

  /// Takes parts.
  init(schema: String?, table: String) {
    self.schema = schema
    self.table = table
  }

  /// Reads a written name; parts in double quotes are taken as they are.
  init(_ text: String) {
    var parts: [String] = [""]
    var isQuoted = false
    var rest = text[...]
    while let character = rest.popFirst() {
      if character == "\"" {
        if isQuoted, rest.first == "\"" {
          parts[parts.count - 1].append("\"")
          rest = rest.dropFirst()
        } else {
          isQuoted.toggle()
        }
      } else if character == ".", !isQuoted {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    table = parts.removeLast()
    schema = parts.isEmpty ? nil : parts.joined(separator: ".")
  }

  /// The name as `from` has it: a part is quoted only where it must be.
  var text: String {
    [schema, table].compactMap { $0 }.map { part in
      part.contains(".") || part.contains("\"") ? StandardQuoting.quoted(part) : part
    }.joined(separator: ".")
  }
}

/// Standard SQL's quoting, for sources that keep to it.
enum StandardQuoting {
  /// An identifier in quotes.
  static func quoted(_ identifier: String) -> String { "\"\(identifier.replacing("\"", with: "\"\""))\"" }

  /// A text literal.
  static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}

extension DataValue {
  /// A whole number, also where a secret or a variable gave it as text.
  var wholeNumber: Int? { intValue ?? stringValue.flatMap { Int($0) } }
}

extension Connection {
  /// The rows of a query whose columns are all texts.
  func texts(_ sql: String) throws -> [[String?]] {
    try query(sql).rows.map { row in
      row.map { value in if case .text(let text) = value { text } else { nil } }
    }
  }
}
