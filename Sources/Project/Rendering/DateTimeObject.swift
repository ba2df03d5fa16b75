import Diagnostics
import Jinja
import Tabular

/// A moment or a day, as Python's `datetime` shows it. Whole microseconds, proleptic Gregorian calendar.
final class DateTimeObject: HostObject {
  /// Since 1970-01-01 00:00:00, of UTC if a zone is known, else of whatever clocks are meant.
  let microseconds: Int
  /// Whose clocks show the moment; nil if that is not known.
  let zone: TimeZoneObject?
  /// Whether only the day is meant.
  let isDate: Bool

  /// From the first moment of year 1 to the last of year 9999: all that Python's type holds.
  static let range = -62_135_596_800_000_000...253_402_300_799_999_999

  /// A moment; the nearest that the calendar has, if it lies beyond, as a warehouse's infinite days do.
  init(microseconds: Int, zone: TimeZoneObject?, isDate: Bool = false) {
    self.microseconds = min(max(microseconds, Self.range.lowerBound), Self.range.upperBound)
    self.zone = zone
    self.isDate = isDate
  }

  /// A moment of UTC, if it is aware of its zone.
  convenience init(microseconds: Int, isAware: Bool = false, isDate: Bool = false) {
    self.init(microseconds: microseconds, zone: isAware ? .utc : nil, isDate: isDate)
  }

  /// A day; the nearest that the calendar has, if it lies beyond.
  convenience init(daysSince1970 days: Int) {
    self.init(microseconds: min(max(days, -719_162), 2_932_896) * 86_400_000_000, isDate: true)
  }

  convenience init(secondsSince1970: Double, isAware: Bool) {
    self.init(microseconds: Int((secondsSince1970 * 1_000_000).rounded()), isAware: isAware)
  }

  var typeName: String { isDate ? "date" : "datetime" }

  /// Whether it is known whose clocks show the moment.
  var isAware: Bool { zone != nil }

  /// What the clocks show, in microseconds since they showed 1970-01-01 00:00:00.
  var clock: Int { microseconds + (zone?.offset.seconds ?? 0) * 1_000_000 }

  /// The parts of the calendar and the clock.
  var parts: CalendarParts { CalendarParts(microseconds: clock) }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    let parts = parts
    switch name {
    case "year": return .int(parts.year)
    case "month": return .int(parts.month)
    case "day": return .int(parts.day)
    case "hour": return .int(parts.hour)
    case "minute": return .int(parts.minute)
    case "second": return .int(parts.second)
    case "microsecond": return .int(parts.microsecond)
    case "strftime":
      return .function(name) { arguments, _ in
        .string(self.formatted(arguments.value(0, "format")?.description ?? ""))
      }
    case "isoformat": return .function(name) { _, _ in .string(self.isoText("T")) }
    case "timestamp": return .function(name) { _, _ in .float(Double(self.microseconds) / 1_000_000) }
    case "weekday": return .function(name) { _, _ in .int((parts.weekday + 6) % 7) }
    case "isoweekday": return .function(name) { _, _ in .int(parts.weekday == 0 ? 7 : parts.weekday) }
    case "date":
      return .function(name) { _, _ in
        .object(DateTimeObject(microseconds: parts.days * 86_400_000_000, isDate: true))
      }
    case "tzinfo": return isDate ? nil : zone.map { .object($0) } ?? Value.none
    case "utcoffset", "dst", "tzname":
      return .function(name) { _, _ in self.zone?.offset.part(name) ?? Value.none }
    case "astimezone":
      return .function(name) { arguments, _ in
        .object(self.shown(in: try TimeZoneObject.from(arguments.value(0, "tz")) ?? .utc))
      }
    case "replace": return .function(name) { arguments, _ in .object(try self.replacing(arguments)) }
    default: return nil
    }
  }

  private func replacing(_ arguments: Arguments) throws -> DateTimeObject {
    let parts = parts
    func part(_ name: String, _ standard: Int) -> Int { arguments[name]?.intValue ?? standard }
    let other = try TimeZoneObject.from(arguments["tzinfo"])
    let zone = arguments["tzinfo"] == nil ? zone : other
    let clock = try CalendarParts.microseconds(of: [
      part("year", parts.year), part("month", parts.month), part("day", parts.day),
      part("hour", parts.hour), part("minute", parts.minute), part("second", parts.second),
      part("microsecond", parts.microsecond),
    ])
    return DateTimeObject(clock: clock, zone: zone, isDate: isDate)
  }

  func text() -> String { isoText(" ") }

  func isEqual(to other: Value) -> Bool {
    guard case .object(let object) = other, let date = object as? DateTimeObject else { return false }
    return date.microseconds == microseconds && date.isDate == isDate && date.isAware == isAware
  }

  private func isoText(_ separator: String) -> String {
    let parts = parts
    let day = "\(parts.padded(parts.year, 4))-\(parts.padded(parts.month))-\(parts.padded(parts.day))"
    if isDate { return day }
    let clock = "\(parts.padded(parts.hour)):\(parts.padded(parts.minute)):\(parts.padded(parts.second))"
    let fraction = parts.microsecond == 0 ? "" : "." + parts.padded(parts.microsecond, 6)
    return day + separator + clock + fraction
      + (zone.map { Self.offsetText($0.offset.seconds, colon: true) } ?? "")
  }

  /// An offset from UTC: `+01:00`, or `+0100`.
  static func offsetText(_ seconds: Int, colon: Bool) -> String {
    let parts = CalendarParts(microseconds: abs(seconds) * 1_000_000)
    let sign = seconds < 0 ? "-" : "+"
    return sign + parts.padded(parts.hour) + (colon ? ":" : "") + parts.padded(parts.minute)
  }

  /// `strftime`'s directives, those that do not depend on a language.
  private func formatted(_ format: String) -> String {
    let parts = parts
    var result = ""
    var isDirective = false
    for scalar in format.unicodeScalars {
      guard isDirective else {
        if scalar == "%" { isDirective = true } else { result.unicodeScalars.append(scalar) }
        continue
      }
      isDirective = false
      result += parts.directive(scalar, zone?.offset)
    }
    return result
  }
}

