import Diagnostics

/// Sends requests. The one thing about a REST source that touches the network.
public protocol HTTPTransport: Sendable {
  /// Sends one request and gives its whole response, redirects not followed. A response that is cut off is a failure.
  ///
  /// Throws a `TransportFailure`, a diagnostic for a response that is too large, or `CancellationError`.
  func send(_ request: HTTPRequest, keeping limits: BodyLimits) async throws -> HTTPResponse
}

/// Where and up to what size a response is kept.
public struct BodyLimits: Sendable, Hashable {
  /// The folder for those that are too long for memory.
  public var folder: String
  /// The largest size in bytes.
  public var maximumSize: Int

  /// Makes the limits.
  public init(folder: String, maximumSize: Int) {
    self.folder = folder
    self.maximumSize = maximumSize
  }
}

/// A request that got no whole response.
public struct TransportFailure: Error, Sendable, Hashable {
  /// What failed, in a few words.
  public var message: String
  /// The library's own words.
  public var cause: String?
  /// Whether sending it again may succeed.
  public var isTransient: Bool

  /// Makes a failure.
  public init(_ message: String, cause: String? = nil, isTransient: Bool = true) {
    self.message = message
    self.cause = cause
    self.isTransient = isTransient
  }
}
