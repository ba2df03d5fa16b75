import EngineCore

extension TableSQL {
  /// What identifies the table's rows for the items of their lists.
  public var identity: [(column: String, type: SQLType)] {
    if key.isEmpty { return [(ListTable.row, .text)] }
    return key.map { name in (name, plan.columns.first { $0.name == name }?.type ?? .text) }
  }

  /// The staged rows whose lists are taken, each with its identity and the list of that number. `child` is the list's
  /// table if it is there already.
  public func listed(_ number: Int, child: Relation?, isFresh: Bool) -> String {
    var conditions: [String] = []
    let matches = identity.map { "d.\(quoted($0.column)) = s.\(quoted($0.column))" }.joined(
      separator: " AND ")
    if isFresh {
      if table.deletion != nil { conditions.append("NOT s.\(quoted(Self.gone))") }
    } else {
      let isOlder = cursorIsOlder.map { " AND NOT coalesce(\($0), false)" } ?? ""
      conditions.append("EXISTS (SELECT 1 FROM \(targetName) AS d WHERE \(matches)\(isOlder))")
      if table.disposition == .append, let child {
        let parents = identity.map {
          "c.\(quoted("_weir_parent_" + ListTable.bare($0.column))) = s.\(quoted($0.column))"
        }
        conditions.append(
          "NOT EXISTS (SELECT 1 FROM \(dialect.rendered(child)) AS c WHERE \(parents.joined(separator: " AND ")))"
        )
      }
    }
    let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    return "SELECT \(list(identity.map(\.column), "s")), s.\(quoted(Self.listName(number))) AS weir_list "
      + "FROM \(stageName) AS s\(filter)"
  }

  private var cursorIsOlder: String? {
    guard table.disposition == .merge, let cursor else { return nil }
    return "d.\(quoted(cursor.name)) > s.\(quoted(cursor.name))"
  }

  /// Takes the items of rows out that come again, or are gone.
  public func removeItems(of child: Relation) -> String {
    let parents = identity.map { quoted("_weir_parent_" + ListTable.bare($0.column)) }.joined(separator: ", ")
    let matches = identity.map { "d.\(quoted($0.column)) = s.\(quoted($0.column))" }.joined(
      separator: " AND ")
    let isOlder = cursorIsOlder.map {
      " WHERE NOT EXISTS (SELECT 1 FROM \(targetName) AS d WHERE \(matches) AND \($0))"
    }
    return """
      DELETE FROM \(dialect.rendered(child)) WHERE (\(parents)) IN (
        SELECT \(identity.count == 1 ? "" : "(")\(list(identity.map(\.column), "s"))\(identity.count == 1 ? "" : ")")
        FROM \(stageName) AS s\(isOlder ?? ""))
      """
  }
}

extension ListTable {
  /// A column's name as part of another.
  static func bare(_ column: String) -> String {
    column.hasPrefix("_weir_") ? String(column.dropFirst("_weir_".count)) : column
  }

  /// The items of the lists that `parents` gives, each a row with what identifies its parent, its place, its columns and
  /// its own lists.
  public func items(of parents: String, _ dialect: any Dialect) -> String {
    let identity = parent.map { "\(dialect.quoted($0.column)) AS \(dialect.quoted($0.name))" }.joined(
      separator: ", ")
    let names = parent.map { dialect.quoted($0.name) } + [dialect.quoted(Self.index)]
    let values =
      columns.map { "\($0.expression) AS \(dialect.quoted($0.name))" }
      + lists.enumerated().map {
        "\($0.element.expression) AS \(dialect.quoted(TableSQL.listName($0.offset)))"
      }
    return """
      SELECT \((names + values).joined(separator: ", ")) FROM (
        SELECT \(identity), generate_subscripts(weir_list, 1) AS \(dialect.quoted(Self.index)),
          unnest(weir_list) AS weir_item
        FROM (\(parents)) AS weir_parents)
      """
  }

  /// The rows of a list within the items, as `items(of:)` of its own table takes them.
  public func inner(_ number: Int, of items: String, _ dialect: any Dialect) -> String {
    let names = identity.map { dialect.quoted($0.column) }.joined(separator: ", ")
    return
      "SELECT \(names), \(dialect.quoted(TableSQL.listName(number))) AS weir_list FROM (\(items)) AS weir_items"
  }
}
