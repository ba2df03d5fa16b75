import EngineCore
import Project

/// How one CSV file is written, found out once: each further look at its first rows would cost a tenth of a second.
struct CSVForm: Sendable {
  /// The columns with the types that the first rows have.
  let columns: [ColumnDescription]
  /// How dates are written, if it is not the standard's way.
  let dateFormat: String?
  private let timestampFormat: String?
  /// Delimiter, quote and the like, as the engine writes them.
  private let head: String
  private let said: [String]

  /// Asks the engine; nil if there are several files, or if it finds no form.
  init?(_ select: FileSelect, _ engine: any Connection, isFirstOfMany: Bool = false) throws {
    guard let file = select.listed.first, isFirstOfMany || select.listed.count == 1 else { return nil }
    let options = select.csv.filter { !$0.hasPrefix("union_by_name") && !$0.hasPrefix("filename") }
      .filter { !$0.hasPrefix("hive_partitioning") }
    let call = ([file] + options).joined(separator: ", ")
    let rows = try engine.texts(
      """
      SELECT CASE WHEN i = 1 THEN Prompt END, CASE WHEN i = 1 THEN DateFormat END,
        CASE WHEN i = 1 THEN TimestampFormat END, c.name, c.type
      FROM (SELECT Prompt, DateFormat, TimestampFormat, unnest(Columns) AS c,
        unnest(range(1, len(Columns) + 1)) AS i FROM sniff_csv(\(call))) ORDER BY i
      """)
    // A name that holds a NUL cannot be written in SQL.
    guard !rows.contains(where: { $0[3]?.utf8.contains(0) ?? false }) else { return nil }
    guard let first = rows.first, let prompt = first[0],
      let start = prompt.firstRange(of: "auto_detect=false"), let end = prompt.firstRange(of: ", columns={"),
      start.lowerBound < end.lowerBound
    else { return nil }
    head = String(prompt[start.lowerBound..<end.lowerBound])
    dateFormat = first[1]
    timestampFormat = first[2]
    columns = rows.map { ColumnDescription(name: $0[3] ?? "", type: $0[4] ?? "VARCHAR") }
    let known = ["delim", "quote", "escape", "comment", "header", "skip", "dateformat", "timestampformat"]
    let head = head
    said = select.csv.filter { option in
      let name = option.prefix { $0 != " " }
      return !known.contains(String(name)) && !head.contains("\(name)=")
    }
  }

  /// The options that read the file as it is, with some columns as other types.
  func options(_ types: [String: String]) -> [String] {
    let list = columns.map { column in
      "\(StandardQuoting.literal(column.name)): \(StandardQuoting.literal(types[column.name] ?? column.type))"
    }
    var options = [head, "columns = {\(list.joined(separator: ", "))}"] + said
    for (name, value) in [("dateformat", dateFormat), ("timestampformat", timestampFormat)] {
      if let value, !value.isEmpty { options.append("\(name) = \(StandardQuoting.literal(value))") }
    }
    return options
  }
}
