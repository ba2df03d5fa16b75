import Diagnostics

extension SpoolFolder {
  /// Writes a text file that only this user reads, and gives its path. Throws a `Diagnostic` if the disk does not take it.
  func write(_ name: String, _ text: String) throws(Diagnostic) -> String {
    let path = file(name)
    try FileBytes.make(path, ResponseBody(Array(text.utf8)))
    return path
  }

  /// A table's name as that of a folder: what could lead elsewhere is replaced.
  static func safeName(_ name: String) -> String {
    let safe = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" }
    return safe.isEmpty ? "_" : String(safe.prefix(100))
  }
}
