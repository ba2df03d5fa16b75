import Diagnostics
import EngineCore
import Jinja
import Project
import Synchronization

/// Reads the rows that a program prints. Its output goes to a file as it comes, and the engine reads that: Arrow
/// by way of a database file in the spool.
///
/// The program learns from `WEIR_TABLE`, `WEIR_CURSOR`, `WEIR_SINCE` and `WEIR_UNTIL` what is wanted. It need not heed
/// them: rows of before the position are left out by the load.
public final class CommandReader: SourceReader {
  private let connection: ResolvedConnection
  private let spool: SpoolFolder
  /// The databases that hold what came as Arrow.
  private let databases = Mutex<[String]>([])

  private static let count = Atomic<Int>(0)

  /// A reader that spools into a folder. Throws a `Diagnostic` if the folder cannot be made.
  public init(_ connection: ResolvedConnection, spooling folder: String) throws {
    self.connection = connection
    spool = try SpoolFolder(at: folder)
  }

  /// A program does not say what it offers.
  public func discover(on session: any Session) async throws -> [SourceTableDescription] { [] }

  /// Runs the program to its end. Throws a `Diagnostic` if that was not a good one.
  public func open(_ request: ReadRequest, on session: any Session) async throws -> SourceRead {
    let format =
      request.table.settings["format"]?.stringValue ?? connection.settings["format"]?.stringValue ?? "ndjson"
    let folder = try spool.folder(SpoolFolder.safeName(request.table.name))
    let (output, errors) = (folder.file("output.\(format)"), folder.file("errors.log"))
    var run = ProgramSettings(connection).run(of: "command")
    run.words += request.table.settings["arguments"]?.programWords ?? []
    run.environment.merge(Self.wishes(request)) { $1 }
    do {
      try await run.run(output: output, errors: errors)
    } catch let diagnostic as Diagnostic {
      throw connection.redactor.redact(diagnostic)
    }
    let size = LocalPath.size(of: output) ?? 0
    request.progress(FetchProgress(rows: 0, bytes: size))
    var selects: [String] = []
    if size > 0 {
      selects = [
        format == "arrow"
          ? try await arrow(output, in: folder, of: request.table, on: session)
          : try Self.select(output, format, in: folder)
      ]
    }
    var read = SourceRead(selects: selects)
    read.bytes = size
    read.logs = [errors]
    read.infersTypes = format != "arrow"
    read.isComplete = request.position?.cursor == nil && request.since == nil && request.until == nil
    return read
  }

  /// Lets go of what came as Arrow. The runner removes the spool.
  public func close(on session: any Session) async {
    let names = databases.withLock { $0 }
    do {
      try await session.run { engine in
        for name in names { try engine.execute("DETACH DATABASE IF EXISTS \(name)") }
      }
    } catch {
      // The database is the spool's, which goes with the load.
    }
  }

  /// Takes a stream into a database of the spool, a batch at a time; gives the SELECT of its rows.
  private func arrow(
    _ output: String, in folder: SpoolFolder, of table: LoadTable, on session: any Session
  ) async throws -> String {
    let name = "weir_arrow_\(Self.count.add(1, ordering: .relaxed).newValue)"
    databases.withLock { $0.append(name) }
    let rows = Relation(database: name, schema: "main", identifier: "rows")
    let file = folder.file("rows.duckdb")
    do {
      return try await session.run { engine in
        try engine.execute("ATTACH \(StandardQuoting.literal(file)) AS \(name)")
        try engine.createTable(rows, fromArrowFile: output)
        return "SELECT * FROM \(engine.dialect.rendered(rows))"
      }
    } catch let diagnostic as Diagnostic where diagnostic.code == .arrowExchange {
      throw Diagnostic(
        .sourceUnreadable, "what the program of '\(connection.name)' printed cannot be read as Arrow",
        at: table.span,
        hint: diagnostic.hint,
        cause: [diagnostic.message, diagnostic.cause].compactMap { $0 }.joined(separator: ": "))
    }
  }

  private static func wishes(_ request: ReadRequest) -> [String: String] {
    var wishes = ["WEIR_TABLE": request.table.from]
    wishes["WEIR_CURSOR"] = request.position?.cursor
    wishes["WEIR_SINCE"] = request.since
    wishes["WEIR_UNTIL"] = request.until
    return wishes
  }

  private static func select(
    _ path: String, _ format: String, in folder: SpoolFolder
  ) throws -> String {
    let file = StandardQuoting.literal(path)
    switch format {
    case "csv": return "SELECT * FROM read_csv(\(file), sample_size = -1)"
    case "tsv": return "SELECT * FROM read_csv(\(file), delim = '\\t', sample_size = -1)"
    default:
      return try JSONRows.select(
        [path], [JSONRows.asColumns], longest: FileBytes.longestLine(of: path), in: folder)
    }
  }
}

/// How a connection says that a program is to be run.
struct ProgramSettings {
  private let settings: DataValue
  private let projectRoot: String

  init(_ connection: ResolvedConnection) {
    settings = connection.settings
    projectRoot = connection.root
  }

  /// A run of the program that stands under `key`.
  func run(of key: String) -> ProgramRun {
    let folder = settings["folder"]?.stringValue ?? "."
    let environment = settings["environment"]?.dictValue.map(Array.init) ?? []
    return ProgramRun(
      words: settings[key]?.programWords ?? [],
      environment: Dictionary(environment.map { ($0.key, $0.value.programWord) }, uniquingKeysWith: { $1 }),
      folder: folder.hasPrefix("/") ? folder : projectRoot + "/" + folder,
      timeout: settings["timeout"].flatMap { Quantity.seconds($0.programWord) })
  }
}

extension DataValue {
  /// One word, or a list of words.
  var programWords: [String] { listValue?.map(\.programWord) ?? [programWord] }

  /// A scalar as a program's argument.
  var programWord: String {
    stringValue ?? intValue.map(String.init) ?? boolValue.map { $0 ? "true" : "false" } ?? "\(self)"
  }
}
