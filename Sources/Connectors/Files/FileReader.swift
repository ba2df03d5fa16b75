import Diagnostics
import EngineCore
import Jinja
import Project
import Synchronization

/// Reads files, of this machine or of an object store: those that are new or changed since the last committed load, or
/// all of them. The engine lists and reads them itself, exactly those that were listed.
public final class FileReader: SourceReader {
  private let connection: ResolvedConnection
  private let store: FileStore
  private let spool: SpoolFolder
  private let prefix: String
  private let watch: SourceWatch
  private let state = Mutex(State())

  private struct State {
    var isOpen = false
    var tables = 0
    /// What takes back the settings of the engine that reading changed, the last first.
    var restoring: [String] = []
  }

  private static let count = Atomic<Int>(0)

  /// A reader. Relative paths start at the project's folder; what cannot be read as it is goes through `folder`.
  public init(_ connection: ResolvedConnection, spooling folder: String) throws {
    self.connection = connection
    spool = try SpoolFolder(at: folder)
    prefix = "weir_files_\(Self.count.add(1, ordering: .relaxed).newValue)"
    store = FileStore(connection, secret: prefix)
    watch = SourceWatch(connection)
  }

  /// The files of the connection's folder that have a known format, by path. Throws a `Diagnostic`.
  public func discover(on session: any Session) async throws -> [SourceTableDescription] {
    try await session.run { [self] engine in
      try guarded("its files cannot be listed") {
        try openStore(engine)
        let place = store.location(of: "")
        let isFolder = !place.contains("*") && FileFormat(path: place) == nil
        let found = try list(isFolder ? place + (place.hasSuffix("/") ? "**" : "/**") : place, engine)
        return found.filter { FileFormat(path: $0.path) != nil }.map { SourceTableDescription(name: $0.path) }
      }
    }
  }

  /// The SELECTs of a table's files. Throws a `Diagnostic`.
  public func open(_ request: ReadRequest, on session: any Session) async throws -> SourceRead {
    let number = state.withLock { state in
      state.tables += 1
      return state.tables
    }
    return try await session.run { [self] engine in
      try guarded("'\(request.table.from)' cannot be read") {
        try openStore(engine)
        return try read(request, number, engine)
      }
    }
  }

  /// Forgets the secret, and leaves the engine's settings as they were.
  public func close(on session: any Session) async {
    do {
      try await session.run { [self] engine in
        for statement in state.withLock({ $0.restoring }) + store.closing() { try engine.execute(statement) }
      }
    } catch {
      // The secret is the session's own, which is closed soon; a thread more is counted, but none was started.
    }
  }

  // MARK: - Looking

  private func openStore(_ engine: any Connection) throws {
    guard !state.withLock({ $0.isOpen }) else { return }
    for statement in store.opening() { try engine.execute(statement) }
    state.withLock { $0.isOpen = true }
  }

  /// What lies under a pattern, by path, with what tells whether it changed.
  private func list(_ pattern: String, _ engine: any Connection) throws -> [SeenFile] {
    if store.isLocal, let file = LocalPath.seen(pattern) { return [file] }
    if store.isLocal {
      return try engine.texts("SELECT file FROM glob(\(StandardQuoting.literal(pattern))) ORDER BY file")
        .compactMap { row in LocalPath.seen((row.first ?? nil) ?? "") }
    }
    return try listRemote(pattern, engine)
  }

  private func listRemote(_ pattern: String, _ engine: any Connection) throws -> [SeenFile] {
    try engine.texts(
      """
      SELECT filename, CAST(size AS VARCHAR), CAST(epoch_us(last_modified) AS VARCHAR)
      FROM read_blob(\(StandardQuoting.literal(pattern))) ORDER BY filename
      """
    ).map { row in SeenFile(path: row[0] ?? "", size: row[1].flatMap { Int($0) }, modified: row[2]) }
  }

