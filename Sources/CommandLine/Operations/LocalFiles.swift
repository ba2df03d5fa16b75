import Diagnostics
import Files
import Glibc

/// The few things that commands do with files themselves. Symbolic links are never followed when deleting.
enum LocalFiles {
  /// The path of `path` as seen from `folder`, without `.`, `..` and repeated slashes.
  static func absolute(_ path: String, from folder: String) -> String {
    let joined = path.hasPrefix("/") ? path : folder + "/" + path
    var parts: [Substring] = []
    for part in joined.split(separator: "/") {
      switch part {
      case ".": continue
      case "..": if !parts.isEmpty { parts.removeLast() }
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// `path` as it reads from `folder`, if it lies in it.
  static func relative(_ path: String, to folder: String) -> String {
    if path == folder { return "." }
    return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.utf8.count + 1)) : path
  }

  /// The real path behind links; nil if there is nothing.
  static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Whether anything has that name, a dangling link included.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// The names in a folder, sorted.
  static func names(in folder: String) throws(Diagnostic) -> [String] {
    do {
      return try Folder.names(in: folder)
    } catch {
      throw failure("cannot read the folder", folder, error.code)
    }
  }

  /// The text of a file; nil if it cannot be read.
  static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
      bytes += buffer[..<count]
    }
  }

  /// Makes a folder and those above it.
  static func createFolder(_ path: String) throws(Diagnostic) {
    var partial = ""
    for part in path.split(separator: "/") {
      partial += "/" + part
      if mkdir(partial, 0o777) != 0, errno != EEXIST { throw failure("cannot create the folder", partial) }
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Diagnostic(.unwritableFile, "'\(path)' is not a folder")
    }
  }

  /// Writes a file that is not there yet.
  static func create(_ path: String, _ text: String) throws(Diagnostic) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure("cannot create", path) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("cannot write", path) }
      rest = rest.dropFirst(count)
    }
  }

  /// Deletes a file, a link, or a folder with all that is in it; gives how many files and links that were.
  @discardableResult
  static func remove(_ path: String) throws(Diagnostic) -> Int {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return 0 }
      throw failure("cannot delete", path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      guard unlink(path) == 0 else { throw failure("cannot delete", path) }
      return 1
    }
    var count = 0
    for name in try names(in: path) { count += try remove(path + "/" + name) }
    guard rmdir(path) == 0 else { throw failure("cannot delete", path) }
    return count
  }

  private static func failure(_ what: String, _ path: String, _ code: Int32 = errno) -> Diagnostic {
    Diagnostic(.unwritableFile, "\(what) '\(path)'", cause: String(cString: strerror(code)))
  }
}
