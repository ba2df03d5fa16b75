import Diagnostics
import Jinja
import Project

/// What became of every node of a run: dbt's `run_results.json`, version 6.
public struct RunResultsArtifact: Sendable {
  private let metadata: ArtifactMetadata
  private let results: [ResultRecord]
  private let elapsed: Double
  private let arguments: DataValue

  /// Makes the artifact. `arguments` is what the command was called with, a mapping; `which` and `vars` are added.
  public init(
    results: [ResultRecord], invocation: Invocation, generatedAt: Double, elapsedSeconds: Double,
    arguments: DataValue = .none
  ) {
    metadata = ArtifactMetadata(schema: "run-results/v6", invocation: invocation, generatedAt: generatedAt)
    self.results = results
    elapsed = elapsedSeconds
    self.arguments = arguments
    command = invocation.command
    vars = invocation.vars
  }

  private let command: String
  private let vars: DataValue

  /// Writes the results at once, replacing older ones. Throws if the system refuses.
  public func write(to path: String, redactor: Redactor = .none) throws(Diagnostic) {
    try ArtifactFile.replace(path, with: encoded(redactor: redactor))
  }

  /// The results as JSON.
  public func encoded(redactor: Redactor = .none) -> [UInt8] {
    var writer = JSONWriter(redactor: redactor, reserving: 2_000 * results.count)
    writer.object { writer in
      writer.member("metadata", object: { metadata.writeMembers(to: &$0) })
      writer.member(
        "results",
        array: { writer in
          for result in results { write(result, to: &writer) }
        })
      writer.key("elapsed_time")
      writer.number(elapsed)
      writer.member("args", object: writeArguments)
    }
    return writer.bytes
  }

  private func writeArguments(to writer: inout JSONWriter) {
    writer.member("which", command)
    writer.member("vars", orEmpty: vars)
    guard case .dict(let dictionary) = arguments else { return }
    for (key, value) in dictionary where key != "which" && key != "vars" { writer.member(key, value) }
  }

  private func write(_ result: ResultRecord, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("status", result.status.rawValue)
      writer.member(
        "timing",
        array: { writer in
          write("compile", result.compile, to: &writer)
          write("execute", result.execute, to: &writer)
        })
      writer.member("thread_id", result.threadName)
      writer.key("execution_time")
      writer.number(result.executionTime)
      writer.member(
        "adapter_response",
        object: { writer in
          if result.isAnswered, ![.skipped, .upToDate, .error, .partialSuccess].contains(result.status) {
            writer.member("_message", "OK")
          }
          if let rows = result.rowsAffected { writer.member("rows_affected", rows) }
        })
      writer.member("message", result.message)
      writer.member("failures", result.failures)
      writer.member("unique_id", result.id.rawValue)
      writer.member(
        "compiled",
        result.compiledSQL != nil ? DataValue.bool(true) : result.isCompilable ? .bool(false) : .none)
      writer.member("compiled_code", result.compiledSQL)
      writer.member("relation_name", result.relationName)
      write(result.batches, to: &writer)
    }
  }

  private func write(_ batches: [BatchRecord], to writer: inout JSONWriter) {
    guard !batches.isEmpty else { return writer.member("batch_results", nil as String?) }
    func list(_ isBuilt: Bool, _ array: inout JSONWriter) {
      for batch in batches where batch.isBuilt == isBuilt {
        array.array { pair in
          // As Python's isoformat() writes it.
          pair.string(batch.start.split(separator: " ").joined(separator: "T"))
          pair.string(batch.end.split(separator: " ").joined(separator: "T"))
        }
      }
    }
    writer.member(
      "batch_results",
      object: { writer in
        writer.member("successful", array: { list(true, &$0) })
        writer.member("failed", array: { list(false, &$0) })
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
}
