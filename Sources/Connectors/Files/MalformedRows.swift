import Project

/// The slower ways to read text files that turn out to hold what the fast way did not expect: first with types found out
/// from all rows, then with malformed rows put aside.
struct MalformedRows {
  var select: FileSelect
  /// Names of the session's own variables and tables.
  let prefix: String
  /// A folder for files that are read in place of the source's.
  let folder: String

  /// The files that are read, and whether they are this machine's.
  let files: [SeenFile]
  let isLocal: Bool

  var fallbacks: [SourceRead.Fallback] {
    switch select.format {
    case .csv, .tsv: [wideAndLong, wide([]), wideAndLong, csvAside]
    case .ndjson: [wideAndLong, wide([]), wideAndLong, linesAside]
    case .json: [wideAndLong, wide([]), wideAndLong]
    case .parquet, .excel, .avro, .iceberg, .delta: []
    }
  }

  private func wide(_ options: [String]) -> SourceRead.Fallback {
    let all = ["sample_size = -1"] + options
    var fallback = SourceRead.Fallback(selects: select.selects(all))
    guard isCSV else { return fallback }
    let (select, files, isLocal) = (select, files, isLocal)
    fallback.asText = { select.selects(all + [Self.types($0)]) }
    fallback.look = { engine in
      let found = try CSVDescription(select, files, isLocal: isLocal, looking: all, engine)
      guard let found, found.isOfEach || !found.hasTimes else { return nil }
      var fallback = SourceRead.Fallback(selects: found.selects(of: select))
      fallback.asText = { texts in
        found.selects(of: select, Dictionary(texts.map { ($0, "VARCHAR") }, uniquingKeysWith: { $1 }))
      }
      return fallback
    }
    return fallback
  }

  /// Only where the engine says that a row is too long for it: to allow for that costs memory.
  private var wideAndLong: SourceRead.Fallback {
    var fallback = wide(long)
    fallback.failure = isCSV ? "Maximum line size" : "maximum_object_size"
    return fallback
  }

  private var isCSV: Bool { select.format == .csv || select.format == .tsv }

  /// Options that bear rows as long as the longest text that they may hold. A file's own size bounds what the engine
  /// sets aside for it; of CSV it would take sixteen times a row's length if it were not told.
  private var long: [String] {
    isCSV ? longLines : ["maximum_object_size = \(limit(16 << 20, 256 << 20))"] + isoTimes
  }

  /// Times as ISO 8601 has them, unless the table says how they are written: to try the other ways on a text of many megabytes
  /// takes the engine seconds each.
  private var isoTimes: [String] {
    [("date_format", "dateformat"), ("timestamp_format", "timestampformat")].compactMap { key, option in
      select.table.settings[key] == nil ? "\(option) = 'iso'" : nil
    }
  }

  /// Options for CSV whose first lines are longer than the engine expects: to let it find that out costs it a look at all forms that
  /// the file might have. Throws a `Diagnostic` if a file cannot be read.
  func longLinesIfNeeded() throws -> [String] {
    guard isLocal, files.count == 1, let file = files.first, (file.size ?? 0) > 2_000_000 else { return [] }
    return try FileBytes.longestLine(of: file.path, within: 8 << 20) > 2_000_000 ? longLines : []
  }

  private var longLines: [String] {
    let line = limit(2_000_000, 200 << 20)
    return ["max_line_size = \(line)", "buffer_size = \(max(32_000_000, line + 1))"]
  }

  /// The bytes of the largest file, unpacked: no row is longer. Nil if that is not known.
  private var largest: Int? {
    let isPacked = files.contains { file in
      [".gz", ".zst", ".zstd"].contains { file.path.lowercased().hasSuffix($0) }
    }
    let sizes = files.compactMap(\.size)
    guard !isPacked, select.table.settings["compression"] == nil, sizes.count == files.count else {
      return nil
    }
    return sizes.max()
  }

  private func limit(_ least: Int, _ most: Int) -> Int { min(most, max(least, (largest ?? most) + 1024)) }

  /// Columns that are read as they are written.
  static func types(_ columns: Set<String>, _ others: [String: String] = [:]) -> String {
    let all = others.merging(columns.map { ($0, "VARCHAR") }) { $1 }
    let pairs = all.sorted { $0.key < $1.key }.map {
      "\(StandardQuoting.literal($0.key)): \(StandardQuoting.literal($0.value))"
    }
    return "types = {\(pairs.joined(separator: ", "))}"
  }

