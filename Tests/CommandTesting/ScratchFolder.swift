import Foundation
import Glibc

/// A temporary folder of one test; it is gone when the last reference to it is.
public final class ScratchFolder: Sendable {
  /// The folder's absolute path, without symbolic links in it.
  public let path: String

  /// Makes an empty folder.
  public init() throws {
    let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    let folder = base.appendingPathComponent("weir-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  /// Copies a folder's content into this one, as `name`.
  public func copy(_ source: String, as name: String) throws {
    try FileManager.default.copyItem(atPath: source, toPath: path + "/" + name)
  }

  /// Writes a file, making its folders.
  public func write(_ text: String, to name: String) throws {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  deinit {
    // A test may have taken permissions away. What cannot be removed even so is left to the system's own tidying.
    let files = FileManager.default
    for name in files.subpaths(atPath: path) ?? [] {
      var status = stat()
      if lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        chmod("\(path)/\(name)", 0o700)
      }
    }
    _ = try? files.removeItem(atPath: path)
  }
}
