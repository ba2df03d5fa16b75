import EngineCore
import Project

/// A list of a table's rows that becomes a table of its own: a row an item, with what identifies its parent and its
/// place among the items.
public struct ListTable: Sendable {
  /// The list.
  public let list: PlannedList
  /// The name of the list's table.
  public let name: String
  /// The table's columns and their values, in terms of `weir_item`.
  public let columns: [PlannedColumn]
  /// Lists inside of the items.
  public let lists: [PlannedList]
  /// The names of the columns that identify the parent, and the parent's own names for them.
  public let parent: [(name: String, column: String, type: SQLType)]

  /// How many of those identify the outermost row.
  private let rootCount: Int

  /// The place of the item in its list, from 1.
  public static let index = "_weir_index"
  /// What identifies a row that has no key.
  public static let row = "_weir_row_id"

  /// The table of a list whose parents are identified by `identity`.
  public init(
    _ list: PlannedList, of parentName: String, identity: [(column: String, type: SQLType)],
    naming: NamingRule,
    dialect: any Dialect, outer: ListTable? = nil
  ) {
    self.list = list
    name = "\(parentName)__\(list.name)"
    rootCount = outer?.rootCount ?? identity.count
    // What identifies the outermost row keeps its name through all levels.
    let kept = outer?.rootCount ?? 0
    parent = identity.enumerated().map { number, item in
      (number < kept ? item.column : "_weir_parent_" + Self.bare(item.column), item.column, item.type)
    }
    var columns: [PlannedColumn] = []
    var lists: [PlannedList] = []
    func take(_ path: [String], _ expression: String, _ type: SQLType) {
      let name = path.map(naming.name).joined(separator: "__")
      switch type {
      case .structure(let fields):
        for field in fields {
          take(path + [field.name], "\(expression).\(dialect.quoted(field.name))", field.type)
        }
      case .list(let item) where !path.isEmpty:
        lists.append(PlannedList(expression: expression, name: name, item: item))
      default:
        columns.append(
          PlannedColumn(
            source: "weir_item", expression: expression, name: path.isEmpty ? "value" : name,
            type: type == .null ? .text : type, isKnown: false))
      }
    }
    take([], "weir_item", list.item)
    self.columns = columns
    self.lists = lists
  }

  /// What identifies a row of the table.
  public var identity: [(column: String, type: SQLType)] {
    parent.map { ($0.name, $0.type) } + [(Self.index, .bigint)]
  }
}
