import Diagnostics

/// A span of time that a microbatch model builds on its own.
public struct EventBatch: Sendable, Hashable {
  /// The first moment, in microseconds since 1970, UTC.
  public var start: Int
  /// The first moment that is no part of it.
  public var end: Int
  /// The name, as dbt forms it: `20240917T16`, `20240917`, `202409`, `2024`.
  public var id: String

  /// Makes a batch.
  public init(start: Int, end: Int, size: BatchSize) {
    self.start = start
    self.end = end
    let title = Self.title(start, size)
    id = title.filter { $0 != "-" }
  }

  /// What people call the batch that begins at a moment: `2024-09-17T16`, `2024-09-17`, `2024-09`, `2024`.
  public static func title(_ start: Int, _ size: BatchSize) -> String {
    let parts = CalendarParts(microseconds: start)
    var text = parts.padded(parts.year, 4)
    if size == .year { return text }
    text += "-" + parts.padded(parts.month)
    if size == .month { return text }
    text += "-" + parts.padded(parts.day)
    return size == .day ? text : text + "T" + parts.padded(parts.hour)
  }

  /// The first moment as dbt's templates print it.
  public var startText: String { DateTimeObject(microseconds: start, isAware: true).text() }

  /// The end as dbt's templates print it.
  public var endText: String { DateTimeObject(microseconds: end, isAware: true).text() }
}

/// Divides time into batches. Pure; the calendar is UTC's.
public struct BatchSchedule: Sendable {
  private static let hour = 3_600_000_000
  private static let day = 24 * hour

  /// How the model divides time.
  public let config: MicrobatchConfig

  /// The batches of a model.
  public init(_ config: MicrobatchConfig) { self.config = config }

  /// The batches to build, oldest first. `start` and `end` are what the command line asks for, `now` is when the run
  /// began. A table that is there gets the current batch and `lookback` ones before it.
  public func batches(isIncremental: Bool, from start: Int?, to end: Int?, now: Int) -> [EventBatch] {
    let last = ceiling(end ?? now)
    var first = start.map(truncated) ?? truncated(config.begin)
    if start == nil, isIncremental {
      // A moment on a batch's edge belongs to the batch that ends there.
      let steps = max(0, config.lookback) + (truncated(last) == last ? 1 : 0)
      first = offset(last, by: -steps)
    }
    var batches: [EventBatch] = []
    repeat {
      let next = offset(first, by: 1)
      batches.append(EventBatch(start: first, end: next, size: config.size))
      first = next
    } while first < last && batches.count < Self.limit
    if first >= last { batches[batches.count - 1].end = last }
    return batches
  }

  /// No more batches than this are made: what would ask for more is a mistake.
  public static let limit = 100_000

  /// The beginning of the batch that holds a moment.
  func truncated(_ moment: Int) -> Int {
    let parts = CalendarParts(microseconds: moment)
    switch config.size {
    case .hour: return Self.floor(moment, Self.hour)
    case .day: return Self.floor(moment, Self.day)
    case .month: return Self.beginning(parts.year, parts.month)
    case .year: return Self.beginning(parts.year, 1)
    }
  }

  private func ceiling(_ moment: Int) -> Int {
    let beginning = truncated(moment)
    return beginning == moment ? moment : offset(beginning, by: 1)
  }

  /// The beginning of the batch that lies `count` batches from the one that holds a moment.
  func offset(_ moment: Int, by count: Int) -> Int {
    let beginning = truncated(moment)
    let parts = CalendarParts(microseconds: beginning)
    switch config.size {
    case .hour: return beginning + count * Self.hour
    case .day: return beginning + count * Self.day
    case .month:
      let months = parts.year * 12 + parts.month - 1 + count
      return Self.beginning(months / 12, months % 12 + 1)
    case .year: return Self.beginning(parts.year + count, 1)
    }
  }

  private static func floor(_ moment: Int, _ size: Int) -> Int {
    let rest = moment % size
    return moment - (rest < 0 ? rest + size : rest)
  }

  private static func beginning(_ year: Int, _ month: Int) -> Int {
    CalendarParts.days(year: year, month: month, day: 1) * day
  }
}

/// Reads moments as people write them in configuration and on the command line.
public enum MomentText {
  /// Microseconds since 1970 of `2024-09-17`, `2024-09-17T16:06:00`, `2024-09-17 16:06:00.25`; nil for anything else. As in
  /// dbt, a zone behind it is read over: the clock's time counts as UTC's.
  public static func microseconds(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    var index = 0
    func number(_ count: Int) -> Int? {
      guard index + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[index..<index + count] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      index += count
      return value
    }
    func skip(_ allowed: String) -> Bool {
      guard index < bytes.count, allowed.utf8.contains(bytes[index]) else { return false }
      index += 1
      return true
    }
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      year >= 1, (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var clock = [0, 0, 0]
    var fraction = 0
    if skip("T ") {
      guard let hour = number(2), hour < 24 else { return nil }
      clock[0] = hour
      for part in 1...2 where skip(":") {
        guard let value = number(2), value < 60 else { return nil }
        clock[part] = value
      }
      if skip(".") {
        var digits = 0
        while let digit = number(1) {
          if digits < 6 { fraction = fraction * 10 + digit }
          digits += 1
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 6)..<6 { fraction *= 10 }
      }
    }
    guard isZone(bytes[index...]) else { return nil }
    do {
      return try CalendarParts.microseconds(of: [year, month, day] + clock + [fraction])
    } catch {
      // A day that the month does not have.
      return nil
    }
  }

  private static func isZone(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first else { return true }
    if first == UInt8(ascii: "Z") { return bytes.count == 1 }
    guard [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(first), bytes.count >= 3 else { return false }
    return bytes.dropFirst().allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ":") }
  }
}
