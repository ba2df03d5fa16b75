import Diagnostics
import Jinja

/// The span of time that `--sample` leaves of what is read.
public struct SampleWindow: Sendable, Hashable {
  /// The first moment, in microseconds since 1970, UTC.
  public var start: Int
  /// The first moment that is no part of it.
  public var end: Int

  /// Reads `3 days`, which ends `now`, or `{start: 2024-01-01, end: 2024-01-31}`. Throws a usage error.
  public init(_ text: String, now: Int) throws(Diagnostic) {
    let words = text.split(separator: " ").map(String.init)
    if words.first?.hasPrefix("{") ?? false {
      (start, end) = try Self.moments(text)
      guard start < end else { throw Diagnostic(.usage, "--sample must start before it ends") }
      return
    }
    guard words.count == 2, let count = Int(words[0]) else {
      throw Diagnostic(
        .usage, "--sample cannot be '\(text)'",
        hint: "write '3 days' or '{start: 2024-01-01, end: 2024-01-31}'")
    }
    let unit = words[1].lowercased()
    guard let size = BatchSize(rawValue: unit.hasSuffix("s") ? String(unit.dropLast()) : unit) else {
      throw Diagnostic(
        .usage, "--sample does not count in '\(words[1])'", hint: "it counts in hours, days, months or years")
    }
    end = now
    start = Self.moment(now, minus: count, size)
  }

  private static func moments(_ text: String) throws(Diagnostic) -> (Int, Int) {
    let data = try DataValue.parse(yaml: text, name: "--sample")
    func moment(_ key: String) throws(Diagnostic) -> Int {
      guard let written = data[key]?.scalarText, let moment = MomentText.microseconds(written) else {
        throw Diagnostic(
          .usage, "'\(key)' of --sample is no date or moment",
          hint: "write '{start: 2024-01-01, end: 2024-01-31T12:00:00}'")
      }
      return moment
    }
    return (try moment("start"), try moment("end"))
  }

  /// A moment earlier by so many hours, days, months or years; of a month that is too short, its last day.
  private static func moment(_ moment: Int, minus count: Int, _ size: BatchSize) -> Int {
    let day = 86_400_000_000
    switch size {
    case .hour: return moment - count * 3_600_000_000
    case .day: return moment - count * day
    case .month, .year:
      let parts = CalendarParts(microseconds: moment)
      let months = parts.year * 12 + parts.month - 1 - count * (size == .year ? 12 : 1)
      let (year, month) = (months / 12, months % 12 + 1)
      let first = CalendarParts.days(year: year, month: month, day: 1)
      let (nextYear, nextMonth) = month == 12 ? (year + 1, 1) : (year, month + 1)
      let length = CalendarParts.days(year: nextYear, month: nextMonth, day: 1) - first
      let today = CalendarParts.days(year: parts.year, month: parts.month, day: parts.day)
      return (first + min(parts.day, length) - 1) * day + moment - today * day
    }
  }
}
