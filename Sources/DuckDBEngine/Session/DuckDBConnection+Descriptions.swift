import EngineCore
import Tabular

extension DuckDBConnection {
  /// The tables and views of some schemas with their columns and remarks, in two queries whatever their number.
  /// Throws a `Diagnostic`.
  public func describe(database: String?, schemas: [String]) throws -> [RelationDescription] {
    guard !schemas.isEmpty else { return [] }
    let names = schemas.map { "lower(\(dialect.literal($0)))" }.joined(separator: ", ")
    let catalog = database.map { "lower(\(dialect.literal($0)))" } ?? "lower(current_database())"
    let place = "lower(database_name) = \(catalog) AND lower(schema_name) IN (\(names))"
    let columns = try columnsByRelation(where: place)
    let rows = try query(
      """
      SELECT database_name, schema_name, table_name, false, comment FROM duckdb_tables() WHERE \(place)
      UNION ALL
      SELECT database_name, schema_name, view_name, true, comment FROM duckdb_views() WHERE \(place)
      """
    ).rows
    return rows.compactMap { row in
      let (schema, name) = (row[1].textValue ?? "", row[2].textValue ?? "")
      guard let own = columns[[schema, name]] else { return nil }
      let relation = Relation(
        database: row[0].textValue, schema: schema, identifier: name,
        kind: row[3] == .boolean(true) ? .view : .table)
      return RelationDescription(
        relation: relation, comment: row[4].textValue, columns: own.sorted { $0.index < $1.index })
    }.sorted {
      ($0.relation.schema ?? "", $0.relation.identifier) < ($1.relation.schema ?? "", $1.relation.identifier)
    }
  }

  /// The columns of every relation that fits, by schema and name.
  private func columnsByRelation(where place: String) throws -> [[String]: [RelationDescription.Column]] {
    var columns: [[String]: [RelationDescription.Column]] = [:]
    try stream(
      """
      SELECT schema_name, table_name, column_name, data_type, column_index, comment
      FROM duckdb_columns() WHERE \(place)
      """
    ) { batch in
      for place in 0..<batch.rowCount {
        let row = batch.columns.map { $0.value(at: place) }
        let column = RelationDescription.Column(
          name: row[2].textValue ?? "", type: row[3].textValue ?? "", index: Int(row[4].integerValue ?? 0),
          comment: row[5].textValue)
        columns[[row[0].textValue ?? "", row[1].textValue ?? ""], default: []].append(column)
      }
    }
    return columns
  }
}
