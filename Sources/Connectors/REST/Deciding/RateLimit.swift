/// How many requests a server may be sent in a time.
public struct RateLimit: Sendable, Hashable {
  /// How many.
  public var requests: Int
  /// In what time.
  public var interval: Duration

  /// Makes a limit.
  public init(requests: Int, per interval: Duration) {
    self.requests = requests
    self.interval = interval
  }
}

/// Spreads requests out: `requests` may go at once, then one each time a share of the interval has passed.
struct TokenBucket {
  private let capacity: Double
  private let perSecond: Double
  private var tokens: Double
  private var last: Duration

  init(_ limit: RateLimit, now: Duration) {
    capacity = Double(max(limit.requests, 1))
    perSecond = capacity / max(limit.interval / .seconds(1), 1e-9)
    tokens = capacity
    last = now
  }

  /// Takes one request out and says how long it has to wait before it is sent.
  mutating func take(now: Duration) -> Duration {
    tokens = min(capacity, tokens + max((now - last) / .seconds(1), 0) * perSecond)
    last = max(now, last)
    tokens -= 1
    return tokens >= 0 ? .zero : .seconds(-tokens / perSecond)
  }
}

/// The one door that all requests of a connection go through: it keeps the rate, and stays shut while a server asks to be
/// left alone.
actor RequestGate {
  private let clock: RESTClock
  private var bucket: TokenBucket?
  private var closedUntil: Duration

  init(limit: RateLimit?, clock: RESTClock) {
    self.clock = clock
    bucket = limit.map { TokenBucket($0, now: clock.now()) }
    closedUntil = clock.now()
  }

  /// Returns when a request may be sent.
  func pass() async throws {
    let wait = bucket?.take(now: clock.now()) ?? .zero
    if wait > .zero { try await clock.sleep(wait) }
    // What was asked for while this request waited holds for it, too.
    while closedUntil > clock.now() { try await clock.sleep(closedUntil - clock.now()) }
  }

  /// Lets nothing through for `duration`.
  func close(for duration: Duration) {
    closedUntil = max(closedUntil, clock.now() + duration)
  }
}
