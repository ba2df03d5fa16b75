/// Amounts as people write them.
public enum Quantity {
  private static let secondsByUnit: [String: Double] = [
    "ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60,
    "h": 3600, "hour": 3600, "d": 86_400, "day": 86_400, "w": 604_800, "week": 604_800,
  ]

  private static let bytesByUnit: [String: Double] = [
    "b": 1, "byte": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1024, "mib": 1_048_576,
    "gib": 1_073_741_824, "tib": 1_099_511_627_776,
  ]

  /// The seconds of `90`, `30s`, `2 hours`, `1h 30m`; nil for anything else.
  public static func seconds(_ text: String) -> Double? { sum(text, secondsByUnit) }

  /// The bytes of `1024`, `64 MB`, `1.5 GiB`; nil for anything else.
  public static func bytes(_ text: String) -> Double? { sum(text, bytesByUnit) }

  private static func sum(_ text: String, _ units: [String: Double]) -> Double? {
    if let number = Double(text) { return number >= 0 && number.isFinite ? number : nil }
    var total = 0.0
    var rest = text.lowercased()[...]
    var isEmpty = true
    while true {
      rest = rest.drop { $0 == " " }
      guard !rest.isEmpty else { return isEmpty ? nil : total }
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count).drop { $0 == " " }
      let unit = String(rest.prefix { $0.isASCII && $0.isLetter })
      rest = rest.dropFirst(unit.count)
      let singular = unit.count > 3 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit
      guard let number = Double(digits), let factor = units[singular] else { return nil }
      total += number * factor
      isEmpty = false
    }
  }
}
