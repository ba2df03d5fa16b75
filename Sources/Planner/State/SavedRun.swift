import Diagnostics
import Jinja

/// What a `run_results.json` says.
public struct SavedRun: Sendable {
  /// What became of each node, in the file's order: unique name and status.
  public let results: [(id: String, status: String)]
  /// What the command was called with, by dbt's names.
  public let arguments: DataValue
  /// Of microbatch models, what became of their batches, by unique name.
  public let batches: [String: SavedBatches]

  /// Reads the text of an artifact; `file` is what messages call it. Throws if it is none.
  public init(json text: String, file: String) throws(Diagnostic) {
    let root = try SavedArtifact.read(text, kind: "run-results", upTo: 6, file: file)
    var batches: [String: SavedBatches] = [:]
    for result in root["results"]?.listValue ?? [] {
      guard let id = result["unique_id"]?.stringValue, let written = result["batch_results"],
        !written.isNone
      else { continue }
      batches[id] = SavedBatches(
        built: Self.spans(written["successful"]), failed: Self.spans(written["failed"]))
    }
    self.batches = batches
    results = (root["results"]?.listValue ?? []).compactMap { result in
      guard let id = result["unique_id"]?.stringValue, let status = result["status"]?.stringValue else {
        return nil
      }
      return (id, status)
    }
    arguments = root["args"] ?? .dict(DataMap())
  }

  private static func spans(_ value: DataValue?) -> [SavedBatches.Span] {
    (value?.listValue ?? []).compactMap { pair in
      guard let items = pair.listValue, items.count == 2, let start = items[0].stringValue,
        let end = items[1].stringValue
      else { return nil }
      return SavedBatches.Span(start: start, end: end)
    }
  }
}

/// What a `run_results.json` says of a microbatch model's batches.
public struct SavedBatches: Sendable, Hashable {
  /// Where a batch begins and ends, as text.
  public struct Span: Sendable, Hashable {
    /// The first moment.
    public var start: String
    /// The first moment that is no part of it.
    public var end: String

    /// Makes a span.
    public init(start: String, end: String) {
      self.start = start
      self.end = end
    }
  }

  /// Those that were built.
  public var built: [Span]
  /// Those that were not.
  public var failed: [Span]

  /// Makes a record.
  public init(built: [Span], failed: [Span]) {
    self.built = built
    self.failed = failed
  }
}

/// What a `sources.json` says: how fresh each source was.
public struct SavedFreshness: Sendable {
  /// The newest moment of each source's data, in seconds since 1970; of those that could be asked.
  public let newest: [String: Double]
  /// The sources that could not be asked.
  public let failed: Set<String>

  /// Reads the text of an artifact; `file` is what messages call it. Throws if it is none.
  public init(json text: String, file: String) throws(Diagnostic) {
    let root = try SavedArtifact.read(text, kind: "sources", upTo: 3, file: file)
    var newest: [String: Double] = [:]
    var failed: Set<String> = []
    for result in root["results"]?.listValue ?? [] {
      guard let id = result["unique_id"]?.stringValue else { continue }
      if let moment = result["max_loaded_at"]?.stringValue.flatMap(Moment.seconds) {
        newest[id] = moment
      } else {
        failed.insert(id)
      }
    }
    self.newest = newest
    self.failed = failed
  }
}

/// Moments of artifacts.
enum Moment {
  /// Seconds since 1970 of `2026-01-31T10:20:30.5Z` and its kin; without a zone it is UTC's. Nil for other texts.
  static func seconds(_ text: String) -> Double? {
    let words = text.split { $0 == "T" || $0 == " " }
    guard let day = words.first?.split(separator: "-").compactMap({ Int($0) }), day.count == 3 else {
      return nil
    }
    guard words.count > 1 else { return Double(days(day[0], day[1], day[2]) * 86_400) }
    var clock = words[1]
    var shift = 0
    if clock.hasSuffix("Z") {
      clock = clock.dropLast()
    } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      let parts = clock[clock.index(after: sign)...].split(separator: ":").compactMap { Int($0) }
      guard let hours = parts.first else { return nil }
      shift = (hours * 60 + (parts.count > 1 ? parts[1] : 0)) * (clock[sign] == "-" ? -60 : 60)
      clock = clock[..<sign]
    }
    let parts = clock.split(separator: ":").compactMap { Double($0) }
    guard parts.count >= 2 else { return nil }
    let time = parts[0] * 3600 + parts[1] * 60 + (parts.count > 2 ? parts[2] : 0)
    return Double(days(day[0], day[1], day[2]) * 86_400 - shift) + time
  }

  /// Days since 1970-01-01 of the Gregorian calendar.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let ofEra = year - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}
