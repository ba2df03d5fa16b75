/// Rows in the form of RFC 4180, with lines that end in a newline alone.
///
/// A missing value is empty; an empty text is `""`, so that the two can be told apart.
public enum CSV {
  /// The columns' names as a line.
  public static func header(_ schema: Schema) -> String {
    line(schema.fields.map { quotedIfNeeded($0.name) })
  }

  /// The rows of a batch, one a line.
  public static func lines(_ batch: Batch) -> String {
    var text = ""
    for row in 0..<batch.rowCount {
      text += line(
        zip(batch.schema.fields, batch.columns).map { field, column in
          let value = column.value(at: row)
          return value == .null ? "" : quotedIfNeeded(value.text(as: field.type))
        })
    }
    return text
  }

  private static func line(_ cells: [String]) -> String {
    // A lone empty cell would be an empty line, which readers skip.
    cells == [""] ? "\"\"\n" : cells.joined(separator: ",") + "\n"
  }

  private static func quotedIfNeeded(_ text: String) -> String {
    let needsQuotes = text.isEmpty || text.utf8.contains { special.contains($0) }
    guard needsQuotes else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  private static let special = Set(",\"\r\n".utf8)
}
