import Diagnostics
import Jinja

/// A time zone with one of its offsets, as pytz hands them out: `timezone()` gives the zone with the offset it began
/// with, and `localize`, `normalize` and `astimezone` put the one that is in force into the moments they make.
final class TimeZoneObject: HostObject {
  static var utc: TimeZoneObject { TimeZoneObject(.utc) }

  let data: TimeZoneData
  let offset: ClockOffset

  init(_ data: TimeZoneData, _ offset: ClockOffset? = nil) {
    self.data = data
    self.offset = offset ?? data.initial
  }

  var typeName: String { "tzinfo" }

  /// The zone a template names. Throws if the system does not know it.
  static func named(_ name: String) throws -> TimeZoneObject {
    if name.uppercased() == "UTC" { return utc }
    if let data = TimeZoneFile.zone(named: name) { return TimeZoneObject(data) }
    let hasZones = TimeZoneFile.zone(named: "Europe/London") != nil
    throw Diagnostic(
      .templateRuntime, "the time zone '\(name)' is not known",
      hint: hasZones
        ? "names are those of the time zone database, such as Europe/Berlin"
        : "this system has no time zone database; install it (tzdata)")
  }

  /// A zone whose clocks never change, as `datetime.timezone` makes it.
  static func fixed(seconds: Int, name: String?) -> TimeZoneObject {
    let text = seconds == 0 ? "UTC" : "UTC" + DateTimeObject.offsetText(seconds, colon: true)
    let offset = ClockOffset(seconds: seconds, daylightSeconds: 0, name: name ?? text)
    return TimeZoneObject(TimeZoneData(name: name ?? text, initial: offset))
  }

  /// The zone of an argument; nil for none. Throws if it is something else.
  static func from(_ value: Value?) throws -> TimeZoneObject? {
    guard let value, !value.isNone else { return nil }
    if case .object(let object) = value, let zone = object as? TimeZoneObject { return zone }
    throw Diagnostic(
      .templateRuntime, "a time zone is needed, not '\(value.typeName)'",
      hint: "make one: modules.pytz.timezone('Europe/Berlin')")
  }

  func text() -> String { data.name }

  func isEqual(to other: Value) -> Bool {
    guard case .object(let object) = other, let zone = object as? TimeZoneObject else { return false }
    return zone.data.name == data.name && zone.offset == offset
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "zone": .string(data.name)
    case "localize": .function(name) { arguments, _ in try self.localized(arguments) }
    case "normalize":
      .function(name) { arguments, _ in
        let moment = try Self.moment(arguments, name)
        guard moment.zone != nil else {
          throw Diagnostic(.templateRuntime, "Naive time - no tzinfo set")
        }
        return .object(moment.shown(in: self))
      }
    case "utcoffset", "dst", "tzname": .function(name) { arguments, _ in try self.answer(name, arguments) }
    default: nil
    }
  }

  private static func moment(_ arguments: Arguments, _ function: String) throws -> DateTimeObject {
    guard case .object(let object) = arguments.value(0, "dt"), let moment = object as? DateTimeObject else {
      throw Diagnostic(.templateRuntime, "\(function)() needs a datetime")
    }
    return moment
  }

  private func localized(_ arguments: Arguments) throws -> Value {
    let moment = try Self.moment(arguments, "localize")
    guard moment.zone == nil else {
      throw Diagnostic(.templateRuntime, "Not naive datetime (tzinfo is already set)")
    }
    let isDaylight = arguments.value(1, "is_dst").map { $0.isNone ? nil : $0.isTruthy } ?? false
    return .object(try moment.placed(in: self, isDaylight: isDaylight))
  }

  /// `utcoffset`, `dst` or `tzname` of a moment: that of its own offset, or of the one in force when clocks show it.
  private func answer(_ name: String, _ arguments: Arguments) throws -> Value {
    guard let argument = arguments.value(0, "dt"), !argument.isNone else {
      return name == "tzname" ? .string(data.name) : .none
    }
    let moment = try Self.moment(arguments, name)
    let isDaylight = arguments.value(1, "is_dst").flatMap { $0.isNone ? nil : $0.isTruthy }
    let found =
      try moment.zone?.offset ?? moment.placed(in: self, isDaylight: isDaylight).zone?.offset ?? offset
    return found.part(name)
  }
}

extension ClockOffset {
  /// What Python's function of that name says: `utcoffset`, `dst`, or else `tzname`.
  func part(_ function: String) -> Value {
    switch function {
    case "utcoffset": .object(DurationObject(microseconds: seconds * 1_000_000))
    case "dst": .object(DurationObject(microseconds: daylightSeconds * 1_000_000))
    default: .string(name)
    }
  }
}

extension DateTimeObject {
  /// The moment at which the clocks of a zone, with the offset it carries, show a time.
  convenience init(clock: Int, zone: TimeZoneObject?, isDate: Bool = false) {
    self.init(microseconds: clock - (zone?.offset.seconds ?? 0) * 1_000_000, zone: zone, isDate: isDate)
  }

  /// The same moment by the clocks of another zone. A moment whose zone is not known counts as one of UTC.
  func shown(in zone: TimeZoneObject) -> DateTimeObject {
    let offset = zone.data.offset(at: Self.wholeSeconds(microseconds))
    return DateTimeObject(microseconds: microseconds, zone: TimeZoneObject(zone.data, offset))
  }

  /// The moment at which the clocks of a zone show this time.
  func placed(in zone: TimeZoneObject, isDaylight: Bool?) throws -> DateTimeObject {
    let offset = try zone.data.offset(whenClocksShow: Self.wholeSeconds(clock), isDaylight: isDaylight)
    return DateTimeObject(clock: clock, zone: TimeZoneObject(zone.data, offset))
  }

  private static func wholeSeconds(_ microseconds: Int) -> Int {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
