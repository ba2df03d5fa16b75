import Diagnostics
import Glibc

/// Files and folders of this machine. Every failure is a `WEIR-E0711`.
enum Disk {
  /// What stands at a path.
  enum Kind {
    case nothing, file, folder, link
  }

  /// What stands at a path; links are not followed.
  static func kind(of path: String) -> Kind {
    var status = stat()
    guard lstat(path, &status) == 0 else { return .nothing }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .file
    }
  }

  /// The folder that holds a path.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last step of a path.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

  /// Makes a folder and those above it.
  static func makeFolder(_ path: String) throws(Diagnostic) {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT else { throw failure("cannot make the folder", path) }
    try makeFolder(parent(of: path))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure("cannot make the folder", path) }
  }

  /// Puts a file or link in the place of another, in one step.
  static func rename(_ path: String, to target: String) throws(Diagnostic) {
    guard Glibc.rename(path, target) == 0 else { throw failure("cannot move '\(path)' to", target) }
  }

  /// Makes a link, in the place of the one that is there, in one step.
  static func link(_ path: String, to content: String, through temporary: String) throws(Diagnostic) {
    unlink(temporary)
    guard symlink(content, temporary) == 0 else { throw failure("cannot make the link", path) }
    try rename(temporary, to: path)
  }

  /// Where a link leads, as it is written in it.
  static func destination(ofLink path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Sees to it that a file, or a folder with all in it, survives a loss of power.
  static func synchronizeAll(_ path: String) throws(Diagnostic) {
    if kind(of: path) == .folder {
      for name in try names(in: path) { try synchronizeAll("\(path)/\(name)") }
    }
    try synchronize(path)
  }

  /// Sees to it that a file, or the names in a folder, survive a loss of power.
  static func synchronize(_ path: String) throws(Diagnostic) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("cannot write out", path) }
  }

  /// The names in a folder, sorted; none if it is not there.
  static func names(in folder: String) throws(Diagnostic) -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { return [] }
      throw failure("cannot read the folder", folder)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a file, a link, or a folder with all in it; does nothing if nothing is there.
  static func remove(_ path: String) throws(Diagnostic) {
    switch kind(of: path) {
    case .nothing: return
    case .file, .link:
      guard unlink(path) == 0 || errno == ENOENT else { throw failure("cannot remove", path) }
    case .folder:
      for name in try names(in: path) { try remove("\(path)/\(name)") }
      guard rmdir(path) == 0 || errno == ENOENT else { throw failure("cannot remove the folder", path) }
    }
  }

  private static func failure(_ action: String, _ path: String) -> Diagnostic {
    Diagnostic(.externalFile, "\(action) '\(path)': \(String(cString: strerror(errno)))")
  }
}
