import EngineCore
import Project

/// The CSV files of a table, looked at once: how each is written, and the types of their columns. What it says is all that
/// the engine needs to read them, so that no later statement looks at the files again.
struct CSVDescription: Sendable {
  /// Files that are written alike and have the same columns.
  struct Part: Sendable {
    let form: CSVForm
    var files: [String]
  }

  /// The parts, in the files' order.
  private(set) var parts: [Part]
  /// The columns of all files with the types that hold the values looked at; those that folders' names give are not among them.
  private(set) var columns: [ColumnDescription]
  /// Whether every file was looked at by itself, not only one of those that begin alike.
  let isOfEach: Bool

  /// So many files are looked at one by one, and in so many forms may files be written: where there are more, the engine looks
  /// each time.
  private static let most = 32

  /// Asks the engine; nil where files cannot be described in parts. `looking` are options of the look. Throws what the engine
  /// says of files that have no form.
  init?(
    _ select: FileSelect, _ files: [SeenFile], isLocal: Bool, looking: [String] = [], _ engine: any Connection
  ) throws {
    guard let first = select.files.first else { return nil }
    if select.files.count == 1 {
      guard let form = try CSVForm(select, file: first, looking: looking, engine) else { return nil }
      (parts, columns, isOfEach) = ([Part(form: form, files: [first])], form.columns, true)
      return
    }
    guard select.joinsByName else { return nil }
    let isEach = select.files.count <= Self.most
    isOfEach = isEach
    let found =
      try isEach
      ? select.files.map { try CSVForm(select, file: $0, looking: looking, engine) }
      : Self.forms(select, files, isLocal: isLocal, looking: looking, engine)
    let forms = found?.compactMap(\.self) ?? []
    guard forms.count == select.files.count else { return nil }
    parts = Self.parts(select, forms)
    // Which folders' names are columns, and of which type, is told by all files.
    let hasFolders = select.files.contains { $0.contains("=") }
    guard parts.count == 1 || (parts.count <= Self.most && !hasFolders) else { return nil }
    columns = try Self.types(select, forms, isEach: isEach, looking: looking, engine)
    guard isEach || knowsTimes else { return nil }
  }

  /// The forms of many files: one look at each kind of beginning. Nil if there are too many kinds, or where names do not
  /// tell the columns.
  private static func forms(
    _ select: FileSelect, _ files: [SeenFile], isLocal: Bool, looking: [String], _ engine: any Connection
  ) throws -> [CSVForm?]? {
    guard let heads = try FileHead.heads(of: files, select.table, isLocal: isLocal, engine) else {
      return nil
    }
    var forms: [FileHead: CSVForm] = [:]
    for (head, file) in zip(heads, select.files) {
      guard let head else { return nil }
      if forms[head] != nil { continue }
      guard forms.count < most, let form = try CSVForm(select, file: file, looking: looking, engine),
        form.beginsWithNames || head.isEmpty
      else { return nil }
      forms[head] = form
    }
    return heads.map { head in head.flatMap { forms[$0] } }
  }

  /// Files of one form are read together; where the order of rows counts, only those that follow each other.
  private static func parts(_ select: FileSelect, _ forms: [CSVForm]) -> [Part] {
    let table = select.table
    let isFree = [.replace, .append].contains(table.disposition) && table.rowNumberColumn == nil
    var parts: [(form: CSVForm, files: Range<Int>)] = []
    var groups: [[Range<Int>]] = []
    for (index, form) in forms.enumerated() {
      if let last = parts.last, last.form.reads(like: form) {
        parts[parts.count - 1].files = last.files.lowerBound..<index + 1
      } else {
        parts.append((form, index..<index + 1))
      }
    }
    var kinds: [CSVForm] = []
    for part in parts {
      if isFree, let kind = kinds.firstIndex(where: { $0.reads(like: part.form) }) {
        groups[kind].append(part.files)
      } else {
        kinds.append(part.form)
        groups.append([part.files])
      }
    }
    return zip(kinds, groups).map { form, ranges in
      Part(form: form, files: ranges.flatMap { select.files[$0] })
    }
  }

