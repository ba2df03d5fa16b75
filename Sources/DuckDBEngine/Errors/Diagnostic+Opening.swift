import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Diagnostic {
  /// DuckDB's refusal to open the file at `path`: what is wrong with it, and what to do.
  static func opening(_ path: String, _ raw: String) -> Diagnostic {
    let failure = EngineMessage(raw)
    let text = failure.text
    func has(_ words: String) -> Bool { text.range(of: words) != nil }
    let first = text.split(separator: "\n").first ?? "the engine gave no reason"
    var diagnostic = Diagnostic(.databaseUnusable, "cannot open the database \(path): \(first)", cause: text)
    if has("Could not set lock") || has("Conflicting lock") {
      return locked(path, text)
    } else if has("not a valid DuckDB database file") {
      diagnostic.message = "\(path) is not a DuckDB database"
      diagnostic.hint = "name another file as `path` in the profile, or move this one away"
    } else if has("Trying to read a database file with version number") || has("newer version") {
      diagnostic.message = "\(path) was written by another version of DuckDB"
      diagnostic.hint =
        "export it with the version that wrote it (EXPORT DATABASE), or let that version be used"
    } else if has("different configuration") {
      diagnostic.message = "\(path) is already open in this process with other settings"
      diagnostic.hint = "use the same settings for every target that names this file"
    } else if has("Corrupt") || has("corrupt") || has("checksum") || failure.kind == "Serialization" {
      diagnostic.message = "the database \(path) is damaged"
      diagnostic.hint = "restore it from a copy, or delete it and build it anew"
    } else {
      describeFile(path, text, &diagnostic)
    }
    return diagnostic
  }

  /// A file that another process holds, with what can be seen of that process.
  private static func locked(_ path: String, _ text: String) -> Diagnostic {
    var diagnostic = Diagnostic(
      .databaseLocked, "another process holds the database \(path)",
      hint: "wait until it ends, stop it, or close its connection; then run this again", cause: text,
      isTransient: true)
    guard let pid = holder(in: text) else { return diagnostic }
    diagnostic.message = "process \(pid) holds the database \(path)"
    if let command = commandLine(of: pid) { diagnostic.notes.append("process \(pid) is: \(command)") }
    diagnostic.hint =
      "wait until process \(pid) ends, stop it (kill \(pid)), or close its connection; then run this again"
    return diagnostic
  }

  /// The process id that DuckDB found.
  private static func holder(in text: String) -> Int? {
    guard let mark = text.range(of: "(PID ") else { return nil }
    return Int(text[mark.upperBound...].prefix { $0.isNumber })
  }

  /// The command line of a process, if this user may see it.
  private static func commandLine(of pid: Int) -> String? {
    guard let file = fopen("/proc/\(pid)/cmdline", "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    let words = buffer[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// Looks at the file itself where DuckDB's words leave the reason open.
  private static func describeFile(_ path: String, _ text: String, _ diagnostic: inout Diagnostic) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR {
        diagnostic.message = "\(path) is a folder, not a database file"
        diagnostic.hint = "name a file as `path` in the profile"
      } else if access(path, R_OK) != 0 {
        diagnostic.message = "no permission to read the database \(path)"
        diagnostic.hint = "ask its owner for access, or name another file as `path` in the profile"
      } else if access(path, W_OK) != 0 {
        diagnostic.message = "no permission to write the database \(path)"
        diagnostic.hint =
          "ask its owner for access, or open it with `access_mode: read_only` in config_options"
      }
    } else if stat(folder, &status) != 0 {
      diagnostic.message = "cannot open the database \(path): the folder \(folder) does not exist"
      diagnostic.hint =
        "create the folder (mkdir -p \(folder)), or name another file as `path` in the profile"
    } else if access(folder, W_OK) != 0 {
      diagnostic.message = "no permission to create the database \(path)"
      diagnostic.hint = "ask the owner of \(folder) for access, or name another file as `path` in the profile"
    }
    if text.range(of: "No space left on device") != nil {
      diagnostic.message = "no space left on the disk of the database \(path)"
      diagnostic.hint = "free some space on that disk"
    }
  }
}

/// Whether a folder is at `path`.
func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
