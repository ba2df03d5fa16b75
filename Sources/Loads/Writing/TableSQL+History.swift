extension TableSQL {
  /// The type of the columns that tell when a version held: the cursor's if that is time, else an instant.
  public var validityType: SQLType {
    switch cursor?.type {
    case .date, .timestamp: .timestamp
    default: .timestampWithZone
    }
  }

  private var from: String { quoted(table.validity.from) }
  private var to: String { quoted(table.validity.to) }

  /// The time of this load among the versions that are there: never before any of them, whatever the clock says.
  public var historyTime: String {
    let clock = validityType == .timestamp ? "make_timestamp(\(Int64(now * 1_000_000)))" : nowSQL
    return """
      SELECT CAST(greatest(\(clock), max(\(from)) + to_microseconds(1), max(\(to)) + to_microseconds(1)) AS VARCHAR)
      FROM \(targetName)
      """
  }

  /// Finds the staged versions that say something new: of each key in the order of their times, without those that
  /// repeat what held before them, or that are older than what is known.
  public func createHistoryTodo(time: String) -> String {
    let keys = list(key)
    let onCurrent = key.map { "c.\(quoted($0)) = i.\(quoted($0))" }.joined(separator: " AND ")
    let onEnded = key.map { "e.\(quoted($0)) = i.\(quoted($0))" }.joined(separator: " AND ")
    let gone = table.deletion == nil ? "false" : quoted(Self.gone)
    let keysOf = { (alias: String) in key.map { "\(alias).\(quoted($0))" }.joined(separator: ", ") }
    return dialect.createTemporaryTable(
      todo,
      as: """
        WITH staged AS (
          SELECT *, rowid AS weir_new, \(versionTime(time)) AS weir_from, \(gone) AS weir_gone FROM \(stageName)
        ), incoming AS (
          SELECT * FROM staged
          QUALIFY row_number() OVER (PARTITION BY \(keys), weir_from ORDER BY weir_new DESC) = 1
        ), present AS (
          SELECT *, rowid AS weir_old FROM \(targetName) WHERE \(to) IS NULL
        ), ended AS (
          SELECT \(keys), max(\(to)) AS weir_end FROM \(targetName) GROUP BY \(keys)
        ), known AS (
          SELECT \(keysOf("i")), i.weir_new, i.weir_from, i.weir_gone, c.weir_old, c.\(from) AS weir_since,
            row(\(list(names, "i"))) AS weir_content, row(\(list(names, "c"))) AS weir_before
          FROM incoming AS i LEFT JOIN present AS c ON \(onCurrent) LEFT JOIN ended AS e ON \(onEnded)
          WHERE i.weir_from >= coalesce(c.\(from), e.weir_end, i.weir_from)
        ), compared AS (
          SELECT *, row_number() OVER versions = 1 AS weir_is_first, lag(weir_content) OVER versions AS weir_previous,
            lag(weir_gone) OVER versions AS weir_was_gone
          FROM known WINDOW versions AS (PARTITION BY \(keys) ORDER BY weir_from)
        ), told AS (
          SELECT * FROM compared
          WHERE weir_gone <> CASE WHEN weir_is_first THEN weir_old IS NULL ELSE weir_was_gone END
            OR (NOT weir_gone AND CASE WHEN weir_is_first THEN weir_content IS DISTINCT FROM weir_before
              ELSE weir_content IS DISTINCT FROM weir_previous END)
        )
        SELECT weir_new, weir_old, weir_gone, weir_from, weir_since,
          row_number() OVER versions = 1 AS weir_is_first, lead(weir_from) OVER versions AS weir_to
        FROM told WINDOW versions AS (PARTITION BY \(keys) ORDER BY weir_from)
        """)
  }

  private func versionTime(_ time: String) -> String {
    let loaded = "CAST(\(dialect.literal(time)) AS \(validityType.sql))"
    guard let cursor, cursor.type.isTime else { return loaded }
    return "coalesce(CAST(\(quoted(cursor.name)) AS \(validityType.sql)), \(loaded))"
  }

  /// Versions of new keys, versions in the place of others, keys that ended.
  public var countHistory: String {
    """
    SELECT count(*) FILTER (NOT weir_gone AND (weir_old IS NULL OR NOT weir_is_first)),
      count(*) FILTER (NOT weir_gone AND weir_old IS NOT NULL AND weir_is_first),
      count(*) FILTER (weir_gone) FROM \(todoName)
    """
  }

  /// Ends the versions that others follow, takes out those that held for no time, puts in the new ones.
  public var writeHistory: [String] {
    let first = "t.weir_is_first AND t.weir_old IS NOT NULL"
    return [
      """
      UPDATE \(targetName) AS d SET \(to) = t.weir_from FROM \(todoName) AS t
      WHERE d.rowid = t.weir_old AND \(first) AND (t.weir_gone OR t.weir_from > t.weir_since)
      """,
      """
      INSERT INTO \(targetName) (\(list(names + [table.validity.from, table.validity.to])))
      SELECT \(list(names, "s")), t.weir_from, t.weir_to
      FROM \(todoName) AS t JOIN \(stageName) AS s ON s.rowid = t.weir_new WHERE NOT t.weir_gone
      """,
      """
      DELETE FROM \(targetName) WHERE rowid IN (
        SELECT weir_old FROM \(todoName) AS t
        WHERE \(first) AND NOT t.weir_gone AND t.weir_from = t.weir_since)
      """
    ]
  }

  /// Ends the versions of keys that a complete read did not give.
  public func endVanished(time: String) -> String {
    let matches = key.map { "s.\(quoted($0)) = d.\(quoted($0))" }.joined(separator: " AND ")
    return """
      UPDATE \(targetName) SET \(to) = greatest(CAST(\(dialect.literal(time)) AS \(validityType.sql)), \(from))
      WHERE rowid IN (
        SELECT d.rowid FROM \(targetName) AS d
        WHERE d.\(to) IS NULL AND NOT EXISTS (SELECT 1 FROM \(stageName) AS s WHERE \(matches)))
      """
  }
}
