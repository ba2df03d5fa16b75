import Tabular

/// Results of queries as text tables.
enum ResultTable {
  /// The first rows of a result; numbers keep to the right.
  static func text(_ table: Table, maximumRows: Int? = nil) -> TextTable {
    var rows: [[TextTable.Cell]] = []
    for batch in table.batches {
      for row in 0..<batch.rowCount {
        if let maximumRows, rows.count >= maximumRows { break }
        rows.append(
          batch.columns.indices.map { column in
            let value = batch.value(row: row, column: column)
            return value == .null ? .null : .text(value.text(as: table.schema.fields[column].type))
          })
      }
    }
    return TextTable(
      columns: table.schema.fields.map { .init(name: $0.name, isRightAligned: $0.type.isNumeric) },
      rows: rows)
  }
}

extension LogicalType {
  /// Whether values are numbers, which are read from their right end.
  var isNumeric: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .int128, .uint8, .uint16, .uint32, .uint64, .uint128, .float32,
      .float64, .decimal, .bignum:
      true
    default: false
    }
  }
}
