import Diagnostics
import Glibc
import StateStore

/// The folder that a load's reader may put files in; it does not outlive the load.
struct LoadFolder {
  let path: String

  /// The folder of one load of a run; nothing is created yet.
  init(_ folder: StateFolder, run: String, load: String) {
    path = "\(Self.root(folder))/\(run)-\(load)"
  }

  private static func root(_ folder: StateFolder) -> String { folder.path + "/spool" }

  /// Makes the folder, for this user alone if it is private. Throws `WEIR-E0805`.
  func create(in folder: StateFolder, isPrivate: Bool = false) throws(Diagnostic) {
    try folder.create()
    let steps: [(path: String, mode: mode_t)] = [
      (Self.root(folder), 0o777), (path, isPrivate ? 0o700 : 0o777),
    ]
    for (path, mode) in steps where mkdir(path, mode) != 0 && errno != EEXIST {
      throw Diagnostic(
        .stateFolderUnusable, "cannot create '\(path)': \(String(cString: strerror(errno)))",
        hint: "Weir keeps what it reads from sources in the project's .weir folder for a while")
    }
  }

  /// Keeps what readers' programs said, as `.weir/logs/LOAD.TABLE.log`, each in the place of the run before.
  struct Logs: Sendable {
    let path: String
    let load: String

    /// Moves the files there; one that cannot be moved goes with the folder, and costs nobody's rows.
    func keep(_ files: [String], table: String) {
      guard !files.isEmpty else { return }
      mkdir(path, 0o777)
      let name = "\(load).\(table)".map { $0 == "/" ? "_" : String($0) }.joined()
      for file in files { rename(file, "\(path)/\(name).log") }
    }
  }

  /// Removes the folder and all that is in it. What cannot be removed is removed by the next run.
  func remove() { Self.remove(path) }

  /// Removes what killed runs left. Call it under the project's lock.
  static func removeAll(_ folder: StateFolder) { remove(root(folder)) }

  private static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    guard let stream = opendir(path) else { return }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    closedir(stream)
    for name in names { remove(path + "/" + name) }
    rmdir(path)
  }
}
