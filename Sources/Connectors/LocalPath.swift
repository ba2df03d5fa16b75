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
}
