import Diagnostics
import Tabular

/// Turns batches into text for programs, piece by piece; memory stays bounded.
protocol RowWriter {
  /// What must stand before the first row.
  func opening(_ schema: Schema) -> String
  /// The text of a batch's rows. `isFirst` says whether none came before.
  func text(of batch: Batch, isFirst: Bool) -> String
  /// What must stand after the last row, if there was one.
  func closing(isEmpty: Bool) -> String
}

/// CSV with a heading.
struct CSVRows: RowWriter {
  func opening(_ schema: Schema) -> String { CSV.header(schema) }
  func text(of batch: Batch, isFirst: Bool) -> String { CSV.lines(batch) }
  func closing(isEmpty: Bool) -> String { "" }
}

/// dbt's JSON of a preview, `{"node": …, "show": […]}`, a row a line.
struct JSONRows: RowWriter {
  /// The node's name; nil for a text of the command line.
  let node: String?

  func opening(_ schema: Schema) -> String {
    guard let node else { return "{\n  \"show\": [" }
    var writer = JSONWriter()
    writer.string(node)
    return "{\n  \"node\": \(writer.text),\n  \"show\": ["
  }

  func text(of batch: Batch, isFirst: Bool) -> String {
    let rows = batch.jsonRows()
    if rows.isEmpty { return "" }
    return (isFirst ? "\n    " : ",\n    ") + rows.joined(separator: ",\n    ")
  }

  func closing(isEmpty: Bool) -> String { isEmpty ? "]\n}\n" : "\n  ]\n}\n" }
}
