import Diagnostics
import Files
import Glibc

/// The project's `.weir` folder: local state that may be deleted at any time.
public struct StateFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// The folder of the project at `root`; nothing is created yet.
  public init(root: String) {
    path = root + "/.weir"
  }

  /// Where runs, tasks and fingerprints are kept.
  public var stateFile: String { path + "/state.sqlite" }

  /// Where the lock is.
  public var lockFile: String { path + "/lock" }

  /// Where projects are kept as they were read.
  public var parseFolder: String { path + "/parse" }

  /// Where a run puts what does not outlive it.
  public var temporaryFolder: String { path + "/tmp" }

  /// Makes the folder if it is not there, and keeps it out of version control. Throws `WEIR-E0805`.
  public func create() throws(Diagnostic) {
    try Self.makeFolder(path)
    let descriptor = open(path + "/.gitignore", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    // It is there already, or cannot be made: only git would have seen a difference.
    guard descriptor >= 0 else { return }
    _ = write(descriptor, "*\n", 2)
    close(descriptor)
  }

  /// Makes the folder for temporary files if it is not there. Throws `WEIR-E0805`.
  public func createTemporaryFolder() throws(Diagnostic) {
    try Self.makeFolder(path)
    try Self.makeFolder(temporaryFolder)
  }

  /// Makes the folder for projects as they were read, if it is not there. Throws `WEIR-E0805`.
  public func createParseFolder() throws(Diagnostic) {
    try create()
    try Self.makeFolder(parseFolder)
  }

  /// Removes what a killed run left in the folder for temporary files. Call it under the project's lock.
  /// Files alone are removed: the runner makes no folders there. Throws `WEIR-E0805`.
  public func cleanTemporaryFolder() throws(Diagnostic) {
    let names: [String]
    do {
      names = try Folder.names(in: temporaryFolder)
    } catch {
      if error.code == ENOENT { return }
      throw Self.failure("cannot read", temporaryFolder, error.code)
    }
    for name in names where unlink(temporaryFolder + "/" + name) != 0 {
      guard errno == ENOENT || errno == EISDIR else {
        throw Self.failure("cannot remove", temporaryFolder + "/" + name, errno)
      }
    }
  }

  private static func makeFolder(_ path: String) throws(Diagnostic) {
    if mkdir(path, 0o777) == 0 { return }
    let code = errno
    var status = stat()
    if code == EEXIST, stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return }
      throw Diagnostic(
        .stateFolderUnusable, "'\(path)' is in the way: a folder for local state is needed there",
        hint: "move or delete that file")
    }
    throw failure("cannot create", path, code)
  }

  static func failure(_ verb: String, _ path: String, _ code: Int32) -> Diagnostic {
    Diagnostic(
      .stateFolderUnusable, "\(verb) '\(path)': \(String(cString: strerror(code)))",
      hint: "Weir keeps its local state in the project's .weir folder and needs to write there")
  }
}
