import Diagnostics
import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads of the disk, each failure a diagnostic, and each noted in the current `ReadLog`. Foundation's file manager would
/// cost start-up time.
enum FileSystem {
  enum Kind: String { case file, folder, other }

  /// What stands at a path, links followed; nil if nothing does or it cannot be seen.
  static func kind(of path: String) -> Kind? {
    let kind = unnotedKind(of: path)
    ReadLog.current?.note(kind, at: path)
    return kind
  }

  /// The same, and nobody is told.
  static func unnotedKind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// Which file a path means, so that a link back to a parent is seen; nil if nothing is there.
  static func identity(of path: String) -> FileIdentity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }

  /// The names in a folder, sorted, `.` and `..` aside.
  static func names(in folder: String, shownAs name: String) throws(Diagnostic) -> [String] {
    try entries(in: folder, shownAs: name).map(\.name)
  }

  /// The names in a folder with what they stand for, links followed; sorted, `.` and `..` aside.
  static func entries(in folder: String, shownAs name: String) throws(Diagnostic) -> [(
    name: String, kind: Kind?
  )] {
    // Before the folder is read: what is put into it meanwhile makes it another one.
    let facts = ReadLog.current.flatMap { _ in FileFacts(path: folder) }
    let found: [(name: String, kind: Kind?)]
    do {
      found = try unnotedEntries(in: folder)
    } catch {
      throw failure("read the folder", name, error.code)
    }
    if let facts { ReadLog.current?.note(folder: folder, facts, found) }
    return found
  }

  /// The same, and nobody is told.
  static func unnotedEntries(in folder: String) throws(Folder.Refusal) -> [(name: String, kind: Kind?)] {
    try Folder.entries(in: folder).map { entry in
      switch entry.kind {
      case .file: (entry.name, .file)
      case .folder: (entry.name, .folder)
      case .unclear: (entry.name, unnotedKind(of: Path.joined(folder, entry.name)))
      }
    }
  }

  /// A whole file's bytes.
  static func bytes(of path: String, shownAs name: String) throws(Diagnostic) -> [UInt8] {
    let (bytes, facts) = try contents(of: path, shownAs: name)
    ReadLog.current?.note(file: path, facts, bytes)
    return bytes
  }

  /// A whole file's bytes and what the system says of the file, and nobody is told.
  static func contents(
    of path: String, shownAs name: String
  ) throws(Diagnostic) -> (bytes: [UInt8], facts: FileFacts) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read", name) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("read", name) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw Diagnostic(.unreadableFile, "cannot read \(name): it is a folder", at: SourceSpan(file: name))
    }
    let isFile = status.st_mode & S_IFMT == S_IFREG
    var bytes: [UInt8] = []
    var chunk = max(Int(status.st_size) + 1, 4096)
    while true {
      var code: Int32 = 0
      let filled = bytes.count
      var count = 0
      let part = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, used in
        repeat { count = Self.read(descriptor, buffer) } while count < 0 && errno == EINTR
        code = errno
        used = max(count, 0)
      }
      guard count >= 0 else { throw failure("read", name, code) }
      if filled == 0, count > 0 { bytes = part } else { bytes.append(contentsOf: part) }
      // A file of this many bytes that gives fewer than were asked for is at its end.
      if count == 0 || isFile && count < chunk && bytes.count == Int(status.st_size) {
        return (bytes, FileFacts(status))
      }
      chunk = 65536
    }
  }

  private static func read(_ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    #else
      Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    #endif
  }

  /// Removes a file; one that is gone already, or that must stay, is no matter.
  static func remove(_ path: String) { unlink(path) }

  /// A whole file as text: UTF-8, a byte order mark dropped.
  static func text(of path: String, shownAs name: String) throws(Diagnostic) -> String {
    var bytes = try bytes(of: path, shownAs: name)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(
        .notUTF8, "\(name) is not UTF-8 text", at: firstBadByte(in: bytes, name),
        hint: "save the file as UTF-8")
    }
    return text
  }

  private static func firstBadByte(in bytes: [UInt8], _ name: String) -> SourceSpan {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var (line, column) = (1, 1)
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue("\n"):
        line += 1
        column = 1
      case .scalarValue(let scalar): column += UTF8.width(scalar)
      case .emptyInput, .error: return SourceSpan(file: name, line: line, column: column)
      }
    }
  }

  private static func failure(_ verb: String, _ name: String, _ code: Int32 = errno) -> Diagnostic {
    Diagnostic(
      .unreadableFile, "cannot \(verb) \(name): \(String(cString: strerror(code)))",
      at: SourceSpan(file: name), isTransient: code == EMFILE || code == ENFILE)
  }
}

/// A file on its device.
struct FileIdentity: Hashable {
  var device: UInt64
  var number: UInt64
}

/// Paths as text: `/` parts them, `.` means here.
enum Path {
  static func joined(_ folder: String, _ name: String) -> String {
    if name.utf8.first == UInt8(ascii: "/") || folder.isEmpty { return name }
    return folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
  }

  /// The path without `.` and empty parts, and `..` taken with what it undoes; nil if it leads out of its start.
  static func inside(_ path: String) -> String? {
    guard path.utf8.first != UInt8(ascii: "/") else { return nil }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." {
        guard parts.popLast() != nil else { return nil }
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// What stands before the last slash; empty if there is none.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return String(path[..<slash])
  }

  /// The file's name without its last extension, and the extension in lower case.
  static func stem(of path: String) -> (stem: String, extension: String) {
    let name = name(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else {
      return (name, "")
    }
    return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
  }
}
