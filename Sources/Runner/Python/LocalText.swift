import Diagnostics
import Glibc

/// Small files of a run's own.
enum LocalText {
  /// Makes a file that this user alone reads. Throws `WEIR-E1206` if the disk does not take it.
  static func write(_ text: String, to path: String) throws(Diagnostic) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        guard errno == EINTR else { throw failure(path) }
        continue
      }
      bytes = bytes.dropFirst(count)
    }
  }

  private static func failure(_ path: String) -> Diagnostic {
    Diagnostic(.spoolUnusable, "cannot make \(path)", cause: String(cString: strerror(errno)))
  }
}
