import Files
import Glibc

/// What the system says of files, as a text that is another one as soon as one of them was written, replaced or touched.
enum FileState {
  /// The state of what is not there, where a text is needed.
  static let nothing = "nothing"
  /// More files than this are not looked through.
  private static let limit = 100_000

  /// Of a file, or of all that lies in a folder, however deep; nil if nothing is there, or too much.
  static func text(of path: String) -> String? {
    var parts: [String] = []
    guard add(path, to: &parts), !parts.isEmpty else { return nil }
    return parts.joined(separator: "\n")
  }

  /// Of what a pattern of SQL means: of a file by its name, or, if the name has wildcards, of all that lies below the last
  /// folder before them.
  static func text(ofPattern pattern: String) -> String? {
    guard let wildcard = pattern.firstIndex(where: { "*?[{".contains($0) }) else { return text(of: pattern) }
    return text(of: Disk.parent(of: String(pattern[..<wildcard]) + "_"))
  }

  private static func add(_ path: String, to parts: inout [String]) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return true }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      parts.append(
        "\(path) \(status.st_ino) \(status.st_size) \(nanoseconds(status.st_mtim)) \(nanoseconds(status.st_ctim))"
      )
      return parts.count <= limit
    }
    parts.append("\(path)/ \(status.st_ino)")
    let names: [String]
    do {
      names = try Folder.names(in: path)
    } catch {
      // A folder that cannot be read cannot be told of.
      return false
    }
    return names.allSatisfy { add("\(path)/\($0)", to: &parts) }
  }

  private static func nanoseconds(_ time: timespec) -> Int { time.tv_sec * 1_000_000_000 + time.tv_nsec }
}
