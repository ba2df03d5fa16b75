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

  /// The names in a folder, sorted, `.` and `..` aside; links are names like others.
  public static func names(in path: String) throws(Refusal) -> [String] {
    guard let handle = opendir(path) else { throw Refusal(code: errno) }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