  /// How the file is written is found out from its start and then held: a stray quote further down would otherwise make
  /// the engine take all quotes for text.
  private var csvAside: SourceRead.Fallback {
    let file = StandardQuoting.literal(select.files.first ?? "")
    let said = select.csv.filter { !$0.hasPrefix("union_by_name") && !$0.hasPrefix("filename") }
    func isSaid(_ option: String) -> Bool { said.contains { $0.hasPrefix(option + " ") } }
    var prepare = drops
    var held: [String] = []
    for (option, column) in [
      ("delim", "Delimiter"), ("quote", "Quote"), ("escape", "Escape"), ("header", "HasHeader"),
    ]
    where !isSaid(option) {
      let call = (["\(file)", "ignore_errors = true"] + said).joined(separator: ", ")
      let value =
        option == "header" ? column : "CASE WHEN \(column) IN ('(empty)', chr(0)) THEN '' ELSE \(column) END"
      prepare.append("SET VARIABLE \(prefix)_\(option) = (SELECT \(value) FROM sniff_csv(\(call)))")
      held.append("\(option) = getvariable('\(prefix)_\(option)')")
    }
    let options = held + ["sample_size = -1"] + long + aside
    let select = select
    return SourceRead.Fallback(
      prepare: prepare, selects: select.selects(options), rejects: rejects, cleanUp: drops,
      asText: { select.selects(options + [Self.types($0)]) })
  }

  /// Lines that are JSON are copied to a file of their own; all others are rejected.
  private var linesAside: SourceRead.Fallback {
    var prepare = drops + ["DROP TABLE IF EXISTS \(prefix)_lines"]
    var copies: [String] = []
    prepare.append(
      "CREATE TEMPORARY TABLE \(prefix)_lines (file VARCHAR, line BIGINT, text VARCHAR, reason VARCHAR)")
    for (index, file) in select.files.enumerated() {
      func lines(_ pass: String) -> String {
        "SELECT line, row_number() OVER () AS number FROM read_csv(\(StandardQuoting.literal(file)), "
          + "columns = {'line': 'VARCHAR'}, delim = '\u{1}', quote = '', escape = '', header = false, "
          + "auto_detect = false, \(longLines.joined(separator: ", ")), store_rejects = true, "
          + "rejects_table = '\(prefix)_\(pass)_\(index)', rejects_scan = '\(prefix)_\(pass)_scan_\(index)')"
      }
      let copy = "\(folder)/clean-\(index).ndjson"
      copies.append(copy)
      prepare.append(
        "COPY (SELECT line FROM (\(lines("first"))) WHERE json_valid(line)) TO \(StandardQuoting.literal(copy)) "
          + "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u{1}')")
      prepare.append(
        "INSERT INTO \(prefix)_lines SELECT \(StandardQuoting.literal(file)), number, line, 'this is no JSON' "
          + "FROM (\(lines("second"))) "
          + "WHERE line IS NOT NULL AND trim(line) != '' AND NOT json_valid(line)")
      prepare.append(
        "INSERT INTO \(prefix)_lines SELECT \(StandardQuoting.literal(file)), line, csv_line, error_message "
          + "FROM \(prefix)_first_\(index)")
    }
    var table = select.table
    table.fileNameColumn = nil
    let selects = zip(select.files, copies).flatMap { file, copy in
      FileSelect(format: .ndjson, table: table, files: [copy]).selects(["sample_size = -1"] + long).map {
        sql in
        select.table.fileNameColumn.map { name in
          "SELECT *, \(StandardQuoting.literal(file)) AS \(StandardQuoting.quoted(name)) FROM (\(sql))"
        } ?? sql
      }
    }
    return SourceRead.Fallback(
      prepare: prepare, selects: selects,
      rejects:
        "SELECT file, line, NULL::VARCHAR AS \"column\", reason, text FROM \(prefix)_lines ORDER BY ALL")
  }

  private var aside: [String] {
    ["store_rejects = true", "rejects_table = '\(prefix)_rejects'", "rejects_scan = '\(prefix)_scans'"]
  }

  private var drops: [String] {
    ["DROP TABLE IF EXISTS \(prefix)_rejects", "DROP TABLE IF EXISTS \(prefix)_scans"]
  }

  /// One row a malformed line: the engine may find several things wrong with it.
  private var rejects: String {
    """
    SELECT any_value(s.file_path) AS file, e.line, any_value(e.column_name) AS "column",
      any_value(e.error_message) AS reason, any_value(e.csv_line) AS text
    FROM \(prefix)_rejects e JOIN \(prefix)_scans s USING (scan_id, file_id) GROUP BY s.file_path, e.line ORDER BY 1, 2
    """
  }
}
