import Diagnostics
import Files
import Glibc

/// Writes whole files, so that a reader sees the old text or the new one and never a part.
enum ArtifactFile {
  /// Replaces the file's text by way of a temporary file beside it; makes folders that are missing. Throws if the
  /// system refuses, and leaves nothing behind then.
  static func replace(_ path: String, with bytes: [UInt8]) throws(Diagnostic) {
    try replace(path) { stream throws(Diagnostic) in try stream.append(bytes) }
  }

  /// The same with a text that `body` writes bit by bit.
  static func replace(
    _ path: String, by body: (Stream) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    removeLeftovers(beside: path)
    let temporary = "\(path).\(getpid()).tmp"
    do throws(Diagnostic) {
      try write(to: temporary, shownAs: path, by: body)
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let failure = problem("replaced", path, errno)
      unlink(temporary)
      throw failure
    }
  }

  /// A file that is being written.
  struct Stream {
    let descriptor: Int32
    let name: String

    /// Adds to the file. Throws if the system refuses.
    func append(_ bytes: [UInt8]) throws(Diagnostic) {
      if let failure = ArtifactFile.writeAll(bytes, descriptor) {
        throw ArtifactFile.problem("written", name, failure)
      }
    }
  }

  /// Removes the temporary files that processes left which were killed before they could rename them.
  private static func removeLeftovers(beside path: String) {
    guard let slash = path.lastIndex(of: "/") else { return }
    let prefix = path[path.index(after: slash)...] + "."
    let names: [String]
    do {
      names = try Folder.names(in: String(path[...slash]))
    } catch {
      // There is no such folder yet, or writing into it will say what is wrong with it.
      return
    }
    for name in names {
      guard name.hasPrefix(prefix), name.hasSuffix(".tmp"),
        let process = pid_t(name.dropFirst(prefix.count).dropLast(4)), process > 0
      else { continue }
      if kill(process, 0) != 0, errno == ESRCH { unlink(path[...slash] + name) }
    }
  }

  /// Writes a file that nobody reads while it is written, unless it already holds the same bytes. Writing over
  /// the old bytes is several times cheaper than emptying the file first.
  static func update(_ path: String, with bytes: [UInt8]) throws(Diagnostic) {
    let file = try opened(path, O_RDWR | O_CREAT | O_CLOEXEC)
    var facts = stat()
    let isRegular = fstat(file, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    if isRegular, Int(facts.st_size) == bytes.count, holds(file, bytes) {
      close(file)
      return
    }
    var failure = writeAll(bytes, file)
    if failure == nil, isRegular, Int(facts.st_size) > bytes.count, ftruncate(file, bytes.count) != 0 {
      failure = errno
    }
    if close(file) != 0, failure == nil { failure = errno }
    if let failure { throw problem("written", path, failure) }
  }

  /// Whether the file, which has as many bytes, has the same; it is read from the start and wound back.
  private static func holds(_ file: Int32, _ bytes: [UInt8]) -> Bool {
    let isSame = withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
      var offset = 0
      while offset < bytes.count {
        let count = read(file, buffer.baseAddress, min(buffer.count, bytes.count - offset))
        guard count > 0, bytes[offset..<offset + count].elementsEqual(buffer[0..<count]) else { return false }
        offset += count
      }
      return true
    }
    if !isSame { lseek(file, 0, SEEK_SET) }
    return isSame
  }

  private static func write(
    to path: String, shownAs name: String, by body: (Stream) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let file = try opened(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, shownAs: name)
    do throws(Diagnostic) {
      try body(Stream(descriptor: file, name: name))
    } catch {
      close(file)
      throw error
    }
    if close(file) != 0 { throw problem("written", name, errno) }
  }

  /// Opens a file, and makes the folders above it if they are missing.
  private static func opened(
    _ path: String, _ flags: Int32, shownAs name: String? = nil
  ) throws(Diagnostic) -> Int32 {
    var file = open(path, flags, 0o644)
    if file < 0, errno == ENOENT {
      try makeFolders(above: path)
      file = open(path, flags, 0o644)
    }
    guard file >= 0 else { throw problem("opened", name ?? path, errno) }
    return file
  }

  /// The error number, if the system refuses.
  private static func writeAll(_ bytes: [UInt8], _ file: Int32) -> Int32? {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = Glibc.write(file, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        offset += count
      }
      return nil
    }
  }

  /// Throws unless files can be put into the folder, or it can be made.
  static func verifyFolder(_ path: String) throws(Diagnostic) {
    var facts = stat()
    var nearest = path
    while stat(nearest, &facts) != 0 {
      let number = errno
      guard number == ENOENT, let folder = parent(of: nearest) else { throw problem("made", path, number) }
      nearest = folder
    }
    guard facts.st_mode & S_IFMT == S_IFDIR else { throw problem("made", path, ENOTDIR) }
    guard access(nearest, W_OK | X_OK) == 0 else {
      throw problem(nearest == path ? "written" : "made", path, errno)
    }
  }

  private static func makeFolders(above path: String) throws(Diagnostic) {
    var missing: [String] = []
    var folder = parent(of: path)
    while let current = folder, mkdir(current, 0o755) != 0 {
      let number = errno
      if number == EEXIST { break }
      guard number == ENOENT else { throw problem("made", current, number) }
      missing.append(current)
      folder = parent(of: current)
    }
    for folder in missing.reversed() where mkdir(folder, 0o755) != 0 && errno != EEXIST {
      throw problem("made", folder, errno)
    }
  }

  private static func parent(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return nil }
    return String(path[..<slash])
  }

  private static func problem(_ what: String, _ path: String, _ number: Int32) -> Diagnostic {
    let hint: String? =
      switch number {
      case ENOSPC, EDQUOT: "free some space on the disk"
      case EACCES, EPERM, EROFS: "check who may write there, or choose another target-path"
      case ENOTDIR, EISDIR, EEXIST: "something else stands there: move it away, or run 'weir clean'"
      default: nil
      }
    return Diagnostic(
      .unwritableArtifact, "'\(path)' cannot be \(what): \(String(cString: strerror(number)))", hint: hint)
  }
}
