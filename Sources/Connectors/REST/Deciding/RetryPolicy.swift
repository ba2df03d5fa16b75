/// How often and how patiently a failed request is repeated.
public struct RetryPolicy: Sendable, Hashable {
  /// How many times a request is sent at most. Waits that the server asked for do not count.
  public var maximumAttempts: Int
  /// How long one request may take, its repetitions and waits included.
  public var maximumElapsed: Duration
  /// The longest first wait; it doubles with every attempt.
  public var baseDelay: Duration
  /// The longest wait that is not asked for by the server.
  public var maximumDelay: Duration
  /// The status codes that are worth a repetition.
  public var statuses: Set<Int>

  /// What is repeated unless told otherwise: what passes by itself.
  public static let passingStatuses: Set<Int> = [
    408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 529,
  ]

  /// Makes a policy.
  public init(
    maximumAttempts: Int = 10, maximumElapsed: Duration = .seconds(900),
    baseDelay: Duration = .milliseconds(500),
    maximumDelay: Duration = .seconds(60), statuses: Set<Int> = passingStatuses
  ) {
    self.maximumAttempts = maximumAttempts
    self.maximumElapsed = maximumElapsed
    self.baseDelay = baseDelay
    self.maximumDelay = maximumDelay
    self.statuses = statuses
  }

  /// A wait of between nothing and `baseDelay × 2^(failures − 1)`, which spreads clients out ("full jitter").
  func backoff(failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
    let longest = min(baseDelay * (1 << min(max(failures, 1) - 1, 20)), maximumDelay)
    return longest * Double.random(in: 0...1, using: &random)
  }
}

/// What happens after a failed attempt.
enum RetryDecision: Equatable {
  case wait(Duration)
  case giveUp(because: String)
}

/// Counts the attempts of one request and decides about the next.
struct RetryState {
  let policy: RetryPolicy
  /// Attempts that failed without the server asking for a wait.
  private(set) var failures = 0
  /// All attempts that failed.
  private(set) var attempts = 0

  init(_ policy: RetryPolicy) { self.policy = policy }

  /// Decides after a failure, `elapsed` after the first attempt began. `asked` is the wait that the server asked for.
  mutating func decide(
    asked: Duration?, elapsed: Duration, using random: inout some RandomNumberGenerator
  ) -> RetryDecision {
    attempts += 1
    var delay: Duration
    if let asked {
      // A little more than asked, so that many clients do not come back in one instant.
      delay = max(asked, .zero) + policy.backoff(failures: 1, using: &random)
    } else {
      failures += 1
      guard failures < policy.maximumAttempts else {
        return .giveUp(because: failures == 1 ? "it was tried once" : "it was tried \(failures) times")
      }
      delay = policy.backoff(failures: failures, using: &random)
    }
    guard elapsed + delay <= policy.maximumElapsed else {
      let limit = "'retry.max_elapsed' is \(policy.maximumElapsed.inWords)"
      return .giveUp(because: asked.map { "the server asks to wait \($0.inWords), and \(limit)" } ?? limit)
    }
    return .wait(delay)
  }
}

/// How long a server asks to be left alone.
enum ServerWait {
  /// The wait in the headers of a response; `now` is in seconds since 1970.
  ///
  /// Understands `Retry-After` (seconds or a date), and when nothing is left of a quota or the status is 429, the
  /// `RateLimit-Reset` family (seconds from now, or seconds since 1970).
  static func asked(by headers: HTTPHeaders, status: Int, now: Double) -> Duration? {
    if let value = headers["Retry-After"] {
      if let seconds = Double(value), seconds.isFinite { return bounded(seconds) }
      if let date = HTTPDate.seconds(value) { return bounded(Double(date) - now) }
    }
    let left = headers["X-RateLimit-Remaining"] ?? headers["RateLimit-Remaining"]
    guard status == 429 || left == "0" else { return nil }
    for name in ["X-RateLimit-Reset", "RateLimit-Reset", "X-Rate-Limit-Reset"] {
      guard let value = headers[name], let seconds = Double(value), seconds.isFinite else { continue }
      return bounded(seconds > 100_000_000 ? seconds - now : seconds)
    }
    return nil
  }

  private static func bounded(_ seconds: Double) -> Duration {
    .milliseconds(Int64(min(max(seconds, 0), 1e9) * 1000))
  }
}

/// The dates of HTTP (RFC 9110, section 5.6.7).
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func seconds(_ text: String) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT" || words[5] == "UTC", let day = Int64(words[1]) else {
      return nil
    }
    guard let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]) else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, (1...31).contains(day), (1...9999).contains(year) else { return nil }
    let days = Calendar.days(year: year, month: Int64(month + 1), day: day)
    return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }
}

extension Duration {
  /// The duration for people: `1.5 s`, `2 min`, `1 h`.
  var inWords: String {
    let seconds = Double(components.seconds) + Double(components.attoseconds) / 1e18
    func number(_ value: Double) -> String {
      let tenths = (value * 10).rounded() / 10
      return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
    }
    if seconds < 120 { return "\(number(seconds)) s" }
    return seconds < 7200 ? "\(number(seconds / 60)) min" : "\(number(seconds / 3600)) h"
  }
}
