import EngineCore
import Jinja
import Project

/// Writes the SELECTs that read files of one format, with the options that a table says.
struct FileSelect {
  let format: FileFormat
  var table: LoadTable
  var files: [String]
  /// All options of CSV, where they are known already: the engine then looks for none.
  var exact: [String]?
  /// What separates the columns of CSV, where the engine did not find it.
  var delimiter: String?
  /// What is selected; all columns unless said.
  var columns: [String]?
  /// Expressions, each with its name, in the place of columns where all are selected.
  var replacing: [String] = []
  /// Further options of JSON.
  var more: [String] = []

  private var settings: DataValue { table.settings }

  /// The SELECTs of all rows. `options` are added to those of the table.
  func selects(_ options: [String] = []) -> [String] {
    // A row's number within its file is counted file by file, in the file's order.
    let needsSingle =
      format == .excel || format.isTable || (table.rowNumberColumn != nil && format != .parquet)
    return needsSingle
      ? files.map { select([$0], options) } : [select(files, options)]
  }

  private func select(_ files: [String], _ options: [String]) -> String {
    let isNumbered = format == .parquet && table.rowNumberColumn != nil
    var columns = columns?.joined(separator: ", ") ?? (isNumbered ? "* EXCLUDE (file_row_number)" : "*")
    if !replacing.isEmpty { columns += " REPLACE (\(replacing.joined(separator: ", ")))" }
    if let name = table.rowNumberColumn {
      let number = isNumbered ? "file_row_number + 1" : "row_number() OVER ()"
      columns += ", \(number) AS \(StandardQuoting.quoted(name))"
    }
    if !FileSelect.namesItself(format), let name = table.fileNameColumn, let file = files.first {
      columns += ", \(StandardQuoting.literal(file)) AS \(StandardQuoting.quoted(name))"
    }
    return "SELECT \(columns) FROM \(reader(files, options))"
  }

  /// Whether the engine's reader can give the name of the file of each row.
  private static func namesItself(_ format: FileFormat) -> Bool {
    format != .excel && !format.isTable && format != .avro
  }

  private func reader(_ files: [String], _ options: [String]) -> String {
    let list = files.map(Self.literal)
    let all = "[\(list.joined(separator: ", "))]"
    switch format {
    case .csv, .tsv: return call("read_csv", all, (exact ?? csv) + options)
    case .json: return call("read_json", all, json + options)
    case .ndjson: return call("read_json", all, ["format = 'newline_delimited'"] + json + options)
    case .parquet:
      return call(
        "read_parquet", all,
        several + (table.rowNumberColumn == nil ? [] : ["file_row_number = true"]) + options)
    case .excel: return call("read_xlsx", list.first ?? "''", excel + options)
    case .avro: return call("read_avro", all, options)
    case .iceberg:
      return iceberg(files.first ?? "")
    case .delta: return call("delta_scan", list.first ?? "''", version("version"))
    }
  }

  /// A metadata file names the table's folder and the version that it is of.
  private func iceberg(_ file: String) -> String {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    let place = parts.dropLast(2).joined(separator: "/")
    let newest = parts.last.map { String($0.dropLast(".metadata.json".count)) } ?? ""
    let said = version("version")
    return call(
      "iceberg_scan", StandardQuoting.literal(place),
      ["allow_moved_paths = true"]
        + (said.isEmpty ? ["version = \(StandardQuoting.literal(newest))"] : said))
  }

  /// The files as the engine's readers take them.
  var listed: [String] { files.map(Self.literal) }

  /// A file as the engine's readers take it: by name, though the name may look like a pattern.
  static func literal(_ file: String) -> String {
    guard file.contains(where: { "*?[".contains($0) }) else { return StandardQuoting.literal(file) }
    return StandardQuoting.literal(String(file.flatMap { "*?[".contains($0) ? "[\($0)]" : String($0) }))
  }

  /// Whether a column comes from the names of folders.
  func isPartition(_ column: String) -> Bool {
    settings["hive_partitioning"]?.boolValue != false && files.contains { $0.contains("/\(column)=") }
  }

  private func call(_ function: String, _ files: String, _ options: [String]) -> String {
    "\(function)(\(([files] + options).joined(separator: ", ")))"
  }

  // MARK: - Options

  /// Whether columns of several files are one by their names.
  var joinsByName: Bool { settings["union_by_name"]?.boolValue ?? true }

  /// Options of every reader of several files.
  private var several: [String] {
    var options: [String] = []
    if files.count > 1, joinsByName { options.append("union_by_name = true") }
    if let flag = settings["hive_partitioning"]?.boolValue { options.append("hive_partitioning = \(flag)") }
    if let name = table.fileNameColumn, Self.namesItself(format) {
      options.append("filename = \(StandardQuoting.literal(name))")
    }
    return options
  }

  /// The options of CSV that the table says; the engine finds out the others.
  var csv: [String] {
    var options = several
    let delimiter = settings["delimiter"]?.stringValue ?? (format == .tsv ? "\t" : delimiter)
    let texts = [
      ("delim", delimiter), ("quote", settings["quote"]?.stringValue),
      ("escape", settings["escape"]?.stringValue), ("comment", settings["comment"]?.stringValue),
      ("encoding", settings["encoding"]?.stringValue), ("dateformat", settings["date_format"]?.stringValue),
      ("timestampformat", settings["timestamp_format"]?.stringValue),
      ("decimal_separator", settings["decimal_separator"]?.stringValue),
      ("compression", settings["compression"]?.stringValue),
    ]
    options += texts.compactMap { key, value in value.map { "\(key) = \(StandardQuoting.literal($0))" } }
    if let header = settings["header"]?.boolValue { options.append("header = \(header)") }
    if let skip = settings["skip"]?.intValue { options.append("skip = \(skip)") }
    if let nulls = settings["null"] {
      let words = nulls.programWords.map(StandardQuoting.literal).joined(separator: ", ")
      options.append("nullstr = [\(words)]")
    }
    return options
  }

  /// What lies deeper stays JSON: types that are nested thousands of times would exhaust the engine's stack.
  static let depth = "maximum_depth = 64"

  private var json: [String] {
    var options = several + [Self.depth] + more
    for (key, name) in [
      ("compression", "compression"), ("date_format", "dateformat"), ("timestamp_format", "timestampformat"),
    ] {
      if let value = settings[key]?.stringValue {
        options.append("\(name) = \(StandardQuoting.literal(value))")
      }
    }
    return options
  }

  private var excel: [String] {
    var options: [String] = []
    for key in ["sheet", "range"] {
      if let value = settings[key]?.stringValue {
        options.append("\(key) = \(StandardQuoting.literal(value))")
      }
    }
    if let header = settings["header"]?.boolValue { options.append("header = \(header)") }
    return options
  }

  private func version(_ name: String) -> [String] {
    guard let value = settings["version"] else { return [] }
    return ["\(name) = \(value.intValue.map(String.init) ?? StandardQuoting.literal(value.programWord))"]
  }
}
