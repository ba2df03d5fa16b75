import Diagnostics
import Project

/// How fresh one source was found to be.
public struct FreshnessRecord: Sendable {
  /// The source.
  public var id: NodeID
  /// What was found; nil if it could not be asked.
  public var reading: FreshnessReading?
  /// `pass`, `warn` or `error`, as the criteria say.
  public var status: ResultStatus
  /// What went wrong, if it could not be asked.
  public var error: String?
  /// How old its rows may be.
  public var criteria: FreshnessCriteria
  /// When the question was prepared.
  public var compile: Interval?
  /// When it was asked.
  public var execute: Interval?
  /// The thread's name.
  public var threadName: String
  /// All told, in seconds.
  public var executionTime: Double

  /// Makes a record; what is not known yet starts empty.
  public init(
    id: NodeID, reading: FreshnessReading?, status: ResultStatus, criteria: FreshnessCriteria,
    threadName: String,
    executionTime: Double
  ) {
    self.id = id
    self.reading = reading
    self.status = status
    self.criteria = criteria
    self.threadName = threadName
    self.executionTime = executionTime
  }
}

/// How fresh sources were found to be: dbt's `sources.json`, version 3.
public struct SourcesArtifact: Sendable {
  private let metadata: ArtifactMetadata
  private let records: [FreshnessRecord]
  private let elapsed: Double

  /// Makes the artifact.
  public init(records: [FreshnessRecord], invocation: Invocation, generatedAt: Double, elapsedSeconds: Double)
  {
    metadata = ArtifactMetadata(schema: "sources/v3", invocation: invocation, generatedAt: generatedAt)
    self.records = records
    elapsed = elapsedSeconds
  }

  /// Writes the artifact at once, replacing an older one. Throws if the system refuses.
  public func write(to path: String, redactor: Redactor = .none) throws(Diagnostic) {
    try ArtifactFile.replace(path, with: encoded(redactor: redactor))
  }

  /// The artifact as JSON.
  public func encoded(redactor: Redactor = .none) -> [UInt8] {
    var writer = JSONWriter(redactor: redactor, reserving: 800 * records.count)
    writer.object { writer in
      writer.member("metadata", object: { metadata.writeMembers(to: &$0) })
      writer.member("results", array: { writer in for record in records { write(record, to: &writer) } })
      writer.key("elapsed_time")
      writer.number(elapsed)
    }
    return writer.bytes
  }

  private func write(_ record: FreshnessRecord, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("unique_id", record.id.rawValue)
      guard let reading = record.reading else {
        writer.member("error", record.error)
        writer.member("status", "runtime error")
        return
      }
      writer.member("max_loaded_at", Self.moment(reading.loadedAt ?? FreshnessReading.never))
      writer.member("snapshotted_at", Self.moment(reading.askedAt))
      writer.key("max_loaded_at_time_ago_in_s")
      writer.number(reading.age)
      writer.member("status", record.status == .fail ? "error" : record.status.rawValue)
      write(record.criteria, to: &writer)
      writer.member("adapter_response", object: { $0.member("_message", "OK") })
      writer.member(
        "timing",
        array: { writer in
          write("compile", record.compile, to: &writer)
          write("execute", record.execute, to: &writer)
        })
      writer.member("thread_id", record.threadName)
      writer.key("execution_time")
      writer.number(record.executionTime)
    }
  }

  private func write(_ criteria: FreshnessCriteria, to writer: inout JSONWriter) {
    writer.member(
      "criteria",
      object: { writer in
        for (name, limit) in [("warn_after", criteria.warnAfter), ("error_after", criteria.errorAfter)] {
          writer.member(
            name,
            object: {
              $0.member("count", limit?.count)
              $0.member("period", limit?.period.rawValue)
            })
        }
        writer.member("filter", criteria.filter)
      })
  }

  private func write(_ name: String, _ interval: Interval?, to writer: inout JSONWriter) {
    guard let interval else { return }
    writer.object { writer in
      writer.member("name", name)
      writer.member("started_at", Timestamp.text(interval.start))
      writer.member("completed_at", Timestamp.text(interval.end))
    }
  }

  /// `2026-11-22T16:05:11.511728+00:00`; whole seconds without a fraction, as Python writes them.
  private static func moment(_ microseconds: Int) -> String {
    let text = Timestamp.text(microseconds: Int64(microseconds), zone: "+00:00")
    return microseconds.isMultiple(of: 1_000_000) ? text.replacing(".000000", with: "") : text
  }
}
