import Diagnostics
import EngineCore
import Project

/// CSV whose types the engine found out from its first rows. Further down it would round a fraction in a column of whole
/// numbers, and cut the time off in a column of dates; these columns are therefore read wider, and a value that is not
/// of the type ends the fast way. That costs nothing that could be measured.
struct GuardedText: Sendable {
  /// What is read, with the delimiter that was found.
  private(set) var select: FileSelect
  private var whole: Set<String> = []
  private var long: Set<String> = []
  private var dates: Set<String> = []
  /// All columns, where they are known.
  private var names: [String]?

  /// How a single file is written, and its columns.
  private var form: CSVForm?

  /// Looks at the first rows. Those that are malformed are left for reading to find, which can put them aside. Throws
  /// whatever else the engine says.
  init(_ select: FileSelect, _ engine: any Connection) throws {
    self.select = select
    do {
      try look(engine)
    } catch let diagnostic as Diagnostic where diagnostic.code == .sqlData {
      (whole, long, dates, names, form) = ([], [], [], nil, nil)
    }
  }

  private mutating func look(_ engine: any Connection) throws {
    form = try CSVForm(select, engine)
    if let found = try overlookedDelimiter(engine) {
      select.delimiter = found
      form = try CSVForm(select, engine)
    }
    let all =
      try form?.columns ?? engine.columns(ofQuery: select.selects().joined(separator: " UNION ALL BY NAME "))
    // The names of folders become columns that a form does not know.
    let isWhole = form == nil || !select.files.contains { $0.contains("=") }
    let known = all.map(\.name).filter { $0 != select.table.rowNumberColumn }
    names =
      isWhole ? known + (form == nil ? [] : [select.table.fileNameColumn].compactMap { $0 }) : nil
    let columns = all.filter {
      $0.name != select.table.rowNumberColumn && $0.name != select.table.fileNameColumn
        && !select.isPartition($0.name) && !$0.name.utf8.contains(0)
    }
    whole = Set(columns.filter { $0.type == "BIGINT" }.map(\.name))
    dates = Set(columns.filter { $0.type == "DATE" }.map(\.name))
    // Where a date's form was found out or said, nothing else is taken for one.
    if !dates.isEmpty, try hasOwnDates(engine) { dates = [] }
    long = try longNumbers(of: whole, engine)
    whole.subtract(long)
  }

  /// What separates the columns, if the engine took rows of different lengths for one column of text: the same in its
  /// first lines, as often.
  private func overlookedDelimiter(_ engine: any Connection) throws -> String? {
    guard let form, let column = form.columns.first, form.columns.count == 1, select.delimiter == nil,
      !select.csv.contains(where: { $0.hasPrefix("delim ") }), !column.name.utf8.contains(0)
    else { return nil }
    let name = "CAST(\(StandardQuoting.quoted(column.name)) AS VARCHAR)"
    let rows = try engine.texts("SELECT \(name) FROM (\(plain([:]).joined())) LIMIT 2")
    let lines = ([column.name] + rows.map { ($0.first ?? nil) ?? "" }).prefix(
      column.name == "column0" ? 3 : 2
    )
    .drop { $0 == "column0" }
    guard lines.count == 2 else { return nil }
    return [",", ";", "\t", "|"].first { delimiter in
      let counts = Set(lines.map { $0.filter { String($0) == delimiter }.count })
      return counts.count == 1 && counts != [0]
    }
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
    var guards: [String: String] = [:]
    for column in whole.subtracting(asText).sorted() {
      let name = StandardQuoting.quoted(column)
      types[column] = "DOUBLE"
      let misfit = "\(name) <> trunc(\(name)) OR abs(\(name)) > 9007199254740991"
      guards[column] = guarded(column, misfit, "BIGINT")
    }
    for column in long.subtracting(asText).sorted() {
      types[column] = "VARCHAR"
      guards[column] = guarded(column, "contains(\(StandardQuoting.quoted(column)), '.')", "BIGINT")
    }
    for column in dates.subtracting(asText).sorted() {
      let name = StandardQuoting.quoted(column)
      types[column] = "TIMESTAMP"
      guards[column] = guarded(column, "CAST(\(name) AS DATE) <> \(name)", "DATE")
    }
    for column in asText { types[column] = "VARCHAR" }
    return plain(types, guards)
  }

  /// The SELECTs with some columns read as these types.
  private func plain(_ types: [String: String], _ guards: [String: String] = [:]) -> [String] {
    var select = select
    // To replace many columns of a star takes the engine the square of their number.
    if guards.count > 64, let names {
      select.columns = names.map { guards[$0] ?? StandardQuoting.quoted($0) }
    } else if !guards.isEmpty {
      select.replacing = guards.sorted { $0.key < $1.key }.map(\.value)
    }
    guard let form else { return select.selects(types.isEmpty ? [] : [MalformedRows.types([], types)]) }
    select.exact = form.options(types)
    return select.selects()
  }

  private func guarded(_ column: String, _ misfit: String, _ type: String) -> String {
    let name = StandardQuoting.quoted(column)
    let message = StandardQuoting.literal(
      "column '\(column)': not every value is \(type), as the first rows are")
    return "CASE WHEN \(misfit) THEN error(\(message)) ELSE CAST(\(name) AS \(type)) END AS \(name)"
  }
}
