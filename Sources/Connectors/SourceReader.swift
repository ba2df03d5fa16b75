import Diagnostics
import EngineCore
import Jinja
import Project

/// Reads one kind of source. A reader never writes to the warehouse: it makes what the source holds readable for
/// the engine, and says what was read.
public protocol SourceReader: Sendable {
  /// What the source offers, sorted by name. Used for patterns, `weir init --from` and `weir connections`.
  func discover(on session: any Session) async throws -> [SourceTableDescription]

  /// Makes a table's new rows readable. Whatever takes long and needs no transaction happens here (listing files,
  /// calling an API); reading itself happens when the engine runs `SourceRead.select`.
  func open(_ request: ReadRequest, on session: any Session) async throws -> SourceRead

  /// Called when nobody wants the rows any more, from any thread: what waits for the source must not wait on.
  func hangUp()

  /// Lets go of the source: detaches databases, removes spooled files. Called once, after commit or failure.
  func close(on session: any Session) async
}

extension SourceReader {
  /// Whatever waits is interrupted by the engine, or by its task.
  public func hangUp() {}
}

/// A table, view, sheet, endpoint or stream of a source.
public struct SourceTableDescription: Sendable, Hashable {
  /// The name, as `from` of a load's table has it.
  public var name: String
  /// The columns, where the source tells them without reading.
  public var columns: [ColumnDescription]
  /// The columns of the primary key, if there is one.
  public var key: [String]

  /// Makes a description.
  public init(name: String, columns: [ColumnDescription] = [], key: [String] = []) {
    self.name = name
    self.columns = columns
    self.key = key
  }
}

/// What is wanted of a source.
public struct ReadRequest: Sendable {
  /// The table. Its settings are rendered.
  public var table: LoadTable
  /// Where the last committed load stopped; nil reads from the beginning.
  public var position: LoadPosition?
  /// Bounds of a backfill, on the cursor's column, as text; `since` is part of it, `until` is not.
  public var since: String?
  /// The upper bound.
  public var until: String?
  /// At most so many rows, for previews; nil reads all.
  public var maximumRows: Int?
  /// The load's tables that were opened before this one, and may still be on their way.
  public var earlierTables: [String]
  /// Told now and then how much was fetched.
  public var progress: @Sendable (FetchProgress) -> Void

  /// Makes a request for all rows.
  public init(table: LoadTable, progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }) {
    self.table = table
    earlierTables = []
    self.progress = progress
  }
}

/// How much was fetched so far.
public struct FetchProgress: Sendable, Hashable {
  /// Rows fetched.
  public var rows: Int
  /// Bytes fetched.
  public var bytes: Int

  /// Makes a reading.
  public init(rows: Int, bytes: Int) {
    self.rows = rows
    self.bytes = bytes
  }
}

/// Where a table's last committed load stopped.
public struct LoadPosition: Sendable, Hashable {
  /// The greatest value of the cursor's column, as the engine writes it.
  public var cursor: String?
  /// The type of the cursor's column, in the engine's spelling.
  public var cursorType: String?
  /// The files that were read.
  public var files: [SeenFile]
  /// What a source keeps itself between loads, such as a Singer tap's state: JSON.
  public var state: String?

  /// Makes a position.
  public init(
    cursor: String? = nil, cursorType: String? = nil, files: [SeenFile] = [], state: String? = nil
  ) {
    self.cursor = cursor
    self.cursorType = cursorType
    self.files = files
    self.state = state
  }
}

/// A file, and what tells that it changed.
public struct SeenFile: Sendable, Hashable, Codable {
  /// The path or URL.
  public var path: String
  /// Its size in bytes, if known.
  public var size: Int?
  /// Its time of change as the store tells it, if it does.
  public var modified: String?
  /// The store's own mark of its contents, if it has one.
  public var tag: String?

  /// Makes a record.
  public init(path: String, size: Int? = nil, modified: String? = nil, tag: String? = nil) {
    self.path = path
    self.size = size
    self.modified = modified
    self.tag = tag
  }
}

