import Diagnostics
import Jinja

/// A transfer of tables from one source into the warehouse, committed as a whole: rows, cursors, files seen and the
/// record of the load, or nothing.
public struct LoadDefinition: Sendable {
  /// The name: its tables are `source('<name>', …)`.
  public var name: String
  /// Where the data comes from.
  public var origin: LoadOrigin
  /// Where the tables go; the target's own database and a schema called as the load unless it says otherwise.
  public var database: String?
  /// The schema that the tables and the load's own records are in.
  public var schema: String
  /// How names of tables and columns are made.
  public var naming: NamingRule
  /// What is transferred, in the file's order.
  public var tables: [LoadTable]
  /// Settings of the load that depend on the kind of its source, checked against its shape, Jinja not rendered.
  public var settings: DataValue

  /// Makes a load.
  public init(
    name: String, origin: LoadOrigin, database: String? = nil, schema: String,
    naming: NamingRule = .snakeCase,
    tables: [LoadTable], settings: DataValue = .dict(DataMap())
  ) {
    self.name = name
    self.origin = origin
    self.database = database
    self.schema = schema
    self.naming = naming
    self.tables = tables
    self.settings = settings
  }
}

/// Where a load reads from.
public enum LoadOrigin: Sendable {
  /// A connection of `connections.yml`.
  case connection(ConnectionDefinition)
  /// A URL or a path, as written.
  case location(String, ConnectionType)

  /// What kind of source it is.
  public var type: ConnectionType {
    switch self {
    case .connection(let connection): connection.type
    case .location(_, let type): type
    }
  }
}

/// One table of a load, or all tables whose names fit a pattern.
public struct LoadTable: Sendable {
  /// The name of the table in the warehouse; with a pattern (`sales_*`) the tables keep the source's names.
  public var name: String
  /// What is read, in the source's own terms: a table, a path, an endpoint, a stream.
  public var from: String
  /// Where it is declared.
  public var span: SourceSpan
  /// How rows are written.
  public var disposition: WriteDisposition
  /// The columns that identify a row, as they are named in the warehouse.
  public var key: [String]
  /// How new rows are told from those that were loaded before.
  public var cursor: CursorRule?
  /// What may happen when the source's columns change.
  public var contract: Contract
  /// Columns with declared types, in order.
  public var columnTypes: [(column: String, type: String)]
  /// The columns that are taken, by the source's names; all if empty.
  public var selected: [String]
  /// The columns that are left out.
  public var excluded: [String]
  /// The rows that are taken, as a condition in the engine's SQL; nil takes all.
  public var condition: String?
  /// Which rows of the source mean that a row is gone.
  public var deletion: DeletionRule?
  /// What becomes of nested values.
  public var nesting: NestingRule
  /// Malformed rows that are borne, before the load fails.
  public var rejectLimit: Int
  /// The column that holds the name of the file a row came from, if wanted.
  public var fileNameColumn: String?
  /// The column that holds a row's number within its file, if wanted.
  public var rowNumberColumn: String?
  /// The names of the columns that tell when a version of a row held (`scd2`).
  public var validity: (from: String, to: String)
  /// Settings that depend on the kind of the source, checked against its shape, Jinja not rendered.
  public var settings: DataValue

  /// Makes a table with nothing but its name: all rows replace what is there.
  public init(name: String, from: String, span: SourceSpan) {
    self.name = name
    self.from = from
    self.span = span
    disposition = .replace
    key = []
    contract = Contract()
    columnTypes = []
    selected = []
    excluded = []
    nesting = .keep
    rejectLimit = 0
    validity = ("valid_from", "valid_to")
    settings = .dict(DataMap())
  }

  /// Whether it stands for all tables whose names fit.
  public var isPattern: Bool { from.contains("*") && name.contains("*") }
}

/// How a load writes rows.
public enum WriteDisposition: String, Sendable, Codable, Hashable, CaseIterable {
  /// Rows are added.
  case append
  /// The table is what the source holds now.
  case replace
  /// Rows are added, or put in the place of those with the same key.
  case merge
  /// Every version of a row is kept, with the time it held.
  case scd2
}

/// How new rows are told from old ones.
public struct CursorRule: Sendable, Hashable {
  /// The column, by the source's name, whose values only grow.
  public var column: String
  /// How far before the last position reading starts again, in seconds or in the column's own unit.
  public var lookback: Double
  /// Whether `lookback` is time.
  public var isLookbackTime: Bool
  /// Where the first load starts; nil means at the beginning.
  public var initial: String?

  /// Makes a rule.
  public init(column: String, lookback: Double = 0, isLookbackTime: Bool = true, initial: String? = nil) {
    self.column = column
    self.lookback = lookback
    self.isLookbackTime = isLookbackTime
    self.initial = initial
  }
}

/// What may happen when a source's shape is not what the warehouse has.
public struct Contract: Sendable, Hashable {
  /// What is done about one kind of change.
  public enum Rule: String, Sendable, Codable, Hashable, CaseIterable {
    /// The warehouse follows.
    case evolve
    /// The load fails before anything is written.
    case freeze
    /// The values are left out (a column), or become NULL (a type).
    case discardColumns = "discard_columns"
    /// The rows that have such values are left out, and counted as rejected.
    case discardRows = "discard_rows"
  }

  /// Tables that were not there before.
  public var tables: Rule
  /// Columns that were not there before.
  public var columns: Rule
  /// Values that the column's type does not hold.
  public var types: Rule

  /// Makes a contract; without arguments the warehouse follows the source.
  public init(tables: Rule = .evolve, columns: Rule = .evolve, types: Rule = .evolve) {
    self.tables = tables
    self.columns = columns
    self.types = types
  }
}

/// Which rows of a source mean that a row is gone.
public struct DeletionRule: Sendable, Hashable {
  /// A condition in the engine's SQL on the source's row.
  public var condition: String
  /// The column that is set to the time of the deletion; nil removes the row itself.
  public var softColumn: String?

  /// Makes a rule.
  public init(condition: String, softColumn: String? = nil) {
    self.condition = condition
    self.softColumn = softColumn
  }
}

/// What becomes of structures and lists.
public enum NestingRule: String, Sendable, Codable, Hashable, CaseIterable {
  /// They stay what they are.
  case keep
  /// The fields of structures become columns (`address__city`); lists stay.
  case flatten
  /// As `flatten`, and every list becomes a table of its own with the parent's key.
  case split
}

/// How names are made for the warehouse.
public enum NamingRule: String, Sendable, Codable, Hashable, CaseIterable {
  /// `OrderID` becomes `order_id`.
  case snakeCase = "snake_case"
  /// As the source has them.
  case keep
}
