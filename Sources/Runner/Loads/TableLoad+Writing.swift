import Connectors
import Diagnostics
import EngineCore
import Loads
import Project

extension TableLoad {
  /// Writes the source's rows as the table's disposition says.
  mutating func write(_ source: PlannedSource, _ existing: [ColumnDescription]?) throws {
    let sql = source.sql
    if !isReplacing, existing != nil {
      for alteration in source.plan.alterations { try statements.execute(alteration.sql(target, dialect)) }
      try replaceChangedFiles(source)
    }
    let bounds = bounds(sql)
    if existing == nil || isReplacing {
      try create(source, bounds)
    } else if table.disposition == .append, sql.cursor == nil, sql.marks.isEmpty {
      let rows = try reading {
        try statements.execute(sql.insert(sql.select(from: source.selects, bounds: bounds)))
      }
      record.rowsRead = rows
      record.rowsInserted = rows
    } else {
      try takeUp(source, bounds)
    }
  }

  /// The conditions on the cursor: what is new, or what a backfill asks for.
  private func bounds(_ sql: TableSQL) -> [String] {
    guard sql.cursor != nil, table.disposition != .replace, !read.isIncremental else { return [] }
    return sql.bounds(
      lower: lowerBound(sql), upper: options.until.map { sql.cursorValue($0, isLookingBack: false) })
  }

  private func lowerBound(_ sql: TableSQL) -> String? {
    if let since = options.since { return sql.cursorValue(since, isLookingBack: false) }
    if let last = prepared.position?.cursor { return sql.cursorValue(last, isLookingBack: true) }
    return table.cursor?.initial.map { sql.cursorValue($0, isLookingBack: false) }
  }

  // MARK: - A new table, or all of it anew

  private mutating func create(_ source: PlannedSource, _ bounds: [String]) throws {
    let sql = source.sql
    let isKeyed = !isPlain
    if isKeyed && (table.deletion != nil || table.disposition == .scd2) {
      // The general way, beginning with nothing.
      if options.isFullRefresh { try statements.execute(dialect.drop(target)) }
      try statements.execute(sql.createEmpty(extra: extraColumns(sql)))
      return try takeUp(source, bounds)
    }
    if sql.marks.isEmpty {
      let select = sql.select(from: source.selects, bounds: bounds, marks: keptColumns(source.plan))
      record.rowsRead = try reading { try statements.execute(sql.create(as: select)) }
    } else {
      try stage(source, bounds)
      try statements.execute(sql.create(as: sql.selectStaged(extra: keptColumns(source.plan))))
      try writeLists(source, isFresh: true)
      try statements.execute(sql.dropStage)
    }
    if isKeyed { try tidyKeys(sql, .target) }
    record.rowsInserted =
      try record.rowsRead - limitedRejects == 0
      ? 0 : count("SELECT count(*) FROM \(dialect.rendered(target))")
    try advance(sql, .target)
  }

  /// Whether rows are written without a look at their keys.
  private var isPlain: Bool { table.disposition == .replace || table.disposition == .append }

  /// Whether it matters which row came first: of two with one key the later wins, and rows may be numbered.
  var needsRowOrder: Bool { !isPlain || table.rowNumberColumn != nil }

  /// Columns that a load fills itself.
  private func extraColumns(_ sql: TableSQL) -> [(name: String, type: SQLType)] {
    var columns: [(name: String, type: SQLType)] = []
    if table.disposition == .scd2 {
      columns += [(table.validity.from, sql.validityType), (table.validity.to, sql.validityType)]
    }
    if let soft = table.deletion?.softColumn { columns.append((soft, .timestampWithZone)) }
    return columns
  }

  /// Columns that the contract keeps in a table that is replaced, though the source lacks them.
  private func keptColumns(_ plan: TablePlan) -> [String] {
    guard table.contract.columns != .evolve else { return [] }
    return plan.kept.map { "CAST(NULL AS \($0.type)) AS \(dialect.quoted($0.name))" }
  }

  // MARK: - Into what is there

  private mutating func takeUp(_ source: PlannedSource, _ bounds: [String]) throws {
    let sql = source.sql
    try stage(source, bounds)
    try advance(sql, .stage)
    switch table.disposition {
    case .append, .replace:
      let lower = lowerBound(sql)
      let statement =
        sql.cursor == nil || lower == nil
        ? [sql.insert(sql.selectStaged())] : sql.insertBeyond(lower: lower ?? "")
      for text in statement { record.rowsInserted += try statements.execute(text) }
    case .merge: try merge(sql)
    case .scd2: try keepHistory(sql)
    }
    try writeLists(source, isFresh: false)
    for text in sql.cleanUp { try statements.execute(text) }
  }

