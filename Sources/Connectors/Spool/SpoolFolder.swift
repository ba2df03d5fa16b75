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

  /// Makes a file of the text and gives its path. Throws a diagnostic if the disk does not take it.
  func write(_ name: String, _ text: String) throws(Diagnostic) -> String {
    try FileBytes.make(file(name), ResponseBody(Array(text.utf8)))
    return file(name)
  }

  /// A name for a file or folder that stands for any text and no other: what file systems may not take is written in hex.
  static func safeName(_ text: String) -> String {
    let name = WebAddress.encoded(text)
    let isPlain = !name.hasPrefix(".") && !name.isEmpty && name.utf8.count <= 120
    guard !isPlain else { return name }
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return "%\(name.utf8.count)-\(name.prefix(100))-\(String(hash, radix: 16))"
  }
}