  /// A table of many files and its version: the newest of its own records. Of an Iceberg table it is also what is read,
  /// as such a table lies about without a catalog that knows which one counts.
  private func version(_ place: String, _ format: FileFormat, _ engine: any Connection) throws -> [SeenFile] {
    guard format == .iceberg else {
      let pattern = StandardQuoting.literal(place + "/_delta_log/*.json")
      guard let newest = try engine.texts("SELECT max(file) FROM glob(\(pattern))").first?.first ?? nil else {
        return []
      }
      return [SeenFile(path: place, tag: newest)]
    }
    if place.hasSuffix(".metadata.json") { return [SeenFile(path: place, tag: place)] }
    let pattern = StandardQuoting.literal(place + "/metadata/*.metadata.json")
    let number = "CAST(regexp_extract(file, '([0-9]+)[^/]*[.]metadata[.]json$', 1) AS BIGINT)"
    let newest = try engine.texts("SELECT max_by(file, \(number)) FROM glob(\(pattern))").first?.first ?? nil
    return newest.map { [SeenFile(path: place, tag: $0)] } ?? []
  }

  private func format(of table: LoadTable, _ place: String) throws -> FileFormat {
    if let word = table.settings["format"]?.stringValue, let format = FileFormat(rawValue: word) {
      return format
    }
    if let format = FileFormat(path: place) { return format }
    throw Diagnostic(
      .sourceUnreadable, "the name '\(table.from)' does not tell the files' format", at: table.span,
      hint: "say 'format: csv', json, ndjson, parquet, excel, avro, iceberg or delta")
  }

  // MARK: - Reading

  private func read(_ request: ReadRequest, _ number: Int, _ engine: any Connection) throws -> SourceRead {
    let table = request.table
    let place = store.location(of: table.from)
    let format = try format(of: table, place)
    for name in format.extensionNames { try engine.execute("LOAD \(name)") }
    let all = try format.isTable ? version(place, format, engine) : list(place, engine)
    guard !all.isEmpty else {
      throw Diagnostic(
        .sourceMissing, "no file fits '\(place)'", at: table.span,
        hint: "relative paths start at the connection's folder, or at the project's")
    }
    let wanted = wanted(all, request)
    var read = SourceRead(selects: [])
    read.files = wanted
    read.isComplete = wanted.count == all.count && request.maximumRows == nil
    read.isIncremental = false
    read.watch = watch
    read.bytes = wanted.contains { $0.size == nil } ? nil : wanted.reduce(0) { $0 + ($1.size ?? 0) }
    guard !wanted.isEmpty else { return read }
    // An Iceberg table is known by its folder and read by the metadata of its version.
    let files = wanted.map { format == .iceberg ? $0.tag ?? $0.path : $0.path }
    let select = FileSelect(format: format, table: table, files: files)
    var slow = MalformedRows(
      select: select, prefix: "\(prefix)_\(number)", folder: spool.path, files: wanted,
      isLocal: store.isLocal)
    slow.select = try fastWay(slow, number, engine, &read)
    read.fallbacks = slow.fallbacks
    if let rows = request.maximumRows { read = read.limited(to: rows) }
    return read
  }

  /// The SELECTs that read at the engine's speed. Gives what is read, with what was found out of it.
  private func fastWay(
    _ slow: MalformedRows, _ number: Int, _ engine: any Connection, _ read: inout SourceRead
  ) throws -> FileSelect {
    var select = slow.select
    let files = slow.files
    if store.isLocal { read.verify = { try LocalPath.checkUnchanged(files) } }
    switch select.format {
    case .csv, .tsv:
      let text = try GuardedText(
        select, files, isLocal: store.isLocal, looking: slow.longLinesIfNeeded(), engine)
      select = text.select
      read.infersTypes = true
      read.selects = text.selects()
      read.asText = { text.selects(asText: $0) }
    case .json, .ndjson:
      read.infersTypes = true
      // To look at all of a small file costs nothing; a large one's first lines must tell, if they can.
      let isSmall = read.bytes.map { $0 <= 32 << 20 } ?? false
      let whole = ["sample_size = -1"]
      let looked = select.selects(isSmall ? whole : [])
      let columns = try JSONRows.columns(looked, engine)
      let areMaps = JSONRows.areMaps(columns)
      if areMaps { select.more = [JSONRows.asColumns] }
      let lines = try isSmall ? nil : guardedLines(select, areMaps ? nil : columns, number, engine)
      read.selects = lines?.selects ?? select.selects(whole)
      if looked.count == 1 { read.columns = read.selects == looked ? columns : lines?.columns }
    case .excel:
      read.infersTypes = true
      read.selects = select.selects()
    case .avro: try avro(select, files, engine, &read)
    case .parquet: read.selects = try MixedParquet(select, engine).selects ?? select.selects()
    case .iceberg, .delta: read.selects = select.selects()
    }
    return select
  }

