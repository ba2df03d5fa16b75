/// A request to a server, ready to be sent.
public struct HTTPRequest: Sendable, Hashable {
  /// `GET`, `POST`, …
  public var method: String
  /// Where it goes, parameters included.
  public var url: WebAddress
  /// The headers in order.
  public var headers: HTTPHeaders
  /// The body's bytes.
  public var body: [UInt8]?

  /// Makes a request.
  public init(method: String = "GET", url: WebAddress, headers: HTTPHeaders = [:], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// A server's whole answer.
public struct HTTPResponse: Sendable {
  /// The status code.
  public var status: Int
  /// The headers in the order they came.
  public var headers: HTTPHeaders
  /// The body, decompressed and complete.
  public var body: ResponseBody

  /// Makes a response.
  public init(status: Int, headers: HTTPHeaders = [:], body: ResponseBody = ResponseBody([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Headers, found by name whatever its case.
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// The headers in order.
  public private(set) var entries: [Entry] = []

  /// A header.
  public struct Entry: Sendable, Hashable {
    /// Its name, as written.
    public var name: String
    /// Its value.
    public var value: String
  }

  /// The headers given.
  public init(_ entries: [(String, String)]) {
    self.entries = entries.map { Entry(name: $0.0, value: $0.1) }
  }

  /// The headers given.
  public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

  /// The first value under `name`.
  public subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return entries.first { $0.name.lowercased() == wanted }?.value
  }

  /// Every value under `name`.
  public func all(_ name: String) -> [String] {
    let wanted = name.lowercased()
    return entries.filter { $0.name.lowercased() == wanted }.map(\.value)
  }

  /// Puts a value in the place of what stands under `name`.
  public mutating func set(_ name: String, _ value: String) {
    let wanted = name.lowercased()
    entries.removeAll { $0.name.lowercased() == wanted }
    entries.append(Entry(name: name, value: value))
  }

  /// Adds a header beside those of the same name.
  public mutating func add(_ name: String, _ value: String) {
    entries.append(Entry(name: name, value: value))
  }
}
