#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What lies in a folder.
public enum Folder {
  /// The system's refusal.
  public struct Refusal: Error, Hashable {
    /// The error number.
    public let code: Int32

    /// A refusal with its number.
    public init(code: Int32) {
      self.code = code
    }
  }

  /// What a name stands for, as far as the folder itself tells.
  public enum Kind: Sendable, Hashable {
    case file, folder
    /// A link, something else, or a file system that does not say: look at it.
    case unclear
  }

  /// A name in a folder.
  public struct Entry: Sendable, Hashable {
    /// The name.
    public let name: String
    /// What it stands for.
    public let kind: Kind
  }

  /// The names in a folder, sorted, `.` and `..` aside; links are names like others.
  public static func names(in path: String) throws(Refusal) -> [String] {
    try entries(in: path).map(\.name)
  }

  /// The names in a folder with what the folder says of them, sorted by name, `.` and `..` aside.
  public static func entries(in path: String) throws(Refusal) -> [Entry] {
    guard let handle = opendir(path) else { throw Refusal(code: errno) }
    defer { closedir(handle) }
    var entries: [Entry] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      let kind: Kind =
        switch Int(entry.pointee.d_type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        default: .unclear
        }
      entries.append(Entry(name: name, kind: kind))
    }
    return entries.sorted { $0.name < $1.name }
  }
}