/// A table's new rows, readable for the engine.
public struct SourceRead: Sendable {
  /// One or more SELECTs; the table's rows are all of theirs, one after the other. Column names are the source's own.
  /// Run inside the load's transaction, so that several tables of one database are read as of one moment.
  public var selects: [String]
  /// The columns that the SELECTs give, if that is known: to ask the engine makes it look at the source once more.
  public var columns: [ColumnDescription]?
  /// Whether the rows are already those beyond the position; otherwise the load filters them itself.
  public var isIncremental: Bool
  /// Whether the rows are all that the source holds, so that what is not among them is gone.
  public var isComplete: Bool
  /// The files that are read, to be remembered with the commit.
  public var files: [SeenFile]
  /// The state to be remembered with the commit: JSON.
  public var state: String?
  /// Bytes fetched or to be read, if known.
  public var bytes: Int?
  /// Rows that could not be made readable at all.
  public var rejects: [RejectedRow]
  /// What should be looked at: shown with the load's result.
  public var warnings: [Diagnostic]
  /// Files that tell how reading went, such as what a program said of its errors: the runner keeps them.
  public var logs: [String]
  /// What to try, in order, if running the selects fails on a malformed row.
  public var fallbacks: [Fallback]
  /// Whether the columns' types were found out from text, and may be others in what is read next time.
  public var infersTypes: Bool
  /// For text: the SELECTs with some columns, by the source's names, as they are written; nil where that cannot be.
  public var asText: (@Sendable (Set<String>) -> [String])?
  /// Looks after the source while the SELECTs run.
  public var watch: SourceWatch?
  /// Called after reading and before the commit. Throws, as transient, if what was read changed meanwhile.
  public var verify: (@Sendable () throws -> Void)?

  /// Makes a read.
  public init(selects: [String]) {
    self.selects = selects
    isIncremental = false
    isComplete = true
    files = []
    rejects = []
    warnings = []
    logs = []
    fallbacks = []
    infersTypes = false
  }

  /// The place, from 1, of the next slower way behind `level` that a failure asks for; nil if there is none.
  public func wayBehind(_ level: Int, after failure: Diagnostic) -> Int? {
    let words = ([failure.message, failure.cause ?? ""] + failure.notes).joined(separator: "\n")
    return fallbacks.indices.dropFirst(level).first { index in
      fallbacks[index].failure.map { words.contains($0) } ?? true
    }.map { $0 + 1 }
  }

  /// A slower way to read the same rows, for sources that turn out to hold malformed ones.
  public struct Fallback: Sendable {
    /// Statements to run before, on the same session.
    public var prepare: [String]
    /// The SELECTs in place of the first ones.
    public var selects: [String]
    /// A SELECT that then gives the rejected rows: file, line, column, reason, text.
    public var rejects: String?
    /// As `SourceRead.asText`.
    public var asText: (@Sendable (Set<String>) -> [String])?
    /// Looks at the source, so that its SELECTs need not do so each time: gives what to read in place of `selects` and
    /// `asText`, or nil if these are as good.
    public var look: (@Sendable (any Connection) throws -> Fallback?)?
    /// Statements to run after, on the same session.
    public var cleanUp: [String]
    /// What the engine's words of the failure must hold for this way to be tried; nil if it helps with any.
    public var failure: String?

    /// Makes a way.
    public init(
      prepare: [String] = [], selects: [String], rejects: String? = nil, cleanUp: [String] = [],
      asText: (@Sendable (Set<String>) -> [String])? = nil
    ) {
      self.prepare = prepare
      self.selects = selects
      self.rejects = rejects
      self.cleanUp = cleanUp
      self.asText = asText
    }
  }
}

/// A row that could not be taken, kept in the load's table of rejects.
public struct RejectedRow: Sendable, Hashable {
  /// The file or page it stood in.
  public var file: String?
  /// Its line or number there, from 1.
  public var line: Int?
  /// The column that was wrong, if one was.
  public var column: String?
  /// Why.
  public var reason: String
  /// The row as it was, cut to 64 KiB.
  public var text: String

  /// Makes a record.
  public init(file: String?, line: Int?, column: String?, reason: String, text: String) {
    self.file = file
    self.line = line
    self.column = column
    self.reason = reason
    self.text = text
  }
}
