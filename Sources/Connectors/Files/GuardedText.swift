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
  /// Times of which not every file's own way of writing them is known.
  private var times: [String: String] = [:]

  /// All columns, where they are known and the engine must look each time.
  private var names: [String]?
  /// How the files are written, and their columns; nil if the engine must look each time.
  private var description: CSVDescription?

  /// Looks at the first rows of `files`, which are those of `select`; `looking` are options of that. Rows that are
  /// malformed are left for reading to find, which can put them aside. Throws whatever else the engine says.
  init(
    _ select: FileSelect, _ files: [SeenFile], isLocal: Bool, looking: [String], _ engine: any Connection
  ) throws {
    self.select = select
    do {
      try look(files, isLocal, looking, engine)
    } catch let diagnostic as Diagnostic where diagnostic.code == .sqlData {
      (whole, long, dates, times, names, description) = ([], [], [], [:], nil, nil)
    }
  }

  private mutating func look(
    _ files: [SeenFile], _ isLocal: Bool, _ looking: [String], _ engine: any Connection
  ) throws {
    description = try CSVDescription(select, files, isLocal: isLocal, looking: looking, engine)
    if let found = try overlookedDelimiter(engine) {
      select.delimiter = found
      description = try CSVDescription(select, files, isLocal: isLocal, looking: looking, engine)
    }
    let all =
      try description?.columns
      ?? engine.columns(ofQuery: select.selects().joined(separator: " UNION ALL BY NAME "))
    if description == nil, !select.namesOfFolders {
      names = all.map(\.name).filter { $0 != select.table.rowNumberColumn }
    }
    let columns = all.filter {
      $0.name != select.table.rowNumberColumn && $0.name != select.table.fileNameColumn
        && !select.isPartition($0.name) && !$0.name.utf8.contains(0)
    }
    whole = Set(columns.filter { $0.type == "BIGINT" }.map(\.name))
    dates = Set(columns.filter { $0.type == "DATE" }.map(\.name))
    if description?.isOfEach == false {
      let timed = columns.filter { $0.type.hasPrefix("TIMESTAMP") }
      times = Dictionary(timed.map { ($0.name, $0.type) }, uniquingKeysWith: { $1 })
    }
    // Where a date's form was found out or said, nothing else is taken for one.
    if !dates.isEmpty, try hasOwnDates(engine) { dates = [] }
    long = try longNumbers(of: whole, engine)
    whole.subtract(long)
  }

  /// What separates the columns, if the engine took rows of different lengths for one column of text: the same in its
  /// first lines, as often.
  private func overlookedDelimiter(_ engine: any Connection) throws -> String? {
    guard let description, let column = description.columns.first, description.columns.count == 1,
      select.files.count == 1, select.delimiter == nil,
      !select.csv.contains(where: { $0.hasPrefix("delim ") }), !column.name.utf8.contains(0)
    else { return nil }
    let name = "CAST(\(StandardQuoting.quoted(column.name)) AS VARCHAR)"
    let rows = try engine.texts("SELECT \(name) FROM (\(description.selects(of: select).joined())) LIMIT 2")
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
    if let description { return description.hasOwnDates }
    guard let file = select.files.first else { return false }
    return try CSVForm(select, file: file, engine)?.hasOwnDates ?? false
  }

  /// Numbers of so many digits that the wider type would lose some.
  private func longNumbers(of columns: Set<String>, _ engine: any Connection) throws -> Set<String> {
    guard !columns.isEmpty else { return [] }
    let names = columns.sorted()
    let tests = names.map {
      "CAST(coalesce(max(abs(\(StandardQuoting.quoted($0)))) > 1000000000000, false) AS VARCHAR)"
    }
    let rows =
      description?.beginning(of: select)
      ?? plain([:]).map { "(SELECT * FROM (\($0)) LIMIT 1000)" }.prefix(1).joined()
    let row = try engine.texts("SELECT \(tests.joined(separator: ", ")) FROM (\(rows))").first ?? []
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
      let isOdd = description?.isOfEach == false ? " OR \(name) < TIMESTAMP '1000-01-01'" : ""
      guards[column] = guarded(column, "CAST(\(name) AS DATE) <> \(name)\(isOdd)", "DATE")
    }
    // A year of two digits would be one of antiquity.
    for (column, type) in times.sorted(by: { $0.key < $1.key }) where !asText.contains(column) {
      let name = StandardQuoting.quoted(column)
      guards[column] = guarded(column, "\(name) < CAST('1000-01-02' AS \(type))", type)
    }
    for column in asText { types[column] = "VARCHAR" }
    return plain(types, guards)
  }

  /// The SELECTs with some columns read as these types.
  private func plain(_ types: [String: String], _ guards: [String: String] = [:]) -> [String] {
    let guards = Dictionary(guards.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
    if let description { return description.selects(of: select, types, replacing: guards) }
    var select = select
    select.replace(guards, of: names)
    return select.selects(types.isEmpty ? [] : [MalformedRows.types([], types)])
  }

  private func guarded(_ column: String, _ misfit: String, _ type: String) -> String {
    let name = StandardQuoting.quoted(column)
    let message = StandardQuoting.literal(
      "column '\(column)': not every value is \(type), as the first rows are")
    return "CASE WHEN \(misfit) THEN error(\(message)) ELSE CAST(\(name) AS \(type)) END AS \(name)"
  }
}
