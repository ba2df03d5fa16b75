import Connectors
import Diagnostics
import EngineCore
import Loads
import Project
import Tabular

/// One table of a load, inside the load's transaction.
struct TableLoad {
  let step: StepExecutor
  let load: LoadDefinition
  let prepared: LoadExecutor.Prepared
  let state: StateTables
  let target: Relation
  let level: Int
  /// Whether the load has never been committed.
  let isFirstLoad: Bool
  let startedAt: Double
  var record: LoadRecord
  var diagnostics: [Diagnostic] = []
  /// Records of the tables that lists became.
  var childRecords: [LoadRecord] = []
  /// Rows rejected for which the limit counts.
  var limitedRejects = 0
  /// What a look at the source made of the slower way.
  private var found: SourceRead.Fallback?

  var table: LoadTable { prepared.table }
  var read: SourceRead { prepared.read }
  var statements: StatementRunner { step.statements }
  var connection: any Connection { step.connection }
  var dialect: any Dialect { step.dialect }
  var options: RunOptions { step.context.options }
  /// Only what the source has counts: what is there is replaced.
  var isReplacing: Bool { table.disposition == .replace || options.isFullRefresh }
  /// What was done to the table, and to those that its lists became.
  var records: [LoadRecord] { [record] + childRecords }

  init(
    step: StepExecutor, load: LoadDefinition, prepared: LoadExecutor.Prepared, state: StateTables,
    target: Relation,
    level: Int, isFirstLoad: Bool, startedAt: Double
  ) {
    self.step = step
    self.load = load
    self.prepared = prepared
    self.state = state
    self.target = target
    self.level = level
    self.isFirstLoad = isFirstLoad
    self.startedAt = startedAt
    record = LoadRecord(id: step.context.options.invocation.id, load: load.name, table: prepared.table.name)
    record.disposition = prepared.table.disposition.rawValue
    record.startedAt = startedAt
    record.bytes = prepared.read.bytes
    record.schemaVersion = prepared.state?.schemaVersion ?? 1
    record.cursorFrom = prepared.position?.cursor
    record.cursorTo = record.cursorFrom
  }

  /// Reads and writes. Throws what keeps the whole load from being committed.
  mutating func perform() throws {
    if options.isFullRefresh {
      for sql in state.forget(load: load.name, table: table.name) { try statements.execute(sql) }
    }
    var cursorType = prepared.position?.cursorType
    if !read.selects.isEmpty {
      for sql in way?.prepare ?? [] { _ = try reading { try statements.execute(sql) } }
      if let look = way?.look { found = try reading { try look(connection) } }
      let existing = try existingColumns()
      let source = try plan(existing)
      try report(source, existing)
      try write(source, existing)
      try takeRejects()
      cursorType = source.sql.cursor?.type.sql ?? cursorType
    } else {
      try takeRejects()
    }
    try read.verify?()
    try finish(cursorType)
  }

  /// The slower way that the table is read in, if the fast one failed.
  var way: SourceRead.Fallback? {
    found ?? (level > 0 && level <= read.fallbacks.count ? read.fallbacks[level - 1] : nil)
  }

  /// Runs what reads the source. If its rows are malformed, there may be a slower way that bears them.
  func reading<T>(_ body: () throws -> T) throws -> T {
    do {
      guard let watch = read.watch else { return try body() }
      return try watch.reading(table.from, body)
    } catch let diagnostic as Diagnostic {
      guard diagnostic.code == .sqlData || diagnostic.code == .sqlBinding else {
        throw diagnostic.located(at: diagnostic.code == .sourceUnreachable ? table.span : nil)
      }
      if diagnostic.code == .sqlData, let next = read.wayBehind(level, after: diagnostic) {
        throw FallbackNeeded(table: table.name, level: next)
      }
      throw Diagnostic(
        .sourceUnreadable, "'\(table.from)' cannot be read into '\(table.name)': \(diagnostic.message)",
        at: table.span,
        notes: diagnostic.notes,
        hint: diagnostic.code == .sqlData
          ? "set malformed rows aside with `rejects: {limit: …}`, or say how the source is to be read" : nil,
        cause: diagnostic.cause)
    }
  }

  private func existingColumns() throws -> [ColumnDescription]? {
    guard let found = try connection.find(target) else { return nil }
    guard found.kind != .view else {
      throw Diagnostic(
        .relationInTheWay, "the load cannot write \(dialect.rendered(target)): a view is there",
        at: table.span,
        hint: "drop the view if it is not needed")
    }
    if options.isFullRefresh { return nil }
    return try connection.columns(of: target)
  }

  /// Says what is different about the source, before anything is written.
  private mutating func report(_ source: PlannedSource, _ existing: [ColumnDescription]?) throws {
    if existing == nil, table.contract.tables == .freeze, !isFirstLoad, prepared.state == nil {
      throw Diagnostic(
        .contractBroken, "the table '\(table.name)' is new, and the contract freezes the load's tables",
        at: table.span, notes: ["nothing was written"], hint: "allow it with `contract: {tables: evolve}`")
    }
    guard existing != nil, !source.changes.isEmpty else { return }
    record.changes = source.changes.map(\.text)
    record.schemaVersion += 1
    diagnostics.append(
      Diagnostic(
        .sourceChanged, "the source of '\(load.name).\(table.name)' changed", at: table.span,
        severity: .warning,
        notes: record.changes + source.examples))
  }

  /// Stores where the load stopped, and its record.
  private mutating func finish(_ cursorType: String?) throws {
    var next = TableState(load: load.name, table: table.name)
    next.cursor = record.cursorTo
    next.cursorType = cursorType
    next.sourceState = read.state ?? prepared.position?.state
    next.schemaVersion = record.schemaVersion
    let now = step.context.clock.now()
    for sql in state.store(next, at: now) { try statements.execute(sql) }
    let files = read.files.map {
      FileRecord(path: $0.path, size: $0.size, modified: $0.modified, tag: $0.tag)
    }
    for sql in state.store(files, load: load.name, table: table.name, id: record.id) {
      try statements.execute(sql)
    }
    record.endedAt = now
    try statements.execute(state.store(record))
    for index in childRecords.indices {
      childRecords[index].endedAt = now
      try statements.execute(state.store(childRecords[index]))
    }
  }

  /// The first value of a query that gives one row.
  func value(_ sql: String) throws -> Scalar {
    try statements.query(sql, maximumRows: 1, isOwn: false).rows.first?.first ?? .null
  }

  func count(_ sql: String) throws -> Int { try value(sql).wholeNumber ?? 0 }
}

/// A table's source, read in a certain way, and what becomes of it.
struct PlannedSource {
  var selects: [String]
  var plan: TablePlan
  var sql: TableSQL
  var changes: [SchemaChange]
  /// Values that did not fit, for people.
  var examples: [String] = []
}
