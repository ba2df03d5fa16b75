import Diagnostics
import EngineCore
import Jinja
import Project

/// Reads tables from a REST API: their rows go to files of newline-delimited JSON, and the engine reads those.
public struct RESTReader: SourceReader {
  private let connection: ResolvedConnection
  private let settings: RESTConnection
  private let state: ConnectionState
  private let spool: SpoolFolder
  /// The files of the tables that were read: children ask for their parents' rows.
  private let finished = FinishedTables()

  /// A reader that spools into a folder. Throws a `Diagnostic` if a setting cannot be used or the folder cannot be made.
  public init(_ connection: ResolvedConnection, spooling folder: String) throws {
    self.connection = connection
    do {
      settings = try RESTConnection(connection)
      state = ConnectionState(settings, clock: .system, seed: .random(in: 0...(.max)))
      spool = try SpoolFolder(at: folder)
    } catch let diagnostic as Diagnostic {
      throw connection.redactor.redact(diagnostic)
    }
  }

  /// An API does not say what it offers: this asks whether it answers, at `test_path` or else at all. Throws a `Diagnostic`
  /// if it does not, or refuses the credentials.
  public func discover(on session: any Session) async throws -> [SourceTableDescription] {
    let path = connection.settings["test_path"]?.scalarText
    var resource = RESTResource(name: connection.name, path: TemplateText(path ?? ""))
    resource.paging = Paging(.single)
    resource.maximumRows = 1
    do {
      _ = try await extraction(
        resource, RESTSource.Window(), [:], try spool.folder("test"), progress: { _ in })
    } catch let diagnostic as Diagnostic
      where path == nil && [.sourceRefused, .sourceUnreadable].contains(diagnostic.code)
    {
      // Without a path to test, any answer but a refusal of the credentials shows that a server is there.
    }
    return []
  }

  /// Asks for the table's rows. A table that takes values from an earlier one waits for it. Throws a `Diagnostic`.
  public func open(_ request: ReadRequest, on session: any Session) async throws -> SourceRead {
    let table = request.table
    var resource: RESTResource
    let window: RESTSource.Window
    do {
      resource = try RESTResource(table, root: connection.root)
      resource.maximumRows = request.maximumRows
      window = try CursorWindow(request).window
    } catch let diagnostic as Diagnostic {
      throw connection.redactor.redact(diagnostic.located(at: table.span))
    }
    let extraction: Extraction
    do {
      let parents = try await finished.files(of: resource.parents, among: request.earlierTables)
      let folder = try spool.folder(SpoolFolder.safeName(table.name))
      extraction = try await self.extraction(resource, window, parents, folder, progress: request.progress)
      await finished.add(table.name, extraction.files)
    } catch {
      await finished.add(table.name, nil)
      throw (error as? Diagnostic)?.located(at: table.span) ?? error
    }
    var read = SourceRead(
      selects: extraction.files.isEmpty
        ? []
        : [
          try Self.select(extraction, in: spool.folder(SpoolFolder.safeName(table.name)))
        ])
    read.infersTypes = true
    read.bytes = extraction.bytes
    read.warnings = extraction.warnings.map { settings.redactor.redact($0.located(at: table.span)) }
    read.isComplete = !(resource.asksForPart && window != RESTSource.Window()) && request.maximumRows == nil
    return read
  }

  /// Forgets what was read. The runner removes the spool.
  public func close(on session: any Session) async { await finished.removeAll() }

  private func extraction(
    _ resource: RESTResource, _ window: RESTSource.Window, _ parents: [String: [String]],
    _ folder: SpoolFolder,
    progress: @escaping @Sendable (FetchProgress) -> Void
  ) async throws -> Extraction {
    try await AsyncHTTPTransport.with(settings) { transport in
      let source = RESTSource(settings, state, transport: transport)
      return try await source.extract(resource, window, parents: parents, into: folder) { rows, bytes in
        progress(FetchProgress(rows: rows, bytes: bytes))
      }
    }
  }

  /// Every row decides about the types, and structures stay structures whatever their fields are called.
  private static func select(_ extraction: Extraction, in folder: SpoolFolder) throws(Diagnostic) -> String {
    try JSONRows.select(
      extraction.files, [JSONRows.asColumns, "field_appearance_threshold = 0"],
      longest: extraction.longestRow,
      in: folder)
  }
}

extension RESTResource {
  /// Whether its requests say from where on rows are new.
  fileprivate var asksForPart: Bool {
    incremental?.startParameter != nil || incremental?.endParameter != nil
      || placeholders.contains { $0.owner == Placeholder.incremental }
  }
}

/// What of a source is asked for: from the last position on, less the lookback, or a backfill's part.
struct CursorWindow {
  let window: RESTSource.Window

  /// Throws a diagnostic if the lookback does not fit the cursor.
  init(_ request: ReadRequest) throws {
    let type = request.position?.cursorType?.uppercased() ?? ""
    var window = RESTSource.Window()
    window.until = request.until.map { Self.value($0, type) }
    if let since = request.since {
      window.since = Self.value(since, type)
    } else if let last = request.position?.cursor {
      window.since = try Self.earlier(Self.value(last, type), request.table.cursor)
    }
    self.window = window
  }

  /// The position as the engine wrote it, as a value.
  static func value(_ text: String, _ type: String) -> CursorValue {
    if type.hasPrefix("TIMESTAMP") || type == "DATE", let time = Calendar.microseconds(iso8601: text) {
      return .timestamp(microseconds: time)
    }
    if type.hasSuffix("INT") || type == "INTEGER", let number = Int64(text) { return .integer(number) }
    return .text(text)
  }

  private static func earlier(_ value: CursorValue, _ rule: CursorRule?) throws -> CursorValue {
    guard let rule, rule.lookback > 0 else { return value }
    switch value {
    case .timestamp(let time) where rule.isLookbackTime:
      return .timestamp(microseconds: time - Int64(rule.lookback * 1_000_000))
    case .text(let text) where rule.isLookbackTime:
      if let time = Calendar.microseconds(iso8601: text) {
        return .timestamp(microseconds: time - Int64(rule.lookback * 1_000_000))
      }
    case .integer(let number) where !rule.isLookbackTime: return .integer(number - Int64(rule.lookback))
    case .text, .timestamp, .integer: break
    }
    throw Diagnostic(
      .badCursor, "the lookback of the cursor '\(rule.column)' does not fit its values",
      hint: rule.isLookbackTime ? "write a number" : "write a duration such as '2 hours'")
  }
}
