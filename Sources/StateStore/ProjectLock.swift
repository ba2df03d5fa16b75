import Diagnostics
import Glibc

/// The right to work on a project. It ends with the value, or with the process: the kernel releases it even
/// on SIGKILL.
public struct ProjectLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock of the project at `root`; `command` and `startedAt` (for people) tell others who holds
  /// it. Throws `WEIR-E0802` at once if another process has it, `WEIR-E0805` if the lock file cannot be used.
  public static func acquire(
    root: String, command: String = "weir", startedAt: String = ""
  ) throws(Diagnostic) -> ProjectLock {
    let folder = StateFolder(root: root)
    while true {
      try folder.create()
      guard let lock = try open(folder.lockFile, flags: O_CREAT, root: root) else { continue }
      try lock.write("\(getpid())\n\(command)\n\(startedAt)\n", path: folder.lockFile)
      return lock
    }
  }

  /// Takes the lock of the project at `root` if it ever had one, and makes nothing there; nil if it had none.
  /// Throws as `acquire` does.
  public static func acquireExisting(
    root: String, command: String = "weir", startedAt: String = ""
  ) throws(Diagnostic) -> ProjectLock? {
    let path = StateFolder(root: root).lockFile
    while access(path, F_OK) == 0 {
      guard let lock = try open(path, flags: 0, root: root) else { continue }
      try lock.write("\(getpid())\n\(command)\n\(startedAt)\n", path: path)
      return lock
    }
    return nil
  }

  /// Opens and locks the file; nil if it was deleted meanwhile, so that others may hold a newer one.
  private static func open(_ path: String, flags: Int32, root: String) throws(Diagnostic) -> ProjectLock? {
    let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC | flags, 0o666)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw StateFolder.failure("cannot open", path, errno)
    }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      let holder = code == EWOULDBLOCK ? read(descriptor) : ""
      close(descriptor)
      guard code == EWOULDBLOCK else { throw StateFolder.failure("cannot lock", path, code) }
      throw busy(holder, root: root)
    }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_nlink > 0 else {
      close(descriptor)
      return nil
    }
    return ProjectLock(descriptor: descriptor)
  }

  private init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    // What is in the file means nothing without the lock; emptying it may fail without harm.
    _ = ftruncate(descriptor, 0)
    // A program that is being started at this moment still has the descriptor: closing it here would not yet end the lock.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  private func write(_ text: String, path: String) throws(Diagnostic) {
    var bytes = Array(text.utf8)
    let written = ftruncate(descriptor, 0) == 0 ? pwrite(descriptor, &bytes, bytes.count, 0) : -1
    guard written == bytes.count else {
      throw StateFolder.failure("cannot write", path, written < 0 ? errno : ENOSPC)
    }
  }

  private static func read(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  private static func busy(_ holder: String, root: String) -> Diagnostic {
    let lines = holder.split(separator: "\n", omittingEmptySubsequences: false)
    guard let process = lines.first, !process.isEmpty else {
      return Diagnostic(
        .projectLocked, "another weir process works on the project at '\(root)'",
        hint: "wait until it ends, or stop it")
    }
    let command = lines.count > 1 && !lines[1].isEmpty ? " ('\(lines[1])')" : ""
    let start = lines.count > 2 && !lines[2].isEmpty ? ", started \(lines[2])" : ""
    return Diagnostic(
      .projectLocked, "process \(process)\(command) works on the project at '\(root)'\(start)",
      hint: "wait until it ends, or stop it with 'kill \(process)'")
  }
}
