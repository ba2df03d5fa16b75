extension TableSQL {
  /// True of rows that lack a part of their key.
  public func lacksKey(_ alias: String? = nil) -> String {
    let prefix = alias.map { $0 + "." } ?? ""
    return key.map { "\(prefix)\(quoted($0)) IS NULL" }.joined(separator: " OR ")
  }

  /// How many keys there are more than once.
  public func countDuplicates(in place: Place) -> String {
    "SELECT count(*) FROM (SELECT 1 FROM \(name(of: place)) GROUP BY \(list(key)) HAVING count(*) > 1)"
  }

  /// Leaves of each key the newest row alone: by the cursor, then the one that was read last.
  public func removeDuplicates(in place: Place) -> String {
    let order = (cursor.map { ["\(quoted($0.name)) DESC NULLS LAST"] } ?? []) + ["rowid DESC"]
    return """
      DELETE FROM \(name(of: place)) WHERE rowid IN (
        SELECT weir_row FROM (
          SELECT rowid AS weir_row, row_number() OVER (
            PARTITION BY \(list(key)) ORDER BY \(order.joined(separator: ", "))) AS weir_rank
          FROM \(name(of: place)))
        WHERE weir_rank > 1)
      """
  }

  // MARK: - merge

  private var softColumn: String? { table.deletion?.softColumn }
  private var isDeleting: Bool { table.deletion != nil }
  private var keptNames: [String] { plan.kept.map(\.name).filter { $0.lowercased() != softColumn?.lowercased() } }

  /// Finds what the staged rows do to the table: new ones, and those whose older version is there and differs.
  public func createMergeTodo() -> String {
    let matches = key.map { "s.\(quoted($0)) = d.\(quoted($0))" }.joined(separator: " AND ")
    let gone = isDeleting ? "s.\(quoted(Self.gone))" : "false"
    var kept = keptNames.map { "d.\(quoted($0)) AS \(quoted($0))" }
    if let softColumn { kept.append("d.\(quoted(softColumn)) AS \(quoted(softColumn))") }
    let values = ["s.rowid AS weir_new", "d.rowid AS weir_old", "\(gone) AS weir_gone"] + kept
    return dialect.createTemporaryTable(
      todo,
      as: """
        SELECT \(values.joined(separator: ", "))
        FROM \(stageName) AS s LEFT JOIN \(targetName) AS d ON \(matches)
        WHERE (d.rowid IS NULL\(isDeleting && softColumn == nil ? " AND NOT \(gone)" : ""))
          OR (\(newer) AND (\(changed(gone))))
        """)
  }

  /// An older version that comes late changes nothing.
  private var newer: String {
    guard let cursor else { return "true" }
    let name = quoted(cursor.name)
    return "(s.\(name) >= d.\(name) OR d.\(name) IS NULL)"
  }

  private func changed(_ gone: String) -> String {
    let keys = Set(key.map { $0.lowercased() })
    var parts = names.filter { !keys.contains($0.lowercased()) }.map {
      "s.\(quoted($0)) IS DISTINCT FROM d.\(quoted($0))"
    }
    if let softColumn {
      parts.append("\(gone) <> (d.\(quoted(softColumn)) IS NOT NULL)")
    } else if isDeleting {
      parts.append(gone)
    }
    return parts.isEmpty ? "false" : parts.joined(separator: " OR ")
  }

  /// Rows inserted, updated and deleted.
  public var countMerge: String {
    let alive = softColumn == nil ? "NOT weir_gone" : "(NOT weir_gone OR \(quoted(softColumn ?? "")) IS NOT NULL)"
    return """
      SELECT count(*) FILTER (weir_old IS NULL), count(*) FILTER (weir_old IS NOT NULL AND \(alive)),
        count(*) FILTER (weir_old IS NOT NULL AND NOT \(alive)) FROM \(todoName)
      """
  }

  /// Takes out the versions that are replaced or gone.
  public var removeReplaced: String {
    "DELETE FROM \(targetName) WHERE rowid IN (SELECT weir_old FROM \(todoName) WHERE weir_old IS NOT NULL)"
  }

  /// Puts in the new versions; columns that the source does not have keep what they held.
  public var insertMerged: String {
    var columns = names + keptNames
    var values = names.map { "s.\(quoted($0))" } + keptNames.map { "t.\(quoted($0))" }
    if let softColumn {
      columns.append(softColumn)
      values.append("CASE WHEN t.weir_gone THEN coalesce(t.\(quoted(softColumn)), \(nowSQL)) END")
    }
    let filter = isDeleting && softColumn == nil ? "\nWHERE NOT t.weir_gone" : ""
    return """
      INSERT INTO \(targetName) (\(list(columns)))
      SELECT \(values.joined(separator: ", "))
      FROM \(todoName) AS t JOIN \(stageName) AS s ON s.rowid = t.weir_new\(filter)
      """
  }

  // MARK: - append

  /// Adds the staged rows that are beyond all that the table holds, and of the others those that it does not
  /// hold already: as often as they were read more often than they are there.
  public func insertBeyond(lower: String) -> [String] {
    guard let cursor else { return [insert("SELECT \(list(names)) FROM \(stageName)")] }
    let name = quoted(cursor.name)
    let top = "(SELECT max(\(name)) FROM \(targetName))"
    let beyond = "SELECT \(list(names)) FROM \(stageName) AS s WHERE s.\(name) > \(top)"
    let range = "(d.\(name) >= \(lower) OR d.\(name) IS NULL)"
    let inReach = "(s.\(name) <= \(top) OR s.\(name) IS NULL OR \(top) IS NULL)"
    let rows = key.isEmpty ? notRepeated(range, inReach) : unknownKeys(range, inReach)
    return [insert("\(rows)\nUNION ALL\n\(beyond)")]
  }

  private func unknownKeys(_ range: String, _ inReach: String) -> String {
    let matches = key.map { "d.\(quoted($0)) IS NOT DISTINCT FROM s.\(quoted($0))" }.joined(separator: " AND ")
    return """
      SELECT \(list(names)) FROM \(stageName) AS s
      WHERE \(inReach) AND NOT EXISTS (SELECT 1 FROM \(targetName) AS d WHERE \(range) AND \(matches))
      """
  }

  private func notRepeated(_ range: String, _ inReach: String) -> String {
    // What the table did not have before cannot tell two rows apart.
    let known = plan.columns.filter(\.isKnown).map(\.name)
    let matches = known.map { "d.\(quoted($0)) IS NOT DISTINCT FROM s.\(quoted($0))" }.joined(separator: " AND ")
    return """
      SELECT \(list(names, "s")) FROM (
        SELECT *, row_number() OVER (PARTITION BY \(list(known)) ORDER BY rowid) AS weir_number
        FROM \(stageName) AS s WHERE \(inReach)) AS s
      LEFT JOIN (
        SELECT \(list(known)), count(*) AS weir_count FROM \(targetName) AS d WHERE \(range) GROUP BY \(list(known))
      ) AS d ON \(matches)
      WHERE s.weir_number > coalesce(d.weir_count, 0)
      """
  }
}
