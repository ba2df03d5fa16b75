import Diagnostics

/// How far the clocks of a place are ahead of UTC at some time.
struct ClockOffset: Hashable {
  static let utc = ClockOffset(seconds: 0, daylightSeconds: 0, name: "UTC")

  /// Ahead of UTC, in whole minutes.
  var seconds: Int
  /// What daylight saving time adds to the standard time; 0 in standard time.
  var daylightSeconds: Int
  /// The abbreviation, such as `CET`.
  var name: String
}

/// The clocks of a place: when they changed, and by which rule they go on changing.
struct TimeZoneData {
  static let utc = TimeZoneData(name: "UTC", initial: .utc)

  let name: String
  /// In force before the first change.
  let initial: ClockOffset
  /// In seconds since 1970, ascending, with what is in force from then on.
  var changes: [(moment: Int, offset: ClockOffset)] = []
  /// In force after the last change.
  var rule: DaylightRule?

  /// What is in force at a moment, in seconds since 1970.
  func offset(at moment: Int) -> ClockOffset {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].moment <= moment { low = middle + 1 } else { high = middle }
    }
    if low == changes.count, let rule { return rule.offset(at: moment) }
    return low == 0 ? initial : changes[low - 1].offset
  }

  /// What is in force when clocks show a time, in seconds since 1970 as if it were UTC. `isDaylight` says which of two
  /// is meant when clocks are put back, and from which side to come to a time that they skip; without it those throw.
  func offset(whenClocksShow local: Int, isDaylight: Bool?) throws -> ClockOffset {
    var found: [ClockOffset] = []
    for day in [-86_400, 86_400] {
      let candidate = offset(at: local - offset(at: local + day).seconds)
      if offset(at: local - candidate.seconds) == candidate, !found.contains(candidate) {
        found.append(candidate)
      }
    }
    if found.count == 1 { return found[0] }
    guard let isDaylight else {
      let what = found.isEmpty ? "is skipped" : "comes twice"
      let time = DateTimeObject(microseconds: local * 1_000_000).text()
      throw Diagnostic(
        .templateRuntime, "\(time) \(what) in the time zone '\(name)'",
        hint: "say which is meant: is_dst=True or is_dst=False")
    }
    if found.isEmpty {
      return try offset(whenClocksShow: local + (isDaylight ? 21_600 : -21_600), isDaylight: isDaylight)
    }
    let asAsked = found.filter { ($0.daylightSeconds != 0) == isDaylight }
    let remaining = asAsked.isEmpty ? found : asAsked
    let ascending = remaining.sorted { $0.seconds < $1.seconds }
    return isDaylight ? ascending[ascending.count - 1] : ascending[0]
  }
}

/// The yearly change between standard and daylight saving time, in the form that POSIX gives the variable `TZ`.
struct DaylightRule {
  /// A day of a year and a time on it.
  enum Day {
    /// From 1 to 365; February 29 is never counted.
    case ofCommonYear(Int)
    /// From 0 to 365.
    case ofYear(Int)
    /// The weekday (Sunday is 0) of a week (5 is the last) of a month.
    case weekday(Int, week: Int, month: Int)
  }

  var standard: ClockOffset
  var daylight: ClockOffset?
  /// When daylight saving time begins and ends, by the clocks before the change.
  var start: (day: Day, seconds: Int)?
  var end: (day: Day, seconds: Int)?

  func offset(at moment: Int) -> ClockOffset {
    guard let daylight, let start, let end else { return standard }
    let year = CalendarParts(microseconds: (moment + standard.seconds) * 1_000_000).year
    let begins = Self.midnight(start.day, year) + start.seconds - standard.seconds
    let ends = Self.midnight(end.day, year) + end.seconds - daylight.seconds
    let isDaylight = begins < ends ? (begins..<ends).contains(moment) : !(ends..<begins).contains(moment)
    return isDaylight ? daylight : standard
  }

  private static func midnight(_ day: Day, _ year: Int) -> Int {
    let january = CalendarParts.days(year: year, month: 1, day: 1)
    switch day {
    case .ofYear(let number): return (january + number) * 86_400
    case .ofCommonYear(let number):
      let isLeap = CalendarParts.days(year: year, month: 12, day: 31) - january == 365
      return (january + number - (isLeap && number >= 60 ? 0 : 1)) * 86_400
    case .weekday(let weekday, let week, let month):
      let first = CalendarParts.days(year: year, month: month, day: 1)
      let next = CalendarParts.days(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
      var found = first + (weekday - CalendarParts.weekday(ofDay: first) + 7) % 7 + (week - 1) * 7
      while found >= next { found -= 7 }
      return found * 86_400
    }
  }
}
