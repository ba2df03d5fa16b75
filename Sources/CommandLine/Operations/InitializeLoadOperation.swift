import Connectors
import Diagnostics
import EngineCore
import Project

/// Writes a file of `loads/` by looking at a source.
struct InitializeLoadOperation: Sendable {
  let workspace: Workspace

  /// Looks at `from` and writes the file. Throws if it is there already.
  func perform(from: String, name: String?) async throws -> String {
    let name = try name ?? Self.name(of: from)
    guard !workspace.project.loads.contains(where: { $0.name == name }) else {
      throw Diagnostic(
        .usage, "there is a load '\(TerminalText.oneLine(name))' already",
        hint: "choose another name with --name")
    }
    let folder = workspace.project.settings.loadPaths.first ?? "loads"
    let path = "\(folder)/\(name).yml"
    guard !LocalFiles.exists(LocalFiles.absolute(path, from: workspace.root)) else {
      throw Diagnostic(
        .unwritableFile, "'\(path)' is there already",
        hint: "choose another name with --name; nothing is overwritten")
    }
    let secret = Secret(of: from, name: name)
    let tables = try await workspace.session.interruptible { try await self.look(at: from) }
    guard !tables.isEmpty else {
      throw Diagnostic(.sourceMissing, "the source holds nothing that could be loaded")
    }
    let text = LoadFileTemplate(name: name, origin: secret?.replaced ?? from, tables: tables).text
    try LocalFiles.createFolder(LocalFiles.absolute(folder, from: workspace.root))
    try LocalFiles.create(LocalFiles.absolute(path, from: workspace.root), text)
    var lines = ["Wrote \(path) with \(Quantities.count(tables.count, "table"))."]
    if let secret { lines.append("Its password is read from the environment: set \(secret.variable).") }
    lines.append("Next: weir load \(name) --preview")
    return lines.joined(separator: "\n")
  }

  /// A load's name made of the place: the database, the bucket, the folder, the file.
  static func name(of from: String) throws(Diagnostic) -> String {
    let plain = from.split(separator: "?").first.map(String.init) ?? from
    let parts = plain.split { $0 == "/" || $0 == ":" || $0 == "@" }
      .filter { !$0.contains("*") && !$0.isEmpty }
    let last = parts.last.map { String($0.prefix { $0 != "." }) } ?? ""
    return try InitializeOperation.projectName(of: last)
  }

  private func look(at from: String) async throws -> [SourceTableDescription] {
    let resolver = workspace.makeResolver()
    let origin = try origin(from)
    let span = SourceSpan(file: "--from")
    let program = workspace.session.program
    let profile = ConnectionProfile(
      type: "duckdb", settings: ["path": .text(":memory:")], projectRoot: workspace.root)
    let resolved = try await resolver.resolve(origin, at: span)
    let spool = try TemporarySpool(workspace.root, workspace.invocation.id)
    defer { spool.remove() }
    let reader = try program.sources.readers.reader(for: resolved, spooling: spool.path)
    let engine = try await program.engines.open(profile)
    let session = try await engine.makeSession()
    let found: Result<[SourceTableDescription], any Error>
    do {
      found = .success(try await described(try await reader.discover(on: session), reader, session))
    } catch {
      found = .failure(error)
    }
    await reader.close(on: session)
    await session.close()
    await engine.close()
    let location = SourceLocation(from, root: workspace.root)
    return Self.below(resolved.settings["path"]?.stringValue, item: location?.item, try found.get())
  }

  /// The tables with their files named from the folder that the load reads, as far as they fit what was asked for.
  static func below(
    _ folder: String?, item: String?, _ tables: [SourceTableDescription]
  ) -> [SourceTableDescription] {
    tables.compactMap { table in
      var table = table
      if let folder {
        let start = folder.hasSuffix("/") ? folder : folder + "/"
        if table.name.hasPrefix(start) { table.name = String(table.name.dropFirst(start.count)) }
      }
      guard let item else { return table }
      return TablePattern(item).matches(table.name) ? table : nil
    }
  }

  /// The tables with their columns, where looking costs little. What cannot be read is listed all the same.
  private func described(
    _ tables: [SourceTableDescription], _ reader: any SourceReader, _ session: any Session
  ) async throws -> [SourceTableDescription] {
    var result = tables
    for index in tables.indices.prefix(Self.looksInto) where tables[index].columns.isEmpty {
      let name = tables[index].name
      var request = ReadRequest(table: LoadTable(name: name, from: name, span: SourceSpan(file: "--from")))
      request.maximumRows = 1
      do {
        let read = try await reader.open(request, on: session)
        guard let select = read.selects.first else { continue }
        result[index].columns = try await session.run { try $0.columns(ofQuery: select) }
      } catch let diagnostic as Diagnostic {
        var warning = diagnostic
        warning.severity = .warning
        workspace.session.printer.report([warning])
      }
    }
    return result
  }

  /// More tables than this are listed without their columns.
  private static let looksInto = 200

  private func origin(_ from: String) throws -> LoadOrigin {
    let connections = workspace.project.connections
    if let connection = connections.first(where: { $0.name == from }) { return .connection(connection) }
    if let location = SourceLocation(from, root: workspace.root) { return .location(from, location.type) }
    if LocalFiles.exists(LocalFiles.absolute(from, from: workspace.root)) { return .location(from, .files) }
    throw Diagnostic(
      .unknownConnection, "'\(TerminalText.oneLine(from))' is no connection, URL or path",
      hint: Spelling.hint(for: from, among: connections.map(\.name))
        ?? "give a connection of connections.yml, a URL such as postgres://host/database, or a path")
  }

  /// A password in a URL: it goes to the environment, never into the file.
  struct Secret {
    /// The variable that holds it.
    var variable: String
    /// The URL with the variable in the password's place.
    var replaced: String

    init?(of url: String, name: String) {
      guard let scheme = url.firstRange(of: "://") else { return nil }
      let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
      guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
        return nil
      }
      let password = url[url.index(after: colon)..<at]
      guard !password.isEmpty, !password.contains("{{") else { return nil }
      variable = name.uppercased() + "_PASSWORD"
      replaced = url[...colon] + "{{ env_var('\(variable)') }}" + url[at...]
    }
  }
}
