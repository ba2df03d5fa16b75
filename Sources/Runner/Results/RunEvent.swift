import Connectors
import EngineCore
import Planner
import Project

/// What a run tells while it goes on. Events come one at a time.
public enum RunEvent: Sendable {
  /// First of all.
  case planned(Plan)
  /// A step begins. `index` and `total` count steps and their audits, from 1; a step's audits have the
  /// numbers that follow its own.
  case started(NodeID, index: Int, total: Int, at: Double)
  /// How far a running step's statement is; only if `RunOptions.reportsProgress`.
  case progress(NodeID, QueryProgress)
  /// How much of its source a running load has fetched; only if `RunOptions.reportsProgress`.
  case fetched(NodeID, FetchProgress)
  /// A step ended, or is skipped.
  case finished(NodeResult, index: Int, total: Int)
  /// A hook of the whole run begins; hooks of a moment have numbers of their own, from 1.
  case hookStarted(NodeID, index: Int, total: Int, at: Double)
  /// A hook of the whole run ended, or is skipped.
  case hookFinished(NodeResult, index: Int, total: Int)
  /// A template said something.
  case log(LogLine)
  /// Last of all.
  case ended(RunResult)
}
