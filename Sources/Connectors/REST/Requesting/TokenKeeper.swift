import Diagnostics
import Project

/// Gets tokens for a client's own credentials, and gets the next before one is no longer good.
actor TokenKeeper {
  /// A token and when it ends, by the monotonic clock.
  private struct Token {
    let text: String
    let renewAt: Duration
  }

  private let credentials: ClientCredentials
  private let clock: RESTClock
  private var token: Token?
  private var renewal: Task<Token, any Error>?
  /// Every token there was, to be hidden in messages.
  private(set) var secrets: [String] = []

  /// Sends a request to the token's server.
  struct Send: Sendable {
    let perform: @Sendable (HTTPRequest) async throws -> HTTPResponse

    init(_ perform: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) { self.perform = perform }
  }

  init(_ credentials: ClientCredentials, clock: RESTClock) {
    self.credentials = credentials
    self.clock = clock
  }

  /// A token that is good now; `refused` is one that the server did not take. However many ask, one request is sent.
  func current(refused: String? = nil, by send: Send) async throws -> String {
    if let token, token.text != refused, clock.now() < token.renewAt { return token.text }
    let running = renewal ?? Task { try await self.renewed(by: send) }
    renewal = running
    let fresh: Token
    do {
      fresh = try await withTaskCancellationHandler {
        try await running.value
      } onCancel: {
        running.cancel()
      }
    } catch {
      renewal = nil
      throw error
    }
    renewal = nil
    return fresh.text
  }

  private func renewed(by send: Send) async throws -> Token {
    let asked = clock.now()
    let response = try await send.perform(request)
    guard response.status == 200 || response.status == 201 else { throw refusal(response) }
    let (text, lifetime) = try response.body.withBytes { bytes in
      do {
        try JSONScanner.validate(bytes)
        let text = try JSONPath(member: "access_token").scalar(in: bytes)
        return (text, try JSONPath(member: "expires_in").scalar(in: bytes).flatMap(Double.init))
      } catch let problem as JSONProblem {
        throw Diagnostic(.sourceAuthentication, "the token's server sent no JSON", cause: problem.message)
      }
    }
    guard let text, !text.isEmpty else {
      throw Diagnostic(
        .sourceAuthentication, "the token's server sent no 'access_token'",
        notes: [credentials.tokenURL.description])
    }
    secrets.append(text)
    let whole =
      lifetime.map { Duration.milliseconds(Int64(min(max($0, 0), 1e9) * 1000)) }
      ?? credentials.defaultLifetime
    // Early enough for a request that is on its way.
    let token = Token(text: text, renewAt: asked + whole - min(.seconds(60), whole / 5))
    self.token = token
    return token
  }

  private var request: HTTPRequest {
    var form = [QueryParameter("grant_type", "client_credentials")]
    if let scope = credentials.scope { form.append(QueryParameter("scope", scope)) }
    var headers: HTTPHeaders = [
      "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "weir",
    ]
    if credentials.sendsInBody {
      form += [
        QueryParameter("client_id", credentials.id), QueryParameter("client_secret", credentials.secret),
      ]
    } else {
      headers.set("Authorization", "Basic \(Base64.encoded(credentials.basicPair))")
    }
    form += credentials.parameters
    let text = form.map { "\(WebAddress.encoded($0.name))=\(WebAddress.encoded($0.value))" }.joined(
      separator: "&")
    return HTTPRequest(method: "POST", url: credentials.tokenURL, headers: headers, body: Array(text.utf8))
  }

  private func refusal(_ response: HTTPResponse) -> Diagnostic {
    let words = response.body.withBytes { bytes -> String? in
      guard (try? JSONScanner.validate(bytes)) != nil else { return nil }  // then it is shown as it is
      let parts = ["error", "error_description"].compactMap { name in
        try? JSONPath(member: name).scalar(in: bytes)  // valid JSON does not fail
      }
      return parts.isEmpty ? nil : parts.joined(separator: ": ")
    }
    return Diagnostic(
      .sourceAuthentication, "the token's server answered with status \(response.status)",
      notes: ["POST \(credentials.tokenURL)"], hint: "check 'client_id', 'client_secret' and 'scope'",
      cause: words ?? response.body.start(300))
  }
}
