import Diagnostics

/// How far a source was read: a value of the cursor column.
public enum CursorValue: Sendable, Hashable {
  /// Text, such as an id or a time as the source wrote it.
  case text(String)
  /// A whole number.
  case integer(Int64)
  /// A moment, in microseconds since 1970, UTC.
  case timestamp(microseconds: Int64)
}

/// How a cursor is written in a request.
public enum CursorFormat: Sendable, Hashable {
  /// As it is; times as `iso8601`.
  case plain
  /// `2026-03-01T12:30:00Z`, with a fraction of a second if there is one.
  case iso8601
  /// `2026-03-01`
  case date
  /// A whole number of units since 1970: 1 for seconds, 1,000 for milliseconds, 1,000,000 for microseconds.
  case epoch(unitsPerSecond: Int64)
  /// C's `strftime` with `%Y %m %d %H %M %S %f %j %y %z %%`.
  case pattern(String)

  /// Which end of an interval a value is. What a format cannot say is rounded outwards, so that nothing is left out.
  public enum Bound: Sendable { case start, end }

  private static let conversions: [Character] = [
    "Y", "m", "d", "H", "M", "S", "f", "j", "y", "z", "%", "F", "T",
  ]

  /// Reads a format's name or pattern. Nil if it is none.
  public init?(_ text: String) {
    switch text {
    case "plain": self = .plain
    case "iso8601": self = .iso8601
    case "date": self = .date
    case "epoch", "epoch_s", "unix_seconds": self = .epoch(unitsPerSecond: 1)
    case "epoch_ms", "unix_milliseconds": self = .epoch(unitsPerSecond: 1000)
    case "epoch_us", "unix_microseconds": self = .epoch(unitsPerSecond: 1_000_000)
    default:
      guard text.contains("%") else { return nil }
      var rest = text[...]
      while let mark = rest.firstIndex(of: "%") {
        rest = rest[rest.index(after: mark)...]
        guard let kind = rest.popFirst(), Self.conversions.contains(kind) else { return nil }
      }
      self = .pattern(text)
    }
  }

  /// Writes a value. Throws a diagnostic if it is no time and the format needs one.
  public func text(of value: CursorValue, as bound: Bound) throws(Diagnostic) -> String {
    switch (self, value) {
    case (.plain, .text(let text)): return text
    case (.plain, .integer(let number)): return String(number)
    case (.plain, .timestamp(let microseconds)), (.iso8601, .timestamp(let microseconds)):
      return Self.iso8601(microseconds)
    case (.epoch, .integer(let number)): return String(number)
    case (.epoch, .text(let text)) where Int64(text) != nil: return text
    default: break
    }
    let time: Int64
    switch value {
    case .timestamp(let microseconds): time = microseconds
    case .text(let text):
      guard let parsed = Calendar.microseconds(iso8601: text) else { throw Self.noTime("'\(text)'") }
      time = parsed
    case .integer(let number): throw Self.noTime(String(number))
    }
    return write(rounded(time, bound))
  }

  private static func noTime(_ value: String) -> Diagnostic {
    Diagnostic(
      .sourceSetting, "the cursor \(value) is no time, and the incremental parameters need one",
      hint: "leave 'format' out to send the cursor as it is")
  }

  /// The smallest step that the format can say, in microseconds.
  private var step: Int64 {
    switch self {
    case .plain, .iso8601: 1
    case .date: 86_400_000_000
    case .epoch(let units): 1_000_000 / units
    case .pattern(let pattern):
      if pattern.contains("%f") {
        1
      } else if pattern.contains("%S") || pattern.contains("%T") {
        1_000_000
      } else if pattern.contains("%M") {
        60_000_000
      } else {
        pattern.contains("%H") ? 3_600_000_000 : 86_400_000_000
      }
    }
  }

  private func rounded(_ time: Int64, _ bound: Bound) -> Int64 {
    let down = Calendar.floorDivide(time, step) * step
    return bound == .end && down < time ? down + step : down
  }

  private func write(_ time: Int64) -> String {
    switch self {
    case .plain, .iso8601: Self.iso8601(time)
    case .date: Self.strftime("%Y-%m-%d", time)
    case .epoch(let units): String(Calendar.floorDivide(time, 1_000_000 / units))
    case .pattern(let pattern): Self.strftime(pattern, time)
    }
  }

  private static func iso8601(_ time: Int64) -> String {
    let fraction = time - Calendar.floorDivide(time, 1_000_000) * 1_000_000
    return strftime(fraction == 0 ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%S.%fZ", time)
  }

  private static func strftime(_ pattern: String, _ time: Int64) -> String {
    let day = Calendar.floorDivide(time, 86_400_000_000)
    let (year, month, dayOfMonth) = Calendar.date(day)
    let inDay = time - day * 86_400_000_000
    let seconds = inDay / 1_000_000
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    var output = ""
    var rest = pattern[...]
    while let character = rest.popFirst() {
      guard character == "%", let kind = rest.popFirst() else {
        output.append(character)
        continue
      }
      switch kind {
      case "Y": output += padded(year, 4)
      case "y": output += padded(year % 100, 2)
      case "m": output += padded(month, 2)
      case "d": output += padded(dayOfMonth, 2)
      case "H": output += padded(seconds / 3600, 2)
      case "M": output += padded(seconds / 60 % 60, 2)
      case "S": output += padded(seconds % 60, 2)
      case "f": output += padded(inDay % 1_000_000, 6)
      case "j": output += padded(day - Calendar.days(year: year, month: 1, day: 1) + 1, 3)
      case "z": output += "+0000"
      case "F": output += strftime("%Y-%m-%d", time)
      case "T": output += strftime("%H:%M:%S", time)
      default: output.append(kind)
      }
    }
    return output
  }
}