/// A moment in the parts that people write.
struct CalendarParts {
  var days: Int
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int
  var microsecond: Int

  /// From Sunday, 0, to Saturday, 6.
  var weekday: Int { Self.weekday(ofDay: days) }
  var dayOfYear: Int { days - Self.days(year: year, month: 1, day: 1) + 1 }

  /// From Sunday, 0, to Saturday, 6, of a day since 1970-01-01.
  static func weekday(ofDay day: Int) -> Int { ((day + 4) % 7 + 7) % 7 }

  init(microseconds: Int) {
    let dayLength = 86_400_000_000
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: dayLength)
    days = remainder < 0 ? quotient - 1 : quotient
    let rest = remainder < 0 ? remainder + dayLength : remainder
    (hour, minute) = (rest / 3_600_000_000, rest / 60_000_000 % 60)
    (second, microsecond) = (rest / 1_000_000 % 60, rest % 1_000_000)
    let date = CivilDate(daysSince1970: days)
    (year, month, day) = (date.year, date.month, date.day)
  }

  /// Days from 1970-01-01 to a day.
  static func days(year: Int, month: Int, day: Int) -> Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Since 1970, of a year, month, day, hour, minute, second and microsecond. Throws what Python says if one of
  /// them lies outside of the calendar.
  static func microseconds(of numbers: [Int]) throws -> Int {
    let names = ["year", "month", "day", "hour", "minute", "second", "microsecond"]
    let ranges = [1...9999, 1...12, 1...31, 0...23, 0...59, 0...59, 0...999_999]
    for (name, (number, range)) in zip(names, zip(numbers, ranges)) where !range.contains(number) {
      throw Diagnostic(
        .templateRuntime, "\(name) must be in \(range.lowerBound)..\(range.upperBound), not \(number)")
    }
    let days = days(year: numbers[0], month: numbers[1], day: numbers[2])
    let next = numbers[1] == 12 ? (numbers[0] + 1, 1) : (numbers[0], numbers[1] + 1)
    guard days < Self.days(year: next.0, month: next.1, day: 1) else {
      throw Diagnostic(.templateRuntime, "day is out of range for month")
    }
    let seconds = days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
    return seconds * 1_000_000 + numbers[6]
  }

  func padded(_ value: Int, _ width: Int = 2) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November",
    "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  func directive(_ name: Unicode.Scalar, _ offset: ClockOffset?) -> String {
    switch name {
    case "Y": padded(year, 4)
    case "y": padded(year % 100)
    case "m": padded(month)
    case "d": padded(day)
    case "H": padded(hour)
    case "I": padded(hour % 12 == 0 ? 12 : hour % 12)
    case "M": padded(minute)
    case "S": padded(second)
    case "f": padded(microsecond, 6)
    case "j": padded(dayOfYear, 3)
    case "p": hour < 12 ? "AM" : "PM"
    case "w": String(weekday)
    case "u": String(weekday == 0 ? 7 : weekday)
    case "B": Self.months[month - 1]
    case "b", "h": String(Self.months[month - 1].prefix(3))
    case "A": Self.weekdays[weekday]
    case "a": String(Self.weekdays[weekday].prefix(3))
    case "F": "\(padded(year, 4))-\(padded(month))-\(padded(day))"
    case "T": "\(padded(hour)):\(padded(minute)):\(padded(second))"
    case "D": "\(padded(month))/\(padded(day))/\(padded(year % 100))"
    case "s": String((days * 86_400) + hour * 3600 + minute * 60 + second - (offset?.seconds ?? 0))
    case "z": offset.map { DateTimeObject.offsetText($0.seconds, colon: false) } ?? ""
    case "Z": offset?.name ?? ""
    case "n": "\n"
    case "t": "\t"
    case "%": "%"
    default: "%\(name)"
    }
  }
}
