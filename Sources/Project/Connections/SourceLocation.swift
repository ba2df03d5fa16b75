import Jinja

/// A place that `from` of a load names by a URL or a path instead of a connection.
public struct SourceLocation: Sendable, Hashable {
  /// What kind of source it is.
  public var type: ConnectionType
  /// The settings that a connection to it would have, without `type`.
  public var settings: DataValue
  /// What is read of it, where the place names a file or a pattern of files; nil for all else.
  public var item: String?

  /// Reads a URL or a path; nil if it is neither. `root` is where relative paths start.
  public init?(_ text: String, root: String) {
    guard let type = Self.type(of: text) else { return nil }
    self.type = type
    switch type {
    case .files:
      (settings, item) = Self.files(text, root: root)
    case .http:
      (settings, item) = Self.web(text)
    case .s3, .gcs:
      (settings, item) = Self.store(text, key: "bucket")
    case .azure:
      (settings, item) = Self.azure(text)
    case .postgres, .mysql:
      settings = Self.server(text)
    case .sqlite, .duckdb:
      settings = .mapping([("path", .string(Path.joined(root, Self.withoutScheme(text))))])
    case .odbc, .rest, .command, .singer:
      return nil
    }
  }

  /// The kind of source that a URL or a path shows; nil for a bare word.
  public static func type(of text: String) -> ConnectionType? {
    if let colon = text.firstIndex(of: ":") {
      switch text[..<colon].lowercased() {
      case "s3", "s3a": return .s3
      case "gs", "gcs": return .gcs
      case "az", "azure", "abfss", "abfs": return .azure
      case "http", "https": return .http
      case "postgres", "postgresql": return .postgres
      case "mysql", "mariadb": return .mysql
      case "sqlite": return .sqlite
      case "duckdb": return .duckdb
      case "file": return .files
      default: break
      }
    }
    switch Path.stem(of: text).extension {
    case "sqlite", "sqlite3", "db": return .sqlite
    case "duckdb": return .duckdb
    default: break
    }
    let looksLikePath = text.contains("/") || text.contains(".") || text.contains("*")
    return looksLikePath && !text.contains("://") ? .files : nil
  }

  // MARK: - Kinds

  private static func files(_ text: String, root: String) -> (DataValue, String?) {
    let path = text.hasPrefix("file:") ? withoutScheme(text) : text
    let (folder, last) = split(path)
    return (.mapping([("path", .string(Path.joined(root, folder)))]), last)
  }

  private static func web(_ text: String) -> (DataValue, String?) {
    let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
    let path = text[start...].drop { $0 != "/" }
    let (folder, last) = split(String(path), wildcards: "*{")
    return (.mapping([("url", .string(String(text[..<path.startIndex]) + folder))]), last)
  }

  private static func store(_ text: String, key: String) -> (DataValue, String?) {
    let (folder, last) = split(withoutScheme(text))
    return (.mapping([(key, .string(folder))]), last)
  }

  /// `abfss://container@account.dfs.core.windows.net/folder` and `az://container/folder`.
  private static func azure(_ text: String) -> (DataValue, String?) {
    let rest = withoutScheme(text)
    guard let at = rest.firstIndex(of: "@") else { return store(text, key: "container") }
    let container = rest[..<at]
    let tail = rest[rest.index(after: at)...]
    let host = tail.prefix { $0 != "/" }
    let (folder, last) = split(String(container + tail.dropFirst(host.count)))
    let account = host.prefix { $0 != "." }
    return (.mapping([("container", .string(folder)), ("account_name", .string(String(account)))]), last)
  }

  /// `scheme://user:password@host:port/database?key=value`.
  private static func server(_ text: String) -> DataValue {
    let rest = withoutScheme(text)
    var settings: [(String, DataValue)] = []
    let main = rest.prefix { $0 != "?" }
    let authority = main.prefix { $0 != "/" }
    let database = main.dropFirst(authority.count + 1)
    var server = authority[...]
    if let at = authority.lastIndex(of: "@") {
      let user = authority[..<at]
      server = authority[authority.index(after: at)...]
      let name = user.prefix { $0 != ":" }
      if !name.isEmpty { settings.append(("user", .string(decoded(name)))) }
      let password = user.dropFirst(name.count + 1)
      if !password.isEmpty { settings.append(("password", .string(decoded(password)))) }
    }
    let port = server.lastIndex(of: ":").flatMap { Int(server[server.index(after: $0)...]) }
    if port != nil, let colon = server.lastIndex(of: ":") { server = server[..<colon] }
    if !server.isEmpty { settings.append(("host", .string(decoded(server)))) }
    if let port { settings.append(("port", .int(port))) }
    if !database.isEmpty { settings.append(("database", .string(decoded(database)))) }
    for pair in rest.dropFirst(main.count + 1).split(separator: "&") {
      let key = pair.prefix { $0 != "=" }
      let value = DataValue.string(decoded(pair.dropFirst(key.count + 1)))
      settings.removeAll { $0.0 == String(key) }
      settings.append((String(key), value))
    }
    return .mapping(settings)
  }

  // MARK: - Parts

  /// The folder, and the file or pattern in it: the last part if it has an extension, all from the first wildcard on.
  private static func split(
    _ text: String, wildcards: String = "*?[{"
  ) -> (folder: String, item: String?) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let first = parts.firstIndex { part in part.contains { wildcards.contains($0) } }
    let hasFile =
      parts.last.map { !Path.stem(of: String($0.prefix { $0 != "?" })).extension.isEmpty } ?? false
    guard let cut = first ?? (hasFile ? parts.count - 1 : nil) else { return (text, nil) }
    let folder = parts[..<cut].joined(separator: "/")
    return (folder.isEmpty && text.hasPrefix("/") ? "/" : folder, parts[cut...].joined(separator: "/"))
  }

  private static func withoutScheme(_ text: String) -> String {
    guard let colon = text.firstIndex(of: ":") else { return text }
    let scheme = text[..<colon].lowercased()
    guard !["/", "."].contains(where: scheme.contains) else { return text }
    var rest = text[text.index(after: colon)...]
    if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
    return String(rest)
  }

  /// `%40` as the character that it stands for; what is no such code stays.
  private static func decoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var index = 0
    while index < source.count {
      if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
        let byte = UInt8(String(decoding: source[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        index += 3
      } else {
        bytes.append(source[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
