import EngineCore
import Project

/// How one CSV file is written, and its columns: found out by one look at its first rows, so that reading needs none.
struct CSVForm: Sendable, Hashable {
  /// The columns, with the types that the rows looked at have.
  let columns: [ColumnDescription]
  /// How dates are written, if it is not the standard's way.
  let dateFormat: String?
  private let timestampFormat: String?
  /// Delimiter, quote and the like, as options of the engine.
  let dialect: [String]
  /// Options of the table that say something else.
  let said: [String]
  /// Whether the file begins with the columns' names, and nothing stands before them.
  let beginsWithNames: Bool

  /// Asks the engine; nil if a name cannot be written in SQL, as it holds a NUL. `looking` are options of the look, of which
  /// those that are no sample's size hold for reading too. Throws what the engine says of a file that has no form.
  init?(_ select: FileSelect, file: String, looking: [String] = [], _ engine: any Connection) throws {
    let own = ["union_by_name", "filename", "hive_partitioning"]
    let options = select.csv.filter { option in !own.contains { option.hasPrefix($0) } } + looking
    let call = ([FileSelect.literal(file)] + options).joined(separator: ", ")
    let rows = try engine.texts(
      """
      SELECT c.name, c.type, Delimiter, Quote, Escape, NewLineDelimiter, Comment, CAST(SkipRows AS VARCHAR),
        CAST(HasHeader AS VARCHAR), DateFormat, TimestampFormat
      FROM (SELECT * EXCLUDE (Columns), unnest(Columns) AS c, unnest(range(1, len(Columns) + 1)) AS i
        FROM sniff_csv(\(call))) ORDER BY i
      """)
    guard let first = rows.first, !rows.contains(where: { $0[0]?.utf8.contains(0) ?? false }) else {
      return nil
    }
    columns = rows.map { ColumnDescription(name: $0[0] ?? "", type: $0[1] ?? "VARCHAR") }
    (dateFormat, timestampFormat) = (first[9], first[10])
    let texts = ["delim", "quote", "escape", "new_line", "comment"]
    dialect =
      zip(texts, first[2...6]).map { "\($0) = \(StandardQuoting.literal(Self.mark($1)))" }
      + ["skip = \(first[7] ?? "0")", "header = \(first[8] ?? "true")"]
    beginsWithNames = first[7] == "0" && first[8] == "true"
    let known = texts + ["skip", "header", "dateformat", "timestampformat", "union_by_name", "sample_size"]
    said = (select.csv + looking).filter { option in !known.contains(String(option.prefix { $0 != " " })) }
  }

  /// What the engine calls empty, or shows as a NUL, is none.
  private static func mark(_ text: String?) -> String { text == "(empty)" || text == "\0" ? "" : text ?? "" }

  /// The options that read a file as it is, with these types for columns by their names in lower case, so that the engine
  /// looks for nothing.
  func options(_ types: [String: String]) -> [String] {
    let list = columns.map { column in
      let type = types[column.name.lowercased()] ?? column.type
      return "\(StandardQuoting.literal(column.name)): \(StandardQuoting.literal(type))"
    }
    var options = ["auto_detect = false"] + dialect + ["columns = {\(list.joined(separator: ", "))}"] + said
    for (name, value) in [("dateformat", dateFormat), ("timestampformat", timestampFormat)] {
      if let value, !value.isEmpty { options.append("\(name) = \(StandardQuoting.literal(value))") }
    }
    return options
  }

  /// Whether dates are written in another way than the standard's.
  var hasOwnDates: Bool { dateFormat.map { !$0.isEmpty && $0 != "%Y-%m-%d" } ?? false }

  /// Whether files of both forms are read in the same way, whatever the types of their columns.
  func reads(like other: CSVForm) -> Bool {
    dialect == other.dialect && dateFormat == other.dateFormat && timestampFormat == other.timestampFormat
      && columns.map(\.name) == other.columns.map(\.name)
  }
}
