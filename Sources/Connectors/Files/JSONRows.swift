import Diagnostics
import EngineCore
import Project

/// Rows of JSON objects: the engine takes those of some hundred fields of one type for maps.
enum JSONRows {
  /// The option that makes fields columns, however many there are.
  static let asColumns = "map_inference_threshold = -1"

  /// The SELECT of rows that lie in files of ours, of which all decide about the types. Throws a diagnostic if the disk does not
  /// take what is needed where rows are long.
  static func select(
    _ files: [String], _ options: [String], longest: Int, in folder: SpoolFolder
  ) throws(Diagnostic) -> String {
    let options =
      ["format = 'newline_delimited'", "sample_size = -1"] + options + [
        FileSelect.depth, "maximum_object_size = \(max(longest, 1 << 24) + 1024)",
      ]
    let look = folder.file("types.ndjson")
    guard longest > 1 << 24, try ShortenedRows.write(files, to: look) else {
      return "SELECT * FROM read_json([\(list(files))], \(options.joined(separator: ", ")))"
    }
    // The engine looks at the first file alone, and leaves it out again.
    let all = (options + ["maximum_sample_files = 1", "filename = '_weir_look'"]).joined(separator: ", ")
    return "SELECT * EXCLUDE (_weir_look) FROM read_json([\(list([look] + files))], \(all)) "
      + "WHERE _weir_look <> \(StandardQuoting.literal(look))"
  }

  private static func list(_ files: [String]) -> String {
    files.map(StandardQuoting.literal).joined(separator: ", ")
  }

  /// The columns of the first SELECT. Nil if rows are malformed, which is left for reading to find.
  static func columns(_ selects: [String], _ engine: any Connection) throws -> [ColumnDescription]? {
    guard let select = selects.first else { return nil }
    do {
      return try engine.columns(ofQuery: select)
    } catch let diagnostic as Diagnostic where diagnostic.code == .sqlData {
      return nil
    }
  }

  /// Whether the engine would give whole rows as maps.
  static func areMaps(_ columns: [ColumnDescription]?) -> Bool {
    columns?.contains { $0.name == "json" && $0.type.hasPrefix("MAP(") } ?? false
  }
}
