import Catalog
import Diagnostics
import Glibc

/// `run_results.json` of commands that only look, as dbt leaves it too: what the last run came to is put aside, so that
/// `retry` still knows it.
enum LookResults {
  static let name = "run_results.json"
  /// Where the results of the last run lie while those of a look have their name.
  static let asideName = "run_results.before_show.json"

  /// Writes the results of a look.
  static func write(_ artifact: RunResultsArtifact, in workspace: Workspace) throws(Diagnostic) {
    let path = workspace.targetFolder + "/" + name
    if LocalFiles.exists(path), !isLook(path) { _ = rename(path, workspace.targetFolder + "/" + asideName) }
    try workspace.artifacts.write(artifact.encoded(redactor: workspace.redactor), as: name)
  }

  /// The text of the last run's results; nil if there is none.
  static func lastRun(in folder: String) -> String? {
    let path = folder + "/" + name
    let isAside = isLook(path) && LocalFiles.exists(folder + "/" + asideName)
    return LocalFiles.text(of: isAside ? folder + "/" + asideName : path)
  }

  /// Whether results are those of a look: what was called stands at their end, behind all results.
  private static func isLook(_ path: String) -> Bool {
    guard let tail = tail(of: path), let arguments = tail.suffix(behindLast: "\"args\":{") else {
      return false
    }
    return arguments.hasPrefix("\"which\":\"show\"") || arguments.contains("\"inline\":\"")
  }

  /// The last bytes of a file: arguments of a command line are no longer.
  private static func tail(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    let wanted = min(size, 262_144)
    guard wanted > 0, lseek(descriptor, size - wanted, SEEK_SET) >= 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: wanted)
    var filled = 0
    while filled < wanted {
      let count = buffer.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { read(descriptor, $0 + filled, wanted - filled) } ?? 0
      }
      guard count > 0 else { return nil }
      filled += count
    }
    return String(decoding: buffer, as: UTF8.self)
  }
}

extension String {
  /// What follows the last place of a text; nil if it is not there.
  fileprivate func suffix(behindLast text: String) -> Substring? {
    let (bytes, wanted) = (utf8, Array(text.utf8))
    guard bytes.count >= wanted.count else { return nil }
    var start = bytes.index(bytes.endIndex, offsetBy: -wanted.count)
    while true {
      if bytes[start...].starts(with: wanted) {
        return self[bytes.index(start, offsetBy: wanted.count)...]
      }
      guard start > bytes.startIndex else { return nil }
      start = bytes.index(before: start)
    }
  }
}
