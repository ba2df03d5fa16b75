/// How old a source's newest row may be.
public struct FreshnessCriteria: Sendable, Codable, Hashable {
  /// A unit of time.
  public enum Period: String, Sendable, Codable, Hashable, CaseIterable {
    case minute, hour, day

    /// In seconds.
    public var seconds: Int {
      switch self {
      case .minute: 60
      case .hour: 3600
      case .day: 86_400
      }
    }
  }

  /// An age.
  public struct Limit: Sendable, Codable, Hashable {
    /// How many periods.
    public var count: Int
    /// Of what length.
    public var period: Period

    /// Makes a limit.
    public init(count: Int, period: Period) {
      self.count = count
      self.period = period
    }

    /// `1 day`, `12 hours`.
    public var text: String { "\(count) \(period.rawValue)\(count == 1 ? "" : "s")" }

    func isExceeded(by seconds: Double) -> Bool { seconds > Double(count) * Double(period.seconds) }
  }

  /// Rows older than this are worth a warning.
  public var warnAfter: Limit?
  /// Rows older than this are an error.
  public var errorAfter: Limit?
  /// The rows that count, as a condition.
  public var filter: String?

  /// Makes criteria.
  public init(warnAfter: Limit? = nil, errorAfter: Limit? = nil, filter: String? = nil) {
    self.warnAfter = warnAfter
    self.errorAfter = errorAfter
    self.filter = filter
  }

  /// Whether there is anything to be judged.
  public var isChecked: Bool { warnAfter != nil || errorAfter != nil }

  /// The limit that an age in seconds exceeds, the stricter one first.
  public func exceeded(by seconds: Double) -> (limit: Limit, isError: Bool)? {
    if let errorAfter, errorAfter.isExceeded(by: seconds) { return (errorAfter, true) }
    if let warnAfter, warnAfter.isExceeded(by: seconds) { return (warnAfter, false) }
    return nil
  }
}

/// How old a source's newest row was found to be.
public struct FreshnessReading: Sendable, Hashable {
  /// When the newest row came, in microseconds since 1970; nil if there is none.
  public var loadedAt: Int?
  /// When that was asked, in microseconds since 1970.
  public var askedAt: Int

  /// Makes a reading.
  public init(loadedAt: Int?, askedAt: Int) {
    self.loadedAt = loadedAt
    self.askedAt = askedAt
  }

  /// What stands for a time when there is none: the calendar's beginning, as in dbt.
  public static let never = -62_135_596_800_000_000

  /// The age in seconds.
  public var age: Double {
    let difference = askedAt - (loadedAt ?? Self.never)
    let (seconds, rest) = difference.quotientAndRemainder(dividingBy: 1_000_000)
    return Double(seconds) + Double(rest) / 1_000_000
  }
}
