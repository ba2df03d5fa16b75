import Diagnostics
import EngineCore
import Planner
import Project
import StateStore

/// Tells whether something else than runs of Weir wrote to the files of a target's databases.
///
/// A file that stands as the last run left it holds what that run left: DuckDB lets one process alone write to a file. While a
/// run is at work the mark of its databases is void, so that one that is killed leaves nothing that could be taken for known.
public struct DatabaseWatch: Sendable {
  /// The paths of the databases that are files, by name in lower case.
  private let files: [String: String]
  private let target: String
  /// The databases that are as the last run left them.
  private(set) var untouched: Set<String> = []
  /// Since when what is not built by the project is as it is, by database.
  private(set) var epochs: [String: String] = [:]

  /// A watch that has not looked yet, to which all is strange.
  init(_ target: Target) {
    self.target = target.name
    files = Self.files(of: target)
  }

  /// Compares the files with what was recorded; call it before the engine opens them. `run` names the run. Throws
  /// `WEIR-E0801`.
  public init(_ target: Target, _ state: StateStore, run: String) throws(Diagnostic) {
    self.init(target)
    let known = try state.databases(target: target.name)
    for (name, path) in files {
      let record = known[name]
      let isUntouched = record?.mark != nil && record?.mark == Self.mark(of: path)
      if isUntouched { untouched.insert(name) }
      epochs[name] = isUntouched ? record?.epoch ?? run : run
    }
  }

  /// Voids the record, once the engine has the files and before it writes to them. Throws `WEIR-E0801`.
  public func begin(_ state: StateStore) throws(Diagnostic) {
    try record(state, epochs: epochs) { _ in nil }
  }

  /// Records how the run left the files; call it after the engine closed them. `isRenewed` says that statements of the
  /// project's own may have written to what it does not build. Throws `WEIR-E0801`.
  public func end(_ state: StateStore, run: String, isRenewed: Bool) throws(Diagnostic) {
    let epochs = isRenewed ? self.epochs.mapValues { _ in "\(run) end" } : self.epochs
    try record(state, epochs: epochs) { name in files[name].map(Self.mark) }
  }

  private func record(
    _ state: StateStore, epochs: [String: String], _ mark: (String) -> String?
  ) throws(Diagnostic) {
    let records = epochs.sorted { $0.key < $1.key }.map { name, epoch in
      DatabaseRecord(name: name, epoch: epoch, mark: mark(name))
    }
    try state.setDatabases(records, target: target)
  }

  /// The names of all databases that can be watched, in lower case.
  var names: Set<String> { Set(files.keys) }

  /// Whether a database is a file that can be watched.
  func watches(_ name: String) -> Bool { files[name.lowercased()] != nil }

  private static func mark(of path: String) -> String {
    [path, path + ".wal"].map { FileState.text(of: $0) ?? FileState.nothing }.joined(separator: "\n")
  }

  /// The databases that are DuckDB's own files.
  private static func files(of target: Target) -> [String: String] {
    let settings = target.profile.settings
    guard target.profile.type == "duckdb", settings["is_ducklake"] != .boolean(true) else { return [:] }
    var files: [String: String] = [:]
    if case .text(let path)? = settings["path"], let file = local(path, target) {
      files[target.database.lowercased()] = file
    }
    guard case .list(let attachments)? = settings["attach"] else { return files }
    for case .table(let attachment) in attachments {
      guard case .text(let path)? = attachment["path"], let file = local(path, target) else { continue }
      if case .text(let type)? = attachment["type"], type.lowercased() != "duckdb" { continue }
      if attachment["is_ducklake"] == .boolean(true) { continue }
      var name = Disk.name(of: file).split(separator: ".").first.map(String.init) ?? ""
      if case .text(let alias)? = attachment["alias"] { name = alias }
      files[name.lowercased()] = file
    }
    return files
  }

  /// A path of this machine; nil for databases in memory and elsewhere.
  private static func local(_ path: String, _ target: Target) -> String? {
    if path.hasPrefix("/") { return path }
    // A scheme, or `:memory:`.
    if let colon = path.firstIndex(of: ":"), !path[..<colon].contains("/") { return nil }
    return "\(target.profile.projectRoot)/\(path)"
  }
}
