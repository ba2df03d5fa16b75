/// An `http` or `https` URL, taken apart. The text between its marks is kept as it was written.
public struct WebAddress: Sendable, Hashable, CustomStringConvertible {
  /// `http` or `https`.
  public var scheme: String
  /// The host, in lower case; a port behind it if it is not the scheme's own.
  public var authority: String
  /// The path, starting with `/`, percent-encoded.
  public var path: String
  /// What stands behind `?`, percent-encoded; nil if there is no `?`.
  public var query: String?

  /// Takes `text` apart. Nil if it is not a whole `http` or `https` URL, or if it holds a name or a password.
  public init?(_ text: String) {
    guard let mark = text.firstRange(of: "://") else { return nil }
    let scheme = text[..<mark.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let rest = text[mark.upperBound...].prefix { $0 != "#" }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    guard let authority = Self.authority(rest[..<end], scheme: scheme) else { return nil }
    self.scheme = scheme
    self.authority = authority
    let (path, query) = Self.pathAndQuery(rest[end...])
    self.path = path
    self.query = query
  }

  /// The URL as text.
  public var description: String {
    query.map { "\(origin)\(path)?\($0)" } ?? "\(origin)\(path)"
  }

  /// Scheme, host and port: two URLs of one origin may share secrets.
  public var origin: String { "\(scheme)://\(authority)" }

  /// What `reference` means when it stands in a document read from this URL (RFC 3986, section 5). Nil if it is
  /// no `http` or `https` URL.
  public func resolving(_ reference: String) -> WebAddress? {
    let reference = reference.filter { !$0.isWhitespace }
    if reference.isEmpty || reference.hasPrefix("#") { return self }
    if reference.hasPrefix("//") { return WebAddress("\(scheme):\(reference)") }
    if let colon = reference.firstIndex(of: ":"),
      !reference[..<colon].contains(where: { "/?".contains($0) })
    {
      return WebAddress(reference)
    }
    var copy = self
    let (path, query) = Self.pathAndQuery(reference.prefix { $0 != "#" })
    copy.query = query
    if reference.hasPrefix("?") { return copy }
    let folder = self.path[...(self.path.lastIndex(of: "/") ?? self.path.startIndex)]
    let isRooted = reference.hasPrefix("/")
    copy.path = Self.withoutDots(isRooted ? path : "\(folder)\(path.dropFirst())")
    return copy
  }

  /// The URL with `path` behind its own, and the slashes between them made one.
  public func appending(path: String) -> WebAddress {
    var copy = self
    let (tail, query) = Self.pathAndQuery(path.prefix { $0 != "#" })
    if path.isEmpty || path.hasPrefix("?") {
      copy.query = [self.query, query].compactMap(\.self).joined(separator: "&")
      if copy.query?.isEmpty == true { copy.query = nil }
      return copy
    }
    while copy.path.hasSuffix("/") { copy.path.removeLast() }
    copy.path += tail
    if let query { copy.query = self.query.map { "\($0)&\(query)" } ?? query }
    return copy
  }

  /// Sets query parameters: each takes the place of those of its name.
  public mutating func set(_ parameters: [QueryParameter]) {
    let names = Set(parameters.map { Self.encoded($0.name) })
    var parts = (query ?? "").split(separator: "&").filter { part in
      let name = String(part.prefix { $0 != "=" })
      return !names.contains(name) && !names.contains(Self.encoded(Self.decoded(name)))
    }.map(String.init)
    parts += parameters.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
    query = parts.isEmpty ? nil : parts.joined(separator: "&")
  }

  private static func authority(_ text: Substring, scheme: String) -> String? {
    var authority = text.lowercased()
    let standard = scheme == "http" ? ":80" : ":443"
    if authority.hasSuffix(standard) { authority.removeLast(standard.count) }
    guard !authority.isEmpty, !authority.hasPrefix(":") else { return nil }
    let isPlain = authority.utf8.allSatisfy {
      ($0 > 0x20 && $0 < 0x7F) && !"@\\\"<>^`{|}".utf8.contains($0)
    }
    return isPlain ? authority : nil
  }

  private static func pathAndQuery(_ text: Substring) -> (String, String?) {
    let mark = text.firstIndex(of: "?") ?? text.endIndex
    let query = mark < text.endIndex ? String(text[text.index(after: mark)...]) : nil
    let path = text[..<mark]
    return (clean(path.hasPrefix("/") ? String(path) : "/\(path)"), query.map(clean))
  }

  /// Percent-encodes what may not stand in a URL; what is encoded already stays.
  private static func clean(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
    return isPlain ? text : encoded(text, keeping: "!$%&'()*+,/:;=?@[]".utf8)
  }

  /// Removes `.` and `..` from a path.
  private static func withoutDots(_ path: String) -> String {
    var parts: [Substring] = []
    let all = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for (index, part) in all.enumerated() {
      let isLast = index == all.count - 1
      switch part {
      case ".": if isLast { parts.append("") }
      case "..":
        _ = parts.popLast()
        if isLast { parts.append("") }
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The text with everything but letters, digits and `-._~` percent-encoded.
  public static func encoded(_ text: String) -> String { encoded(text, keeping: "".utf8) }

  private static func encoded(_ text: String, keeping kept: String.UTF8View) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      case _ where kept.contains(byte): bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text with percent-encoded bytes decoded, and `+` as a space.
  static func decoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let pair = rest.prefix(2)
      if byte == 0x25, pair.count == 2, let value = UInt8(String(decoding: pair, as: UTF8.self), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == 0x2B ? 0x20 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A parameter of a query.
public struct QueryParameter: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its value, not encoded.
  public var value: String

  /// Makes a parameter.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
