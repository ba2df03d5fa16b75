import Glibc

/// What is asked of paths of this machine.
enum LocalPath {
  /// Whether a regular file is there.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
