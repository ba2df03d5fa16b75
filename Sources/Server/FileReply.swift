import NIOHTTP1

/// What is answered to a request; pure but for the bytes of the file.
struct FileReply: Sendable {
  let folder: String
  let names: [String]
  /// What the server was told to listen on.
  let host: String

  /// The answer's kind.
  enum Answer: Sendable, Hashable {
    case file(path: String, type: String)
    case refusal(HTTPResponseStatus)
  }

  /// The answer to a request. Only the names themselves are compared: no path is ever made of what was asked.
  func answer(_ method: HTTPMethod, _ target: String, host asked: String?) -> Answer {
    guard isOwn(asked) else { return .refusal(.misdirectedRequest) }
    guard method == .GET || method == .HEAD else { return .refusal(.methodNotAllowed) }
    let path = target.prefix { $0 != "?" && $0 != "#" }
    guard let first = names.first else { return .refusal(.notFound) }
    let name = path == "/" ? first : names.first { path == "/" + $0 }
    guard let name else { return .refusal(.notFound) }
    return .file(path: "\(folder)/\(name)", type: Self.type(of: name))
  }

  /// Whether a request was meant for this server: another site's name that leads here would let that site read the files.
  private func isOwn(_ asked: String?) -> Bool {
    guard let asked else { return true }
    let isBracketed = asked.hasPrefix("[")
    let name = isBracketed ? asked.dropFirst().prefix { $0 != "]" } : asked.prefix { $0 != ":" }
    let isNumber =
      isBracketed || (!name.isEmpty && name.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E })
    return isNumber || name.lowercased() == "localhost" || name.lowercased() == host.lowercased()
  }

  private static func type(of name: String) -> String {
    name.hasSuffix(".html") ? "text/html; charset=utf-8" : "application/json"
  }
}