  /// The columns' types. The engine joins those of several files, and of all it knows best which have no values at all.
  private static func types(
    _ select: FileSelect, _ forms: [CSVForm], isEach: Bool, looking: [String], _ engine: any Connection
  ) throws -> [ColumnDescription] {
    let first = forms[0]
    if isEach, forms.allSatisfy({ $0.columns == first.columns }) { return first.columns }
    if isEach, let joined = try join(forms.map(\.columns), engine) { return joined }
    var select = select
    select.table.fileNameColumn = nil
    select.table.rowNumberColumn = nil
    let isUniform = forms.allSatisfy { $0.dialect == first.dialect }
    select.exact = isUniform ? first.dialect + first.said + ["union_by_name = true"] : nil
    let options = isUniform ? looking.filter { $0.hasPrefix("sample_size") } : looking
    let names = Set(forms.flatMap { $0.columns.map { $0.name.lowercased() } })
    func look(_ files: ArraySlice<String>) throws -> [ColumnDescription] {
      var part = select
      part.files = Array(files)
      return try engine.columns(ofQuery: part.selects(options).joined()).filter {
        names.contains($0.name.lowercased())
      }
    }
    // To look at all at once takes the engine memory for each, and more time.
    let starts = stride(from: 0, to: select.files.count, by: 5000)
    let parts = try starts.map { try look(select.files[$0..<min($0 + 5000, select.files.count)]) }
    return try join(parts, engine) ?? look(select.files[...])
  }

  /// The types that hold what several looks found; nil if one found text, which may only be that there was no value.
  private static func join(
    _ looks: [[ColumnDescription]], _ engine: any Connection
  ) throws -> [ColumnDescription]? {
    var distinct: [[ColumnDescription]] = []
    for look in looks where !distinct.contains(look) { distinct.append(look) }
    if distinct.count == 1 { return distinct[0] }
    var types: [String: Set<String>] = [:]
    for column in distinct.joined() { types[column.name.lowercased(), default: []].insert(column.type) }
    guard !types.values.contains(where: { $0.count > 1 && $0.contains("VARCHAR") }) else { return nil }
    let selects = distinct.map { columns in
      "SELECT "
        + columns.map { "CAST(NULL AS \($0.type)) AS \(StandardQuoting.quoted($0.name))" }
        .joined(separator: ", ")
    }
    return try engine.columns(ofQuery: selects.joined(separator: " UNION ALL BY NAME "))
  }

  /// Whether the forms say how all dates and times are written: where one has no values, another file's way would not be known.
  private var knowsTimes: Bool {
    let times = Set(columns.filter { Self.isTime($0.type) }.map { $0.name.lowercased() })
    return parts.allSatisfy { part in
      part.form.columns.allSatisfy { !times.contains($0.name.lowercased()) || Self.isTime($0.type) }
    }
  }

  private static func isTime(_ type: String) -> Bool { type == "DATE" || type.hasPrefix("TIMESTAMP") }

  /// Whether there are dates or times among the columns.
  var hasTimes: Bool { columns.contains { Self.isTime($0.type) } }

  /// Whether dates are written in another way than the standard's.
  var hasOwnDates: Bool { parts.contains(where: \.form.hasOwnDates) }

  /// The first rows of each part.
  func beginning(of select: FileSelect) -> String {
    var copy = self
    copy.parts = parts.map { part in
      Part(form: part.form, files: Array(part.files.prefix(parts.count == 1 ? 3 : 1)))
    }
    return copy.selects(of: select).map { "(SELECT * FROM (\($0)) LIMIT 1000)" }
      .joined(separator: " UNION ALL BY NAME ")
  }

  /// The SELECTs, with other types than those that were found for some columns, and expressions in the place of others, which
  /// are named in lower case.
  func selects(
    of select: FileSelect, _ others: [String: String] = [:], replacing guards: [String: String] = [:]
  ) -> [String] {
    var types: [String: String] = [:]
    for column in columns { types[column.name.lowercased()] = others[column.name] ?? column.type }
    return parts.flatMap { part in
      var select = select
      select.files = part.files
      select.exact = part.form.options(types)
      let names = Set(part.form.columns.map { $0.name.lowercased() })
      let own = guards.filter { names.contains($0.key) }
      let all = part.form.columns.map(\.name) + [select.table.fileNameColumn].compactMap { $0 }
      select.replace(own, of: select.namesOfFolders ? nil : all)
      return select.selects()
    }
  }
}

extension FileSelect {
  /// Whether the names of folders may be columns.
  var namesOfFolders: Bool { files.contains { $0.contains("=") } }

  /// Puts expressions in the place of columns, which are named in lower case. To replace many columns of a star takes the
  /// engine the square of their number: where `names` tells all columns, they are written out.
  mutating func replace(_ guards: [String: String], of names: [String]?) {
    if guards.count > 64, let names {
      columns = names.map { guards[$0.lowercased()] ?? StandardQuoting.quoted($0) }
    } else if !guards.isEmpty {
      replacing = guards.sorted { $0.key < $1.key }.map(\.value)
    }
  }
}
