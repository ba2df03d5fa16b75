import ArgumentParser
import Diagnostics

/// A length of time as people write it: `7 days`, `12 hours`, `30m`, `0`.
struct Age: ExpressibleByArgument, Sendable, Hashable {
  var duration: Duration

  private static let units: [(names: [Substring], seconds: Int)] = [
    (["s", "second", "seconds"], 1), (["m", "min", "minute", "minutes"], 60), (["h", "hour", "hours"], 3600),
    (["d", "day", "days"], 86_400), (["w", "week", "weeks"], 604_800),
  ]

  init(_ duration: Duration) { self.duration = duration }

  init?(argument: String) {
    let text = argument.lowercased().filter { $0 != " " }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits), count <= 1_000_000 else { return nil }
    let name = text.dropFirst(digits.count)
    if name.isEmpty {
      guard count == 0 else { return nil }
      self.init(.zero)
      return
    }
    guard let unit = Self.units.first(where: { $0.names.contains(name) }) else { return nil }
    self.init(.seconds(count * unit.seconds))
  }

  var defaultValueDescription: String { "\(duration.components.seconds / 86_400) days" }
}
