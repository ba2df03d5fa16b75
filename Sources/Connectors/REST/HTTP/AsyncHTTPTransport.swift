internal import AsyncHTTPClient
import Diagnostics
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Sends requests with AsyncHTTPClient. Its threads start with the first request of the process.
public struct AsyncHTTPTransport: HTTPTransport {
  private let client: HTTPClient
  private let timeouts: HTTPTimeouts

  /// Lends a transport to `body` and closes its connections afterwards. Throws what `body` throws, and a diagnostic if a
  /// setting cannot be used.
  public static func with<Result: Sendable>(
    _ connection: RESTConnection, _ body: (AsyncHTTPTransport) async throws -> Result
  ) async throws -> Result {
    let client = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: try configuration(connection))
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(try await body(AsyncHTTPTransport(client: client, timeouts: connection.timeouts)))
    } catch {
      result = .failure(error)
    }
    // Connections that do not close in order are gone all the same; what the body did counts.
    try? await client.shutdown()  // the body's own outcome counts
    return try result.get()
  }

  private static func configuration(_ connection: RESTConnection) throws -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let file = connection.authorityFile {
      do {
        tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
      } catch {
        throw Diagnostic(
          .sourceSetting, "'ca_file' is no file of certificates: \(file)", cause: String(describing: error))
      }
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(
        connect: amount(connection.timeouts.connect), read: amount(connection.timeouts.read)),
      decompression: .enabled(limit: .size(connection.maximumResponseSize)))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(connection.concurrency, 1)
    // A failed attempt is ours to repeat: the client would hide it until its own deadline.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let proxy = connection.proxy {
      let parts = proxy.authority.split(separator: ":")
      configuration.proxy = .server(
        host: String(parts.first ?? ""), port: parts.count > 1 ? Int(parts[1]) ?? 80 : 80)
    }
    return configuration
  }

  private static func amount(_ duration: Duration) -> TimeAmount {
    .nanoseconds(Int64(min(duration / .nanoseconds(1), 9e18)))
  }

  /// Sends one request.
  public func send(_ request: HTTPRequest, keeping limits: BodyLimits) async throws -> HTTPResponse {
    var message = HTTPClientRequest(url: request.url.description)
    message.method = HTTPMethod(rawValue: request.method)
    for header in request.headers.entries { message.headers.add(name: header.name, value: header.value) }
    if let body = request.body { message.body = .bytes(ByteBuffer(bytes: body)) }
    let deadline = NIODeadline.now() + Self.amount(timeouts.overall)
    do {
      let response = try await client.execute(message, deadline: deadline)
      let body = try await collect(response, limits, until: deadline)
      return HTTPResponse(
        status: Int(response.status.code), headers: HTTPHeaders(response.headers.map { ($0.name, $0.value) }),
        body: body)
    } catch let error as Diagnostic {
      throw error
    } catch let error as TransportFailure {
      throw error
    } catch {
      if Task.isCancelled { throw CancellationError() }
      throw failure(error)
    }
  }

  private func collect(
    _ response: HTTPClientResponse, _ limits: BodyLimits, until deadline: NIODeadline
  ) async throws -> ResponseBody {
    var collector = BodyCollector(folder: limits.folder, limit: limits.maximumSize)
    for try await piece in response.body {
      try collector.append(piece.readableBytesView)
      if NIODeadline.now() > deadline { throw overdue }
    }
    // A cancelled task's stream just ends.
    try Task.checkCancellation()
    return try collector.body()
  }

  private var overdue: TransportFailure {
    TransportFailure("the response was not complete within \(timeouts.overall.inWords) ('timeouts.overall')")
  }

  private func failure(_ error: any Error) -> TransportFailure {
    let cause = String(describing: error)
    guard let known = error as? HTTPClientError else {
      if error is NIOSSLError || error is NIOSSLExtraError { return Self.secureFailure(cause) }
      if error is HTTPParserError { return TransportFailure("the response is not HTTP", cause: cause) }
      if String(reflecting: type(of: error)).contains("Decompression") {
        return TransportFailure("the response cannot be decompressed, or is too large", cause: cause)
      }
      return TransportFailure("the connection failed", cause: cause)
    }
    switch known {
    case .connectTimeout:
      return TransportFailure("no connection within \(timeouts.connect.inWords) ('timeouts.connect')")
    case .readTimeout:
      return TransportFailure("nothing came for \(timeouts.read.inWords) ('timeouts.read')")
    case .deadlineExceeded, .getConnectionFromPoolTimeout: return overdue
    case .remoteConnectionClosed:
      return TransportFailure("the server closed the connection before the response was complete")
    case .invalidURL, .emptyHost, .emptyScheme, .invalidProxyConfiguration, .proxyAuthenticationRequired:
      return TransportFailure("the request cannot be sent", cause: cause, isTransient: false)
    default: return TransportFailure("the connection failed", cause: cause)
    }
  }

  /// A certificate that is not trusted stays so; a connection that is cut does not.
  private static func secureFailure(_ cause: String) -> TransportFailure {
    guard cause.contains("CERTIFICATE") || cause.contains("Certificate") || cause.contains("Hostname") else {
      return TransportFailure("the secure connection failed", cause: cause)
    }
    return TransportFailure("the server's certificate is not trusted", cause: cause, isTransient: false)
  }
}
