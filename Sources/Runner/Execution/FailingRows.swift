import Diagnostics
import Glibc
import Tabular

/// The files under `target/failures`.
enum FailingRows {
  /// Writes rows as CSV, making folders as needed. Throws `WEIR-E0708`.
  static func write(_ table: Table, to path: String) throws(Diagnostic) {
    try makeFolders(for: path)
    let text = CSV.header(table.schema) + table.batches.map(CSV.lines).joined()
    let bytes = Array(text.utf8)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path, errno) }
      start += count
    }
  }

  /// Removes the file that an earlier failure left. If it stays, it is merely old.
  static func remove(_ path: String) { unlink(path) }

  private static func makeFolders(for path: String) throws(Diagnostic) {
    var missing: [String] = []
    var folder = parent(path)
    while !folder.isEmpty, access(folder, F_OK) != 0 {
      missing.append(folder)
      folder = parent(folder)
    }
    for folder in missing.reversed() where mkdir(folder, 0o777) != 0 && errno != EEXIST {
      throw failure(folder, errno)
    }
  }

  private static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  private static func failure(_ path: String, _ code: Int32) -> Diagnostic {
    Diagnostic(
      .failuresUnwritable, "cannot write the failing rows to '\(path)': \(String(cString: strerror(code)))",
      severity: .warning)
  }
}
