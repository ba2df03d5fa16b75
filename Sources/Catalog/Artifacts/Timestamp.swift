/// Instants as dbt's artifacts write them.
enum Timestamp {
  /// `2026-11-22T16:05:11.511728Z`, from seconds since 1970.
  static func text(_ seconds: Double, zone: String = "Z") -> String {
    let micros = Int64((seconds * 1_000_000).rounded())
    let day = floorDivide(micros, 86_400_000_000)
    let time = micros - day * 86_400_000_000
    let (year, month, dayOfMonth) = date(fromDays: Int(day))
    let clock = Int(time / 1_000_000)
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(dayOfMonth, 2))T"
      + "\(pad(clock / 3600, 2)):\(pad(clock / 60 % 60, 2)):\(pad(clock % 60, 2))"
      + ".\(pad(Int(time % 1_000_000), 6))\(zone)"
  }

  /// The Gregorian date of a day counted from 1970-01-01, by eras of 400 years that start in March.
  private static func date(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = Int(floorDivide(Int64(shifted), 146_097))
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func floorDivide(_ left: Int64, _ right: Int64) -> Int64 {
    left >= 0 ? left / right : -((-left + right - 1) / right)
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
