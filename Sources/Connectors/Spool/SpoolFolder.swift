import Diagnostics
import Glibc

/// A folder that holds a table's rows on their way: files of newline-delimited JSON.
public struct SpoolFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// Makes the folder, and those above it, if they are not there. Throws a diagnostic if it cannot.
  public init(at path: String) throws(Diagnostic) {
    self.path = path
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
      guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
        throw Diagnostic(
          .spoolUnusable, "cannot make the folder \(path)", cause: String(cString: strerror(errno)))
      }
    }
  }

  /// A folder within this one.
  public func folder(_ name: String) throws(Diagnostic) -> SpoolFolder {
    try SpoolFolder(at: "\(path)/\(name)")
  }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { "\(path)/\(name)" }
}
