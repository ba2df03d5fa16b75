extension TableSQL {
  /// The columns' names in the warehouse.
  public var columnNames: [String] { plan.columns.map(\.name) }

  /// The staged rows that are taken.
  public func selectStaged(extra: [String] = []) -> String {
    let values = names.map { quoted($0) } + extra
    let filter = table.deletion == nil ? "" : " WHERE NOT \(quoted(Self.gone))"
    return "SELECT \(values.joined(separator: ", ")) FROM \(stageName)\(filter)"
  }

  /// Removes the batch.
  public var dropStage: String { "DROP TABLE IF EXISTS temp.\(stageName)" }

  private var reasonColumn: String { quoted(Self.reason) }

  /// How many staged rows a rule keeps out: all, or those that the limit counts.
  public func countReasons(isLimited: Bool?) -> String {
    let filter = isLimited == true ? " AND starts_with(\(reasonColumn), '!')" : ""
    return "SELECT count(*) FROM \(stageName) WHERE \(reasonColumn) IS NOT NULL\(filter)"
  }

  /// File, line, column, reason and text of the staged rows that a rule keeps out.
  public var reasons: String {
    let parts = "string_split(ltrim(\(reasonColumn), '!'), chr(1))"
    return """
      SELECT \(place("s")), \(parts)[1], \(parts)[2], \(text("s")) FROM \(stageName) AS s
      WHERE \(reasonColumn) IS NOT NULL
      """
  }

  /// Takes those rows out.
  public var removeReasons: String { "DELETE FROM \(stageName) WHERE \(reasonColumn) IS NOT NULL" }

  /// How many rows lack a part of their key.
  public func countKeyless(in place: Place) -> String {
    "SELECT count(*) FROM \(name(of: place)) WHERE \(lacksKey())"
  }

  /// File, line, column, reason and text of the rows that lack a part of their key.
  public func keyless(in place: Place) -> String {
    let column = key.map { "WHEN s.\(quoted($0)) IS NULL THEN \(dialect.literal($0))" }.joined(separator: " ")
    return """
      SELECT \(self.place("s")), CASE \(column) END, 'a part of the key is NULL', \(text("s"))
      FROM \(name(of: place)) AS s WHERE \(lacksKey("s"))
      """
  }

  /// Takes those rows out.
  public func removeKeyless(in place: Place) -> String { "DELETE FROM \(name(of: place)) WHERE \(lacksKey())" }

  /// File and line of a row, where the table holds them.
  private func place(_ alias: String) -> String {
    [(table.fileNameColumn, "VARCHAR"), (table.rowNumberColumn, "BIGINT")].map { name, type in
      guard let column = plan.columns.first(where: { $0.source == name }) else { return "CAST(NULL AS \(type))" }
      return "CAST(\(alias).\(quoted(column.name)) AS \(type))"
    }.joined(separator: ", ")
  }

  private func text(_ alias: String) -> String {
    let row = names.map { "\(quoted($0)) := \(alias).\(quoted($0))" }.joined(separator: ", ")
    return "left(CAST(to_json(struct_pack(\(row))) AS VARCHAR), 65536)"
  }
}

extension StateTables {
  /// The first rejected rows of a load's table, each in a line.
  public func exampleRejects(of record: LoadRecord) -> String {
    """
    SELECT concat_ws(': ', "file" || coalesce(':' || line, ''), CASE WHEN "file" IS NULL THEN 'row ' || line END,
      column_name, reason, left(row_text, 200))
    FROM \(name(.rejects)) WHERE load_id = \(dialect.literal(record.id)) AND load_name = \(dialect.literal(record.load))
      AND table_name = \(dialect.literal(record.table)) LIMIT 5
    """
  }
}