  /// What keeps fractions of large files from being rounded; nil where it cannot, or where the first lines are malformed.
  private func guardedLines(
    _ select: FileSelect, _ columns: [ColumnDescription]?, _ number: Int, _ engine: any Connection
  ) throws -> GuardedLines? {
    guard select.format == .ndjson else { return nil }
    do {
      let lines = try GuardedLines(select, columns: columns, engine, spool: spool, number: number)
      if lines != nil {
        // The line is a file of its own.
        let restoring = try ReadingThreads.shared(amongFiles: select.files.count + 1, engine)
        state.withLock { $0.restoring = restoring + $0.restoring }
      }
      return lines
    } catch let diagnostic as Diagnostic where diagnostic.code == .sqlData {
      return nil
    }
  }

  /// Avro's decimals are bytes for the engine; each file's schema says which they are.
  private func avro(
    _ select: FileSelect, _ files: [SeenFile], _ engine: any Connection, _ read: inout SourceRead
  ) throws {
    let schemas = try select.files.map { file in
      try AvroDecimals(header: AvroHeader.bytes(of: file, isLocal: store.isLocal, engine), of: file)
    }
    let isUniform = schemas.allSatisfy { $0 == schemas.first }
    let parts = isUniform ? [select.files] : select.files.map { [$0] }
    read.selects = zip(parts, schemas).flatMap { files, decimals in
      FileSelect(format: .avro, table: select.table, files: files).selects().map(decimals.applied)
    }
    let unread = Set(schemas.flatMap(\.unread)).sorted()
    guard !unread.isEmpty else { return }
    read.warnings.append(
      Diagnostic(
        .sourceUnreadable,
        "decimals of '\(select.table.from)' stay the bytes that Avro writes them in: \(unread.joined(separator: ", "))",
        at: select.table.span, severity: .warning,
        notes: ["within other values, and of more than 38 digits, they are not read"],
        hint: "write them as columns of their own, or leave these columns out with `exclude`"))
  }

  /// Which files are read: those that are not as they were, unless the table is made anew from all of them.
  private func wanted(_ all: [SeenFile], _ request: ReadRequest) -> [SeenFile] {
    let seen = Dictionary((request.position?.files ?? []).map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    let readsAll = request.table.settings["files"]?.stringValue == "all" || request.since != nil
    if readsAll || seen.isEmpty { return all }
    let new = all.filter { seen[$0.path] != $0 }
    let isWhole = request.table.disposition == .replace
    // A table that is replaced holds what all files hold: it is read whole if any of them came, changed or went.
    if isWhole { return new.isEmpty && seen.count == all.count ? [] : all }
    return new
  }

  private func guarded<T>(_ what: String, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let diagnostic as Diagnostic {
      var told = diagnostic.ofSource(connection, what)
      if connection.type == .s3, told.hint == nil, told.cause?.contains("No credentials are provided") == true
      {
        told.hint = "give the connection a `key_id` and a `secret` or a `profile`, or set AWS_ACCESS_KEY_ID"
      }
      throw connection.redactor.redact(told)
    }
  }
}

extension SourceRead {
  /// The first rows alone.
  func limited(to rows: Int) -> SourceRead {
    var copy = self
    copy.selects = selects.map { "SELECT * FROM (\($0)) LIMIT \(rows)" }
    copy.fallbacks = fallbacks.map { fallback in
      var fallback = fallback
      fallback.selects = fallback.selects.map { "SELECT * FROM (\($0)) LIMIT \(rows)" }
      fallback.look = nil
      return fallback
    }
    return copy
  }
}

extension Diagnostic {
  /// What failed of which connection, with the engine's own words as the cause.
  func ofSource(_ connection: ResolvedConnection, _ what: String) -> Diagnostic {
    let isOurs =
      DiagnosticCode.loads.contains(code) || code == .extensionMissing || code == .engineInterrupted
    guard !isOurs else { return self }
    let loss = SourceLoss(self, of: connection.type)
    return Diagnostic(
      .sourceUnreachable, "\(connection.type.rawValue) connection '\(connection.name)': \(what)",
      notes: notes,
      hint: hint ?? loss.map { _ in SourceLoss.hint }, cause: words,
      isTransient: loss?.isPassing ?? isTransient)
  }
}
