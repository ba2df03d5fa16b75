import Diagnostics

/// What all requests of a connection share, whatever table they are for: the rate, waits that the server asked for, tokens.
final class ConnectionState: Sendable {
  let clock: RESTClock
  let gate: RequestGate
  let jitter: Jitter
  let tokens: TokenKeeper?

  init(_ connection: RESTConnection, clock: RESTClock, seed: UInt64) {
    self.clock = clock
    gate = RequestGate(limit: connection.rateLimit, clock: clock)
    jitter = Jitter(seed: seed)
    if case .clientCredentials(let credentials) = connection.authentication {
      tokens = TokenKeeper(credentials, clock: clock)
    } else {
      tokens = nil
    }
  }
}

/// Sends requests until they succeed: authentication, redirects, rate, repetitions.
final class Requester: Sendable {
  let connection: RESTConnection
  private let state: ConnectionState
  private let transport: any HTTPTransport
  private let limits: BodyLimits
  private let counters = RequestCounters()

  private static let redirectStatuses: Set<Int> = [301, 302, 303, 307, 308]
  private static let maximumRedirects = 5

  init(
    _ connection: RESTConnection, _ state: ConnectionState, transport: any HTTPTransport, limits: BodyLimits
  ) {
    self.connection = connection
    self.state = state
    self.transport = transport
    self.limits = limits
  }

  private func attempts(_ gate: RequestGate?) -> Attempts {
    Attempts(
      policy: connection.retry, clock: state.clock, jitter: state.jitter, gate: gate, counters: counters)
  }

  /// How many requests were sent, and how many of them again.
  var counts: (requests: Int, retries: Int) {
    get async { (await counters.requests, await counters.retries) }
  }

  /// What hides the connection's secrets, tokens included.
  var redactor: SecretMask {
    get async { SecretMask(connection, tokens: await state.tokens?.secrets ?? []) }
  }

  /// Sends a request until it gets a response that is success, or that `actions` say something about. `check` looks at a
  /// response's body: what it throws is a reason to ask again.
  func send(
    _ request: HTTPRequest, actions: [ResponseAction], check: @escaping (HTTPResponse) throws -> Void
  ) async throws -> (response: HTTPResponse, isIgnored: Bool) {
    var isIgnored = false
    let response = try await attempts(state.gate).perform(request) {
      let response = try await self.authorized(request)
      isIgnored = false
      switch actions.first(where: { $0.fits(response) })?.action {
      case .ignore:
        isIgnored = true
        return .taken(response)
      case .retry: return .failed(response)
      case .fail: return .refused(response)
      case nil: return .judge(response, check: check)
      }
    }
    return (response, isIgnored)
  }

  /// One attempt. A token that the server refuses is replaced once.
  private func authorized(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard let tokens = state.tokens else { return try await following(request, token: nil) }
    let send = TokenKeeper.Send { [self] request in try await tokenResponse(request) }
    let token = try await tokens.current(by: send)
    let response = try await following(request, token: token)
    guard response.status == 401 else { return response }
    return try await following(request, token: try await tokens.current(refused: token, by: send))
  }

  /// The answer of the token's server, which is not the connection's: the rate is not its own.
  private func tokenResponse(_ request: HTTPRequest) async throws -> HTTPResponse {
    try await attempts(nil).perform(request) {
      let response = try await transport.send(request, keeping: limits)
      return connection.retry.statuses.contains(response.status) ? .failed(response) : .taken(response)
    }
  }

  private func following(_ request: HTTPRequest, token: String?) async throws -> HTTPResponse {
    var request = request
    for _ in 0...Self.maximumRedirects {
      await counters.count()
      let response = try await transport.send(signed(request, token), keeping: limits)
      guard Self.redirectStatuses.contains(response.status), let target = response.headers["Location"] else {
        return response
      }
      guard let url = request.url.resolving(target) else {
        throw Diagnostic(.sourceUnreadable, "the server redirects to what is no http or https URL: \(target)")
      }
      try Self.refuseDowngrade(from: request.url, to: url)
      if url.origin != request.url.origin {
        request.headers = ["Accept": "application/json", "User-Agent": "weir"]
      }
      if response.status == 303 || (response.status < 303 && request.method == "POST") {
        request.method = "GET"
        request.body = nil
      }
      request.url = url
    }
    throw Diagnostic(
      .sourceUnreadable, "the server redirects more than \(Self.maximumRedirects) times",
      notes: ["\(request.method) \(request.url)"])
  }

  /// Refuses to go on without encryption where it began with it.
  static func refuseDowngrade(from old: WebAddress, to new: WebAddress) throws {
    guard old.scheme == "https", new.scheme == "http" else { return }
    throw Diagnostic(
      .sourcePaging, "the server leads from https to http: \(new)",
      hint: "if it only names itself wrongly, page by 'page_number', 'offset' or 'cursor' instead of by links"
    )
  }

  /// The request with what proves who sends it. Only the connection's own server gets that.
  private func signed(_ request: HTTPRequest, _ token: String?) -> HTTPRequest {
    guard request.url.origin == connection.baseURL.origin else { return request }
    var request = request
    switch connection.authentication {
    case .none: break
    case .basic(let user, let password):
      request.headers.set("Authorization", "Basic \(Base64.encoded("\(user):\(password)"))")
    case .bearer(let token): request.headers.set("Authorization", "Bearer \(token)")
    case .apiKey(let name, let key, .header): request.headers.set(name, key)
    case .apiKey(let name, let key, .query): request.url.set([QueryParameter(name, key)])
    case .apiKey(let name, let key, .cookie):
      let others = request.headers["Cookie"].map { "\($0); " } ?? ""
      request.headers.set("Cookie", "\(others)\(name)=\(key)")
    case .clientCredentials:
      if let token { request.headers.set("Authorization", "Bearer \(token)") }
    }
    return request
  }
}

/// Hides secrets in what a source reports.
struct SecretMask {
  private let own: Redactor
  private let given: Redactor

  init(_ connection: RESTConnection, tokens: [String]) {
    own = Redactor(secrets: connection.authentication.secrets + tokens)
    given = connection.redactor
  }

  func redact(_ text: String) -> String { given.redact(own.redact(text)) }

  func redact(_ diagnostic: Diagnostic) -> Diagnostic { given.redact(own.redact(diagnostic)) }
}

/// How many requests were sent.
actor RequestCounters {
  private(set) var requests = 0
  private(set) var retries = 0

  func count() { requests += 1 }
  func countRetry() { retries += 1 }
}

/// Random numbers for waits, shared by all requests of a source.
actor Jitter {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  func decide(_ state: RetryState, asked: Duration?, elapsed: Duration) -> (RetryState, RetryDecision) {
    var state = state
    let decision = state.decide(asked: asked, elapsed: elapsed, using: &random)
    return (state, decision)
  }
}
