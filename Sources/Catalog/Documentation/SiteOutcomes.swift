import Jinja
import Project

/// What was last said of nodes: by the run whose `run_results.json` lies in the target folder, and of sources by
/// `sources.json`. Files of another form say nothing.
public struct SiteOutcomes: Sendable {
  /// What became of a node.
  struct Outcome: Sendable, Hashable {
    var status: String
    var message: String?
    var failures: Int?
    var at: String?
  }

  /// How fresh a source was.
  struct Freshness: Sendable, Hashable {
    var status: String
    var loadedAt: String?
    var at: String?
  }

  private(set) var nodes: [NodeID: Outcome] = [:]
  private(set) var sources: [NodeID: Freshness] = [:]
  /// When the run ended.
  private(set) var runAt: String?

  /// Knows nothing, or what the two artifacts say.
  public init(runResults: DataValue? = nil, sources: DataValue? = nil) {
    runAt = runResults?["metadata"]?["generated_at"]?.stringValue
    for result in Self.results(of: runResults) {
      guard let id = result["unique_id"]?.stringValue, let status = result["status"]?.stringValue else {
        continue
      }
      nodes[NodeID(id)] = Outcome(
        status: status, message: result["message"]?.stringValue, failures: Self.number(result["failures"]),
        at: runAt)
    }
    for result in Self.results(of: sources) {
      guard let id = result["unique_id"]?.stringValue, let status = result["status"]?.stringValue else {
        continue
      }
      self.sources[NodeID(id)] = Freshness(
        status: status, loadedAt: result["max_loaded_at"]?.stringValue,
        at: result["snapshotted_at"]?.stringValue)
    }
  }

  private static func number(_ value: DataValue?) -> Int? {
    if case .int(let number)? = value { number } else { nil }
  }

  private static func results(of artifact: DataValue?) -> [DataValue] {
    if case .list(let items)? = artifact?["results"] { items } else { [] }
  }
}
