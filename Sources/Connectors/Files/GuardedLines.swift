import Diagnostics
import EngineCore
import Project

/// Lines of JSON whose types the engine found out from the first ones. Further down it would round a fraction in a field of
/// whole numbers. A line of our own, read before all others and left out again, makes it read these fields wider;
/// a value that is not whole then ends the fast way.
struct GuardedLines {
  private static let source = "_weir_file"

  private let select: FileSelect
  /// The columns of the rows, as `selects` give them too.
  let columns: [ColumnDescription]
  private let long: Set<String>
  private let example: String

  /// Looks at the first lines, unless it is known already which `columns` they have. Nil where no line of our own can
  /// stand before the others, or whole numbers lie deeper than the first level. Throws what the engine says of the
  /// lines, or that `spool` takes no file.
  init?(
    _ select: FileSelect, columns known: [ColumnDescription]?, _ engine: any Connection, spool: SpoolFolder,
    number: Int
  ) throws {
    let table = select.table
    guard table.settings["compression"] == nil, table.rowNumberColumn == nil else { return nil }
    columns =
      try known ?? engine.columns(ofQuery: select.selects().joined(separator: " UNION ALL BY NAME "))
    let isDeep = columns.contains { $0.type != "BIGINT" && $0.type.contains("BIGINT") }
    guard !isDeep, !columns.contains(where: { select.isPartition($0.name) || $0.name == Self.source }) else {
      return nil
    }
    self.select = select
    let whole = columns.filter { $0.type == "BIGINT" }.map(\.name)
    let long = try Self.longNumbers(of: whole, select, engine)
    self.long = long
    var line = JSONWriter()
    line.object { line in
      for name in whole {
        line.key(name)
        if long.contains(name) { line.string("") } else { line.number(0.5) }
      }
    }
    example = try spool.write("example-\(number).ndjson", line.text + "\n")
  }

  /// Numbers of so many digits that the wider type would lose some.
  private static func longNumbers(
    of columns: [String], _ select: FileSelect, _ engine: any Connection
  ) throws -> Set<String> {
    guard !columns.isEmpty else { return [] }
    let tests = columns.map {
      "CAST(coalesce(max(abs(\(StandardQuoting.quoted($0)))) > 1000000000000, false) AS VARCHAR)"
    }
    // Their types are known: the engine need not look for them.
    let types = columns.map { "\(StandardQuoting.literal($0)): 'BIGINT'" }.joined(separator: ", ")
    let rows = select.selects(["columns = {\(types)}"]).prefix(1).joined()
    let row =
      try engine.texts("SELECT \(tests.joined(separator: ", ")) FROM (\(rows) LIMIT 1000)").first ?? []
    return Set(zip(columns, row).filter { $0.1 == "true" }.map(\.0))
  }

  /// The SELECTs.
  var selects: [String] {
    let hidden = select.table.fileNameColumn ?? Self.source
    let values = columns.map { column in
      let name = StandardQuoting.quoted(column.name)
      guard column.type == "BIGINT" else { return name }
      return long.contains(column.name)
        ? guarded(
          column.name, "NOT regexp_full_match(CAST(\(name) AS VARCHAR), '-?[0-9]+')",
          "CAST(\(name) AS VARCHAR)")
        : guarded(column.name, "\(name) <> trunc(\(name)) OR abs(\(name)) > 9007199254740991", name)
    }
    var select = select
    select.table.fileNameColumn = hidden
    select.files = [example] + select.files
    let isOurs = "\(StandardQuoting.quoted(hidden)) = \(StandardQuoting.literal(example))"
    return select.selects().map {
      "SELECT \(values.joined(separator: ", ")) FROM (SELECT * FROM (\($0)) WHERE NOT (\(isOurs)))"
    }
  }

  private func guarded(_ column: String, _ misfit: String, _ value: String) -> String {
    let name = StandardQuoting.quoted(column)
    let message = StandardQuoting.literal(
      "column '\(column)': not every value is BIGINT, as the first ones are")
    return "CASE WHEN \(misfit) THEN error(\(message)) ELSE CAST(\(value) AS BIGINT) END AS \(name)"
  }
}
