import Diagnostics
import Tabular

/// Turns batches into text for programs, piece by piece; memory stays bounded.
protocol RowWriter {
  /// The text of the first `rows` rows of a batch, with what must stand before them.
  mutating func text(of batch: Batch, rows: Int) -> String
  /// What must stand after the last row.
  mutating func end() -> String
}

/// CSV with a heading, as RFC 4180 has it; missing values are empty.
struct CSVRows: RowWriter {
  private var hasHeading = false

  mutating func text(of batch: Batch, rows: Int) -> String {
    var text = ""
    if !hasHeading {
      hasHeading = true
      text = batch.schema.fields.map { Self.quoted($0.name) }.joined(separator: ",") + "\n"
    }
    for row in 0..<rows {
      let cells = batch.columns.indices.map { column in
        let value = batch.value(row: row, column: column)
        return value == .null ? "" : Self.quoted(value.description, isText: true)
      }
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  mutating func end() -> String { "" }

  /// Text in quotes if it needs them; empty text always, since nothing at all means missing.
  private static func quoted(_ text: String, isText: Bool = false) -> String {
    if text.isEmpty { return isText ? "\"\"" : "" }
    let special: Set<UInt8> = [0x22, 0x2C, 0x0A, 0x0D]
    guard text.utf8.contains(where: special.contains) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

/// dbt's JSON of a preview: `{"node": …, "show": […]}`, a row a line.
struct JSONRows: RowWriter {
  let name: String
  let isInline: Bool
  private var count = 0

  init(name: String, isInline: Bool) {
    self.name = name
    self.isInline = isInline
  }

  mutating func text(of batch: Batch, rows: Int) -> String {
    var text = ""
    for row in 0..<rows {
      text += count == 0 ? opening + "\n    " : ",\n    "
      count += 1
      var writer = JSONWriter(reserving: 256)
      writer.object { writer in
        for (column, field) in batch.schema.fields.enumerated() {
          writer.key(field.name)
          writer.value(batch.value(row: row, column: column))
        }
      }
      text += writer.text
    }
    return text
  }

  mutating func end() -> String { count == 0 ? opening + "]\n}\n" : "\n  ]\n}\n" }

  private var opening: String {
    if isInline { return "{\n  \"show\": [" }
    var writer = JSONWriter()
    writer.string(name)
    return "{\n  \"node\": \(writer.text),\n  \"show\": ["
  }
}

extension Scalar { var description: String { String(describing: self) } }
extension JSONWriter { mutating func value(_ s: Scalar) { string(String(describing: s)) } }
