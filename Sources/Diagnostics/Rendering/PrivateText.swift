/// Which lines of users' files are never shown: they may hold secrets that nobody has registered, such as those that a
/// diagnostic complains of.
enum PrivateText {
  /// Whether a file is where people keep credentials.
  static func isKept(in file: String) -> Bool {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return ["profiles.yml", "profiles.yaml", "connections.yml", "connections.yaml"].contains(name)
  }

  /// Whether a line holds a URL with a password in it.
  static func isWithin(_ line: [UInt8]) -> Bool {
    var rest = String(decoding: line, as: UTF8.self)[...]
    while let start = rest.firstRange(of: "://") {
      rest = rest[start.upperBound...]
      let authority = rest.prefix { !$0.isWhitespace && $0 != "/" && $0 != "\"" && $0 != "'" }
      guard let at = authority.lastIndex(of: "@") else { continue }
      if authority[..<at].contains(":") { return true }
    }
    return false
  }
}
