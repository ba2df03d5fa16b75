import Diagnostics
import Glibc

/// What is asked of paths of this machine.
enum LocalPath {
  /// Whether a regular file is there.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// A file's size in bytes; nil if it is not there.
  static func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// A text file, whole; nil if it cannot be read.
  static func text(of path: String) -> String? { tail(of: path, bytes: .max) }

  /// The end of a text file; nil if it cannot be read.
  static func tail(of path: String, bytes: Int) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    let start = max(0, size - bytes)
    var buffer = [UInt8](repeating: 0, count: size - start)
    let count = pread(descriptor, &buffer, buffer.count, start)
    return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  /// A regular file, with what tells whether it changed; nil if there is none.
  static func seen(_ path: String) -> SeenFile? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let fraction = String(status.st_mtim.tv_nsec + 1_000_000_000).dropFirst()
    return SeenFile(path: path, size: Int(status.st_size), modified: "\(status.st_mtim.tv_sec).\(fraction)")
  }

  /// Throws, as transient, if a file is not as it was.
  static func checkUnchanged(_ files: [SeenFile]) throws(Diagnostic) {
    guard let changed = files.first(where: { seen($0.path) != $0 }) else { return }
    throw Diagnostic(
      .sourceChanged, "'\(changed.path)' \(isFile(changed.path) ? "changed" : "vanished") while it was read",
      notes: ["nothing was written"], hint: "load again when whoever writes the file is done",
      isTransient: true)
  }
}
