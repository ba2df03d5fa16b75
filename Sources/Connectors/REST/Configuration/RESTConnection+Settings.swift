import Diagnostics
import Jinja
import Project

extension RESTConnection {
  /// Reads the settings of a connection of type `rest`. Throws a diagnostic if a value cannot be used.
  public init(_ connection: ResolvedConnection) throws {
    let settings = RESTSettings(connection.settings, of: "connection '\(connection.name)'")
    guard let base = try settings.url("base_url") else { throw settings.problem("base_url", "is missing") }
    self.init(baseURL: base)
    redactor = connection.redactor
    headers = HTTPHeaders(try settings.texts("headers"))
    authentication = try Self.authentication(settings.part("auth"), base)
    paging = try Paging(settings)
    if let limit = settings.part("rate_limit"), let requests = try limit.integer("requests") {
      let interval = try limit.duration("per") ?? .seconds(1)
      guard requests > 0, interval > .zero else { throw limit.problem("per", "must be more than nothing") }
      rateLimit = RateLimit(requests: requests, per: interval)
    }
    if let retry = settings.part("retry") { self.retry = try Self.retry(retry) }
    if let limits = settings.part("timeouts") {
      timeouts.connect = try limits.duration("connect") ?? timeouts.connect
      timeouts.read = try limits.duration("read") ?? timeouts.read
      timeouts.overall = try limits.duration("overall") ?? timeouts.overall
    }
    concurrency = min(max(try settings.integer("concurrency") ?? concurrency, 1), 256)
    maximumResponseSize = try settings.bytes("max_response_size") ?? maximumResponseSize
    authorityFile = settings.text("ca_file").map { $0.hasPrefix("/") ? $0 : "\(connection.root)/\($0)" }
    proxy = try settings.url("proxy")
  }

  private static func retry(_ settings: RESTSettings) throws -> RetryPolicy {
    var policy = RetryPolicy()
    policy.maximumAttempts = max(try settings.integer("max_attempts") ?? policy.maximumAttempts, 1)
    policy.maximumElapsed = try settings.duration("max_elapsed") ?? policy.maximumElapsed
    policy.baseDelay = try settings.duration("base_delay") ?? policy.baseDelay
    policy.maximumDelay = try settings.duration("max_delay") ?? policy.maximumDelay
    if let statuses = settings["statuses"]?.listValue {
      policy.statuses = Set(statuses.compactMap(\.wholeNumber))
    }
    return policy
  }

  private static func authentication(_ settings: RESTSettings?, _ base: WebAddress) throws
    -> RESTAuthentication
  {
    guard let settings else { return .none }
    switch settings.text("type") {
    case "http_basic", "basic":
      return .basic(
        user: try settings.requiredText("username"), password: try settings.requiredText("password"))
    case "bearer": return .bearer(token: try settings.requiredText("token"))
    case "api_key":
      let place = RESTAuthentication.KeyPlace(rawValue: settings.text("location") ?? "header")
      return .apiKey(
        name: settings.text("name") ?? "Authorization", key: try settings.requiredText("api_key"),
        place: place ?? .header)
    case "oauth2_client_credentials": return .clientCredentials(try credentials(settings, base))
    default: return .none
    }
  }

  private static func credentials(_ settings: RESTSettings, _ base: WebAddress) throws -> ClientCredentials {
    guard let url = base.resolving(try settings.requiredText("access_token_url")) else {
      throw settings.problem("access_token_url", "is no http or https URL")
    }
    let scopes = settings["scope"].map { $0.listValue ?? [$0] } ?? []
    var credentials = ClientCredentials(
      tokenURL: url, id: try settings.requiredText("client_id"),
      secret: try settings.requiredText("client_secret"))
    if !scopes.isEmpty { credentials.scope = scopes.compactMap(\.scalarText).joined(separator: " ") }
    credentials.parameters = try settings.texts("access_token_request_data").map { QueryParameter($0, $1) }
    credentials.sendsInBody = settings.text("credentials_in") != "header"
    credentials.defaultLifetime = try settings.duration("default_token_expiration") ?? .seconds(3600)
    return credentials
  }
}
