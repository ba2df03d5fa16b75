import Glibc

/// Numbers and times as people read them.
enum Quantities {
  /// Seconds with two decimals (`0.03s`); from a minute on minutes and seconds (`2m 05s`), then hours.
  static func duration(_ duration: Duration) -> String {
    let seconds = seconds(duration)
    if seconds < 60 {
      let hundredths = Int((seconds * 100).rounded())
      return "\(hundredths / 100).\(twoDigits(hundredths % 100))s"
    }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60)m \(twoDigits(whole % 60))s" }
    return "\(whole / 3600)h \(twoDigits(whole / 60 % 60))m \(twoDigits(whole % 60))s"
  }

  /// An age in its largest unit, rounded down: `3 days`, `5 minutes`.
  static func age(_ seconds: Double) -> String {
    let units = [("day", 86_400.0), ("hour", 3600.0), ("minute", 60.0)]
    for (name, length) in units where seconds >= length { return count(Int(seconds / length), name) }
    return count(max(0, Int(seconds)), "second")
  }

  /// A duration as a fraction of seconds.
  static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  /// A count with its noun (`1 row`, `12,345 rows`).
  static func count(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? singular : plural ?? singular + "s")"
  }

  /// An integer with its thousands apart.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return number < 0 ? "-" + result : result
  }

  /// An amount of bytes in the largest unit that fits: `812 B`, `1.2 MB`.
  static func bytes(_ bytes: Int) -> String {
    var amount = Double(bytes)
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    // From 999.95 on, one decimal rounds to the next unit.
    while amount >= 999.95, unit < units.count - 1 {
      amount /= 1000
      unit += 1
    }
    if unit == 0 { return "\(bytes) B" }
    let tenths = Int((amount * 10).rounded())
    return "\(grouped(tenths / 10)).\(tenths % 10) \(units[unit])"
  }

  /// The local time of day, `HH:MM:SS`, of seconds since 1970.
  static func timeOfDay(_ secondsSince1970: Double) -> String {
    var clock = time_t(secondsSince1970.rounded(.down))
    var parts = tm()
    localtime_r(&clock, &parts)
    return "\(twoDigits(Int(parts.tm_hour))):\(twoDigits(Int(parts.tm_min))):\(twoDigits(Int(parts.tm_sec)))"
  }

  /// `2026-11-22T16:05:29.964364Z` of seconds since 1970.
  static func timestamp(_ secondsSince1970: Double) -> String {
    let whole = secondsSince1970.rounded(.down)
    let microseconds = min(999_999, Int(((secondsSince1970 - whole) * 1e6).rounded()))
    var clock = time_t(whole)
    var parts = tm()
    gmtime_r(&clock, &parts)
    let date = "\(parts.tm_year + 1900)-\(twoDigits(Int(parts.tm_mon) + 1))-\(twoDigits(Int(parts.tm_mday)))"
    let time =
      "\(twoDigits(Int(parts.tm_hour))):\(twoDigits(Int(parts.tm_min))):\(twoDigits(Int(parts.tm_sec)))"
    let fraction = String(microseconds)
    return "\(date)T\(time).\(String(repeating: "0", count: 6 - fraction.utf8.count))\(fraction)Z"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
