import EngineCore
import Project

/// CSV whose types the engine found out from its first rows. Further down it would round a fraction in a column of whole
/// numbers, and cut the time off in a column of dates; these columns are therefore read wider, and a value that is not
/// of the type ends the fast way. That costs nothing that could be measured.
struct GuardedText: Sendable {
  private let select: FileSelect
  private var whole: Set<String> = []
  private var long: Set<String> = []
  private var dates: Set<String> = []

  /// How a single file is written, and its columns.
  private var form: CSVForm?

  /// Looks at the first rows. Throws what the engine says of them.
  init(_ select: FileSelect, _ engine: any Connection) throws {
    self.select = select
    form = try CSVForm(select, engine)
    let all =
      try form?.columns ?? engine.columns(ofQuery: select.selects().joined(separator: " UNION ALL BY NAME "))
    let columns = all.filter {
      $0.name != select.table.rowNumberColumn && $0.name != select.table.fileNameColumn
        && !select.isPartition($0.name)
    }
    whole = Set(columns.filter { $0.type == "BIGINT" }.map(\.name))
    dates = Set(columns.filter { $0.type == "DATE" }.map(\.name))
    // Where a date's form was found out or said, nothing else is taken for one.
    if !dates.isEmpty, try hasOwnDates(engine) { dates = [] }
    long = try longNumbers(of: whole, engine)
    whole.subtract(long)
  }

  private func hasOwnDates(_ engine: any Connection) throws -> Bool {
    if select.csv.contains(where: { $0.hasPrefix("dateformat") || $0.hasPrefix("timestampformat") }) {
      return true
    }
    guard let format = try (form ?? CSVForm(select, engine, isFirstOfMany: true))?.dateFormat else {
      return false
    }
    return !format.isEmpty && format != "%Y-%m-%d"
  }

  /// Numbers of so many digits that the wider type would lose some.
  private func longNumbers(of columns: Set<String>, _ engine: any Connection) throws -> Set<String> {
    guard !columns.isEmpty else { return [] }
    let names = columns.sorted()
    let tests = names.map {
      "CAST(coalesce(max(abs(\(StandardQuoting.quoted($0)))) > 1000000000000, false) AS VARCHAR)"
    }
    let rows = plain([:]).map { "(SELECT * FROM (\($0)) LIMIT 1000)" }.prefix(1).joined()
    let row = try engine.texts("SELECT \(tests.joined(separator: ", ")) FROM \(rows)").first ?? []
    return Set(zip(names, row).filter { $0.1 == "true" }.map(\.0))
  }

  /// The SELECTs; some columns as they are written.
  func selects(asText: Set<String> = []) -> [String] {
    var types: [String: String] = [:]
    var guards: [String] = []
    for column in whole.subtracting(asText).sorted() {
      let name = StandardQuoting.quoted(column)
      types[column] = "DOUBLE"
      let misfit = "\(name) <> trunc(\(name)) OR abs(\(name)) > 9007199254740991"
      guards.append(guarded(column, misfit, "BIGINT"))
    }
    for column in long.subtracting(asText).sorted() {
      types[column] = "VARCHAR"
      guards.append(guarded(column, "contains(\(StandardQuoting.quoted(column)), '.')", "BIGINT"))
    }
    for column in dates.subtracting(asText).sorted() {
      let name = StandardQuoting.quoted(column)
      types[column] = "TIMESTAMP"
      guards.append(guarded(column, "CAST(\(name) AS DATE) <> \(name)", "DATE"))
    }
    for column in asText { types[column] = "VARCHAR" }
    return plain(types, guards)
  }

  /// The SELECTs with some columns read as these types.
  private func plain(_ types: [String: String], _ guards: [String] = []) -> [String] {
    if let form {
      var select = select
      select.exact = form.options(types)
      return select.selects(replacing: guards)
    }
    return select.selects(types.isEmpty ? [] : [MalformedRows.types([], types)], replacing: guards)
  }

  private func guarded(_ column: String, _ misfit: String, _ type: String) -> String {
    let name = StandardQuoting.quoted(column)
    let message = StandardQuoting.literal(
      "column '\(column)': not every value is \(type), as the first rows are")
    return "CASE WHEN \(misfit) THEN error(\(message)) ELSE CAST(\(name) AS \(type)) END AS \(name)"
  }
}
