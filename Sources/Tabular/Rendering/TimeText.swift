/// A day as `2020-01-31`, `0044-03-15 (BC)`, `infinity`.
func dateText(_ days: Int32) -> String {
  if days == .max { return "infinity" }
  if days == -.max { return "-infinity" }
  return civilText(Int(days))
}

private func civilText(_ days: Int) -> String {
  let civil = CivilDate(daysSince1970: days)
  let year = civil.year > 0 ? civil.year : 1 - civil.year
  let date = "\(padded(year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
  return civil.year > 0 ? date : date + " (BC)"
}

/// A time of day as `12:34:56` with as many digits of a second as it has; `ticks` make a second.
func timeText(_ time: Int128, ticks: Int128) -> String {
  let seconds = Int(time / ticks)
  return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    + fractionText(Int(time % ticks), ticks: Int(ticks))
}

/// A fraction of a second without the zeros at its end, with its point; empty for none.
private func fractionText(_ fraction: Int, ticks: Int) -> String {
  guard fraction > 0 else { return "" }
  var digits = padded(fraction, String(ticks).count - 1)
  while digits.last == "0" { digits.removeLast() }
  return "." + digits
}

/// A zone's offset as `+02`, `-02:30`, `+01:02:03`.
func offsetText(_ offset: Int32) -> String {
  let seconds = Int(offset.magnitude)
  var text = (offset < 0 ? "-" : "+") + padded(seconds / 3600, 2)
  if seconds % 3600 != 0 { text += ":" + padded(seconds / 60 % 60, 2) }
  if seconds % 60 != 0 { text += ":" + padded(seconds % 60, 2) }
  return text
}

/// A point in time as `2020-01-31 12:34:56.5`; `ticks` make a second.
func timestampText(_ time: Int64, ticks: Int64, suffix: String = "") -> String {
  if time == .max { return "infinity" }
  if time == -.max { return "-infinity" }
  let perDay = 86_400 * ticks
  let remainder = time % perDay
  let days = time / perDay - (remainder < 0 ? 1 : 0)
  let timeOfDay = remainder < 0 ? remainder + perDay : remainder
  return "\(civilText(Int(days))) \(timeText(Int128(timeOfDay), ticks: Int128(ticks)))\(suffix)"
}

/// An interval as `1 year 2 months 3 days 04:05:06.789`; `00:00:00` if it is none.
func intervalText(_ months: Int32, _ days: Int32, _ microseconds: Int64) -> String {
  var parts: [String] = []
  for (count, unit) in [(months / 12, "year"), (months % 12, "month"), (days, "day")] where count != 0 {
    parts.append("\(count) \(unit)\(count == 1 || count == -1 ? "" : "s")")
  }
  if microseconds != 0 || parts.isEmpty {
    let magnitude = Int128(microseconds.magnitude)
    parts.append((microseconds < 0 ? "-" : "") + timeText(magnitude, ticks: 1_000_000))
  }
  return parts.joined(separator: " ")
}
