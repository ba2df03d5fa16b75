import Diagnostics
import EngineCore
import Tabular

/// Writes an external model's files beside what is live, and puts them in its place once they are whole and audited.
///
/// - A file of this machine is written under a hidden name beside its place, and renamed.
/// - A file of an object store appears whole at the end of its upload, so it is uploaded last.
/// - A folder is written as a version of its own. The view moves to it with the transaction; then, on this machine, the
///   folder's name, a link, is led there in one step. The version before stays until the next build, for who still
///   reads it.
final class ExternalWriter {
  private enum Way {
    case localFile, remoteFile, localFolder, remoteFolder
  }

  private let external: ExternalMaterialization
  private let statements: StatementRunner
  private let version: String
  private let way: Way
  private var columns: [ColumnDescription] = []
  private var isEmpty = false
  /// Whether the rows wait in a table, for the audit.
  private var isHeld = false

  /// A writer for one attempt; `version` is a name that no other attempt has.
  init(_ external: ExternalMaterialization, version: String, _ statements: StatementRunner) {
    self.external = external
    self.statements = statements
    self.version = version
    way =
      external.isFolder
      ? external.isRemote ? .remoteFolder : .localFolder : external.isRemote ? .remoteFile : .localFile
  }

  private var dialect: any Dialect { external.dialect }
  private var location: String { external.location }

  /// Where the files are once they are published, if that is on this machine.
  var place: String? { external.isRemote ? nil : location }

  /// Where versions of a folder lie.
  private var versions: String {
    way == .remoteFolder ? location : "\(Disk.parent(of: location))/.weir-\(Disk.name(of: location))"
  }

  /// Where this version is written. The name's end stays: it may say how the file is compressed.
  private var staged: String {
    switch way {
    case .localFile: "\(Disk.parent(of: location))/.weir-\(version)-\(Disk.name(of: location))"
    case .remoteFile: location
    case .localFolder, .remoteFolder: "\(versions)/\(version)"
    }
  }

  /// Where an object store's folder says which version is the current one.
  private var pointer: String { "\(location)/_current.csv" }

  /// Writes what `select` gives, and leaves the model's name standing for it in the open transaction; gives the number
  /// of rows. Where `isAudited` is false, nothing stands between this and `publish`.
  func write(_ select: String, existing: Relation?, isAudited: Bool) throws -> Int {
    if let existing, existing.kind != .view || (way == .remoteFile && isAudited) {
      try statements.execute(dialect.drop(existing))
    }
    switch way {
    case .remoteFile where isAudited:
      isHeld = true
      let rows = try statements.execute(dialect.createTable(external.target, as: select, replacing: false))
      columns = try statements.connection.columns(of: external.target)
      isEmpty = rows == 0
      return rows
    case .localFile: try prepareFile()
    case .localFolder: try prepareFolder()
    case .remoteFile, .remoteFolder: break
    }
    let rows = try statements.execute(external.copy(select, to: staged))
    isEmpty = rows == 0
    if isEmpty { columns = try statements.connection.columns(ofQuery: select) }
    if isEmpty, way == .localFolder { try Disk.makeFolder(staged) }
    try statements.execute(external.view(over: staged, isEmpty: isEmpty, columns: columns))
    return rows
  }

  /// What killed runs left beside the file goes: no other run writes in this project now.
  private func prepareFile() throws {
    let folder = Disk.parent(of: location)
    try Disk.makeFolder(folder)
    guard Disk.kind(of: location) != .folder else { throw inTheWay("a folder") }
    let name = Disk.name(of: location)
    for other in try Disk.names(in: folder) where other.hasPrefix(".weir-") && other.hasSuffix("-\(name)") {
      if Disk.kind(of: "\(folder)/\(other)") == .file { try Disk.remove("\(folder)/\(other)") }
    }
  }

  private func prepareFolder() throws {
    guard Disk.kind(of: location) != .file else { throw inTheWay("a file") }
    try Disk.makeFolder(versions)
  }

  private func inTheWay(_ what: String) -> Diagnostic {
    Diagnostic(
      .externalFile, "\(what) is where '\(location)' is to be written",
      hint: "move it away, or give the model another location")
  }

  /// Puts the file in its place. The open transaction is committed next.
  func publish() throws {
    switch way {
    case .localFile:
      try Disk.synchronize(staged)
      try Disk.rename(staged, to: location)
      try Disk.synchronize(Disk.parent(of: location))
      try statements.execute(external.view(over: location, isEmpty: isEmpty, columns: columns))
    case .remoteFile where isHeld:
      let table = dialect.rendered(external.target)
      try statements.execute(external.copy("SELECT * FROM \(table)", to: location))
      try statements.execute("DROP TABLE \(table)")
      try statements.execute(external.view(over: location, isEmpty: isEmpty, columns: columns))
    case .localFolder: try Disk.synchronizeAll(staged)
    case .remoteFile, .remoteFolder: break
    }
  }

  /// After the commit: leads the folder's name to the new version, and deletes versions that nobody reads.
  func finish() throws {
    switch way {
    case .localFile, .remoteFile: return
    case .localFolder: try finishLocalFolder()
    case .remoteFolder: try finishRemoteFolder()
    }
  }

  private func finishLocalFolder() throws {
    var kept = [version]
    if Disk.kind(of: location) == .folder {
      // Written by another tool: it becomes the version before.
      try Disk.rename(location, to: "\(versions)/before-\(version)")
      kept.append("before-\(version)")
    } else if let former = Disk.destination(ofLink: location) {
      kept.append(Disk.name(of: former))
    }
    try Disk.link(
      location, to: "\(Disk.name(of: versions))/\(version)", through: "\(versions)/link-\(version)")
    try Disk.synchronize(Disk.parent(of: location))
    for other in try Disk.names(in: versions) where !kept.contains(other) {
      try Disk.remove("\(versions)/\(other)")
    }
  }

  private func finishRemoteFolder() throws {
    let place = dialect.literal(pointer)
    var kept = [version]
    // The brackets make it a question: a plain address is given back as it is, whether it is there or not.
    let question = dialect.literal("\(location)/_curren[t].csv")
    if try !texts("SELECT file FROM glob(\(question))").isEmpty {
      kept += try texts("SELECT version FROM read_csv(\(place), header = true, all_varchar = true)")
    }
    try statements.execute(
      "COPY (SELECT \(dialect.literal(version)) AS version) TO \(place) (FORMAT csv, HEADER true)")
    let pattern = dialect.literal(external.pattern("\(location)/*"))
    let others = try texts("SELECT file FROM glob(\(pattern))").map { file in
      String(file.dropFirst(location.count + 1).prefix { $0 != "/" })
    }
    for other in Set(others).sorted() where !kept.contains(other) {
      try statements.execute(external.deletion(of: "\(location)/\(other)"))
    }
  }

  private func texts(_ query: String) throws -> [String] {
    try statements.connection.query(query).rows.compactMap { row in
      if case .text(let text)? = row.first { text } else { nil }
    }
  }

  /// Removes what was written and is not to be seen. What cannot be removed now goes with the next build.
  func discard() {
    do {
      switch way {
      case .localFile, .localFolder: try Disk.remove(staged)
      case .remoteFile: return
      case .remoteFolder: try statements.connection.execute(external.deletion(of: staged))
      }
    } catch {
      return
    }
  }
}
