import Tabular

/// Instants as dbt's artifacts write them.
enum Timestamp {
  /// `2026-11-22T16:05:11.511728Z`, from seconds since 1970.
  static func text(_ seconds: Double, zone: String = "Z") -> String {
    text(microseconds: Int64((seconds * 1_000_000).rounded()), zone: zone)
  }

  /// The same from microseconds since 1970.
  static func text(microseconds micros: Int64, zone: String) -> String {
    let day = floorDivide(micros, 86_400_000_000)
    let time = micros - day * 86_400_000_000
    let date = CivilDate(daysSince1970: Int(day))
    let clock = Int(time / 1_000_000)
    return "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))T"
      + "\(pad(clock / 3600, 2)):\(pad(clock / 60 % 60, 2)):\(pad(clock % 60, 2))"
      + ".\(pad(Int(time % 1_000_000), 6))\(zone)"
  }

  private static func floorDivide(_ left: Int64, _ right: Int64) -> Int64 {
    left >= 0 ? left / right : -((-left + right - 1) / right)
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
