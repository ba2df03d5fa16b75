import EngineCore
import Project

/// The statements that put a table's rows into the warehouse. Pure: it makes text.
public struct TableSQL: Sendable {
  /// The table that is written.
  public let target: Relation
  /// The session's own table that holds a batch while it is taken up.
  public let stage: Relation
  /// What becomes of the batch: which of its rows do what.
  let todo: Relation
  let dialect: any Dialect
  let table: LoadTable
  let plan: TablePlan
  /// The key's columns, by their names in the warehouse.
  public let key: [String]
  /// The cursor's column, by its name in the warehouse.
  public let cursor: PlannedColumn?
  /// When the load began, in seconds since 1970.
  let now: Double

  /// The statements of one table of one load.
  public init(
    target: Relation, table: LoadTable, plan: TablePlan, naming: NamingRule, dialect: any Dialect, now: Double
  ) {
    self.target = target
    self.table = table
    self.plan = plan
    self.dialect = dialect
    self.now = now
    stage = Relation(identifier: target.identifier + "__weir_stage", kind: .table)
    todo = Relation(identifier: target.identifier + "__weir_todo", kind: .table)
    key = table.key.map { key in
      plan.columns.first { $0.name.lowercased() == key.lowercased() }?.name
        ?? plan.columns.first { $0.source.lowercased() == key.lowercased() }?.name ?? key
    }
    cursor = table.cursor.flatMap { rule in
      plan.columns.first { $0.source.lowercased() == rule.column.lowercased() }
        ?? plan.columns.first { $0.name.lowercased() == rule.column.lowercased() }
    }
  }

  static let gone = "_weir_gone"
  static let reason = "_weir_reason"

  func quoted(_ name: String) -> String { dialect.quoted(name) }
  func list(_ names: [String], _ alias: String? = nil) -> String {
    names.map { (alias.map { $0 + "." } ?? "") + quoted($0) }.joined(separator: ", ")
  }

  var names: [String] { plan.columns.map(\.name) }
  var targetName: String { dialect.rendered(target) }
  var stageName: String { quoted(stage.identifier) }
  var todoName: String { quoted(todo.identifier) }

  /// The load's time, as an instant.
  public var nowSQL: String { "make_timestamptz(\(Int64(now * 1_000_000)))" }

  // MARK: - Reading

  /// The source's rows as the table's columns. `marks` are columns for the load's own use.
  public func select(from selects: [String], bounds: [String], marks: [String] = []) -> String {
    let values = plan.columns.map { "\($0.expression) AS \(quoted($0.name))" } + marks
    let conditions = (table.condition.map { ["(\($0))"] } ?? []) + bounds
    let filter = conditions.isEmpty ? "" : "\nWHERE " + conditions.joined(separator: " AND ")
    return """
      SELECT
        \(values.joined(separator: ",\n  "))
      FROM (
      \(Self.union(selects))
      ) AS weir_source\(filter)
      """
  }

  /// The rows of all the selects.
  public static func union(_ selects: [String]) -> String {
    selects.count == 1
      ? selects[0] : selects.map { "SELECT * FROM (\n\($0)\n)" }.joined(separator: "\nUNION ALL BY NAME\n")
  }

  /// The marks of a staged row: whether the source says that it is gone, and why it must not be taken.
  public var marks: [String] {
    var marks: [String] = []
    if let deletion = table.deletion {
      marks.append("coalesce((\(deletion.condition)), false) AS \(quoted(Self.gone))")
    }
    if !plan.rowRules.isEmpty {
      let cases = plan.rowRules.map {
        "WHEN \($0.condition) THEN \(dialect.literal(($0.isLimited ? "!" : "") + $0.column + "\u{1}" + $0.reason))"
      }
      marks.append("CASE \(cases.joined(separator: " ")) END AS \(quoted(Self.reason))")
    }
    marks += plan.lists.enumerated().map { "\($0.element.expression) AS \(quoted(Self.listName($0.offset)))" }
    return marks
  }

  /// Where a batch keeps the list of that number.
  static func listName(_ number: Int) -> String { "_weir_list_\(number)" }

  /// Whether staged rows carry reasons to keep them out.
  public var hasReasons: Bool { !plan.rowRules.isEmpty }

  /// The conditions on the cursor: from `lower` on (rows without a cursor always count), before `upper`.
  public func bounds(lower: String?, upper: String?) -> [String] {
    guard let cursor else { return [] }
    var conditions: [String] = []
    if let lower { conditions.append("(\(cursor.expression) >= \(lower) OR \(cursor.expression) IS NULL)") }
    if let upper { conditions.append("\(cursor.expression) < \(upper)") }
    return conditions
  }

  /// A value of the cursor as SQL, less the rule's lookback if `isLookingBack`.
  public func cursorValue(_ text: String, isLookingBack: Bool) -> String {
    guard let cursor, let rule = table.cursor else { return dialect.literal(text) }
    let bound = cursor.type == .timestampWithZone ? CursorRule.instant(text) : text
    let value = "CAST(\(dialect.literal(bound)) AS \(cursor.type.sql))"
    guard isLookingBack, rule.lookback > 0 else { return value }
    return cursor.type.isTime
      ? "CAST(\(value) - to_microseconds(\(Int64(rule.lookback * 1_000_000))) AS \(cursor.type.sql))"
      : "CAST(\(value) - \(rule.lookback) AS \(cursor.type.sql))"
  }

  // MARK: - Writing

  /// The table from the rows of `select`, in place of what stands there.
  public func create(as select: String) -> String {
    dialect.createTable(target, as: select, replacing: true)
  }

  /// The table with no rows.
  public func createEmpty(extra: [(name: String, type: SQLType)]) -> String {
    let columns = plan.columns.map { ($0.name, $0.type) } + extra
    let list = columns.map { "\(quoted($0.0)) \($0.1.sql)" }.joined(separator: ", ")
    return "CREATE TABLE \(targetName) (\(list))"
  }

  /// Adds the rows of `select`.
  public func insert(_ select: String) -> String {
    "INSERT INTO \(targetName) (\(list(names)))\n\(select)"
  }

  /// Puts a batch aside.
  public func createStage(as select: String) -> String { dialect.createTemporaryTable(stage, as: select) }

  /// Removes what a batch was put aside in.
  public var cleanUp: [String] {
    ["DROP TABLE IF EXISTS temp.\(stageName)", "DROP TABLE IF EXISTS temp.\(todoName)"]
  }

  /// A cursor's greatest value, as exact text; instants in UTC.
  public func greatestCursor(in relation: String) -> String? {
    guard let cursor else { return nil }
    let greatest = "max(\(quoted(cursor.name)))"
    if cursor.type == .timestampWithZone {
      return "SELECT CAST(\(greatest) AT TIME ZONE 'UTC' AS VARCHAR) || '+00' FROM \(relation)"
    }
    return "SELECT CAST(\(greatest) AS VARCHAR) FROM \(relation)"
  }

  /// The relation that a batch is in.
  public enum Place: Sendable { case stage, target }

  func name(of place: Place) -> String { place == .stage ? stageName : targetName }

  /// The greatest cursor of what is in a place.
  public func greatestCursor(in place: Place) -> String? { greatestCursor(in: name(of: place)) }
}
