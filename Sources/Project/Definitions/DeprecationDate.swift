import Jinja

/// From when on a model should not be read any more.
public struct DeprecationDate: Sendable, Codable, Hashable {
  /// The date as it is written.
  public var text: String
  /// The moment, in seconds since 1970.
  public var moment: Double

  /// Reads `2026-11-30` or `2026-11-30T12:00:00+02:00`; without a zone the time is UTC. Nil for anything else.
  init?(_ text: String) {
    let trimmed = NativeMacros.trimmed(text)
    let bytes = Array(trimmed.utf8)
    guard bytes.count >= 10, let day = Self.day(bytes) else { return nil }
    var seconds = 0.0
    if bytes.count > 10 {
      guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
        let time = Self.time(bytes[11...])
      else { return nil }
      seconds = time
    }
    self.text = trimmed
    moment = Double(day) * 86_400 + seconds
  }

  /// As dbt's artifacts have it: with a time and a zone.
  public var artifactText: String {
    if text.utf8.count == 10 { return text + "T00:00:00+00:00" }
    var shown = text
    let tail = text.utf8.dropFirst(11)
    if let space = shown.firstIndex(of: " "), shown.utf8.distance(from: shown.startIndex, to: space) == 10 {
      shown.replaceSubrange(space...space, with: "T")
    }
    if shown.hasSuffix("Z") { return shown.dropLast() + "+00:00" }
    let hasZone = tail.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
    return hasZone ? shown : shown + "+00:00"
  }

  private static func number(_ bytes: some Sequence<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
      guard (48...57).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 48)
    }
    return value
  }

  /// The day's number since 1970.
  private static func day(_ bytes: [UInt8]) -> Int? {
    let dash = UInt8(ascii: "-")
    guard bytes[4] == dash, bytes[7] == dash, let year = number(bytes[0..<4]),
      let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    // Days are counted from March on, so that a leap day ends a year.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Seconds since midnight, UTC.
  private static func time(_ bytes: ArraySlice<UInt8>) -> Double? {
    var rest = bytes
    var offset = 0
    if rest.last == UInt8(ascii: "Z") {
      rest = rest.dropLast()
    } else if let sign = rest.lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
      let zone = rest[(sign + 1)...].filter { $0 != UInt8(ascii: ":") }
      guard zone.count == 4 || zone.count == 2, let hours = number(zone.prefix(2)),
        let minutes = number(zone.dropFirst(2))
      else { return nil }
      offset = (hours * 60 + minutes) * 60 * (rest[sign] == UInt8(ascii: "+") ? 1 : -1)
      rest = rest[..<sign]
    }
    let parts = rest.split(separator: UInt8(ascii: ":"))
    guard (2...3).contains(parts.count), let hour = number(parts[0]), let minute = number(parts[1]) else {
      return nil
    }
    var seconds = 0.0
    if parts.count == 3 {
      guard let value = Double(String(decoding: parts[2], as: UTF8.self)) else { return nil }
      seconds = value
    }
    return Double(hour * 3600 + minute * 60 - offset) + seconds
  }
}
