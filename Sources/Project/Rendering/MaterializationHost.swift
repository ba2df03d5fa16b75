import EngineCore
import Tabular

/// What carries out the statements of a macro that builds a model. Used on one session's thread.
public protocol MaterializationHost: AnyObject {
  /// Runs statements as a part of the build; gives the rows that the last one changed.
  func run(_ sql: String) throws -> Int
  /// Runs a query as a part of the build.
  func query(_ sql: String) throws -> Table
  /// Runs a hook that is to run outside of the build's transaction: before it, if nothing was done in it yet, else after.
  func runOutside(_ sql: String) throws
  /// Whether `main` was run, and how many rows it changed.
  var mainRows: Int? { get set }
}
