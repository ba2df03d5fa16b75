import Diagnostics
import EngineCore
import Project

/// A table of what a CSV file holds. The engine reads the file itself, with the types that were found before.
struct SeedMaterialization {
  let target: Relation
  let dialect: any Dialect
  let config: NodeConfig
  let path: String

  /// The delimiter, one byte. Throws `WEIR-E0704` for anything else.
  static func delimiter(of node: Node) throws(Diagnostic) -> UInt8 {
    let bytes = Array(node.config.delimiter.utf8)
    guard bytes.count == 1, ![10, 13, UInt8(ascii: "\"")].contains(bytes[0]) else {
      throw Diagnostic(
        .seedMalformed,
        "the delimiter of '\(node.name)' must be a single character, not a quote or a line break",
        at: node.span, notes: ["it is '\(node.config.delimiter)'"])
    }
    return bytes[0]
  }

  /// What makes the table and fills it; the last statement reads the rows.
  func statements(_ file: SeedFile, existing: Relation?, capabilities: Capabilities) -> [String] {
    let table = dialect.rendered(target)
    let columns = file.columns.map { "  \(dialect.quoted($0.name)) \($0.type)" }.joined(separator: ",\n")
    let create = "CREATE \(capabilities.replacesTables ? "OR REPLACE " : "")TABLE \(table) (\n\(columns)\n)"
    let prepare = existing == nil || capabilities.replacesTables ? [create] : [dialect.drop(target), create]
    guard file.rowCount > 0 else { return prepare }
    return prepare + [file.columns.contains(where: \.needsCleaning) ? insert(file) : copy(file)]
  }

  /// A SELECT of a seed's rows, from its file. Throws if that cannot be read.
  static func select(_ node: Node, path: String, _ dialect: any Dialect) throws -> String {
    let file = try SeedFile.reading(
      path, shownPath: node.span.file, delimiter: delimiter(of: node), declaredTypes: node.config.columnTypes)
    return SeedMaterialization(
      target: node.relation ?? Relation(identifier: node.name), dialect: dialect, config: node.config,
      path: path
    ).select(file)
  }

  private func copy(_ file: SeedFile) -> String {
    """
    COPY \(dialect.rendered(target)) FROM \(dialect.literal(path)) (
      FORMAT csv, AUTO_DETECT false, HEADER true, DELIMITER \(dialect.literal(config.delimiter)), QUOTE '"',
      ESCAPE '"', NULLSTR '', SKIP \(file.headerLine - 1), STRICT_MODE \(!file.mixesLineEnds)
    )
    """
  }

  private func insert(_ file: SeedFile) -> String {
    "INSERT INTO \(dialect.rendered(target))\n\(select(file))"
  }

  /// A SELECT of the file's rows with the columns' types. Cells such as `null` and blanks are NULL to dbt in
  /// a column that is no text.
  func select(_ file: SeedFile) -> String {
    let values = file.columns.map { column in
      let name = dialect.quoted(column.name)
      guard column.needsCleaning else { return "CAST(\(name) AS \(column.type)) AS \(name)" }
      let cell = "trim(\(name))"
      let value =
        "CASE WHEN lower(\(cell)) IN ('', 'null') THEN NULL ELSE CAST(\(cell) AS \(column.type)) END"
      return "\(value) AS \(name)"
    }
    let columns = file.columns.map { "\(dialect.literal($0.name)): 'VARCHAR'" }.joined(separator: ", ")
    return """
      SELECT
        \(values.joined(separator: ",\n  "))
      FROM read_csv(
        \(dialect.literal(path)), auto_detect = false, header = true,
        delim = \(dialect.literal(config.delimiter)), quote = '"', escape = '"', nullstr = '',
        skip = \(file.headerLine - 1), strict_mode = \(!file.mixesLineEnds),
        columns = {\(columns)}
      )
      """
  }
}
