import Diagnostics
import Project

/// What a check's result means.
public enum Verdict: Sendable, Hashable {
  case pass
  /// There are failures, but they do not stop anything.
  case warn(failures: Int)
  case fail(failures: Int)

  /// Judges the one row that `CheckStatement.evaluationSQL` gives, as dbt does: an error counts only if the
  /// severity is `error`; otherwise what would warn, warns. Throws if the row says nothing (a NULL).
  public static func verdict(
    failures: Int?, shouldWarn: Bool?, shouldError: Bool?, severity: CheckSeverity
  ) throws(Diagnostic) -> Verdict {
    guard let failures, let shouldWarn, let shouldError else {
      throw Diagnostic(
        .noVerdict, "the check's fail_calc gives no number",
        hint: "a sum or maximum of no rows is NULL: use coalesce(…, 0) in fail_calc")
    }
    if severity == .error, shouldError { return .fail(failures: failures) }
    return shouldWarn ? .warn(failures: failures) : .pass
  }

  /// dbt's words for the verdict, for artifacts and logs; nil if the check passed.
  public func message(_ config: NodeConfig) -> String? {
    switch self {
    case .pass: nil
    case .warn(let failures): "Got \(Self.results(failures)), configured to warn if \(config.warnIf)"
    case .fail(let failures): "Got \(Self.results(failures)), configured to fail if \(config.errorIf)"
    }
  }

  /// The number of failures; 0 if the check passed.
  public var failures: Int {
    switch self {
    case .pass: 0
    case .warn(let failures), .fail(let failures): failures
    }
  }

  private static func results(_ count: Int) -> String { count == 1 ? "1 result" : "\(count) results" }
}
