import EngineCore
import Project

/// How a table's rows get into the warehouse: which value goes into which column, and what must change there before.
public struct TablePlan: Sendable, Hashable {
  /// The columns that the source fills, in its order.
  public var columns: [PlannedColumn] = []
  /// The lists that become tables of their own.
  public var lists: [PlannedList] = []
  /// Columns of the table that the source does not have (any more).
  public var kept: [ColumnDescription] = []
  /// What must be altered first, in order.
  public var alterations: [Alteration] = []
  /// What changed, for people.
  public var changes: [SchemaChange] = []
  /// Rows that the contract keeps out.
  public var rowRules: [RowRule] = []
  /// Inferred columns of text whose values may yet fit the table's type: to be looked at before anything is decided.
  public var doubtful: [Doubt] = []
  /// Widenings that lose digits of values that are there, if there are such: to be looked at first.
  public var lossy: [Doubt] = []

  /// Whether the table's columns change.
  public var changesColumns: Bool { !alterations.isEmpty }
}

/// A column that a load fills.
public struct PlannedColumn: Sendable, Hashable {
  /// The source's column that it comes from.
  public var source: String
  /// Its value, in terms of the source's columns.
  public var expression: String
  /// Its name in the warehouse.
  public var name: String
  /// Its type in the warehouse.
  public var type: SQLType
  /// Whether the table had it before.
  public var isKnown: Bool
}

/// A list whose items become the rows of a table.
public struct PlannedList: Sendable, Hashable {
  /// The list, in terms of the source's columns.
  public var expression: String
  /// What is added to the table's name.
  public var name: String
  /// The type of an item.
  public var item: SQLType
}

/// A question about values, whose answer changes the plan.
public struct Doubt: Sendable, Hashable {
  /// The column's name in the warehouse.
  public var column: String
  /// A condition on the source's rows (`doubtful`) or the table's (`lossy`) that is true of values that do not fit.
  public var misfit: String
}

/// A kind of row that is kept out.
public struct RowRule: Sendable, Hashable {
  /// True of rows that are kept out, in terms of the source's columns.
  public var condition: String
  /// The column's name in the warehouse.
  public var column: String
  /// Why, for people.
  public var reason: String
  /// Whether the limit of rejected rows counts it; what a contract keeps out is not malformed.
  public var isLimited = false
}

/// A change of a table's columns.
public enum Alteration: Sendable, Hashable {
  case add(column: String, type: SQLType)
  case widen(column: String, from: SQLType, to: SQLType)

  /// The statement that does it.
  public func sql(_ table: Relation, _ dialect: any Dialect) -> String {
    let head = "ALTER TABLE \(dialect.rendered(table)) "
    switch self {
    case .add(let column, let type): return head + "ADD COLUMN \(dialect.quoted(column)) \(type.sql)"
    case .widen(let column, let from, let to):
      let name = dialect.quoted(column)
      return head + "ALTER COLUMN \(name) SET DATA TYPE \(to.sql) USING \(Conversion.sql(name, from, to))"
    }
  }
}

/// What is different about a source since the last load.
public enum SchemaChange: Sendable, Hashable {
  case added(column: String, type: SQLType)
  case left(column: String)
  case widened(column: String, from: SQLType, to: SQLType)
  /// The values do not fit; `rule` says what became of them.
  case conflict(column: String, existing: SQLType, incoming: SQLType, rule: Contract.Rule)
  case vanished(column: String)
  /// One vanished and one came, of the same type.
  case perhapsRenamed(from: String, to: String)

  /// In words.
  public var text: String {
    switch self {
    case .added(let column, let type): "column '\(column)' is new (\(type.sql))"
    case .left(let column): "column '\(column)' is new and left out by the contract"
    case .widened(let column, let from, let to):
      "column '\(column)' was widened from \(from.sql) to \(to.sql)"
    case .conflict(let column, let existing, let incoming, let rule):
      "column '\(column)' is \(existing.sql), and the source now has \(incoming.sql): "
        + (rule == .discardRows ? "rows that do not fit are rejected" : "values that do not fit become NULL")
    case .vanished(let column): "column '\(column)' is not in the source any more"
    case .perhapsRenamed(let from, let to):
      "column '\(from)' is not in the source any more; '\(to)' is new and of its type: perhaps it was renamed"
    }
  }
}

/// How a value of one type becomes one of another.
public enum Conversion {
  /// The expression that gives it. Nested values become JSON's text, not the engine's own notation.
  public static func sql(_ value: String, _ from: SQLType, _ to: SQLType) -> String {
    if from == to || from == .null { return from == to ? value : "CAST(\(value) AS \(to.sql))" }
    switch to {
    case .json: return from == .text ? "CAST(to_json(\(value)) AS JSON)" : "to_json(\(value))"
    case .text where from.isNested: return "CAST(to_json(\(value)) AS VARCHAR)"
    case .text where from == .timestampWithZone:
      // Not as the session's zone has it: the same instant is the same text wherever it is loaded.
      return "CASE WHEN isfinite(\(value)) THEN CAST(\(value) AT TIME ZONE 'UTC' AS VARCHAR) || '+00' "
        + "ELSE CAST(\(value) AS VARCHAR) END"
    default: return "CAST(\(value) AS \(to.sql))"
    }
  }

  /// As `misfit`, of values whose type was found out or changed: what says no zone is no instant, and an instant no local
  /// time, though the engine would take the session's zone for it.
  public static func doubt(_ value: String, _ from: SQLType, _ to: SQLType) -> String {
    let misfit = misfit(value, from, to)
    let zone = "'[0-9]:[0-9]{2}([.][0-9]+)? *([+-][0-9:]+|[A-Za-z][A-Za-z0-9_/+-]*) *$'"
    switch (from, to) {
    case (.text, .timestampWithZone): return "(\(misfit) OR NOT regexp_matches(\(value), \(zone)))"
    case (.text, .timestamp):
      // An offset of nothing (`Z`, `+00`) is how JSON writes plain times.
      let offset = "':[0-9]{2}([.][0-9]+)? *[+-][0-9:]*[1-9][0-9:]* *$'"
      return "(\(misfit) OR regexp_matches(\(value), \(offset)))"
    case (.timestamp, .timestampWithZone), (.date, .timestampWithZone), (.timestampWithZone, .timestamp),
      (.timestampWithZone, .date):
      return "(\(value) IS NOT NULL)"
    default: return misfit
    }
  }

  /// A condition that is true of values that are not of the type, though not NULL.
  public static func misfit(_ value: String, _ from: SQLType, _ to: SQLType) -> String {
    var conditions = ["TRY_CAST(\(value) AS \(to.sql)) IS NULL"]
    // The engine rounds where a person would see another value.
    switch (from, to) {
    case (.text, .integer): conditions.append("contains(\(value), '.')")
    case (.text, .date): conditions.append("length(\(value)) > 10")
    case (.double, .integer), (.float, .integer), (.decimal, .integer), (.double, .decimal),
      (.decimal, .decimal),
      (.timestamp, .date), (.double, .float):
      conditions.append("TRY_CAST(\(value) AS \(to.sql)) <> \(value)")
    default: break
    }
    return "(\(value) IS NOT NULL AND (\(conditions.joined(separator: " OR "))))"
  }
}
