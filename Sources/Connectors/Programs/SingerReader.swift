import Diagnostics
import EngineCore
import Jinja
import Project

/// Reads streams of a Singer tap (https://github.com/singer-io/getting-started/blob/master/docs/SPEC.md): discovers them,
/// runs the tap for one selected stream a table, with the state that its last committed load left.
///
/// A tap may send rows again: `merge` by the key puts them in place of themselves.
public struct SingerReader: SourceReader {
  private let connection: ResolvedConnection
  private let spool: SpoolFolder

  /// A reader that spools into a folder. Throws a `Diagnostic` if the folder cannot be made.
  public init(_ connection: ResolvedConnection, spooling folder: String) throws {
    self.connection = connection
    spool = try SpoolFolder(at: folder)
  }

  /// The tap's streams. Throws a `Diagnostic`.
  public func discover(on session: any Session) async throws -> [SourceTableDescription] {
    try await guarded { try await catalog() }.streams.map { stream in
      SourceTableDescription(name: stream.name, key: stream.key)
    }.sorted { $0.name < $1.name }
  }

  /// Runs the tap for the table's stream. Throws a `Diagnostic`.
  public func open(_ request: ReadRequest, on session: any Session) async throws -> SourceRead {
    try await guarded { try await read(request) }
  }

  /// The runner removes the spool.
  public func close(on session: any Session) async {}

  private func read(_ request: ReadRequest) async throws -> SourceRead {
    let table = request.table
    let catalog = try await catalog()
    guard catalog.streams.contains(where: { $0.name == table.from }) else {
      let known = catalog.streams.map(\.name)
      throw Diagnostic(
        .sourceMissing, "the tap of '\(connection.name)' has no stream '\(table.from)'", at: table.span,
        hint: Spelling.hint(for: table.from, among: known)
          ?? (known.isEmpty ? nil : "it has: " + known.sorted().prefix(20).joined(separator: ", ")))
    }
    let folder = try spool.folder(SpoolFolder.safeName(table.name))
    let selection = catalog.selecting(
      table.from, only: table.selected, without: table.excluded, cursor: table.cursor?.column)
    var arguments = ["--config", try configuration()]
    arguments += ["--catalog", try folder.write("catalog.json", selection.json())]
    // Taps of the first generation know the same file by another name.
    if !catalog.hasMetadata { arguments += ["--properties", folder.file("catalog.json")] }
    if let state = request.position?.state {
      arguments += ["--state", try folder.write("state.json", state)]
    }
    let (output, errors) = (folder.file("messages.ndjson"), folder.file("errors.log"))
    try await program(arguments).run(output: output, errors: errors)
    var messages = SingerMessages(stream: table.from, into: SpoolWriter(in: folder))
    try messages.read(output)
    request.progress(FetchProgress(rows: messages.rows, bytes: messages.bytes))
    return messages.sourceRead(state: request.position?.state, logs: [errors])
  }

  private func catalog() async throws -> SingerCatalog {
    if let path = connection.settings["catalog"]?.stringValue {
      let path = path.hasPrefix("/") ? path : connection.root + "/" + path
      return try SingerCatalog(text: LocalPath.text(of: path), from: path)
    }
    let (output, errors) = (spool.file("discovered.json"), spool.file("discovery.log"))
    if LocalPath.size(of: output) ?? 0 == 0 {
      try await program(["--config", try configuration(), "--discover"]).run(output: output, errors: errors)
    }
    return try SingerCatalog(text: LocalPath.text(of: output), from: "the tap's discovery")
  }

  /// The tap's configuration as a file that only this user reads: it may hold secrets.
  private func configuration() throws -> String {
    try spool.write("config.json", (connection.settings["config"] ?? .dict(DataMap())).json())
  }

  private func program(_ arguments: [String]) -> ProgramRun {
    var run = ProgramSettings(connection).run(of: "tap")
    run.words += arguments
    return run
  }

  private func guarded<T>(_ body: () async throws -> T) async throws -> T {
    do {
      return try await body()
    } catch let diagnostic as Diagnostic {
      throw connection.redactor.redact(diagnostic)
    }
  }
}
