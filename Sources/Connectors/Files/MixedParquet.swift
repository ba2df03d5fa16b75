import EngineCore

/// Parquet files of one load in which a column has different types. The engine joins them too, but lets a whole number become a
/// double that cannot hold it, and a time without a zone an instant of the session's zone: such columns are read as text.
struct MixedParquet {
  /// The SELECTs, one for the files of each shape; nil if the engine may join the files itself.
  private(set) var selects: [String]?

  /// Looks at the files' footers, and at the values of columns that would be rounded. Throws a `Diagnostic`.
  init(_ select: FileSelect, _ engine: any Connection) throws {
    guard select.files.count > 1, select.joinsByName, try Self.mayDiffer(select, engine) else { return }
    var shapes: [(columns: [String: String], files: [String])] = []
    for file in select.files {
      var single = select
      single.files = [file]
      let columns = Dictionary(
        try engine.columns(ofQuery: single.selects().joined()).map { ($0.name, $0.type) },
        uniquingKeysWith: { $1 })
      if let index = shapes.firstIndex(where: { $0.columns == columns }) {
        shapes[index].files.append(file)
      } else {
        shapes.append((columns, [file]))
      }
    }
    var types: [String: Set<String>] = [:]
    for shape in shapes { for (name, type) in shape.columns { types[name, default: []].insert(type) } }
    let texts = try types.filter { name, types in
      try types.count > 1 && (Self.mixesZones(types) || Self.loses(name, types, shapes, select, engine))
    }
    guard !texts.isEmpty else { return }
    selects = shapes.flatMap { shape in
      var group = select
      group.files = shape.files
      let replacing = shape.columns.filter { texts[$0.key] != nil && $0.value != "VARCHAR" }
      group.replacing = replacing.sorted { $0.key < $1.key }.map { Self.text($0.key, $0.value) }
      return group.selects()
    }
  }

  /// Whether some name has several types among the footers' entries: fields of structures are among them too.
  private static func mayDiffer(_ select: FileSelect, _ engine: any Connection) throws -> Bool {
    let list = select.listed.joined(separator: ", ")
    return try engine.texts(
      "SELECT name FROM parquet_schema([\(list)]) GROUP BY name HAVING count(DISTINCT duckdb_type) > 1 LIMIT 1"
    ).isEmpty == false
  }

  private static let zoned = "TIMESTAMP WITH TIME ZONE"

  private static func mixesZones(_ types: Set<String>) -> Bool {
    types.contains(zoned) && types.contains { $0 == "DATE" || ($0.hasPrefix("TIMESTAMP") && $0 != zoned) }
  }

  /// Whether a column of whole or exact numbers, which is a double elsewhere, holds one that no double does.
  private static func loses(
    _ name: String, _ types: Set<String>, _ shapes: [(columns: [String: String], files: [String])],
    _ select: FileSelect, _ engine: any Connection
  ) throws -> Bool {
    guard types.contains("DOUBLE") || types.contains("FLOAT") else { return false }
    let column = StandardQuoting.quoted(name)
    for shape in shapes {
      guard let type = shape.columns[name],
        type.hasSuffix("INT") || type == "INTEGER" || type.hasPrefix("DECIMAL")
      else { continue }
      var group = select
      group.files = shape.files
      let misfit =
        "\(column) IS NOT NULL AND TRY_CAST(CAST(\(column) AS DOUBLE) AS \(type)) IS DISTINCT FROM \(column)"
      let sql = group.selects().map { "SELECT 'x' FROM (\($0)) WHERE \(misfit) LIMIT 1" }.joined()
      if try !engine.texts(sql).isEmpty { return true }
    }
    return false
  }

  private static func text(_ name: String, _ type: String) -> String {
    let column = StandardQuoting.quoted(name)
    guard type == zoned else { return "CAST(\(column) AS VARCHAR) AS \(column)" }
    return "CASE WHEN isfinite(\(column)) THEN CAST(\(column) AT TIME ZONE 'UTC' AS VARCHAR) || '+00' "
      + "ELSE CAST(\(column) AS VARCHAR) END AS \(column)"
  }
}
