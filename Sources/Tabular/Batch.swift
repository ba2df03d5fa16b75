/// A run of rows as owned columns.
public struct Batch: Sendable {
  /// The columns' names and types.
  public let schema: Schema
  /// The columns, one a field, all of `rowCount` values.
  public let columns: [Column]
  /// How many rows.
  public let rowCount: Int

  /// Makes a batch. Every column must have `rowCount` values.
  public init(schema: Schema, columns: [Column], rowCount: Int) {
    self.schema = schema
    self.columns = columns
    self.rowCount = rowCount
  }

  /// The value at a place. Convenient; use the columns' own storage where speed counts.
  public func value(row: Int, column: Int) -> Scalar { columns[column].value(at: row) }

  /// The first rows alone; all of them if there are no more. Copies them.
  public func prefix(_ count: Int) -> Batch {
    guard count < rowCount else { return self }
    return Batch(schema: schema, columns: columns.map { $0.prefix(count) }, rowCount: count)
  }
}

/// A whole result, held in memory.
public struct Table: Sendable {
  /// The columns' names and types.
  public let schema: Schema
  /// The rows, in batches.
  public let batches: [Batch]

  /// Makes a table of batches of one schema.
  public init(schema: Schema, batches: [Batch]) {
    self.schema = schema
    self.batches = batches
  }

  /// How many rows.
  public var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }

  /// Every row as scalars, in order.
  public var rows: [[Scalar]] {
    batches.flatMap { batch in
      (0..<batch.rowCount).map { row in batch.columns.map { $0.value(at: row) } }
    }
  }
}
