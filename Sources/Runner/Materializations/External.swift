import EngineCore
import Project

/// A model whose rows are files, with a view over them. Pure: what is to be written and read, in SQL.
struct ExternalMaterialization {
  let target: Relation
  let dialect: any Dialect
  let config: ExternalConfig
  /// Where the files are to be: absolute on this machine, or the address of an object store.
  let location: String

  /// Whether it lies in an object store.
  var isRemote: Bool { location.contains("://") }

  /// The form: as said, else as the file's name ends, else Parquet.
  var format: ExternalConfig.Format {
    if let format = config.format { return format }
    if let option = option("format").flatMap({ ExternalConfig.Format(rawValue: $0.lowercased()) }) {
      return option
    }
    let file = location.split(separator: "/").last ?? ""
    let ending = file.split(separator: ".").last.map { $0.lowercased() } ?? ""
    return ExternalConfig.Format(rawValue: ending) ?? .parquet
  }

  /// The columns that the files are parted by.
  var partitions: [String] {
    guard let text = option("partition_by") else { return [] }
    let inner = text.hasPrefix("(") && text.hasSuffix(")") ? String(text.dropFirst().dropLast()) : text
    return inner.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
  }

  /// Whether the location is a folder of several files.
  var isFolder: Bool {
    !partitions.isEmpty
      || option("per_thread_output").map { $0.lowercased() != "false" && $0 != "0" } ?? false
  }

  private func option(_ name: String) -> String? { config.writeOptions.first { $0.name == name }?.value }

  /// Writes what a query gives to a file or folder.
  func copy(_ query: String, to path: String) -> String {
    var options = ["FORMAT \(format.rawValue)"]
    if format == .csv, option("header") == nil { options.append("HEADER true") }
    for option in config.writeOptions
    where !["format", "overwrite_or_ignore", "overwrite"].contains(option.name) {
      options.append("\(option.name.uppercased()) \(written(option.name, option.value))")
    }
    if isFolder {
      // A reader that listed the version before must not open this one's files under the names that it found.
      if option("filename_pattern") == nil {
        options.append("FILENAME_PATTERN \(dialect.literal("data_\(Self.short(path))_{i}"))")
      }
      options.append("OVERWRITE true")
    }
    return "COPY (\n\(query)\n) TO \(dialect.literal(path)) (\(options.joined(separator: ", ")))"
  }

  /// Enough of a version's name to tell it from others.
  private static func short(_ path: String) -> String {
    String((path.split(separator: "/").last ?? "").prefix(8))
  }

  /// dbt-duckdb gives these as text, and all others as they stand.
  private func written(_ name: String, _ value: String) -> String {
    if name == "partition_by" { return "(\(partitions.joined(separator: ", ")))" }
    let isText = ["delimiter", "delim", "quote", "escape", "null", "nullstr", "filename_pattern"].contains(
      name)
    return isText && !value.hasPrefix("'") ? dialect.literal(value) : value
  }

  /// The files under a path that was written, as the readers of DuckDB take them.
  func pattern(_ path: String) -> String {
    guard isFolder else { return path }
    let steps = Array(repeating: "*", count: partitions.count + 1).joined(separator: "/")
    return "\(path)/\(steps).\(format.rawValue)"
  }

  /// The view over what was written to `path`. Without a row there may be no file to learn the columns from: then
  /// they are told.
  func view(over path: String, isEmpty: Bool, columns: [ColumnDescription]) -> String {
    if isEmpty, isFolder || format != .parquet {
      let values = columns.map { "CAST(NULL AS \($0.type)) AS \(dialect.quoted($0.name))" }
      return dialect.createView(
        target, as: "SELECT \(values.joined(separator: ", ")) WHERE false", replacing: true)
    }
    var arguments = [dialect.literal(pattern(path))]
    arguments += readOptions.map { "\($0.name) = \(literal($0.value))" }
    return dialect.createView(
      target, as: "SELECT * FROM read_\(format.rawValue)(\(arguments.joined(separator: ", ")))",
      replacing: true)
  }

  /// dbt-duckdb's own where none are given.
  private var readOptions: [ExternalConfig.Option<ExternalConfig.Value>] {
    config.readOptions[format]
      ?? (format == .parquet
        ? [.init("union_by_name", .plain("false"))] : [.init("auto_detect", .plain("true"))])
  }

  private func literal(_ value: ExternalConfig.Value) -> String {
    switch value {
    case .text(let text): dialect.literal(text)
    case .plain(let text): text
    case .list(let items): "[\(items.map(literal).joined(separator: ", "))]"
    case .table(let entries):
      "{\(entries.map { "\(dialect.literal($0.name)): \(literal($0.value))" }.joined(separator: ", "))}"
    }
  }

  /// Deletes all files below a folder of an object store: no rows are written over what is there.
  func deletion(of path: String) -> String {
    "COPY (SELECT 1 AS a, 2 AS b WHERE false) TO \(dialect.literal(path)) (FORMAT parquet, PARTITION_BY (b), OVERWRITE true)"
  }
}
