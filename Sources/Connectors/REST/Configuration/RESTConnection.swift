import Diagnostics

/// A server with a REST API, and how it is spoken to.
public struct RESTConnection: Sendable {
  /// What the paths of resources are added to.
  public var baseURL: WebAddress
  /// Headers of every request to the server itself.
  public var headers: HTTPHeaders
  /// How requests prove who sends them.
  public var authentication: RESTAuthentication
  /// How pages are followed where a resource does not say.
  public var paging: Paging?
  /// How many requests are sent in a time.
  public var rateLimit: RateLimit?
  /// How failures are repeated.
  public var retry: RetryPolicy
  /// How long what may take.
  public var timeouts: HTTPTimeouts
  /// How many requests may be on their way at once.
  public var concurrency: Int
  /// The size of the largest response that is taken, in bytes.
  public var maximumResponseSize: Int
  /// Where certificates of authorities stand that are trusted besides the system's (PEM).
  public var authorityFile: String?
  /// A proxy for all requests: `http://host:port`.
  public var proxy: WebAddress?
  /// Hides what must not be shown.
  public var redactor: Redactor

  /// Makes a connection with the defaults of everything but the URL.
  public init(baseURL: WebAddress) {
    self.baseURL = baseURL
    headers = [:]
    authentication = .none
    retry = RetryPolicy()
    timeouts = HTTPTimeouts()
    concurrency = 4
    maximumResponseSize = 4 << 30
    redactor = .none
  }
}

/// How long parts of a request may take.
public struct HTTPTimeouts: Sendable, Hashable {
  /// Until a connection stands.
  public var connect: Duration
  /// Between two pieces of a response.
  public var read: Duration
  /// For one attempt as a whole.
  public var overall: Duration

  /// Makes the limits.
  public init(
    connect: Duration = .seconds(10), read: Duration = .seconds(60), overall: Duration = .seconds(600)
  ) {
    self.connect = connect
    self.read = read
    self.overall = overall
  }
}

/// How requests prove who sends them.
public enum RESTAuthentication: Sendable, Hashable {
  /// They do not.
  case none
  /// A name and a password (RFC 7617).
  case basic(user: String, password: String)
  /// A token in the `Authorization` header.
  case bearer(token: String)
  /// A key under a name.
  case apiKey(name: String, key: String, place: KeyPlace)
  /// A token that a server gives for the client's own credentials (RFC 6749, section 4.4).
  case clientCredentials(ClientCredentials)

  /// Where an API key stands.
  public enum KeyPlace: String, Sendable, Hashable, CaseIterable { case header, query, cookie }

  /// Every secret in it, in each form in which it may turn up.
  var secrets: [String] {
    switch self {
    case .none: []
    case .basic(let user, let password): [password, Base64.encoded("\(user):\(password)")]
    case .bearer(let token): [token]
    case .apiKey(_, let key, _): [key, WebAddress.encoded(key)]
    case .clientCredentials(let credentials): credentials.secrets
    }
  }
}

/// What a client needs to ask for a token of its own.
public struct ClientCredentials: Sendable, Hashable {
  /// Where tokens are given.
  public var tokenURL: WebAddress
  /// The client.
  public var id: String
  /// Its secret.
  public var secret: String
  /// The scopes asked for, parted by spaces.
  public var scope: String?
  /// Further parameters of the request, such as `audience`.
  public var parameters: [QueryParameter]
  /// Whether the credentials go in the request's body, and not in its `Authorization` header.
  public var sendsInBody: Bool
  /// How long a token holds if the server does not say.
  public var defaultLifetime: Duration

  /// Makes the credentials.
  public init(
    tokenURL: WebAddress, id: String, secret: String, scope: String? = nil, parameters: [QueryParameter] = [],
    sendsInBody: Bool = true, defaultLifetime: Duration = .seconds(3600)
  ) {
    self.tokenURL = tokenURL
    self.id = id
    self.secret = secret
    self.scope = scope
    self.parameters = parameters
    self.sendsInBody = sendsInBody
    self.defaultLifetime = defaultLifetime
  }

  var secrets: [String] {
    [secret, WebAddress.encoded(secret), Base64.encoded(basicPair)]
  }

  /// Name and secret as RFC 6749 has them in a header: each encoded as in a form.
  var basicPair: String { "\(WebAddress.encoded(id)):\(WebAddress.encoded(secret))" }
}

/// Base64 (RFC 4648, section 4).
enum Base64 {
  static func encoded(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        let digit = Int(bits >> UInt32(18 - 6 * place) & 63)
        output.append(place <= group.count ? alphabet[digit] : 0x3D)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
