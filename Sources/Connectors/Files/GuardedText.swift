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

  /// Looks at the first rows. Throws what the engine says of them.
  init(_ select: FileSelect, _ engine: any Connection) throws {
    self.select = select
    let columns = try engine.columns(ofQuery: select.selects().joined(separator: " UNION ALL BY NAME "))
      .filter { $0.name != select.table.rowNumberColumn && $0.name != select.table.fileNameColumn }
      .filter { !select.isPartition($0.name) }
    whole = Set(columns.filter { $0.type == "BIGINT" }.map(\.name))
    // Where a date's form was found out or said, nothing else is taken for one.
    if try !Self.hasOwnForm(select, engine) { dates = Set(columns.filter { $0.type == "DATE" }.map(\.name)) }
    long = try Self.long(whole, select, engine)
    whole.subtract(long)
  }

  private static func hasOwnForm(_ select: FileSelect, _ engine: any Connection) throws -> Bool {
    if select.csv.contains(where: { $0.hasPrefix("dateformat") || $0.hasPrefix("timestampformat") }) {
      return true
    }
    guard let file = select.listed.first else { return false }
    let options = select.csv.filter { !$0.hasPrefix("union_by_name") && !$0.hasPrefix("filename") }
    let call = ([file] + options).joined(separator: ", ")
    let form = try engine.texts("SELECT DateFormat FROM sniff_csv(\(call))").first?.first ?? nil
    return form.map { !$0.isEmpty && $0 != "%Y-%m-%d" } ?? false
  }

  /// Numbers of so many digits that the wider type would lose some.
  private static func long(_ columns: Set<String>, _ select: FileSelect, _ engine: any Connection) throws
    -> Set<String>
  {
    guard !columns.isEmpty else { return [] }
    let names = columns.sorted()
    let tests = names.map {
      "CAST(coalesce(max(abs(\(StandardQuoting.quoted($0)))) > 1000000000000, false) AS VARCHAR)"
    }
    let rows = select.selects().map { "(SELECT * FROM (\($0)) LIMIT 1000)" }.prefix(1).joined()
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
    if types.isEmpty && asText.isEmpty { return select.selects() }
    return select.selects([MalformedRows.types(asText, types)], replacing: guards)
  }

  private func guarded(_ column: String, _ misfit: String, _ type: String) -> String {
    let name = StandardQuoting.quoted(column)
    let message = StandardQuoting.literal(
      "column '\(column)': not every value is \(type), as the first rows are")
    return "CASE WHEN \(misfit) THEN error(\(message)) ELSE CAST(\(name) AS \(type)) END AS \(name)"
  }
}
