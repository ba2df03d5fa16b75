/// Reads moments as ISO 8601 writes them: `2024-01-31`, `2024-01-31T12:30:00.5+02:00`.
enum ISODate {
  /// The moment, or nil if the text does not say one.
  static func moment(_ text: String) -> DateTimeObject? {
    var parser = Parser(rest: Array(text.utf8)[...])
    guard let year = parser.digits(4), parser.skip("-"), let month = parser.digits(2), parser.skip("-"),
      let day = parser.digits(2)
    else { return nil }
    var numbers = [year, month, day, 0, 0, 0, 0]
    var zone: TimeZoneObject?
    if !parser.rest.isEmpty {
      // Any one character stands between day and time.
      parser.rest.removeFirst()
      guard let time = parser.time() else { return nil }
      numbers.replaceSubrange(3..., with: time)
      guard parser.zone(&zone) else { return nil }
    }
    guard parser.rest.isEmpty,
      let clock = try? CalendarParts.microseconds(of: numbers)  // no such day: the caller says so
    else { return nil }
    return DateTimeObject(clock: clock, zone: zone)
  }

  private struct Parser {
    var rest: ArraySlice<UInt8>

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func digits(_ count: Int) -> Int? {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      rest = rest.dropFirst(count)
      return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Hour, and minute, second and microsecond, which may be left out.
    mutating func time() -> [Int]? {
      guard let hour = digits(2) else { return nil }
      var numbers = [hour, 0, 0, 0]
      for index in 1...2 where skip(":") {
        guard let number = digits(2) else { return nil }
        numbers[index] = number
      }
      if skip(".") || skip(",") {
        let fraction = rest.prefix { (0x30...0x39).contains($0) }
        guard !fraction.isEmpty else { return nil }
        rest = rest.dropFirst(fraction.count)
        let six = (Array(fraction) + Array(repeating: 0x30, count: 6)).prefix(6)
        numbers[3] = six.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      }
      return numbers
    }

    /// Whether what is left is an offset from UTC, or nothing.
    mutating func zone(_ zone: inout TimeZoneObject?) -> Bool {
      if rest.isEmpty { return true }
      if skip("Z") {
        zone = .utc
        return true
      }
      let isWest = skip("-")
      guard isWest || skip("+"), let hours = digits(2) else { return false }
      _ = skip(":")
      let minutes = rest.isEmpty ? 0 : digits(2)
      guard let minutes, hours < 24, minutes < 60 else { return false }
      let seconds = hours * 3600 + minutes * 60
      zone = seconds == 0 ? .utc : .fixed(seconds: isWest ? -seconds : seconds, name: nil)
      return true
    }
  }
}