  /// Puts the batch aside and takes out what must not be taken.
  private mutating func stage(_ source: PlannedSource, _ bounds: [String]) throws {
    let sql = source.sql
    let select = sql.select(from: source.selects, bounds: bounds, marks: sql.marks)
    record.rowsRead = try reading { try statements.execute(sql.createStage(as: select)) }
    if sql.hasReasons { try rejectReasons(sql) }
    if !isPlain { try tidyKeys(sql, .stage, isHistory: table.disposition == .scd2) }
  }

  /// Takes out rows that lack a part of their key, and all but the newest of each key.
  private mutating func tidyKeys(_ sql: TableSQL, _ place: TableSQL.Place, isHistory: Bool = false) throws {
    try rejectKeyless(sql, place)
    guard !isHistory, try count(sql.countDuplicates(in: place)) > 0 else { return }
    try statements.execute(sql.removeDuplicates(in: place))
  }

  private mutating func merge(_ sql: TableSQL) throws {
    if let soft = table.deletion?.softColumn, try !hasColumn(soft) {
      try statements.execute(Alteration.add(column: soft, type: .timestampWithZone).sql(target, dialect))
    }
    try statements.execute(sql.createMergeTodo())
    let counts = try counts(sql.countMerge)
    (record.rowsInserted, record.rowsUpdated, record.rowsDeleted) = counts
    if counts.1 + counts.2 > 0 { try statements.execute(sql.removeReplaced) }
    try statements.execute(sql.insertMerged)
  }

  private mutating func keepHistory(_ sql: TableSQL) throws {
    for name in [table.validity.from, table.validity.to] where try !hasColumn(name) {
      throw Diagnostic(
        .badLoadState, "\(dialect.rendered(target)) has no column '\(name)', so it holds no history",
        at: table.span,
        hint: "begin the history anew with --full-refresh; the table is replaced")
    }
    let time = try value(sql.historyTime).plainText ?? ""
    try statements.execute(sql.createHistoryTodo(time: time))
    (record.rowsInserted, record.rowsUpdated, record.rowsDeleted) = try counts(sql.countHistory)
    for text in sql.writeHistory { try statements.execute(text) }
    let isWhole = read.isComplete && options.since == nil && options.until == nil && table.condition == nil
    guard isWhole, table.cursor == nil || prepared.position?.cursor == nil else { return }
    record.rowsDeleted += try statements.execute(sql.endVanished(time: time))
  }

  private func hasColumn(_ name: String) throws -> Bool {
    try connection.columns(of: target).contains { $0.name.lowercased() == name.lowercased() }
  }

  private func counts(_ sql: String) throws -> (Int, Int, Int) {
    let row = try statements.query(sql, maximumRows: 1, isOwn: false).rows.first ?? []
    return (
      row.first?.wholeNumber ?? 0, row.dropFirst().first?.wholeNumber ?? 0,
      row.dropFirst(2).first?.wholeNumber ?? 0
    )
  }

  // MARK: - The cursor

  /// Moves the position to the greatest cursor that was read; never back.
  private mutating func advance(_ sql: TableSQL, _ place: TableSQL.Place) throws {
    guard let query = sql.greatestCursor(in: place) else { return }
    guard let greatest = try value(query).plainText else { return }
    guard let before = record.cursorFrom, !isReplacing else { return record.cursorTo = greatest }
    let isBeyond = try value(
      "SELECT \(sql.cursorValue(greatest, isLookingBack: false)) > \(sql.cursorValue(before, isLookingBack: false))"
    )
    if isBeyond == .boolean(true) { record.cursorTo = greatest }
  }

  // MARK: - Files

  /// Takes out the rows of files that changed since they were read, which are read whole again.
  private mutating func replaceChangedFiles(_ source: PlannedSource) throws {
    let seen = Set((prepared.position?.files ?? []).map(\.path))
    let changed = read.files.filter { seen.contains($0.path) }
    guard table.disposition == .append, source.sql.cursor == nil, !changed.isEmpty else { return }
    let column = table.fileNameColumn.flatMap { name in source.plan.columns.first { $0.source == name } }
    guard let column, column.isKnown,
      try count(
        "SELECT count(*) FROM \(dialect.rendered(target)) WHERE \(dialect.quoted(column.name)) IS NULL") == 0
    else {
      throw Diagnostic(
        .sourceChanged,
        "'\(changed[0].path)' changed since it was loaded, and appending it would repeat its rows",
        at: table.span, notes: changed.count > 1 ? ["so did \(changed.count - 1) other files"] : [],
        hint:
          "keep each row's file with `filename: true` (the file's rows are then replaced; the first time with "
          + "--full-refresh), use `write: merge` with a key, or give a `cursor`")
    }
    let paths = changed.map { dialect.literal($0.path) }.joined(separator: ", ")
    record.rowsDeleted += try statements.execute(
      "DELETE FROM \(dialect.rendered(target)) WHERE \(dialect.quoted(column.name)) IN (\(paths))")
  }
}
